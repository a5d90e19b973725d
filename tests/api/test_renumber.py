"""Numbering again over HTTP: shown first, for admins only."""

from __future__ import annotations

from tests.web_server import Server

PATH = "/library/loan/renumber"


def test_numbers_are_given_again(server: Server) -> None:
    ada, cleo = server.api("ada"), server.api("cleo")
    book = cleo.made("/library/book", title="a")["id"]
    reader = cleo.made("/library/reader", name="b")["id"]
    for _ in range(2):
        cleo.made("/library/loan", book=book, reader=reader)
    assert ada("POST", f"{PATH}/number?dry_run=true").json == {
        "records": 2,
        "changed": 0,
        "first": [],
        "batch": None,
    }
    done = ada("POST", f"{PATH}/number").json
    assert (done["records"], done["changed"]) == (2, 0)
    assert cleo("POST", f"{PATH}/number").status_code == 403
    for path, status in (
        (f"{PATH}/book", 404),
        ("/library/none/renumber/number", 404),
        (f"{PATH}/number?dry_run=x", 400),
    ):
        assert ada("POST", path).status_code == status, path
