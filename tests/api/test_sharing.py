"""Sharing records and giving them away, over the API."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web_server import Server


def _loan(server: Server) -> tuple[Any, str]:
    hana, cleo = server.api("hana"), server.api("cleo")
    book, reader = hana.made("/library/book", title="a"), hana.made("/library/reader", name="b")
    return cleo, cleo.made("/library/loan", book=book["id"], reader=reader["id"])["id"]


def _id_of(server: Server, login: str) -> str:
    found = server.api("ada")("GET", f"/people?q={login}").json["data"]
    return str(found[0]["id"])


def test_a_share_is_made_listed_and_taken_back(server: Server) -> None:
    _, loan = _loan(server)
    ada, path = server.api("ada"), f"/library/loan/{loan}/shares"
    wanted = {"kind": "person", "subject": _id_of(server, "otto"), "until": "2099-01-01T00:00:00+08:00"}
    made = ada("POST", path, wanted, headers={"Idempotency-Key": "once"})
    assert made.status_code == 201, made.text
    again = ada("POST", path, wanted, headers={"Idempotency-Key": "once"})
    assert again.json == made.json
    assert made.json["subject"]["title"] == "Otto"
    assert made.json["level"] == "read"
    assert [each["id"] for each in ada("GET", path).json["data"]] == [made.json["id"]]
    assert ada("DELETE", f"{path}/{made.json['id']}").status_code == 204
    assert ada("DELETE", f"{path}/{made.json['id']}").status_code == 404
    assert ada("GET", path).json["data"] == []


def test_who_may_not_share_learns_nothing(server: Server) -> None:
    cleo, loan = _loan(server)
    otto = server.api("otto")
    for method, body in (("GET", None), ("POST", {"kind": "role", "subject": "library.clerk"})):
        foreign = otto(method, f"/library/loan/{loan}/shares", body)
        missing = otto(method, "/library/loan/999999/shares", body)
        assert (foreign.status_code, foreign.json["errors"]) == (missing.status_code, missing.json["errors"])
        assert cleo(method, f"/library/loan/{loan}/shares", body).status_code == 403


@pytest.mark.parametrize(
    ("body", "status", "path"),
    [
        ({}, 400, "kind"),
        ({"kind": "person"}, 400, "subject"),
        ({"kind": 1, "subject": "1"}, 400, "kind"),
        ({"kind": "person", "subject": "1", "until": "soon"}, 400, "until"),
        ({"kind": "person", "subject": "1", "until": "2099-01-01"}, 400, "until"),
        ({"kind": "person", "subject": "1", "until": "0001-01-01T00:00:00+14:00"}, 400, "until"),
        ({"kind": "person", "subject": "999999"}, 422, "subject"),
        ({"kind": "god", "subject": "1"}, 422, "kind"),
        ({"kind": "role", "subject": "library.clerk", "level": "own"}, 422, "level"),
        ({"kind": "role", "subject": "library.clerk", "more": 1}, 400, "more"),
    ],
)
def test_bad_shares_are_refused(sqlite_server: Server, body: dict[str, Any], status: int, path: str) -> None:
    _, loan = _loan(sqlite_server)
    answer = sqlite_server.api("ada")("POST", f"/library/loan/{loan}/shares", body)
    assert answer.status_code == status, answer.text
    assert answer.json["errors"][0]["path"] == path


def test_records_go_to_another_owner(server: Server) -> None:
    _, loan = _loan(server)
    ada, otto = server.api("ada"), _id_of(server, "otto")
    given = ada("POST", "/library/loan/transfer", {"records": [loan], "owner": otto})
    assert given.json | {"batch": ""} == {"records": 1, "followed": 0, "batch": ""}, given.text
    assert ada("GET", f"/library/loan/{loan}").json["owner"] == otto
    assert ada("POST", "/undo", {"batch": given.json["batch"]}).status_code == 200
    for body in (
        {"records": [loan]},
        {"records": loan, "owner": otto},
        {"records": [1], "owner": otto},
        {"records": [loan], "owner": otto, "follow": "yes"},
    ):
        assert ada("POST", "/library/loan/transfer", body).status_code == 400
    unknown = ada("POST", "/library/loan/transfer", {"records": [loan, "999999"], "owner": otto})
    assert unknown.status_code == 404
    nobody = ada("POST", "/library/loan/transfer", {"records": [loan], "owner": "999999"})
    assert (nobody.status_code, nobody.json["errors"][0]["path"]) == (422, "owner")
    assert ada("POST", "/library/reader/transfer", {"records": ["1"], "owner": otto}).status_code == 422
