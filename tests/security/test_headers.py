"""What every answer carries, page or file, good or bad, in the clear and over HTTPS."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dougong.web.security import DATA_POLICY, POLICY
from dougong.web.table import ROUTES
from tests.hostile.test_every_door import House
from tests.security.houses import house_of, plain_address
from tests.servers.databases import Databases
from tests.web_server import PASSWORD, Server, server_of

PRIVATE = [route for route in ROUTES if route.access != "public"]
SHARED_FOR_AN_HOUR = {"/divisions"}
"""What is the same for everybody may be kept by a browser."""


@pytest.fixture
def secure(house: House) -> Iterator[Server]:
    """The same house, spoken to over HTTPS."""
    runtime = house.server.runtime
    server = server_of(runtime.settings.database, {}, runtime.files_folder, secure_cookies=True)
    yield server
    server.database.dispose()


def test_every_answer_says_what_browsers_may_do_with_it(house: House) -> None:
    for route in ROUTES:
        if route.changes:
            continue
        answer = house.browser.get(plain_address(house, route))
        headers = answer.headers
        policy = headers["Content-Security-Policy"]
        if answer.mimetype == "text/html":
            assert policy == POLICY, route.endpoint
        else:
            assert "default-src 'none'" in policy, route.endpoint
            assert "sandbox" in policy, route.endpoint
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] in ("same-origin", "no-referrer")
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "microphone=()" in headers["Permissions-Policy"]
        assert "Strict-Transport-Security" not in headers
        assert "Access-Control-Allow-Origin" not in headers
        assert answer.content_length == 0 or answer.status_code == 304 or "Content-Type" in headers


def test_nothing_of_anybody_is_kept_by_browsers_and_proxies(house: House) -> None:
    for route in PRIVATE:
        if route.changes or route.rule in SHARED_FOR_AN_HOUR:
            continue
        kept = house.browser.get(plain_address(house, route)).headers["Cache-Control"]
        assert "no-store" in kept, route.endpoint


@pytest.mark.parametrize("path", ["/", "/nothing", "/apps", "/api/v1/nothing", "/%2e%2e/etc", "/static/none"])
def test_refusals_are_protected_as_well(house: House, path: str) -> None:
    for accept in ("text/html", "application/json"):
        answer = house.server.client().get(path, headers={"Accept": accept})
        expected = POLICY if answer.mimetype == "text/html" else DATA_POLICY
        assert answer.headers["Content-Security-Policy"] == expected
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"


def test_a_secure_server_is_only_found_over_https(secure: Server) -> None:
    answer = secure.client().get("/healthz")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_the_session_is_a_cookie_that_no_script_no_other_site_and_no_other_host_gets(secure: Server) -> None:
    form = {"login": "hana", "password": PASSWORD, "next": "/", "remember": "1"}
    set_cookie = secure.client().post("/sign-in", data=form).headers.getlist("Set-Cookie")
    [session] = [each for each in set_cookie if "dg_session" in each]
    assert session.startswith("__Host-dg_session=")
    parts = {part.strip().lower() for part in session.split(";")[1:]}
    assert {"secure", "httponly", "path=/", "samesite=lax"} <= parts
    assert not any(part.startswith("domain") for part in parts)


def test_signing_out_ends_the_session_and_has_the_browser_forget(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with house_of(databases, "sqlite", tmp_path_factory.mktemp("leaving")) as house:
        browser = house.server.browser("hana")
        secret = browser.client.get_cookie("dg_session")
        assert secret is not None
        answer = browser.post("/sign-out")
        assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
        assert browser.client.get_cookie("dg_session") is None
        thief = house.server.client()
        thief.set_cookie("dg_session", secret.value)
        assert thief.get("/apps", headers={"Accept": "text/html"}).status_code == 303


def test_an_answer_says_nothing_of_what_it_was_made_with(house: House) -> None:
    for path in ("/apps", "/nothing", "/api/v1/apps"):
        headers = house.browser.get(path).headers
        assert not {"X-Powered-By", "X-AspNet-Version"} & set(headers.keys())
        assert "werkzeug" not in str(headers).lower()
        assert "python" not in str(headers).lower()
