"""Why somebody may or may not do something: on the page, over HTTP, and from a refusal."""

from __future__ import annotations

import re
from typing import Any

import pytest

from dougong.people import accounts
from tests.web_server import Server


@pytest.fixture
def stocked(sqlite_server: Server) -> Server:
    """Two books: the first is kept by Cleo, the second by nobody; an order is under way for the head alone."""
    ada = sqlite_server.api("ada")
    with sqlite_server.database.reading() as connection:
        cleo = accounts.find(connection, "cleo")
        assert cleo is not None
    ada.made("/library/book", title="First", cost="10.00", keeper=str(cleo.id))
    ada.made("/library/book", title="Second", cost="20.00")
    reader = ada.made("/library/reader", name="Rita", email="rita@example.com")
    ada.made("/library/loan", book="1", reader=reader["id"], owner=str(cleo.id))
    ada.made("/library/loan", book="2", reader=reader["id"])
    return sqlite_server


def asked(server: Server, who: str, status: int = 200, **given: Any) -> Any:
    answer = server.api(who)("GET", "/why?" + "&".join(f"{name}={value}" for name, value in given.items()))
    assert answer.status_code == status, answer.text
    return answer.json


def test_the_rule_its_place_and_its_parts_are_told(stocked: Server) -> None:
    told = asked(stocked, "ada", person="cleo", action="update", entity="library.book", record="2")
    assert told["allowed"] is False
    [rule] = [each for each in told["causes"] if each["rule"]]
    assert (rule["rule"], rule["speaks"], rule["role"]) == ("keeper = ME()", "against", "library.clerk")
    assert rule["file"].endswith("roles/clerk.yaml")
    assert rule["line"] > 1
    assert [(each["text"], each["outcome"]) for each in rule["parts"]] == [("keeper = ME()", "no")]
    own = asked(stocked, "ada", person="cleo", action="update", entity="library.book", record="1")
    assert own["allowed"] is True
    assert own["causes"][-1]["parts"][0]["values"] == [{"field": "Keeper", "value": "Cleo"}]


def test_fields_tokens_administrators_and_disabled_accounts(stocked: Server) -> None:
    field: dict[str, Any] = {"entity": "library.book", "field": "cost"}
    assert asked(stocked, "ada", person="cleo", **field)["allowed"] is False
    assert asked(stocked, "ada", person="hana", **field)["allowed"] is True
    reading: dict[str, Any] = {"person": "hana", "entity": "library.book", "scope": "read"}
    assert asked(stocked, "ada", **reading, action="update")["causes"][0]["kind"] == "scope"
    assert asked(stocked, "ada", **reading)["allowed"] is True
    assert asked(stocked, "ada", entity="library.book", action="delete")["causes"][0]["kind"] == "admin"
    with stocked.database.writing() as connection:
        otto = accounts.find(connection, "otto")
        assert otto is not None
        accounts.disable(connection, otto.id)
    gone = asked(stocked, "ada", person="otto", entity="library.book")
    assert (gone["allowed"], gone["causes"][0]["kind"]) == (False, "disabled")


def test_about_oneself_nothing_hidden_is_learned(stocked: Server) -> None:
    foreign = asked(stocked, "cleo", entity="library.loan", record="2")
    nowhere = asked(stocked, "cleo", entity="library.loan", record="999")
    assert {**foreign, "record": ""} == {**nowhere, "record": ""}
    assert foreign["causes"][0]["kind"] == "missing"
    assert asked(stocked, "cleo", entity="library.loan", record="1")["allowed"] is True
    assert asked(stocked, "cleo", 404, entity="library.book", field="cost")["errors"][0]["path"] == ""
    hidden = asked(stocked, "cleo", 404, entity="library.book", field="cost")
    unknown = asked(stocked, "cleo", 404, entity="library.book", field="nothing")
    assert re.sub("cost", "nothing", hidden["detail"]) == unknown["detail"]
    assert asked(stocked, "cleo", 403, person="ada", entity="library.book")
    assert asked(stocked, "cleo", person="cleo", entity="library.book")["allowed"] is True
    closed = asked(stocked, "nemo", 404, entity="library.book")
    none = asked(stocked, "nemo", 404, entity="library.none")
    assert re.sub("book", "none", closed["detail"]) == none["detail"]


@pytest.mark.parametrize(
    ("status", "given"),
    [
        (400, {}),
        (400, {"entity": "library.book", "action": "fly"}),
        (400, {"entity": "library.book", "scope": "all"}),
        (400, {"entity": "library.book", "other": "1"}),
        (404, {"entity": "library.book/lines"}),
        (404, {"entity": "nothing"}),
        (404, {"entity": "library.book", "person": "nobody"}),
        (404, {"entity": "library.book", "record": "x"}),
        (404, {"entity": "library.book", "record": "999"}),
        (404, {"entity": "library.book", "record": "9" * 18}),
        (404, {"entity": "library.book", "field": "lines.x"}),
        (404, {"entity": "library.order", "field": "lines.nothing"}),
    ],
)
def test_questions_that_make_no_sense_are_refused(
    stocked: Server, status: int, given: dict[str, str]
) -> None:
    asked(stocked, "ada", status, **given)
    page = stocked.browser("ada").client.get("/why", query_string=given, headers={"Accept": "text/html"})
    assert page.status_code in (200, status)


def test_columns_of_rows_and_records_in_the_bin_and_under_approval(stocked: Server) -> None:
    ada = stocked.api("ada")
    assert (
        asked(stocked, "ada", person="cleo", entity="library.order", field="lines.price")["allowed"] is True
    )
    spare = ada.made("/library/book", title="Spare")["id"]
    assert ada("DELETE", f"/library/book/{spare}").status_code == 204
    binned = asked(stocked, "ada", person="hana", entity="library.book", record=spare)
    assert (binned["allowed"], binned["causes"][-1]["kind"]) == (False, "binned")
    order = ada.made("/library/order", name="O", lines=[{"book": "1", "quantity": 20, "price": "9.90"}])
    assert ada("POST", f"/library/order/{order['id']}/actions/submit", {}).status_code == 200
    locked = asked(stocked, "ada", person="hana", action="update", entity="library.order", record=order["id"])
    assert (locked["allowed"], locked["causes"][-1]["kind"]) == (False, "approval")


def test_the_page_answers_and_a_refusal_leads_to_it(stocked: Server) -> None:
    ada, cleo = stocked.browser("ada"), stocked.browser("cleo")
    page = ada.get("/why?person=cleo&action=update&entity=library.book&record=2").text
    assert "Cleo may not edit: Book" in page
    assert "roles/clerk.yaml" in page
    assert "not true" in page
    empty = cleo.get("/why")
    assert empty.status_code == 200
    assert 'name="person"' not in empty.text
    for record in ("2", "999"):
        refused = cleo.get(f"/library/loan/{record}")
        assert refused.status_code == 404
        assert f"/why?action=read&amp;entity=library.loan&amp;record={record}" in refused.text
    assert "/why?" not in stocked.browser("nemo").get("/library/loan/1").text
    told = cleo.get("/why?action=read&entity=library.loan&record=2").text
    assert "no such record" in told
