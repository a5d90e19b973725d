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
