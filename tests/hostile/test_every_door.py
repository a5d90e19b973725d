"""Every entry point of the table, on both databases: strange requests get a clear refusal, and a refusal leaves all as it was."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from urllib.parse import urlsplit
from zlib import crc32

import pytest
from sqlalchemy import delete, select
from werkzeug.exceptions import HTTPException

from dougong.people import tokens
from dougong.storage.system import ATTEMPT, USER
from dougong.web.routes import Route
from dougong.web.table import API, ROUTES
from tests.api.test_strictness import KEYS
from tests.hostile.doors import Known, Request, address, forms_of, placeholders, request_for, standing
from tests.servers.databases import DIALECTS, Databases
from tests.web_server import Browser, Server, prepare, server_of

pytestmark = pytest.mark.filterwarnings("ignore:Unclosed file:ResourceWarning")
"""The framework leaves the parts of a multipart body that breaks off to the garbage collector."""

EACH = 5
"""Requests for each entry point and database in every run; thirty-two times as many every night."""
LAST = (
    *("POST /view-as", "POST /view-as/end"),
    *("POST /sign-out", "POST /profile/password", "POST /profile/new-password", "POST /profile/confirm"),
    *("POST /sign-in", "POST /sign-in/passkey/begin", "POST /set-up"),
)
"""These may end the session or bar the person, so they come when everything else has been asked."""
LEAKS = re.compile(r"Traceback|psycopg|sqlite3|sqlalchemy|File \"|SELECT [a-z_\"]+[.,]")


@dataclass(slots=True)
class House:
    """A server with something in it, somebody who is signed in, and what is known of it."""

    server: Server
    browser: Browser
    token: str
    known: Known
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)

    def send(self, route: Route, request: Request, random: Random) -> Any:
        """The answer to a request, by the session or, for the API, by a token of the same person."""
        headers = dict(request.headers)
        if route.rule.startswith("/api/") and random.random() < 0.7:
            headers.setdefault("Authorization", f"Bearer {self.server.tokens['ada']}")
        elif random.random() < 0.95:
            headers.setdefault("X-CSRF-Token", self.token)
        length = len(request.body) + (50 if request.stream_ends_early else 0)
        return self.browser.client.open(
            request.path,
            method=request.method,
            query_string=request.query,
            data=request.body,
            headers=[(name, value.encode("utf-8").decode("latin-1")) for name, value in headers.items()],
            content_length=length,
            buffered=True,
        )

    def sign_in(self) -> None:
        """Begin another session when the last one ended; that strangers tried the door before does not keep its owner out."""
        with self.server.database.writing() as connection:
            connection.execute(delete(ATTEMPT))
        self.browser = self.server.browser("ada")
        self.token = self.browser.token()

    def renew(self) -> None:
        """Another token for the API, as the last one may have been revoked."""
        with self.server.database.writing() as connection:
            ada = connection.execute(select(USER.c.id).where(USER.c.login == "ada")).scalar_one()
            self.server.tokens["ada"] = tokens.issue(connection, ada, scopes=["admin"])


@pytest.fixture(scope="module", params=DIALECTS)
def house(
    request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    url = databases.fresh(request.param)
    server = server_of(url, prepare(url), tmp_path_factory.mktemp(f"doors-{request.param}"))
    yield furnished(server)
    server.database.dispose()
    databases.drop(url)


def furnished(server: Server) -> House:
    """A library in use: records of every kind, something to decide, files, an import and an export."""
    api, browser = server.api("ada"), server.browser("ada")
    for number in range(12):
        book = api.made(
            "/library/book", title=f"Book {number}", isbn=f"978-{number}", pages=100 + number, price="9.90"
        )
        reader = api.made("/library/reader", name=f"Reader {number}", email=f"r{number}@example.com")
        api.made("/library/loan", book=book["id"], reader=reader["id"])
        lines = [{"book": book["id"], "quantity": 20, "price": "9.90"}]
        order = api.made("/library/order", name=f"Order {number}", lines=lines)
        api("POST", f"/library/order/{order['id']}/actions/submit", {})
        api("POST", f"/library/book/{book['id']}/comments", {"text": "a word"})
    for number in (10, 11):
        assert api("DELETE", f"/library/loan/{number + 1}").status_code == 204
    sent = {
        "name": "a program",
        "scope": "read",
        "expires": f"{datetime.now(UTC).date() + timedelta(days=30)}",
    }
    assert browser.post("/profile/tokens", sent, page="/profile").status_code == 200
    places = places_of(api, begun(browser))
    names = sorted(names_of(api("GET", "/openapi.json").json))
    house = House(server, browser, browser.token(), Known(places, names, {}, texts_of(server)))
    house.known.forms = crawled(house)
    return house


def begun(browser: Browser) -> list[str]:
    """The tokens of an import and of an export that wait for somebody."""
    file = {"csrf_token": browser.token(), "file": (io.BytesIO(b"title,isbn\nWalden,1\n"), "books.csv")}
    brought = browser.client.post("/library/book/import", data=file, headers={"Accept": "text/html"})
    taken = browser.post("/library/book/export", {"format": "csv"})
    return [each.headers["Location"].rpartition("/")[2] for each in (brought, taken)]


def places_of(api: Any, tokens: list[str]) -> dict[str, list[str]]:
    """Values for the parts of addresses that lead somewhere."""
    tasks = [each["id"] for each in api("GET", "/tasks").json["data"]]
    kept = [
        api(
            "POST",
            f"/library/{entity}/views",
            {"name": f"Mine {number}", "filter": "id > 0", "shared": ["*"]},
        )
        for entity in ("book", "loan", "reader")
        for number in range(3)
    ]
    views = [each.json["id"] for each in kept]
    return {
        "app": [*["library"] * 9, "crm"],
        "entity": ["book", "loan", "reader", "order"],
        "identifier": [*map(str, range(1, 9)), *tasks[:3]],
        "field": ["cover", "number", "keeper", "book", "title", "phone"],
        "report": ["books_total", "loans_by_stage"],
        "dashboard": ["desk"],
        "inverse": ["loans"],
        "action": ["submit", "submit", "withdraw", "nothing"],
        "entry": [*map(str, range(1, 40))],
        "token": tokens,
        "view": views,
        "path": ["app.yaml", "entities/book.yaml", "main.css", "forms/book.yaml"],
        "kind": ["entities", "workflow", "pipeline"],
        "file": ["1"],
        "share": ["1", "2"],
        "provider": ["corp"],
        "secret": ["x" * 43],
    }


def names_of(document: Any) -> set[str]:
    """Every name of a property or parameter in a description of the API."""
    found: set[str] = set()
    if isinstance(document, dict):
        found.update(map(str, document["properties"]) if isinstance(document.get("properties"), dict) else ())
        if isinstance(document.get("name"), str) and "in" in document:
            found.add(document["name"])
        for each in document.values():
            found |= names_of(each)
    elif isinstance(document, list):
        for each in document:
            found |= names_of(each)
    return found


def texts_of(server: Server) -> list[str]:
    """Texts that mean something: ids, names of fields, expressions."""
    return [
        *(
            "1",
            "2",
            "title",
            "-price",
            "book.title",
            "library",
            "book",
            "a",
            "ada",
            "2026-11-22",
            "true",
            "on",
        ),
        *(
            "price > 5",
            "title LIKE 'B%'",
            "SUM(price)",
            "s: SUM(price)",
            "month:bought_on",
            "CONTAINS(title, '1')",
        ),
        *(
            "keeper = ME()",
            "loans",
            "csv",
            "xlsx",
            "upsert",
            "isbn",
            "exact",
            "0",
            "1,2,3",
            "out",
            "move",
            "undo",
        ),
    ]


def crawled(house: House) -> dict[str, list[dict[str, str]]]:
    """The forms on all pages that can be looked at, by the entry point that they are sent to."""
    found: dict[str, list[dict[str, str]]] = {}
    random = Random(7)
    adapter = house.server.application.url_map.bind("localhost")
    for route in ROUTES:
        if route.method != "GET" or route.rule.startswith(("/api/", "/static/", "/metrics")):
            continue
        for _ in range(4 if placeholders(route) else 1):
            path = address(route, random, house.known, 0.0)
            answer = house.browser.get(path)
            if answer.status_code != 200 or answer.mimetype != "text/html":
                continue
            for action, method, fields in forms_of(answer.text):
                try:
                    endpoint, _ = adapter.match(urlsplit(action).path or path, method=method)
                except HTTPException:
                    continue
                found.setdefault(endpoint, []).append(fields)
    return found


def check(answer: Any, route: Route) -> None:
    """A refusal is one status, in one shape, and gives nothing away."""
    status = answer.status_code
    assert status < 500, f"{status}: {answer.text[:1500]}"
    if status < 400:
        return
    assert not LEAKS.search(answer.text), answer.text[:1500]
    if answer.mimetype == "application/problem+json":
        assert set(answer.json) == KEYS
        assert answer.json["title"]
        assert answer.json["status"] == status
    else:
        assert answer.mimetype == "text/html", (status, answer.mimetype, answer.text[:300])
        assert "<h1" in answer.text or "<form" in answer.text


def ask_everywhere(house: House, number: int, salt: str) -> None:
    """So many requests for every entry point; whatever is refused has changed nothing."""
    house.renew()
    routes = [route for route in ROUTES if route.endpoint not in LAST]
    routes += [route for route in ROUTES if route.endpoint in LAST]
    for route in routes:
        random = Random(crc32(f"{route.endpoint} {salt}".encode()))
        before: Mapping[str, str] = standing(house.server) if route.changes else {}
        for _ in range(number):
            request = request_for(route, random, house.known)
            before = ask(house, route, request, random, before)


def ask(
    house: House, route: Route, request: Request, random: Random, before: Mapping[str, str]
) -> Mapping[str, str]:
    """Send a request and look at its answer and at what it left; the mark of what stands there now."""
    try:
        answer = house.send(route, request, random)
        check(answer, route)
        after = standing(house.server) if route.changes else {}
        changed = {name for name in {*before, *after} if before.get(name) != after.get(name)}
        assert not changed or answer.status_code < 400, f"{answer.status_code}, and yet {changed} changed"
    except Exception as error:
        error.add_note(f"{route.endpoint}\n{request!r}"[:4000])
        raise
    house.answers[route.endpoint, answer.status_code] += 1
    if answer.status_code == 303 and "/sign-in" in answer.headers["Location"]:
        house.sign_in()
    return after


def test_every_part_of_an_address_is_known(house: House) -> None:
    """A new entry point with another kind of part says here what may stand there."""
    assert {name for route in ROUTES for name in placeholders(route)} <= set(house.known.places)


def test_the_forms_of_the_pages_are_found(house: House) -> None:
    assert len(house.known.forms) > 25


def test_every_entry_point_answers_what_is_strange(house: House) -> None:
    ask_everywhere(house, EACH, "every run")
    reached = {endpoint for endpoint, _ in house.answers}
    assert reached == {route.endpoint for route in ROUTES}
    succeeded = {endpoint for endpoint, status in house.answers if status < 400}
    assert len(succeeded) > len(ROUTES) / 3


@pytest.mark.nightly
@pytest.mark.parametrize("night", range(8))
def test_every_entry_point_answers_much_that_is_strange(house: House, night: int) -> None:
    ask_everywhere(house, EACH * 4, f"night {night}")


def test_every_entry_point_of_the_api_is_described(house: House) -> None:
    """What is described is what schemathesis is let loose on (`tests/api/test_openapi.py`)."""
    described = set()
    house.renew()
    adapter = house.server.application.url_map.bind("localhost")
    for path, operations in house.server.api("ada")("GET", "/openapi.json").json["paths"].items():
        concrete = re.sub(r"\{[a-z_]+\}", "1", path)
        for method in operations.keys() & {"get", "post", "put", "patch", "delete"}:
            described.add(adapter.match(concrete, method=method.upper())[0])
    assert {route.endpoint for route in API} - described == {"GET /openapi.json"}
