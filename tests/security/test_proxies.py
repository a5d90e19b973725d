"""Hosts and proxies: what a request says of itself counts only as far as trusted proxies stand in front."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from dougong.people.sessions import list_sessions
from dougong.storage.system import SESSION
from tests.hostile.test_every_door import House
from tests.web_server import PASSWORD, Server, server_of

FORGED = {
    "X-Forwarded-For": "10.9.8.7",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Port": "1",
    "X-Forwarded-Prefix": "/evil",
    "Forwarded": "for=10.9.8.7;host=evil.example;proto=https",
    "X-Real-IP": "10.9.8.7",
    "X-Original-URL": "/healthz",
    "X-Rewrite-URL": "/healthz",
    "X-Host": "evil.example",
    "True-Client-IP": "10.9.8.7",
}


@contextmanager
def behind(house: House, **settings: Any) -> Iterator[Server]:
    """The same house with other settings."""
    runtime = house.server.runtime
    server = server_of(runtime.settings.database, house.server.tokens, runtime.files_folder, **settings)
    try:
        yield server
    finally:
        server.database.dispose()


def address_of_session(server: Server, headers: dict[str, str], far: str = "203.0.113.9") -> str:
    """The address that is noted for somebody who signs in with these headers."""
    client = server.client()
    form = {"login": "hana", "password": PASSWORD, "next": "/"}
    answer = client.post("/sign-in", data=form, headers=headers, environ_base={"REMOTE_ADDR": far})
    assert answer.status_code == 303, answer.text
    with server.database.reading() as connection:
        newest = SESSION.select().order_by(SESSION.c.id.desc()).limit(1)
        user = connection.execute(newest).one().user_id
        return max(list_sessions(connection, user), key=lambda each: each.id).address


def test_without_a_proxy_no_header_says_where_somebody_is(house: House) -> None:
    assert address_of_session(house.server, FORGED) == "203.0.113.9"


@pytest.mark.parametrize(
    ("proxies", "sent", "expected"),
    [
        (1, "10.9.8.7, 198.51.100.1", "198.51.100.1"),
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "", "203.0.113.9"),
        (2, "10.9.8.7, 198.51.100.1, 198.51.100.2", "198.51.100.1"),
        (2, "198.51.100.2", "203.0.113.9"),
    ],
)
def test_only_what_trusted_proxies_have_added_counts(
    house: House, proxies: int, sent: str, expected: str
) -> None:
    with behind(house, proxies=proxies) as server:
        assert address_of_session(server, {"X-Forwarded-For": sent} if sent else {}) == expected


def test_guessing_is_counted_by_where_it_comes_from_and_not_by_what_is_claimed(house: House) -> None:
    """Else every guess would come from a new address, or the limit of somebody else could be used up."""
    statuses = []
    for number in range(40):
        headers = {"X-Forwarded-For": f"10.0.{number}.1", "X-Real-IP": f"10.0.{number}.1"}
        form = {"login": "nobody", "password": f"wrong {number}", "next": "/"}
        far = {"REMOTE_ADDR": "203.0.113.77"}
        answer = house.server.client().post("/sign-in", data=form, headers=headers, environ_base=far)
        statuses.append(answer.status_code)
        if answer.status_code == 429:
            break
    assert 429 in statuses, statuses


def test_no_header_makes_figures_readable_from_afar(house: House) -> None:
    far = {"REMOTE_ADDR": "203.0.113.9"}
    for claimed in ("127.0.0.1", "::1", "localhost"):
        headers = dict.fromkeys(("X-Forwarded-For", "X-Real-IP", "True-Client-IP", "X-Client-IP"), claimed)
        headers["Forwarded"] = f"for={claimed}"
        assert house.server.client().get("/metrics", headers=headers, environ_base=far).status_code == 403


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example",
        "evil.example:80@localhost",
        "localhost@evil.example",
        "localhost evil.example",
        "localhost, evil.example",
        "localhost/evil.example",
        "localhost#evil.example",
        "localhost?evil.example",
        "localhost\\evil.example",
        "[::1]evil.example",
        "[::1",
        "127.0.0.1.evil.example",
        "127.0.0.1:80:90",
        "localhost:80x",
        "localhost:80@evil.example",
        "localhost:-1",
        "localhost:999999",
        "0x7f.1",
        "2130706433.evil.example",
        "ｌｏｃａｌｈｏｓｔ.evil",
        "",
        " ",
        "*",
    ],
)
def test_a_host_that_is_not_this_server_is_refused(house: House, host: str) -> None:
    """Whatever is made from the host of a request, a link or a check of origins, begins with the right one."""
    for allowed in ((), ("crm.example",)):
        with behind(house, hosts=allowed) as server:
            answer = server.client().get("/healthz", headers={"Host": host.encode().decode("latin-1")})
            assert answer.status_code in (400, 421), answer.status_code


def test_forwarded_hosts_are_checked_too(house: House) -> None:
    with behind(house, hosts=("crm.example",), proxies=1) as server:
        for forwarded, expected in (
            ("crm.example", 200),
            ("evil.example", 421),
            ("crm.example, evil.example", 421),
        ):
            headers = {"Host": "inner", "X-Forwarded-Host": forwarded}
            assert server.client().get("/healthz", headers=headers).status_code == expected
        headers = {"Host": "crm.example", **FORGED}
        assert server.client().get("/healthz", headers=headers).status_code == 421
    with behind(house, hosts=("crm.example",)) as server:
        assert server.client().get("/healthz", headers={"Host": "crm.example", **FORGED}).status_code == 200


def test_no_header_leads_to_another_address(house: House) -> None:
    answer = house.server.client().get("/nothing", headers={**FORGED, "Accept": "application/json"})
    assert answer.status_code in (401, 404)
    assert "evil" not in json.dumps(dict(answer.headers))
    page = house.server.client().get("/sign-in", headers={**FORGED, "Accept": "text/html"})
    assert "evil" not in page.text
    assert page.status_code == 200


def test_addresses_in_the_description_of_the_api_are_not_what_the_request_says(house: House) -> None:
    answer = house.server.client().get(
        "/openapi.json", headers={**FORGED, "Authorization": f"Bearer {house.server.tokens['ada']}"}
    )
    assert answer.status_code == 200
    assert "evil.example" not in answer.text
