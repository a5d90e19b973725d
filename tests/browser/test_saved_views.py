"""Saved views and the company's calendar in a real browser: kept by keyboard, on a desk and a phone, without what axe minds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page, expect

from tests.browser.test_expression_editor import shoot, sign_in
from tests.fixtures_web import prepared, sqlite_server
from tests.web_server import Server, listening

__all__ = ["prepared", "sqlite_server"]
pytestmark = pytest.mark.usefixtures("assets")


@pytest.fixture
def address(sqlite_server: Server) -> Iterator[str]:
    head = sqlite_server.api("hana")
    for title, price in (("论语", "120.00"), ("孟子", "80.00"), ("庄子", "130.00")):
        head.made("/library/book", title=title, price=price)
    with listening(sqlite_server) as found:
        yield found


def accessible(page: Page) -> None:
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa"]})
    assert found.violations_count == 0, found.generate_report()


def views(page: Page) -> None:
    """Open the menu of views."""
    page.locator("details:has(.view-menu) > summary").press("Enter")
    expect(page.locator(".view-menu")).to_be_visible()


def test_a_list_is_kept_changed_and_kept_again(page: Page, address: str) -> None:
    sign_in(page, address)
    page.goto(f"{address}/library/book?filter=price+%3E+100&sort=price")
    views(page)
    shoot(page, "views-save-zh-light")
    accessible(page)
    page.fill("#view-name", "贵重的书")
    page.keyboard.press("Enter")
    expect(page.locator(".dg-tabs a.on")).to_have_text("贵重的书")
    expect(page.locator("tbody tr")).to_have_count(2)
    page.locator(".dg-chip .x").first.click()
    expect(page.locator("tbody tr")).to_have_count(3)
    expect(page.locator("details:has(.view-menu) > summary")).to_contain_text("视图已更改")
    views(page)
    page.get_by_role("button", name="保存到「贵重的书」").click()
    expect(page.locator("details:has(.view-menu) > summary")).to_have_text("视图")
    expect(page.locator("tbody tr")).to_have_count(3)
    expect(page).to_have_url(f"{address}/library/book?view=1")


def test_what_is_searched_in_a_view_keeps_that_it_has_no_filter(
    page: Page, address: str, sqlite_server: Server
) -> None:
    made = sqlite_server.api("hana").made("/library/book/views", name="Dear", filter="price > 100")
    sign_in(page, address)
    page.goto(f"{address}/library/book?view={made['id']}&filter=*")
    expect(page.locator("tbody tr")).to_have_count(3)
    page.wait_for_selector("html.scripted", state="attached")
    page.locator("#search").press_sequentially("孟子")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.reload()
    expect(page.locator("tbody tr")).to_have_count(1)


def test_a_view_is_edited_and_managed_on_a_phone(page: Page, address: str, sqlite_server: Server) -> None:
    made = sqlite_server.api("hana").made("/library/book/views", name="Dear", filter="price > 100")
    sign_in(page, address)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{address}/library/book?view={made['id']}")
    views(page)
    box = page.locator(".view-menu").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    accessible(page)
    page.get_by_role("link", name="编辑视图").click()
    area = page.locator("textarea[name=filter]")
    expect(area).to_have_attribute("role", "combobox")
    accessible(page)
    page.fill("[name=name]", "便宜的书")
    area.fill("price < 100")
    page.locator("[data-save]").click()
    expect(page.locator(".dg-tabs a.on")).to_have_text("便宜的书")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.goto(f"{address}/library/book/views")
    accessible(page)
    page.get_by_role("button", name="删除视图").click()
    page.locator("[popover]:popover-open button.btn-bad-solid").click()
    expect(page.locator("tbody tr")).to_have_count(0)


def test_the_columns_of_a_list_are_chosen(page: Page, address: str) -> None:
    sign_in(page, address)
    page.goto(f"{address}/library/book?filter=price+%3E+100")
    page.locator("summary", has_text="列").click()
    page.get_by_label("价格", exact=True).uncheck()
    page.locator("form[action$='/columns'] button").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.locator("thead")).not_to_contain_text("价格")


def test_a_day_is_entered_from_the_year(page: Page, address: str) -> None:
    sign_in(page, address, "ada")
    page.goto(f"{address}/calendar?year=2026")
    accessible(page)
    page.get_by_role("button", name="录入 2026 年法定节假日").click()
    expect(page.locator(".cal-month .k-rest")).not_to_have_count(0)
    page.locator(".cal-month a", has_text="12").nth(9).click()
    expect(page.locator("#f-first")).to_have_value("2026-10-12")
    page.fill("#f-name", "周年庆")
    page.get_by_role("button", name="录入", exact=True).click()
    expect(page.locator(".cal-month a[title*='周年庆']")).to_have_count(1)
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.locator(".cal-month").first).to_be_visible()
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
