"""Warnings over HTTP: a program sends their keys back, a person presses the button that is offered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rules.claims import SOURCES
from tests.servers.databases import Databases
from tests.web_server import Server, hidden, serving_app


@pytest.fixture
def server(databases: Databases, tmp_path: Path) -> Iterator[Server]:
    with serving_app(databases, "sqlite", SOURCES, tmp_path) as started:
        yield started


def test_a_program_confirms_by_the_keys_that_it_was_told(server: Server) -> None:
    api = server.api("ada")
    values = {"name": "a", "amount": "600"}
    refused = api("POST", "/desk/claim", values)
    assert refused.status_code == 422
    [told] = refused.json["errors"]
    assert (told["path"], told["code"], told["severity"]) == ("amount", "rule_warning", "warning")
    assert api("POST", "/desk/claim?confirm=0123456789ab", values).status_code == 422
    assert api("POST", "/desk/claim?confirm=*", values).status_code == 422
    made = api("POST", f"/desk/claim?confirm={told['confirm']}", values)
    assert made.status_code == 201, made.text
    path = f"/desk/claim/{made.json['id']}"
    assert api("PATCH", path, {"memo": "the amount was confirmed before"}).status_code == 200
    assert api("PATCH", path, {"amount": "700"}).json["errors"][0]["confirm"] == told["confirm"]
    assert api("PATCH", f"{path}?confirm={told['confirm']}", {"amount": "700"}).status_code == 200
    both = {"operations": [{"action": "create", "values": {**values, "name": name}} for name in "bc"]}
    assert api("POST", "/desk/claim/batch", both).status_code == 422
    assert api("POST", f"/desk/claim/batch?confirm={told['confirm']}", both).status_code == 200


def test_a_person_confirms_by_a_button_and_loses_nothing(server: Server) -> None:
    browser = server.browser("ada")
    sent = {"name": "a", "amount": "600", "memo": "kept"}
    page = browser.post("/desk/claim/new", sent, page="/desk/claim/new")
    assert page.status_code == 422
    assert 'id="problems"' not in page.text
    assert re.search(r'id="warnings".*That is a lot.*Save anyway', page.text, re.DOTALL)
    assert 'value="kept"' in page.text
    key = re.search(r'name="dg_confirm" value="([0-9a-f]+)"', page.text)
    assert key is not None
    again = {**sent, "dg_form": hidden(page.text, "dg_form"), "dg_confirm": key[1]}
    assert browser.post("/desk/claim/new", {**again, "dg_confirm": "*"}).status_code == 422
    done = browser.post("/desk/claim/new", again, page="/desk/claim/new")
    assert done.status_code == 303, done.text
    edit = f"{done.headers['Location']}/edit"
    assert browser.post(edit, {**sent, "memo": "b", "dg_version": "1"}, page=edit).status_code == 303
    changed = browser.post(edit, {**sent, "amount": "800", "dg_version": "2"}, page=edit)
    assert "That is a lot" in changed.text
    saved = browser.post(edit, {**sent, "amount": "800", "dg_version": "2", "dg_confirm": key[1]}, page=edit)
    assert saved.status_code == 303


def test_what_is_wrong_is_said_before_anything_is_to_be_confirmed(server: Server) -> None:
    browser = server.browser("ada")
    page = browser.post("/desk/claim/new", {"name": "", "amount": "600"}, page="/desk/claim/new").text
    assert 'id="problems"' in page
    assert "dg_confirm" not in page


def made(server: Server, **values: str | bool) -> int:
    api = server.api("ada")
    found = api("POST", "/desk/claim", values)
    if found.status_code == 422:
        keys = ",".join(each["confirm"] for each in found.json["errors"])
        found = api("POST", f"/desk/claim?confirm={keys}", values)
    return int(found.json["id"])


def key_in(page: str) -> str:
    found = re.search(r'name="dg_confirm" value="([0-9a-f,]+)"', page)
    assert found is not None, page
    return found[1]


def test_many_records_are_changed_after_confirming_or_without_those_that_warn(server: Server) -> None:
    browser, api = server.browser("ada"), server.api("ada")
    # a change to 600 warns of all but the one whose amount is read-only
    rich, poor, third = (
        made(server, name="Rich", amount="900"),
        made(server, name="Poor"),
        made(server, name="Third"),
    )
    change = {"id": [str(rich), str(poor), str(third)], "dg_field": "amount", "dg_way": "dg_expression"}
    change["dg_way"], change["dg_expression"] = "expression", "amount + IF(name = 'Third', 1, 600)"
    path = "/desk/claim/change/save"
    page = browser.post(path, change, page="/desk/claim")
    assert page.status_code == 422
    warned = re.search(r'id="warnings".*?</div></div>', page.text, re.DOTALL)
    assert warned is not None
    assert "Rich: That is a lot" in warned[0]
    assert "Poor: That is a lot" in warned[0]
    assert "Third" not in warned[0]
    assert "Leave these 2 out and go on" in warned[0]
    left = hidden(page.text, "dg_leave")
    done = browser.post(path, {**change, "dg_then": "leave", "dg_leave": left}, page="/desk/claim")
    assert done.status_code == 303, done.text
    amounts = [api("GET", f"/desk/claim/{each}").json["amount"] for each in (rich, poor, third)]
    assert amounts == ["900.00", "10.00", "11.00"]
    done = browser.post(path, {**change, "dg_confirm": key_in(page.text)}, page="/desk/claim")
    assert done.status_code == 303, done.text
    amounts = [api("GET", f"/desk/claim/{each}").json["amount"] for each in (rich, poor, third)]
    assert amounts == ["1500.00", "610.00", "12.00"]
    batch = re.search(r"undo=([0-9a-f]+)", done.headers["Location"])
    batches = api("GET", f"/desk/claim/{rich}/history").json["data"]
    assert api("POST", "/undo", {"batch": batch[1] if batch else batches[0]["batch"]}).status_code == 200
    assert api("GET", f"/desk/claim/{rich}").json["amount"] == "900.00"


def test_what_is_refused_can_be_left_out_too(server: Server) -> None:
    browser, api = server.browser("ada"), server.api("ada")
    closed, plain = made(server, name="Closed", closed=True), made(server, name="Plain")
    change = {"id": [str(closed), str(plain)], "dg_field": "amount", "dg_way": "value", "amount": "20"}
    page = browser.post("/desk/claim/change/save", change, page="/desk/claim")
    assert page.status_code == 422
    assert "Closed: The claim is closed" in page.text or "Closed: Amount cannot be changed here" in page.text
    assert "dg_confirm" not in page.text
    again = {**change, "dg_then": "leave", "dg_leave": hidden(page.text, "dg_leave")}
    assert browser.post("/desk/claim/change/save", again, page="/desk/claim").status_code == 303
    assert [api("GET", f"/desk/claim/{each}").json["amount"] for each in (closed, plain)] == [
        "10.00",
        "20.00",
    ]


def test_deletions_are_confirmed_on_a_page_of_their_own(server: Server) -> None:
    browser, api = server.browser("ada"), server.api("ada")
    dear, plain, paid = (
        made(server, name="Dear", memo="dear"),
        made(server, name="Plain"),
        made(server, name="Paid"),
    )
    assert api("PATCH", f"/desk/claim/{paid}", {"memo": "paid"}).status_code == 200
    one = browser.post(f"/desk/claim/{dear}/delete", {"version": "1"}, page="/desk/claim")
    assert one.status_code == 422
    assert "Somebody holds it dear" in one.text
    assert "Delete anyway" in one.text
    assert "data-save" not in one.text
    assert "Leave" not in re.search(r'id="warnings".*?</div></div>', one.text, re.DOTALL)[0]  # type: ignore[index]
    stale = {"dg_version": "7", "dg_confirm": key_in(one.text)}
    assert browser.post(f"/desk/claim/{dear}/delete", stale, page="/desk/claim").status_code == 412
    held = browser.post(f"/desk/claim/{paid}/delete", {}, page="/desk/claim")
    assert held.status_code == 422
    assert "Paid claims stay" in held.text
    assert "dg_confirm" not in held.text
    many = {"id": [str(dear), str(plain), str(paid)]}
    held = browser.post("/desk/claim/delete", many, page="/desk/claim")
    assert held.status_code == 422
    assert "Paid: Paid claims stay" in held.text
    many["id"] = [str(dear), str(plain)]
    warned = browser.post("/desk/claim/delete", many, page="/desk/claim")
    assert "Dear: Somebody holds it dear" in warned.text
    without = {**many, "dg_then": "leave", "dg_leave": hidden(warned.text, "dg_leave")}
    assert browser.post("/desk/claim/delete", without, page="/desk/claim").status_code == 303
    assert api("GET", f"/desk/claim/{plain}").status_code == 404
    assert api("GET", f"/desk/claim/{dear}").status_code == 200
    sure = {"dg_confirm": key_in(warned.text), "version": "1"}
    assert browser.post(f"/desk/claim/{dear}/delete", sure, page="/desk/claim").status_code == 303
    assert api("GET", f"/desk/claim/{dear}").status_code == 404


def test_a_program_confirms_deletions(server: Server) -> None:
    api = server.api("ada")
    dear, other = made(server, name="Dear", memo="dear"), made(server, name="Other", memo="dear")
    refused = api("DELETE", f"/desk/claim/{dear}")
    assert refused.status_code == 422
    [told] = refused.json["errors"]
    assert (told["code"], told["message"]) == ("rule_warning", "Somebody holds it dear")
    assert api("DELETE", f"/desk/claim/{dear}?confirm={told['confirm']}").status_code == 204
    body = {"operations": [{"action": "delete", "id": str(other)}]}
    assert api("POST", "/desk/claim/batch", body).status_code == 422
    assert api("POST", f"/desk/claim/batch?confirm={told['confirm']}", body).status_code == 200


def test_a_card_is_moved_after_confirming(server: Server) -> None:
    browser, api = server.browser("ada"), server.api("ada")
    claim = made(server, name="Card", memo="slow", kind="travel", city="Wuxi")
    path, scripted = f"/desk/claim/{claim}/move?view=board", {"Accept": "application/json"}
    refused = browser.post(path, {"to": "meal", "version": "1"}, page="/desk/claim", headers=scripted)
    assert refused.status_code == 422
    [told] = refused.json["errors"]
    assert told["message"] == "Slow claims are seldom meals"
    sent = {"to": "meal", "version": "1", "dg_confirm": told["confirm"]}
    moved = browser.post(path, sent, page="/desk/claim", headers=scripted)
    assert moved.status_code == 204, moved.text
    assert api("GET", f"/desk/claim/{claim}").json["kind"] == "meal"


def test_a_locked_record_offers_nothing_that_it_would_refuse(server: Server) -> None:
    browser, api = server.browser("ada"), server.api("ada")
    claim = made(server, name="Sealed", memo="sealed")
    page = browser.get(f"/desk/claim/{claim}").text
    assert "Sealed claims stay as they are" in page
    assert f"/desk/claim/{claim}/edit" not in page
    assert f'action="/desk/claim/{claim}/delete"' not in page
    form = browser.get(f"/desk/claim/{claim}/edit").text
    assert "Sealed claims stay as they are" in form
    assert "data-save" not in form
    assert "data-rules" not in form
    assert 'name="memo"' not in form or re.search(
        r'<(input|textarea)[^>]*name="memo"[^>]*(readonly|disabled)', form
    )
    sent = {"name": "Sealed", "memo": "open", "dg_version": "1"}
    refused = browser.post(f"/desk/claim/{claim}/edit", sent, page="/desk/claim")
    assert refused.status_code == 422
    assert "Sealed claims stay as they are" in refused.text
    answer = api("PATCH", f"/desk/claim/{claim}", {"memo": "open"}).json["errors"][0]
    assert (answer["path"], answer["code"]) == ("memo", "rule_locked")
    assert api("DELETE", f"/desk/claim/{claim}").json["errors"][0]["code"] == "rule_locked_delete"
