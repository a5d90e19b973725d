"""Open forms follow what is chosen, in a real browser: fields are filled, pickers narrowed, values of other records shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Page, Route, expect

from tests.linkage.trade import SOURCES
from tests.live.workshop import sign_in
from tests.servers.databases import Databases
from tests.web_server import Server, listening, serving_app

pytestmark = pytest.mark.usefixtures("assets")


@dataclass(frozen=True, slots=True)
class Desk:
    """A server with its address and the records of these tests by name."""

    address: str
    server: Server
    known: dict[str, str] = field(default_factory=dict)


@pytest.fixture(scope="module")
def desk(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("files")
    with serving_app(databases, "sqlite", SOURCES, folder) as server, listening(server) as address:
        make = server.api("ada").made
        acme = make("/desk/account", name="Acme", phone="021", region="north")["id"]
        best = make("/desk/account", name="Best", phone="022")["id"]
        kern = make("/desk/brand", name="Kern")["id"]
        make("/desk/contact", name="Anna", account=acme)
        make("/desk/contact", name="Bea", account=best)
        make("/desk/term", name="a", account=acme, kind="new", rebate="0.2")
        make("/desk/product", name="bolt", price="10", unit="box", brand=kern)
        make("/desk/product", name="nut", price="3")
        yield Desk(address, server, {"acme": acme, "best": best})


@pytest.fixture
def form(page: Page, desk: Desk) -> Page:
    """An empty form, of which every mistake of a script fails the test."""
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    sign_in(page, desk.address)
    page.goto(f"{desk.address}/desk/claim/new")
    page.wait_for_load_state("networkidle")
    expect(page.locator("#f-customer-box")).to_be_visible()
    assert not problems
    return page


def choose(page: Page, field: str, name: str) -> None:
    page.locator(f"#f-{field}-box").fill(name)
    page.locator(".pick-list:not([hidden]) [role=option]", has_text=name).first.click()


def offered(page: Page, field: str) -> list[str]:
    """What a picker offers when it is opened."""
    box = page.locator(f"#f-{field}-box")
    with page.expect_response(lambda answer: "/choose/" in answer.url):
        box.press("ArrowDown")
    expect(page.locator(".pick-list:not([hidden])")).to_have_count(1)
    found = page.locator(".pick-list:not([hidden]) [role=option] .el").all_inner_texts()
    box.press("Escape")
    return found


def computed(page: Page, name: str) -> str:
    return f'[data-computed="{name}"]'


def test_a_chosen_record_fills_at_once_and_is_saved_as_shown(form: Page, desk: Desk) -> None:
    form.fill("#f-name", "live")
    choose(form, "customer", "Acme")
    expect(form.locator("#f-phone")).to_have_value("021")
    expect(form.locator("#f-region")).to_have_value("NORTH")
    expect(form.locator(computed(form, "claims"))).to_contain_text("1")
    form.fill("#f-phone", "")
    form.click("[data-save]")
    form.wait_for_url(lambda url: "/new" not in url)
    identifier = form.url.rpartition("/")[2].partition("?")[0]
    saved = desk.server.api("ada")("GET", f"/desk/claim/{identifier}").json
    assert (saved["phone"], saved["region"], saved["customer"]) == (None, "NORTH", desk.known["acme"])


def test_what_a_person_typed_stays_until_the_link_changes(form: Page) -> None:
    choose(form, "customer", "Acme")
    expect(form.locator("#f-phone")).to_have_value("021")
    form.fill("#f-phone", "typed")
    form.fill("#f-name", "x")
    choose(form, "customer", "Best")
    expect(form.locator("#f-phone")).to_have_value("022")


def test_pickers_offer_what_fits_and_let_go_of_what_does_not(form: Page) -> None:
    assert offered(form, "person") == ["Bea", "Anna"]
    choose(form, "customer", "Acme")
    assert offered(form, "person") == ["Anna"]
    choose(form, "person", "Anna")
    expect(form.locator("#f-person-box")).to_have_value("Anna")
    choose(form, "customer", "Best")
    expect(form.locator("#f-person-box")).to_have_value("")
    expect(form.locator(".dg-toast")).to_contain_text("Person no longer fits")
    assert form.locator("select[name=person]").input_value() == ""


def test_rows_are_filled_and_show_what_stands_two_links_away(form: Page) -> None:
    form.fill("#f-rebate", "50")
    form.click("[data-add]")
    choose(form, "lines-0-product", "bolt")
    expect(form.locator("#f-lines-0-price")).to_have_value("5.00")
    expect(form.locator("#f-lines-0-unit")).to_have_value("box")
    expect(form.locator(computed(form, "lines-0-maker"))).to_have_text("KERN")
    form.fill("#f-lines-0-quantity", "3")
    expect(form.locator(computed(form, "lines-0-cost"))).to_contain_text("15.00")
    form.click("[data-add]")
    choose(form, "lines-1-product", "nut")
    expect(form.locator(computed(form, "total"))).to_contain_text("16.50")
    expect(form.locator("#f-lines-0-price")).to_have_value("5.00")


def test_a_default_over_other_records_follows_until_somebody_writes(form: Page) -> None:
    form.fill("#f-kind", "new")
    choose(form, "customer", "Acme")
    expect(form.locator("#f-rebate")).to_have_value("20")
    with form.expect_response(lambda answer: answer.url.endswith("/live")):
        form.fill("#f-kind", "old")
    expect(form.locator("#f-rebate")).to_have_value("")
    form.fill("#f-rebate", "7")
    with form.expect_response(lambda answer: answer.url.endswith("/live")):
        choose(form, "customer", "Best")
    expect(form.locator("#f-phone")).to_have_value("022")
    expect(form.locator("#f-rebate")).to_have_value("7")


def test_without_an_answer_values_come_on_saving(form: Page, desk: Desk) -> None:
    def refuse(route: Route) -> None:
        route.abort()

    form.route("**/live", refuse)
    form.fill("#f-name", "offline")
    with form.expect_event("requestfailed"):
        choose(form, "customer", "Acme")
    expect(form.locator(computed(form, "claims"))).to_contain_text("Given on saving")
    expect(form.locator("#f-phone")).to_have_value("")
    form.click("[data-save]")
    form.wait_for_url(lambda url: "/new" not in url)
    identifier = form.url.rpartition("/")[2].partition("?")[0]
    saved = desk.server.api("ada")("GET", f"/desk/claim/{identifier}").json
    assert (saved["phone"], saved["region"], saved["claims"]) == ("021", "NORTH", 1)


def test_a_form_that_begins_with_a_link_is_filled(form: Page, desk: Desk) -> None:
    form.goto(f"{desk.address}/desk/claim/new?customer={desk.known['acme']}")
    expect(form.locator("#f-phone")).to_have_value("021")
    expect(form.locator("#f-region")).to_have_value("NORTH")
