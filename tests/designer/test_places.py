"""Conditions of views, roles and reports, and measures: put together in the designer, written into the draft, held to by the app."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fixtures_web import prepared, server
from tests.web_server import Browser, Server, hidden

__all__ = ["prepared", "server"]
BOOKS = "/design/library/book/conditions"
ROW: dict[str, Any] = {
    "operation": "set_place",
    "when-mode": "all",
    "when-0-field": "price",
    "when-0-operator": "at_least",
    "when-0-value": "50",
}


def sent(browser: Browser, path: str, **given: Any) -> Any:
    return browser.post(path, {"operation": "set_place"} | given)


def text_of(server: Server, path: str) -> str:
    found: str = server.api("hana")("GET", f"/library/definitions/{path}").json["text"]
    return found


def published(server: Server, browser: Browser, **more: str) -> None:
    state = hidden(browser.get("/design/library/publish").text, "plan")
    done = browser.post("/design/library/publish", {"plan": state, **more})
    assert done.status_code == 303, done.text


def test_the_filter_of_a_view_is_changed_and_the_list_shows_it(server: Server) -> None:
    browser, api = server.browser("hana"), server.api("hana")
    for title, price in (("Cheap", "20"), ("Fair", "60"), ("Dear", "150")):
        api.made("/library/book", title=title, price=price)
    page = browser.get(BOOKS).text
    assert "Price &gt; 100" in page
    assert "Keeper = ME()" in page
    assert sent(browser, BOOKS, **ROW, place="view:dear").status_code == 303
    assert 'filter: "price >= 50.00"' in text_of(server, "views/book.yaml")
    published(server, browser)
    listed = browser.get("/library/book?view=dear").text
    assert "Fair" in listed
    assert "Cheap" not in listed


def test_a_row_rule_is_given_and_taken_away_and_saving_what_is_there_changes_nothing(server: Server) -> None:
    browser = server.browser("hana")
    before = text_of(server, "roles/clerk.yaml")
    page = browser.get(f"{BOOKS}?place=role:clerk:update").text
    assert 'value="is_me" selected' in page
    mine = {"when-mode": "all", "when-0-field": "keeper", "when-0-operator": "is_me"}
    assert sent(browser, BOOKS, place="role:clerk:update", **mine).status_code == 303
    assert text_of(server, "roles/clerk.yaml") == before
    lent = {"when-mode": "expression", "when-expression": "lent"}
    assert sent(browser, BOOKS, place="role:clerk:read", **lent).status_code == 303
    assert "read: {hide: [cost], rows: lent}" in text_of(server, "roles/clerk.yaml")
    readers = "/design/library/reader/conditions"
    email = {"when-mode": "expression", "when-expression": "created_by = ME()"}
    assert sent(browser, readers, place="role:clerk:read", **email).status_code == 303
    assert "created_by = ME()" in text_of(server, "roles/clerk.yaml")
    assert sent(browser, readers, place="role:clerk:read", **{"when-mode": "always"}).status_code == 303
    assert "reader: {read: true, create: true}" in text_of(server, "roles/clerk.yaml")
    book = server.api("hana").made("/library/book", title="Kept", lent=False)
    assert server.api("cleo")("GET", f"/library/book/{book['id']}").status_code == 200
    published(server, browser)
    assert server.api("cleo")("GET", f"/library/book/{book['id']}").status_code == 404


def test_a_measure_of_a_report_is_changed(server: Server) -> None:
    browser = server.browser("hana")
    page = browser.get(BOOKS).text
    name = page.partition("?place=measure%3A")[2].partition('"')[0]
    place = f"measure:{name.replace('%3A', ':')}"
    path = f"reports/{place.split(':')[1]}.yaml"
    good = sent(browser, BOOKS, place=place, **{"when-mode": "expression", "when-expression": "MAX(price)"})
    assert good.status_code == 303
    assert "MAX(price)" in text_of(server, path)
    before = text_of(server, path)
    for wrong in ("MAX(prize)", "price", "SUM(", ""):
        given = {"when-mode": "expression", "when-expression": wrong}
        refused = sent(browser, BOOKS, place=place, **given)
        assert refused.status_code == 422, wrong
    assert text_of(server, path) == before


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"place": "view:nothing", "when-mode": "always"}, 404),
        ({"place": "view:dear", "when-mode": "all"}, 422),
        ({"place": "view:dear", "when-mode": "all", "when-0-field": "nothing"}, 422),
        ({"place": "view:dear", "when-mode": "expression", "when-expression": "prize > 1"}, 422),
        ({"place": "view:dear", "when-mode": "expression", "when-expression": "price"}, 422),
        ({"place": "view:dear", "when-mode": "always", "was": "another"}, 409),
        ({"operation": "nothing"}, 400),
    ],
)
def test_what_makes_no_sense_changes_nothing(server: Server, given: dict[str, str], status: int) -> None:
    browser = server.browser("hana")
    before = text_of(server, "views/book.yaml")
    assert sent(browser, BOOKS, **given).status_code == status
    assert text_of(server, "views/book.yaml") == before


def test_only_who_may_design_comes_in(server: Server) -> None:
    clerk = server.browser("cleo")
    for path in (BOOKS, "/design/library/book/rules", "/design/library/book/rules/preview"):
        assert clerk.get(path).status_code == 403
    for path in (BOOKS, "/design/library/book/rules"):
        assert clerk.post(path, {"operation": "undo"}).status_code == 403
        assert clerk.post(f"{path}/check", {"place": "view:dear"}).status_code == 403
