"""A newcomer builds rules in a real browser, tries them, publishes them, and they hold at every door."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, expect

from tests.servers.databases import Databases
from tests.web_server import LIBRARY, PASSWORD, Server, listening, prepare, server_of

pytestmark = pytest.mark.usefixtures("assets")
SHOTS = os.environ.get("DOUGONG_SHOTS", "")
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
RULES = "/design/library/book/rules"


@pytest.fixture
def server(databases: Databases, tmp_path: object) -> Iterator[Server]:
    url = databases.fresh("sqlite")
    started = server_of(url, prepare(url, LIBRARY), tmp_path)  # type: ignore[arg-type]
    yield started
    started.database.dispose()
    databases.drop(url)


@pytest.fixture
def address(server: Server) -> Iterator[str]:
    with listening(server) as found:
        yield found


def opened(browser: Browser, address: str, path: str, size: dict[str, int] = DESK, **context: object) -> Page:
    page = browser.new_context(viewport=size, **context).new_page()  # type: ignore[arg-type]
    page.set_default_timeout(15_000)
    page.goto(f"{address}/sign-in")
    page.fill("input[name=login]", "hana")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    page.goto(f"{address}{path}")
    page.wait_for_selector("html.scripted", state="attached")
    return page


def shoot(page: Page, name: str) -> None:
    """Keep what the page looks like, where somebody wants to look at it."""
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=page.viewport_size == PHONE)


def accessible(page: Page) -> None:
    """Nothing that a screen reader or a keyboard would trip over."""
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa"]}).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"][:160]) for each in found] == []


def publish(page: Page) -> None:
    page.get_by_role("link", name="Publish").click()
    page.get_by_role("button", name="Publish").click()
    page.wait_for_url(lambda url: "/design/" not in url)


def test_a_newcomer_builds_a_rule_tries_and_publishes_it(
    browser: Browser, address: str, server: Server
) -> None:
    page = opened(browser, address, RULES)
    expect(page.get_by_role("heading", name="No rules yet")).to_be_visible()
    shoot(page, "rules-empty")
    page.get_by_role("link", name="Add a rule").click()
    said = page.locator("[data-said]")
    page.get_by_label("Field", exact=True).first.select_option("shelf")
    page.get_by_label("Condition", exact=True).first.select_option("is")
    page.locator("[name=when-0-value]").select_option("b")
    require = page.locator("details[data-action=require]")
    require.locator("summary").click()
    require.get_by_label("Notes").check()
    expect(said).to_have_text("When Shelf = “Science”: Require Notes")
    shoot(page, "rules-editor")
    accessible(page)
    page.get_by_role("button", name="Save to the draft").click()
    expect(page.locator(".rl-card")).to_contain_text("Require Notes")
    trial = page.locator("form[data-trial]")
    expect(trial.locator('[data-field="notes"] .req')).to_have_count(0)
    trial.locator("#f-shelf").select_option("b")
    expect(trial.locator('[data-field="notes"] .req')).to_have_count(1)
    shoot(page, "rules-tried")
    api = server.api("hana")
    assert api("POST", "/library/book", {"title": "Draft only", "shelf": "b"}).status_code == 201
    publish(page)
    page.goto(f"{address}/library/book/new")
    page.locator("#f-shelf").select_option("b")
    expect(page.locator('[data-field="notes"] .req')).to_have_text("Required")
    refused = api("POST", "/library/book", {"title": "Published", "shelf": "b"})
    assert refused.status_code == 422
    assert [each["path"] for each in refused.json["errors"]] == ["notes"]
    assert api("POST", "/library/book", {"title": "Published", "shelf": "a"}).status_code == 201
    page.context.close()


def test_an_expression_is_tried_switched_and_refused_at_its_place(
    browser: Browser, address: str, server: Server
) -> None:
    api = server.api("hana")
    api.made("/library/book", title="Dear", price="120.00", cost="100.00", shelf="a")
    page = opened(browser, address, f"{RULES}?rule=new")
    page.get_by_label("Field", exact=True).first.select_option("price")
    page.get_by_label("Condition", exact=True).first.select_option("more")
    page.get_by_label("What it is compared with").first.select_option("cost")
    page.get_by_role("button", name="Add a condition").click()
    page.get_by_label("Field", exact=True).nth(1).select_option("tags")
    page.get_by_label("Condition", exact=True).nth(1).select_option("has")
    page.locator("[name=when-1-value]").select_option("rare")
    page.get_by_label("Any condition holds").check()
    page.get_by_label("By an expression").check()
    area = page.locator("#x-when")
    expect(area).to_have_value("price > cost OR 'rare' IN tags")
    expect(page.locator(".xe-type").first).to_have_text("gives a condition")
    page.locator(".cb .xe-try summary").click()
    expect(page.locator(".cb .xe-try option")).to_have_text("Dear")
    expect(page.locator(".cb .xe-try output")).to_have_text("= Yes")
    area.fill("price > cost * 2")
    expect(page.locator(".cb .xe-try output")).to_have_text("= No")
    shoot(page, "rules-expression")
    page.get_by_label("All conditions hold").check()
    expect(page.locator("[data-reason]")).to_contain_text("stays an expression")
    expect(page.get_by_label("By an expression")).to_be_checked()
    area.fill("price > cost AND pages < 3")
    page.get_by_label("All conditions hold").check()
    expect(page.get_by_label("Field", exact=True).nth(1)).to_have_value("pages")
    expect(page.locator("[name$='-value'].cb-i").nth(1)).to_have_value("3")
    block = page.locator("details[data-action=block]")
    block.locator("summary").click()
    block.get_by_label("Message (English)").fill("Too dear")
    values = page.locator("details[data-action=set]")
    values.locator("summary").first.click()
    values.locator("select").first.select_option("notes")
    editor = values.locator("textarea").first
    editor.fill("prize")
    expect(values.locator(".xe-problem").first).to_contain_text("prize")
    page.get_by_role("button", name="Save to the draft").click()
    expect(page.locator("#problems")).to_contain_text("prize")
    expect(page.locator('[data-at="set/0"]')).to_contain_text("prize")
    expect(page.locator("details[data-action=block] [name=block_en]")).to_have_value("Too dear")
    shoot(page, "rules-refused")
    page.locator("details[data-action=set] textarea").first.fill("title & '!'")
    page.get_by_role("button", name="Save to the draft").click()
    expect(page.locator(".rl-card")).to_contain_text("Refuse to save: “Too dear”")
    expect(page.locator(".rl-card")).to_contain_text("Set Notes to Title & '!'")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".rl-card")).to_have_count(0)
    page.get_by_role("button", name="Redo").click()
    expect(page.locator(".rl-card")).to_have_count(1)
    publish(page)
    refused = api("POST", "/library/book", {"title": "x", "price": "9", "cost": "1", "pages": 2})
    assert (refused.status_code, refused.json["detail"]) == (422, "Too dear")
    page.context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_on_a_phone_in_chinese(browser: Browser, address: str, theme: str) -> None:
    page = opened(browser, address, "/apps", PHONE, locale="zh-CN", color_scheme=theme)
    page.context.add_cookies([{"name": "dg_language", "value": "zh", "url": address}])
    page.goto(f"{address}{RULES}?rule=new&example=require")
    said = page.locator("[data-said]")
    expect(said).to_have_text("当 书架 = 「科学」 时：必填 备注")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    shoot(page, f"rules-phone-zh-{theme}")
    accessible(page)
    page.get_by_role("button", name="存入草稿").click()
    expect(page.locator(".rl-card")).to_contain_text("必填 备注")
    page.context.close()


def test_the_filter_of_a_view_and_a_measure_in_the_browser(
    browser: Browser, address: str, server: Server
) -> None:
    page = opened(browser, address, "/design/library/book/conditions")
    page.get_by_role("link", name="Dear").click()
    expect(page.get_by_label("Field", exact=True).first).to_have_value("price")
    page.locator("[name=when-0-value]").fill("50")
    said = page.locator("[data-said]")
    expect(said).to_have_text("Price > 50.00")
    shoot(page, "conditions-view")
    accessible(page)
    page.get_by_label("All records").check()
    expect(said).to_have_text("")
    page.get_by_label("By an expression").check()
    page.locator("#x-when").fill("pages > ")
    expect(page.locator(".xe-problem.begun")).to_be_visible()
    page.locator("#x-when").fill("pages > 10 AND tags IS EMPTY")
    page.get_by_label("All conditions hold").check()
    expect(page.get_by_label("Condition", exact=True).nth(1)).to_have_value("empty")
    page.get_by_role("button", name="Save to the draft").click()
    expect(page.locator(".rl-card", has_text="Dear")).to_contain_text("Pages > 10 and Tags is empty")
    page.locator('.rl-card a[href*="measure"]').first.click()
    area = page.locator("#x-measure")
    area.fill("SUM(pr")
    expect(page.locator(".xe [role=option]").first).to_contain_text("Price")
    shoot(page, "conditions-measure")
    page.context.close()
