"""What reading costs, in statements and in calls of functions: the same on every machine, so that a detour is seen at once.

The bounds stand about a tenth above what is needed; whoever raises one says why.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.performance.test_scale import calls_of, statements_of
from tests.web_server import Server

Ask = Callable[[], Any]
MOST_STATEMENTS = {"plain list": 2, "list with links": 4, "record": 3, "grouped sum": 2, "page": 8}
"""Who asks, the rows, the titles of what they point to; beginning and ending the transaction come on top."""

MOST_CALLS = {
    "plain list": 1_850,
    "list with links": 2_450,
    "record": 1_300,
    "grouped sum": 2_000,
    "page": 19_500,
}


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


def test_a_read_calls_no_more_functions_than_it_needs(reads: dict[str, Ask]) -> None:
    called = {name: calls_of(ask) for name, ask in reads.items()}
    assert all(called[name] <= MOST_CALLS[name] for name in called), called
