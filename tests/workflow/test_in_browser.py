"""An approval lived through in a real browser: submitted at a desk, decided on a phone in two taps, refused when too late."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from dougong.people import accounts
from dougong.web.application import create_app
from tests.servers.databases import Databases
from tests.web_server import PASSWORD, server_of
from tests.workflow.scenario import Stage, open_database, prepare

pytestmark = pytest.mark.usefixtures("assets")
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def stage(databases: Databases) -> Iterator[Stage]:
    with databases.database("sqlite") as url:
        prepare(url)
        database = open_database(url)
        yield Stage(database)
        database.dispose()


@pytest.fixture
def address(stage: Stage, tmp_path: Path) -> Iterator[str]:
    """The address of a server on the stage, on which everybody has a password."""
    with stage.database.writing() as connection:
        for identifier in stage.people.values():
            accounts.set_password(connection, identifier, PASSWORD)
    server = server_of(stage.database.url.render_as_string(hide_password=False), {}, tmp_path)
    served = make_server("127.0.0.1", 0, create_app(server.runtime), threaded=True)
    thread = threading.Thread(target=served.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{served.server_port}"
    served.shutdown()
    thread.join(10)
    server.database.dispose()


def signed_in(browser: Browser, address: str, login: str, size: dict[str, int]) -> Page:
    page = browser.new_context(viewport=size, has_touch=size is PHONE, locale="en-GB").new_page()  # type: ignore[arg-type]
    page.goto(f"{address}/sign-in")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    return page


def test_from_desk_to_phone(stage: Stage, address: str, browser: Browser) -> None:
    stage.create(price=5000, secret="birthday")
    desk = signed_in(browser, address, "ann", DESK)
    desk.goto(f"{address}/desk/claim/{stage.record}")
    desk.locator(".rec-actions .act-submit-claim_approval").click()
    dialog = desk.locator("#confirm-submit-claim_approval")
    expect(dialog).to_contain_text("Fay, Fin (all)")
    dialog.get_by_label("Remark").fill("before Friday")
    dialog.get_by_role("button", name="Submit for approval").click()
    expect(desk.locator(".rec-approval")).to_contain_text("before Friday")
    expect(desk.locator(".rec-approval .ps.now")).to_contain_text("Bob")

    phone = signed_in(browser, address, "bob", PHONE)
    phone.goto(f"{address}/inbox")
    phone.locator(".tk-acts > .btn-primary").tap()
    phone.locator(".dg-confirm:popover-open footer .btn-primary").tap()
    expect(phone.get_by_text("Approved Travel")).to_be_visible()
    stage.expect(tasks={"money": ["fay", "fin"]})

    desk.reload()
    desk.get_by_role("button", name="Withdraw").first.click()
    desk.locator(".dg-confirm:popover-open footer .btn-primary").click()
    expect(desk.locator(".rec-approval")).to_contain_text("Withdrawn")
    stage.expect(state="withdrawn", tasks={}, record={"status": "draft"})


def test_a_rejection_without_words_stays_and_keeps_what_was_entered(
    stage: Stage, address: str, browser: Browser
) -> None:
    stage.create(price=500)
    stage.submit()
    page = signed_in(browser, address, "bob", DESK)
    page.goto(f"{address}/inbox")
    page.fill("input[name=limit]", "75.00")
    page.keyboard.press("Escape")
    page.locator("button.act-reject").click()
    dialog = page.locator("#confirm-reject")
    dialog.locator("footer .btn-bad-solid").click()
    expect(dialog).to_be_visible()
    stage.expect(state="running", tasks={"boss": ["bob"]})
    dialog.locator("footer button").first.click()
    expect(dialog).to_be_hidden()
    page.locator("button.act-approve").click()
    page.locator("#confirm-approve footer .btn-primary").dblclick()
    expect(page.get_by_text("Approved Travel")).to_be_visible()
    stage.expect(state="approved", record={"status": "approved", "limit": "75.00"})


def test_who_was_faster_is_said(stage: Stage, address: str, browser: Browser) -> None:
    stage.workflow = "any_of_several"
    stage.create()
    stage.submit()
    page = signed_in(browser, address, "fin", PHONE)
    page.goto(f"{address}/inbox")
    page.locator(".tk-link").tap()
    page.locator("button.act-approve").tap()
    stage.approve("fay")
    page.locator("#confirm-approve footer .btn-primary").tap()
    expect(page.get_by_role("alert")).to_contain_text("Fay approved at")
    expect(page.locator("button.act-approve")).to_have_count(0)
