"""Rules of a form in a real browser: they follow what one types, keep the focus, and are decided by the server all the same."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.rules.claims import SOURCES
from tests.servers.databases import Databases
from tests.web_server import PASSWORD, Server, listening, serving_app

pytestmark = pytest.mark.usefixtures("assets")
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def server(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving_app(databases, "sqlite", SOURCES, tmp_path_factory.mktemp("rules")) as started:
        yield started


@pytest.fixture(scope="module")
def address(server: Server) -> Iterator[str]:
    with listening(server) as found:
        yield found


def opened(browser: Browser, address: str, path: str, size: dict[str, int], **context: object) -> Page:
    page = browser.new_context(viewport=size, **context).new_page()  # type: ignore[arg-type]
    page.goto(f"{address}/sign-in")
    page.fill("input[name=login]", "ada")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    page.goto(f"{address}{path}")
    return page


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_form_follows_its_rules(browser: Browser, address: str, size: dict[str, int]) -> None:
    page = opened(browser, address, "/desk/claim/new", size)
    city, guests, reason = (page.locator(f'[data-field="{name}"]') for name in ("city", "guests", "reason"))
    expect(city).to_be_hidden()
    expect(guests).to_be_visible()
    page.locator("#f-kind").select_option("travel")
    expect(city).to_be_visible()
    expect(page.locator("#f-city")).to_have_attribute("aria-required", "true")
    expect(guests).to_be_hidden()
    expect(page.locator("#f-reason option[value=dinner]")).to_be_disabled()
    expect(page.locator("#f-reason option[value=fair]")).to_be_enabled()
    expect(page.locator("#s-notes")).to_be_visible()
    page.locator("#f-kind").select_option("other")
    expect(city).to_be_hidden()
    expect(page.locator("#s-notes")).to_be_hidden()
    expect(reason.locator(".req")).to_have_text("Required")
    expect(page.locator("#f-reason")).to_have_attribute("aria-required", "true")
    expect(page.locator("#f-reason option[value=dinner]")).to_be_enabled()
    page.locator("#f-kind").select_option("meal")
    expect(reason.locator(".req")).to_have_count(0)
    page.context.close()


def test_what_is_kept_cannot_be_typed_in_and_shows_what_stays(browser: Browser, address: str) -> None:
    page = opened(browser, address, "/desk/claim/new", DESK)
    amount = page.locator("#f-amount")
    amount.fill("600")
    note = page.locator('[data-field="amount"] [data-rule-note]')
    expect(note).to_have_text("That is a lot")
    page.locator("#f-closed").check()
    expect(amount).not_to_be_editable()
    expect(amount).to_have_value("10.00")
    expect(note).to_be_hidden()
    page.locator("#f-closed").uncheck()
    expect(amount).to_be_editable()
    page.context.close()


def test_warnings_are_confirmed_and_rules_set_values(browser: Browser, address: str, server: Server) -> None:
    page = opened(browser, address, "/desk/claim/new", DESK)
    page.fill("#f-name", "Live")
    page.fill("#f-amount", "700")
    page.locator('[data-rows="lines"] [data-add]').click()
    page.fill('[name="lines-0-what"]', "hotel")
    page.fill('[name="lines-0-price"]', "2000")
    expect(page.locator("#f-level")).to_have_value("high")
    expect(page.locator("#f-ceiling")).to_have_value("4000")
    expect(page.locator("#f-level option[value=low]")).to_be_disabled()
    page.locator("[data-save]").click()
    warnings = page.locator("#warnings")
    expect(warnings).to_contain_text("That is a lot")
    expect(page.locator("#f-name")).to_have_value("Live")
    warnings.get_by_role("button", name="Save anyway").click()
    page.wait_for_url(lambda url: url.rpartition("/")[2].isdigit())
    made = server.api("ada")("GET", "/desk/claim?filter=name = 'Live'").json["data"][0]
    assert (made["level"], made["ceiling"], made["amount"]) == ("high", "4000.00", "700.00")
    page.context.close()


def test_a_row_follows_the_record_and_itself(browser: Browser, address: str) -> None:
    page = opened(browser, address, "/desk/claim/new", DESK)
    page.locator('[data-rows="lines"] [data-add]').click()
    room = page.locator('[name="lines-0-room"]')
    expect(room).to_be_hidden()
    page.locator("#f-kind").select_option("travel")
    expect(room).to_be_visible()
    page.fill('[name="lines-0-what"]', "free")
    expect(page.locator('[name="lines-0-price"]')).to_have_value("0")
    expect(page.locator('[name="lines-0-quantity"]')).not_to_be_editable()
    page.fill('[name="lines-0-what"]', "plain")
    page.fill('[name="lines-0-quantity"]', "51")
    expect(page.locator('[data-line="0"] [data-rule-note]')).to_have_text("Too many")
    page.context.close()


def test_a_field_that_goes_leaves_the_focus_to_the_next(browser: Browser, address: str) -> None:
    page = opened(browser, address, "/desk/claim/new", DESK)
    page.locator("#f-kind").select_option("travel")
    page.locator("#f-city").focus()
    page.evaluate(
        """() => {
          const kind = document.querySelector("#f-kind");
          kind.value = "meal";
          kind.dispatchEvent(new Event("change", { bubbles: true }));
        }"""
    )
    expect(page.locator("#f-guests")).to_be_focused()
    page.context.close()


def test_without_scripts_the_answer_of_the_server_does(browser: Browser, address: str) -> None:
    page = opened(browser, address, "/desk/claim/new", DESK, java_script_enabled=False)
    expect(page.locator('[data-field="city"]')).to_be_hidden()
    page.fill("#f-name", "Plain")
    page.locator("#f-kind").select_option("travel")
    page.locator("[data-save]").click()
    expect(page.locator("#problems")).to_contain_text("City must be filled in")
    expect(page.locator('[data-field="city"]')).to_be_visible()
    expect(page.locator('[data-field="guests"]')).to_be_hidden()
    page.fill("#f-city", "Suzhou")
    page.locator("[data-save]").click()
    page.wait_for_url(lambda url: url.rpartition("/")[2].isdigit())
    page.context.close()


def test_a_card_that_a_rule_warns_of_is_moved_when_one_says_so(
    browser: Browser, address: str, server: Server
) -> None:
    api = server.api("ada")
    values = {"name": "Slow card", "memo": "slow", "kind": "travel", "city": "Wuxi"}
    claim = api("POST", "/desk/claim", values).json["id"]
    page = opened(browser, address, "/desk/claim?view=board", DESK)
    card = page.locator("[data-card]", has_text="Slow card")
    card.hover()
    page.mouse.down()
    target = page.locator('[data-column="meal"]')
    box = target.bounding_box()
    assert box is not None
    for step in range(1, 6):
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 60 + step, steps=4)
    page.mouse.up()
    warned = page.locator('[data-column="travel"] [data-card]', has_text="Slow claims are seldom meals")
    expect(warned).to_be_visible()
    assert api("GET", f"/desk/claim/{claim}").json["kind"] == "travel"
    warned.get_by_role("button", name="Move anyway").click()
    expect(page.locator('[data-column="meal"] [data-card]', has_text="Slow card")).to_be_visible()
    expect(page.locator(".refusal")).to_have_count(0)
    expect(page.locator('[role="status"], [aria-live]').filter(has_text="Moved").first).to_be_attached()
    assert api("GET", f"/desk/claim/{claim}").json["kind"] == "meal"
    page.context.close()
