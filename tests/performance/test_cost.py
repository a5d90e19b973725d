"""What reading costs, in statements and in calls of functions: the same on every machine, so that a detour is seen at once.

The bounds stand about a tenth above what is needed; whoever raises one says why.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from tests.performance.test_scale import calls_of, statements_of
from tests.web_server import Server

Ask = Callable[[], Any]
MOST_STATEMENTS = {"plain list": 2, "list with links": 4, "record": 2, "grouped sum": 2, "page": 8}
"""Who asks, the rows, the titles of what they point to; for a page also the views that people keep and the one it begins with.
Beginning and ending the transaction come on top."""

MOST_CALLS = {
    "sqlite": {
        "plain list": 1_650,
        "list with links": 2_100,
        "record": 1_100,
        "grouped sum": 1_960,
        "page": 20_300,
    },
    "postgresql": {
        "plain list": 2_030,
        "list with links": 2_630,
        "record": 1_550,
        "grouped sum": 2_030,
        "page": 21_000,
    },
}
"""The driver of PostgreSQL is written in Python too, and sending several statements in one round trip takes more calls of it
than sending them one by one; the time that a request waits for the server is worth more."""


@pytest.fixture
def reads(server: Server) -> dict[str, Ask]:
    """Reads of a library with some books and loans, each of which was asked for before."""
    api, program, browser = server.api("ada"), server.api("cleo"), server.browser("cleo")
    reader = api.made("/library/reader", name="Reader")["id"]
    for number in range(30):
        book = api.made("/library/book", title=f"Book {number}", price="10.00")["id"]
        program.made("/library/loan", book=book, reader=reader)
    asked: dict[str, Ask] = {
        "plain list": lambda: program("GET", "/library/book?limit=25&fields=title,price"),
        "list with links": lambda: program("GET", "/library/loan?limit=25&expand=book,reader"),
        "record": lambda: program("GET", f"/library/book/{book}"),
        "grouped sum": lambda: program(
            "GET", "/library/book/aggregate?group=title&measures=COUNT(),SUM(price)"
        ),
        "page": lambda: browser.get("/library/book"),
    }
    for ask in asked.values():
        assert ask().status_code == 200
    return asked


def test_a_read_asks_the_database_for_no_more_than_it_needs(server: Server, reads: dict[str, Ask]) -> None:
    sent = {name: statements_of(server, ask) for name, ask in reads.items()}
    assert all(sent[name] <= MOST_STATEMENTS[name] for name in sent), sent


def test_a_read_calls_no_more_functions_than_it_needs(server: Server, reads: dict[str, Ask]) -> None:
    most = MOST_CALLS[server.database.dialect]
    called = {name: calls_of(ask) for name, ask in reads.items()}
    assert all(called[name] <= most[name] for name in called), called


MOST_WAITS = {"plain list": 3, "record": 2, "update": 6}


@pytest.mark.parametrize("server", ["postgresql"], indirect=True)
def test_a_request_waits_for_the_server_no_more_often_than_it_needs(
    server: Server, reads: dict[str, Ask], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once to begin and find out who asks, once for the rows, once to end; for a change also for what stands there, for its
    writing and for what is then read. All but the first and the last can be several statements."""
    program = server.api("ada")
    book = program("GET", "/library/book?limit=1").json["data"][0]["id"]
    titles = (f"Other {number}" for number in range(100))
    asked = {**reads, "update": lambda: program("PATCH", f"/library/book/{book}", {"title": next(titles)})}
    waits = {name: _waits_of(asked[name], monkeypatch) for name in MOST_WAITS}
    assert all(waits[name] <= MOST_WAITS[name] for name in waits), waits


def _waits_of(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> int:
    """How often a request sends something to PostgreSQL and waits for all of its answer."""
    for _ in range(3):
        assert ask().status_code == 200
    waits = 0
    execute, leave = psycopg.Cursor.execute, psycopg.Pipeline.__exit__

    def executed(cursor: Any, *more: Any, **named: Any) -> Any:
        nonlocal waits
        waits += cursor.connection.info.pipeline_status == psycopg.pq.PipelineStatus.OFF
        return execute(cursor, *more, **named)

    def left(pipeline: Any, *more: Any) -> None:
        nonlocal waits
        waits += 1
        leave(pipeline, *more)

    with monkeypatch.context() as patched:
        patched.setattr(psycopg.Cursor, "execute", executed)
        patched.setattr(psycopg.Pipeline, "__exit__", left)
        ask()
    return waits
