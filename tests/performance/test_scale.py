"""Large apps in small: requests cost the same whatever else is installed, and wide and long records work through every door.

Costs are counted in calls of functions and in statements, which do not depend on the machine.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from tests.fieldtypes.page_forms import inputs_of
from tests.performance import large
from tests.performance.scale import filled, imported, with_rows
from tests.servers.databases import DIALECTS, Databases
from tests.web_server import Browser, Server, server_of

FEW, MANY = 2, 60


def calls_of(work: Callable[[], Any]) -> int:
    """How many functions of Python some work calls, after its caches are filled."""
    for _ in range(3):
        work()
    number = 0

    def count(frame: Any, kind: str, argument: Any) -> None:
        nonlocal number
        number += kind == "call"

    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(None)
    return number


def statements_of(server: Server, work: Callable[[], Any]) -> int:
    """How many statements some work sends."""
    work()
    sent: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *more: Any) -> None:
        sent.append(statement)

    event.listen(server.database.engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        event.remove(server.database.engine, "before_cursor_execute", note)
    return len(sent)


def requests(server: Server) -> dict[str, Callable[[], Any]]:
    api = server.api("cleo")
    made = api.made("/large/e0", name="first", f0="x")
    path = f"/large/e0/{made['id']}"
    counts = iter(range(1000))
    return {
        "list": lambda: api("GET", "/large/e0?limit=25"),
        "read": lambda: api("GET", path),
        "create": lambda: api("POST", "/large/e0", {"name": "new"}),
        "update": lambda: api("PATCH", path, {"f0": str(next(counts))}),
        "delete": lambda: api("DELETE", f"/large/e0/{api.made('/large/e0', name='gone')['id']}"),
    }


def test_requests_cost_the_same_however_many_entities_there_are(databases: Databases, tmp_path: Path) -> None:
    """The first request of a kind may look at everything once for a release; those after it may not."""
    costs: list[dict[str, tuple[int, int]]] = []
    for count in (FEW, MANY):
        with databases.database("sqlite") as url:
            server = server_of(url, large.install(url, count, 8), tmp_path)
            costs.append(
                {
                    name: (calls_of(work), statements_of(server, work))
                    for name, work in requests(server).items()
                }
            )
            server.database.dispose()
    few, many = costs
    for name, (calls, statements) in few.items():
        assert many[name][1] == statements, name
        assert many[name][0] <= calls * 1.02 + 20, name


@pytest.fixture(params=DIALECTS)
def wide(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> Iterator[Server]:
    """An entity of 500 fields, and an order."""
    with databases.database(request.param) as url:
        server = server_of(url, large.install(url, 1, 500), tmp_path)
        yield server
        server.database.dispose()


def test_an_entity_of_500_fields(wide: Server, tmp_path: Path) -> None:
    api, browser = wide.api("cleo"), wide.browser("cleo")
    values = filled(500)
    made = api.made("/large/e0", **values)
    assert made["f490"] == "text"
    assert made["twice"] == "3.00"
    path = f"/large/e0/{made['id']}"
    changed = api("PATCH", path, {"f490": "other", "f2": "2.00"}).json
    assert (changed["f490"], changed["twice"]) == ("other", "4.00")
    assert imported(wide, tmp_path, values, lines=300) == 300
    assert len(api("GET", "/large/e0?limit=100&filter=f490 = 'text'").json["data"]) == 100
    for page in ("/large/e0", path, f"{path}/edit"):
        assert browser.get(page).status_code == 200
    _save_unchanged(browser, path)
    assert api("GET", path).json["f490"] == "other"


def test_a_record_with_1000_rows(wide: Server) -> None:
    api, browser = wide.api("cleo"), wide.browser("cleo")
    product = api.made("/large/e0", name="product")["id"]
    made = with_rows(api, 1000, product)
    assert made["total"] == f"{sum(range(1000)) * 2.5:.2f}"
    path = f"/large/order/{made['id']}"
    lines = [
        {each: row[each] for each in ("id", "what", "product", "quantity", "price")} for row in made["lines"]
    ]
    lines[500]["quantity"] = 0
    moved = [lines[-1], *lines[:-1]]
    changed = api("PATCH", path, {"lines": moved}).json
    assert len(changed["lines"]) == 1000
    assert changed["lines"][0]["id"] == made["lines"][-1]["id"]
    assert changed["total"] == f"{sum(range(1000)) * 2.5 - 1250:.2f}"
    history = api("GET", f"{path}/history").json["data"]
    assert len(history) == 2
    for page in (path, f"{path}/edit"):
        assert browser.get(page).status_code == 200
    _save_unchanged(browser, path)
    assert api("GET", path).json["total"] == changed["total"]


def _save_unchanged(browser: Browser, path: str) -> None:
    """Send back the form as a browser would when nothing was changed in it."""
    fields = inputs_of(browser.get(f"{path}/edit").text)
    answer = browser.client.post(f"{path}/edit", data=fields, headers={"Accept": "text/html"}, buffered=True)
    assert answer.status_code == 303, "the form came back with problems"
