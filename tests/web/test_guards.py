"""What guards every entry point: hosts, form tokens, headers, and the table itself."""

from __future__ import annotations

import re

import pytest

from dougong.compiler import reserved
from dougong.web.routes import Route
from dougong.web.security import host_is_allowed, local_path
from dougong.web.table import ROUTES
from tests.web_server import Server

DOORS = {
    *("/sign-in", "/sign-in/second", "/sign-in/second/passkey"),
    *("/sign-in/passkey", "/sign-in/passkey/begin", "/set-up", "/forgotten", "/link"),
}
"""Where people sign in: each looks itself whether the request comes from a page of this server."""
WAYS = {
    *("/link/<secret>", "/sign-in/with/<provider>", "/sign-in/with/<provider>/back"),
    "/sign-out/with/<provider>",
}
"""Ways to and from a door, which change nothing."""
OPEN = {*("/healthz", "/readyz", "/metrics", "/static/<path:path>", "/favicon.ico"), *DOORS, *WAYS}


def test_only_these_doors_are_open_to_everybody() -> None:
    assert {route.rule for route in ROUTES if route.access == "public"} == OPEN


def test_nothing_is_changed_by_looking() -> None:
    assert {route.method for route in ROUTES} == {"GET", "POST", "PUT", "PATCH", "DELETE"}
    assert {route.rule for route in ROUTES if route.changes and not route.guarded} == DOORS


def test_every_entry_point_stands_once() -> None:
    endpoints = [route.endpoint for route in ROUTES]
    assert len(endpoints) == len(set(endpoints))
    assert all(route.view.__doc__ for route in ROUTES)


CHANGES = [route for route in ROUTES if route.changes and route.guarded]


def filled(route: Route) -> str:
    """An address of a route."""
    path = route.rule
    for name, value in (
        ("<app>", "library"),
        ("<entity>", "book"),
        ("<identifier>", "1"),
        ("<path:path>", "app.yaml"),
        ("<token>", "x"),
        ("<field>", "cover"),
    ):
        path = path.replace(name, value)
    return path if "<" not in path else path.replace("<", "x").replace(">", "")


@pytest.mark.parametrize("route", CHANGES, ids=lambda route: route.endpoint)
def test_a_change_without_the_form_token_is_refused(sqlite_server: Server, route: Route) -> None:
    browser = sqlite_server.browser("ada")
    for headers in ({}, {"X-CSRF-Token": "wrong"}):
        answer = browser.client.open(filled(route), method=route.method, headers=headers, json={})
        assert answer.status_code == 403, answer.text
    foreign = {"Origin": "https://evil.example", "X-CSRF-Token": browser.token()}
    assert (
        browser.client.open(filled(route), method=route.method, headers=foreign, json={}).status_code == 403
    )
    crossing = {"Sec-Fetch-Site": "cross-site", "X-CSRF-Token": browser.token()}
    assert (
        browser.client.open(filled(route), method=route.method, headers=crossing, json={}).status_code == 403
    )


@pytest.mark.parametrize(
    "route", [route for route in ROUTES if route.access != "public"], ids=lambda route: route.endpoint
)
def test_nobody_passes_without_signing_in(sqlite_server: Server, route: Route) -> None:
    answer = sqlite_server.client().open(filled(route), method=route.method)
    assert answer.status_code in (303, 401), answer.text
    if answer.status_code == 303:
        assert answer.headers["Location"].startswith("/sign-in")


@pytest.mark.parametrize(
    "route", [route for route in ROUTES if route.access == "admin"], ids=lambda route: route.endpoint
)
def test_administration_is_for_administrators(sqlite_server: Server, route: Route) -> None:
    browser = sqlite_server.browser("hana")
    answer = browser.client.open(
        filled(route), method=route.method, headers={"X-CSRF-Token": browser.token()}
    )
    assert answer.status_code == 403


def test_the_session_works_for_the_api_with_its_token(server: Server) -> None:
    browser = server.browser("hana")
    headers = {"X-CSRF-Token": browser.token()}
    made = browser.client.post("/api/v1/library/book", json={"title": "by session"}, headers=headers)
    assert made.status_code == 201


def test_every_answer_is_protected(sqlite_server: Server) -> None:
    browser = sqlite_server.browser("hana")
    for path in ("/apps", "/api/v1/apps", "/nothing", "/library/book/99", "/healthz"):
        headers = browser.get(path).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Cache-Control"] == "no-store"
        assert "Server" not in headers or "Python" not in headers["Server"]


def test_no_page_holds_inline_script_or_style(sqlite_server: Server) -> None:
    import re

    api, browser = sqlite_server.api("ada"), sqlite_server.browser("ada")
    book = api.made("/library/book", title="a")
    for path in (
        "/apps",
        "/library/book",
        f"/library/book/{book['id']}",
        "/library/book/new",
        "/library/loan?kind=kanban",
        "/profile",
        "/design/library/book",
    ):
        page = browser.get(path).text
        assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", page), path
        assert not re.search(r"\son[a-z]+=\"", page), path
        assert " style=" not in page, path


@pytest.mark.parametrize(
    ("host", "allowed", "expected"),
    [
        ("localhost:8400", (), True),
        ("127.0.0.1", (), True),
        ("[::1]:8400", (), True),
        ("192.168.1.5:80", (), True),
        ("evil.example", (), False),
        ("localhost.evil.example", (), False),
        ("", (), False),
        ("crm.example", ("crm.example",), True),
        ("CRM.example.:443", ("crm.example",), True),
        ("localhost", ("crm.example",), False),
        ("anything", ("*",), True),
    ],
)
def test_hosts(host: str, allowed: tuple[str, ...], expected: bool) -> None:
    assert host_is_allowed(host, allowed) is expected


def test_a_foreign_host_is_refused(sqlite_server: Server) -> None:
    answer = sqlite_server.client().get("/healthz", headers={"Host": "evil.example"})
    assert answer.status_code == 421


def test_local_paths_stay_local() -> None:
    assert local_path("/library/book?filter=a//b") == "/library/book?filter=a//b"
    assert local_path("//evil", "/safe") == "/safe"
    assert local_path("", "/safe") == "/safe"


def test_request_ids_are_kept_when_harmless(sqlite_server: Server) -> None:
    client = sqlite_server.client()
    assert (
        client.get("/healthz", headers={"X-Request-ID": "abcdefgh-1"}).headers["X-Request-ID"] == "abcdefgh-1"
    )
    assert client.get("/healthz", headers={"X-Request-ID": "a b;c"}).headers["X-Request-ID"] != "a b;c"


def test_figures_for_watchers(server: Server) -> None:
    client = server.client()
    assert client.get("/readyz").get_json()["status"] == "ok"
    client.get("/nothing-here")
    text = client.get("/metrics").text
    assert 'dougong_requests_total{method="GET",route="/readyz",status="200"} 1.0' in text
    assert "nothing-here" not in text
    far = client.get("/metrics", environ_base={"REMOTE_ADDR": "203.0.113.9"})
    assert far.status_code == 403


def test_no_app_and_no_entity_can_be_called_like_an_address() -> None:
    for route in ROUTES:
        parts = route.rule.removeprefix("/api/v1").strip("/").split("/")
        for part, names in zip(parts, (reserved.APPS, reserved.ENTITIES), strict=False):
            if parts[0] == "<app>" or part is parts[0]:
                assert part in names or not re.fullmatch(r"[a-z][a-z0-9_]*", part), route.rule


@pytest.mark.parametrize("path", sorted(DOORS))
def test_no_other_site_signs_anybody_in(sqlite_server: Server, path: str) -> None:
    foreign = {"Origin": "https://evil.example", "Accept": "text/html"}
    assert sqlite_server.client().post(path, headers=foreign, data={"login": "hana"}).status_code == 403
