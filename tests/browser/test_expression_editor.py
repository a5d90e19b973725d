"""The input of expressions in a real browser, against a real server: by keyboard alone, in both languages, on a desk and a phone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Locator, Page, expect

from tests.fixtures_web import prepared, sqlite_server
from tests.web_server import PASSWORD, Server, listening

__all__ = ["prepared", "sqlite_server"]
pytestmark = pytest.mark.usefixtures("assets")
SHOTS = os.environ.get("DOUGONG_SHOTS", "")


@pytest.fixture
def address(sqlite_server: Server) -> Iterator[str]:
    head = sqlite_server.api("hana")
    for title, price in (("论语", "120.00"), ("孟子", "80.00"), ("庄子", "130.00")):
        head.made("/library/book", title=title, price=price, shelf="b" if price > "125" else "a")
    with listening(sqlite_server) as found:
        yield found


def sign_in(page: Page, address: str, person: str = "hana") -> None:
    page.set_default_timeout(15_000)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.context.add_cookies([{"name": "dg_language", "value": "zh", "url": address}])
    page.goto(f"{address}/sign-in")
    page.fill("[name=login]", person)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)


def shoot(page: Page, name: str) -> None:
    """Keep what the page looks like, where somebody wants to look at it."""
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png")


def opened(page: Page, address: str, path: str = "/library/book") -> Locator:
    """The filter of a list, opened; the input of its expression."""
    page.goto(address + path)
    page.wait_for_selector("html.scripted", state="attached")
    page.locator("summary", has_text="筛选").click()
    area = page.locator("#filter-expression")
    expect(area).to_have_attribute("role", "combobox")
    area.focus()
    return area


def options(page: Page) -> Locator:
    return page.locator(".xe [role=option]")


def filter_in(page: Page) -> str:
    return parse_qs(urlsplit(page.url).query).get("filter", [""])[0]


def test_a_filter_is_typed_completed_and_applied_by_keyboard(page: Page, address: str) -> None:
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    sign_in(page, address)
    area = opened(page, address)
    area.type("价")
    expect(options(page).first).to_contain_text("价格")
    expect(area).to_have_attribute("aria-expanded", "true")
    active = area.get_attribute("aria-activedescendant")
    assert active is not None
    expect(page.locator(f"#{active}")).to_have_attribute("aria-selected", "true")
    shoot(page, "filter-zh-light")
    page.keyboard.press("Enter")
    expect(area).to_have_value("price")
    area.type(" > 100 ")
    expect(options(page).filter(has_text="AND")).to_be_visible()
    area.type("a")
    page.keyboard.press("Tab")
    expect(area).to_have_value("price > 100 AND ")
    area.type("shelf = ")
    expect(options(page).first).to_contain_text("小说")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(options(page).nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(area).to_have_value("price > 100 AND shelf = 'b'")
    expect(page.locator(".xe-reading")).to_have_text("价格 > 100 并且 书架 = 「科学」")
    page.keyboard.press("Enter")
    page.wait_for_url("**filter=**")
    assert filter_in(page) == "price > 100 AND shelf = 'b'"
    expect(page.locator("#results")).to_contain_text("庄子")
    expect(page.locator("#results")).not_to_contain_text("论语")
    assert complaints == []


def test_what_is_wrong_stands_under_its_word_and_escape_steps_back(page: Page, address: str) -> None:
    sign_in(page, address)
    area = opened(page, address)
    area.type("price > 100 AND prize < 3")
    problem = page.locator(".xe-problem")
    expect(problem).to_contain_text("第 17 列")
    expect(problem).to_contain_text("price")
    expect(page.locator(".xe-marks mark")).to_have_text("prize")
    expect(area).to_have_attribute("aria-invalid", "true")
    described = area.get_attribute("aria-describedby") or ""
    assert page.locator(f"#{described.split()[-1]}").inner_text() == problem.inner_text()
    problem.click()
    expect(area).to_be_focused()
    assert area.evaluate("area => [area.selectionStart, area.selectionEnd]") == [16, 21]
    shoot(page, "filter-wrong-zh-light")
    page.keyboard.type("price")
    expect(problem).to_have_count(0)
    area.press("End")
    area.type(" AND ")
    expect(page.locator(".xe-problem.begun")).to_be_visible()
    expect(area).to_have_attribute("aria-invalid", "false")
    area.type("pri")
    expect(options(page).first).to_be_visible()
    page.keyboard.press("Escape")
    expect(options(page)).to_have_count(0)
    expect(area).to_be_visible()
    page.keyboard.press("Escape")
    expect(area).to_be_hidden()


def test_a_hidden_field_is_not_offered(page: Page, address: str) -> None:
    sign_in(page, address, "cleo")
    area = opened(page, address)
    area.type("进")
    expect(options(page).filter(has_text="进价")).to_have_count(0)
    area.press("Control+a")
    area.type("cost > 1")
    expect(page.locator(".xe-problem")).to_contain_text("cost")


def test_a_taken_suggestion_can_be_undone(page: Page, address: str) -> None:
    sign_in(page, address)
    area = opened(page, address)
    area.type("pri")
    expect(options(page).first).to_be_visible()
    page.keyboard.press("Enter")
    expect(area).to_have_value("price")
    page.keyboard.press("Control+z")
    expect(area).to_have_value("pri")


def test_signs_beyond_the_basic_plane_shift_nothing(page: Page, address: str) -> None:
    sign_in(page, address)
    area = opened(page, address)
    page.keyboard.insert_text("title = '𠮷野家😀' AND prize > 1")
    expect(page.locator(".xe-marks mark")).to_have_text("prize")
    area.press("End")
    page.keyboard.insert_text(" AND pag")
    expect(options(page).first).to_contain_text("pages")
    page.keyboard.press("Enter")
    expect(area).to_have_value("title = '𠮷野家😀' AND prize > 1 AND pages")


@pytest.mark.parametrize(("width", "height", "theme"), [(1440, 900, "dark"), (390, 844, "light")])
def test_it_is_accessible_and_fits(page: Page, address: str, width: int, height: int, theme: str) -> None:
    sign_in(page, address)
    page.set_viewport_size({"width": width, "height": height})
    area = opened(page, address)
    page.evaluate(f"document.documentElement.dataset.bsTheme = '{theme}'")
    area.type("IF(price > 100, DATE")
    expect(options(page).first).to_be_visible()
    expect(page.locator(".xe-around")).to_contain_text("IF(")
    shoot(page, f"filter-{width}-{theme}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page).response["violations"]
    serious = [each["id"] for each in found if each["impact"] in ("serious", "critical")]
    assert serious == []


def test_the_designer_looks_a_formula_over(page: Page, address: str) -> None:
    sign_in(page, address)
    page.goto(f"{address}/design/library/book?field=notes")
    editor = page.locator(".xe", has=page.locator("#f-formula"))
    area = editor.locator("textarea")
    expect(area).to_have_attribute("role", "combobox")
    area.focus()
    expect(editor.locator("[role=option]").first).to_be_visible()
    area.type("CONCAT(tit")
    expect(editor.locator(".xe-around")).to_contain_text("CONCAT(")
    expect(editor.locator("[role=option]").first).to_contain_text("书名")
    shoot(page, "designer-zh-light")
    page.keyboard.press("Enter")
    expect(area).to_have_value("CONCAT(title")
    expect(editor.locator(".xe-problem.begun")).to_be_visible()
    area.type(", pages) + 1")
    expect(editor.locator(".xe-problem:not(.begun)").first).to_be_visible()
    area.press("Control+a")
    area.type("CONCAT(title, '!')")
    expect(editor.locator(".xe-reading")).to_have_text("拼接(书名, '!')")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**field=notes**")
    expect(page.locator("#f-formula")).to_have_value("CONCAT(title, '!')")
