"""Every address of the server under hostile input: never a fault, never the inside of the program, nothing changed by a refusal."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

import pytest
from werkzeug.test import TestResponse

from dougong.web.routes import Route
from dougong.web.table import ROUTES
from tests.scenarios import hostile
from tests.web_server import Api, Browser, Server

INSIDE = re.compile(
    r"Traceback|sqlalchemy|sqlite3\.|psycopg|OperationalError|IntegrityError|SELECT .* FROM|INSERT INTO|\.py\b|dg_user\.",
    re.S,
)
BESIDE = frozenset({"dg_session", "dg_token", "dg_limit", "dg_attempt", "dg_preference"})
"""What a request may leave behind although it was refused: when somebody was here, and how often somebody failed to get in."""
NOTED = frozenset({"session.fail", "records.export", "audit.export"})
"""What the audit trail tells although it was refused or only read: failed sign-ins, and what was taken away as a file."""
GOOD = {
    "app": "library",
    "entity": "book",
    "report": "books_total",
    "dashboard": "desk",
    "inverse": "loans",
    "action": "move",
    "field": "cover",
}
SCREENS = (
    "filter",
    "sort",
    "q",
    "view",
    "limit",
    "columns",
    "cursor",
    "add_field",
    "copy",
    "kind",
    "language",
    "next",
)
"""What the pages know as query parameters; each page is given all of them."""
BUTTONS_OF_ROWS = ("-add", "-copy", "-up", "-down", "-remove")
LEAVES = frozenset({"POST /sign-out", "POST /profile/sessions/<identifier>/end", "POST /profile/password"})


@dataclass(slots=True)
class Door:
    """A server with an administrator before it, who tries everything."""

    server: Server
    api: Api
    browser: Browser
    good: dict[str, str]
    form_token: str
    database: sqlite3.Connection

    def send(self, route: Route, path: str, **more: object) -> TestResponse:
        """One request by the way that fits the route."""
        headers = {"Accept": "text/html"}
        if route.rule.startswith("/api") or route.rule == "/openapi.json":
            headers = {"Authorization": f"Bearer {self.api.token}"}
            client = self.api.client
        else:
            client = self.browser.client
            headers["X-CSRF-Token"] = self.form_token
        answer: TestResponse = client.open(path, method=route.method, headers=headers, buffered=True, **more)  # type: ignore[arg-type]
        return answer

    def picture(self) -> dict[str, list[tuple[object, ...]]]:
        """All rows of all tables, but for those that note who came by or failed to get in."""
        names = [
            row[0] for row in self.database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        kept = [name for name in names if name not in BESIDE and not name.startswith("sqlite_")]
        rows = {name: self.database.execute(f'SELECT * FROM "{name}"').fetchall() for name in kept}
        seen = self._column("dg_user", "last_seen_at")
        rows["dg_user"] = [(*row[:seen], *row[seen + 1 :]) for row in rows["dg_user"]]
        action = self._column("dg_audit", "action")
        rows["dg_audit"] = [row for row in rows["dg_audit"] if row[action] not in NOTED]
        return rows

    def _column(self, table: str, name: str) -> int:
        """The place of a column in the rows of a table."""
        return [row[1] for row in self.database.execute(f'PRAGMA table_info("{table}")')].index(name)


@pytest.fixture
def door(sqlite_server: Server) -> Iterator[Door]:
    api, browser = sqlite_server.api("ada"), sqlite_server.browser("ada")
    book = api.made("/library/book", title="Walden", price="12.50")
    reader = api.made("/library/reader", name="Mei")
    loan = api.made("/library/loan", book=book["id"], reader=reader["id"])
    assert loan["number"] == "L-0001"
    order = api.made(
        "/library/order", name="Autumn", lines=[{"book": book["id"], "quantity": 9, "price": "99"}]
    )
    assert api("POST", f"/library/order/{order['id']}/actions/submit", {}).status_code == 200
    path = sqlite_server.database.path
    assert path is not None
    good = GOOD | {"identifier": book["id"], "path": "entities/book", "token": "1"}
    database = sqlite3.connect(path)
    yield Door(sqlite_server, api, browser, good, browser.token(), database)
    database.close()


def filled(rule: str, good: dict[str, str], name: str = "", value: str = "") -> str:
    """The rule with every blank filled rightly, but for the one that is named."""
    return re.sub(
        r"<(?:path:)?(\w+)>",
        lambda found: value if found[1] == name else quote(good.get(found[1], "x")),
        rule,
    )


def blanks(rule: str) -> list[str]:
    return re.findall(r"<(?:path:)?(\w+)>", rule)


def judge(answer: TestResponse, what: str) -> None:
    """No fault, and nothing of the inside in the answer."""
    assert answer.status_code < 500, f"{what}: {answer.status_code}\n{answer.text[:600]}"
    if answer.status_code >= 400:
        found = INSIDE.search(answer.text)
        assert found is None, f"{what}: shows {found and found[0]!r}"
        assert "49${" not in answer.text, what
        assert "{{49" not in answer.text, what
    assert "X-Injected" not in answer.headers, what


def _walked(rules: tuple[Route, ...]) -> list[Route]:
    return [each for each in rules if each.endpoint not in LEAVES]


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_addresses(door: Door, method: str) -> None:
    """Whatever stands in an address, it is found or not found."""
    before = door.picture()
    for route in (each for each in _walked(ROUTES) if each.method == method):
        for name in blanks(route.rule):
            for value in (
                *hostile.RAW,
                *(quote(text, safe="") for text in hostile.TEXTS if text.strip(" /")),
            ):
                path = filled(route.rule, door.good, name, value)
                judge(door.send(route, path), f"{method} {path[:120]}")
    if method == "GET":
        assert door.picture() == before


def test_queries(door: Door) -> None:
    """Whatever stands in a query, it is answered or refused; reading changes nothing."""
    before = door.picture()
    for route in (each for each in _walked(ROUTES) if each.method == "GET"):
        is_screen = route.parameters is None
        for name in SCREENS if is_screen else route.parameters or ("x",):
            for text in hostile.TEXTS[:: 5 if is_screen else 1]:
                path = f"{filled(route.rule, door.good)}?{name}={quote(text)}"
                judge(door.send(route, path), f"GET {path[:160]}")
            for raw in hostile.RAW[:: 3 if is_screen else 1]:
                path = f"{filled(route.rule, door.good)}?{name}={raw}&{raw}=1&{name}=again"
                judge(door.send(route, path), f"GET {path[:160]}")
    assert door.picture() == before


def test_bodies(door: Door) -> None:
    """A body that is not what was asked for is refused, and leaves no trace."""
    for route in (each for each in _walked(ROUTES) if each.changes):
        path = filled(route.rule, door.good)
        for data, kind in hostile.BODIES:
            before = door.picture()
            answer = door.send(route, path, data=data, content_type=kind)
            judge(answer, f"{route.endpoint} {kind} {data[:60]!r}")
            if answer.status_code >= 400:
                assert door.picture() == before, (
                    f"{route.endpoint} {data[:60]!r} was refused and changed something"
                )


@pytest.mark.parametrize("entity", ["book", "loan", "order", "reader"])
def test_values(door: Door, entity: str) -> None:
    """Every field of every entity under values of every kind; what is taken can be read again."""
    described = door.server.runtime.releases.current().entity(f"library.{entity}")
    good = door.api("GET", f"/library/{entity}").json["data"][0]
    for field in described.fields:
        for value in (*hostile.VALUES, *hostile.TEXTS):
            before = door.picture()
            address = f"/library/{entity}/{good['id']}"
            text = json.dumps({field: value})
            answer = door.api("PATCH", address, data=text, content_type="application/json")
            judge(answer, f"PATCH {entity}.{field} {text[:80]}")
            if answer.status_code >= 400:
                assert door.picture() == before, text[:80]
            read = door.api("GET", f"{address}?expand={field}")
            judge(read, f"GET after {field} {text[:80]}")
            shown = door.browser.get(address)
            assert shown.status_code == 200, f"page after {field} {text[:80]}: {shown.status_code}"
    assert door.browser.get(f"/library/{entity}").status_code == 200


@pytest.mark.parametrize("path", ["/library/book/new", "/library/order/new", "/library/loan/new"])
def test_forms(door: Door, path: str) -> None:
    """Every field of a form under every text: made, or shown again with the entry and a reason; buttons of rows only show again."""
    page = door.browser.get(path).text
    names = sorted(set(re.findall(r'name="([^"]+)"', page)) - {"csrf_token", "viewport"})
    assert len(names) > 3
    for name in names:
        for text in hostile.TEXTS:
            answer = door.browser.client.post(
                path, data={"csrf_token": door.form_token, name: text}, headers={"Accept": "text/html"}
            )
            judge(answer, f"POST {path} {name}={text[:40]!r}")
            expected = (200, 400, 422) if name.endswith(BUTTONS_OF_ROWS) else (303, 400, 422)
            assert answer.status_code in expected, f"{name}={text[:40]!r}: {answer.status_code}"


def test_large_bodies(door: Door) -> None:
    """Ten million bytes are refused as too large or as wrong, soon."""
    large = b'{"title": "' + b"a" * 10_000_000 + b'"}'
    before = door.picture()
    for path in ("/api/v1/library/book", "/api/v1/library/plan", "/api/v1/library/book/batch"):
        answer = door.api.client.post(
            path,
            data=large,
            content_type="application/json",
            headers={"Authorization": f"Bearer {door.api.token}"},
        )
        assert answer.status_code in (400, 413, 422), answer.status_code
        judge(answer, path)
    form = {"csrf_token": door.form_token, "title": "a" * 10_000_000}
    answer = door.browser.client.post("/library/book/new", data=form)
    assert answer.status_code in (400, 413, 422)
    assert door.picture() == before
