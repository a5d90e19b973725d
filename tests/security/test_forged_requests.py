"""Requests that another site makes a browser send: no entry point changes anything for them, and looking changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from dougong.web.routes import Route
from dougong.web.table import ROUTES
from tests.hostile.doors import placeholders, standing
from tests.hostile.test_every_door import House
from tests.security.houses import plain_address
from tests.web_server import PASSWORD, Browser, server_of

CHANGES = [route for route in ROUTES if route.changes]
LOOKS = [route for route in ROUTES if not route.changes]
FOREIGN: tuple[Mapping[str, str], ...] = (
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "http://evil.example/localhost"},
    {"Origin": "http://[::1"},
    {"Origin": "http://localhost:1"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none, cross-site"},
)


def send(browser: Browser, house: House, route: Route, headers: Mapping[str, str], **more: Any) -> int:
    """The status of a request that is well meant but for its headers."""
    answer = browser.client.open(
        plain_address(house, route), method=route.method, headers=dict(headers), **more, buffered=True
    )
    return answer.status_code


def test_no_change_for_a_form_token_that_is_missing_wrong_or_of_another_session(house: House) -> None:
    other = house.server.browser("ada").token()
    before = standing(house.server)
    for route in CHANGES:
        if not route.guarded:
            continue
        for token in ("", "wrong", other, other[:-1], house.token + "x", "é"):
            headers = {"X-CSRF-Token": token} if token.isascii() and token else {}
            assert send(house.browser, house, route, headers, json={}) == 403, (route.endpoint, token)
            form = {"csrf_token": token}
            assert send(house.browser, house, route, {}, data=form) == 403, (route.endpoint, token)
        there = {"csrf_token": house.token}
        assert send(house.browser, house, route, {}, query_string=there, json={}) == 403, route.endpoint
        as_text = {"Content-Type": "text/plain"}
        body = f"csrf_token={house.token}".encode()
        assert send(house.browser, house, route, as_text, data=body) == 403, route.endpoint
    assert standing(house.server) == before


def test_no_change_for_a_page_of_another_site_even_with_the_right_token(house: House) -> None:
    before = standing(house.server)
    for route in CHANGES:
        for headers in FOREIGN:
            sent = {**headers, "X-CSRF-Token": house.token}
            assert send(house.browser, house, route, sent, json={}) == 403, (route.endpoint, headers)
    assert standing(house.server) == before


def test_nobody_is_signed_in_by_another_site(house: House) -> None:
    """Else somebody would work, unknowingly, in the account of whoever made that site."""
    form = {"login": "hana", "password": PASSWORD, "next": "/"}
    for headers in FOREIGN:
        client = house.server.client()
        assert client.post("/sign-in", data=form, headers=headers).status_code == 403
        assert client.get_cookie("dg_session") is None


def test_a_secure_server_is_not_spoken_to_by_pages_that_came_in_the_clear(house: House) -> None:
    secure = server_of(
        house.server.runtime.settings.database, {}, house.server.runtime.files_folder, secure_cookies=True
    )
    form = {"login": "hana", "password": PASSWORD, "next": "/"}
    try:
        for scheme, expected in (("http", 403), ("https", 303)):
            origin = {"Origin": f"{scheme}://localhost"}
            answer = secure.client().post("/sign-in", data=form, headers=origin, base_url="https://localhost")
            assert answer.status_code == expected
    finally:
        secure.database.dispose()


@pytest.mark.parametrize("person", ["ada", "cleo"])
def test_looking_changes_nothing(house: House, person: str) -> None:
    browser = house.server.browser(person)
    before = standing(house.server)
    for route in LOOKS:
        for number in range(3 if placeholders(route) else 1):
            path = plain_address(house, route, number)
            for method in ("GET", "HEAD", "OPTIONS"):
                browser.client.open(path, method=method, headers={"Accept": "text/html"}, buffered=True)
    after = standing(house.server)
    assert {name for name in before if before[name] != after.get(name)} == set()


def test_a_method_in_a_header_or_a_form_does_not_count(house: House) -> None:
    """Frameworks that let a form say DELETE open every change to pages that may only POST."""
    before = standing(house.server)
    for name in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        sent = {name: "DELETE", "X-CSRF-Token": house.token}
        answer = house.browser.client.post("/api/v1/library/book/1", headers=sent, json={"_method": "DELETE"})
        assert answer.status_code == 405
    assert standing(house.server) == before
