"""Signing in and out: cookies, guesses, redirects, and an entry that survives a session."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from dougong.people import accounts
from tests.web_server import PASSWORD, Browser, Server, hidden, server_of


def test_pages_send_who_is_not_signed_in_to_the_door_and_back(server: Server) -> None:
    browser = Browser(server.client())
    answer = browser.get("/library/book?view=dear")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/sign-in?next=%2Flibrary%2Fbook%3Fview%3Ddear"
    door = browser.get(answer.headers["Location"])
    assert hidden(door.text, "next") == "/library/book?view=dear"
    entered = browser.client.post(
        "/sign-in", data={"login": "HANA ", "password": PASSWORD, "next": hidden(door.text, "next")}
    )
    assert entered.headers["Location"] == "/library/book?view=dear"
    cookie = entered.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert browser.get("/library/book").status_code == 200


def test_behind_https_the_cookie_is_bound_to_the_host(sqlite_server: Server) -> None:
    settings = replace(sqlite_server.runtime.settings, secure_cookies=True)
    secure = Server(replace(sqlite_server.runtime, settings=settings), sqlite_server.tokens)
    answer = secure.client().post("/sign-in", data={"login": "hana", "password": PASSWORD})
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-dg_session=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    assert "max-age" in answer.headers["Strict-Transport-Security"]


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "http:evil.example",
        "evil",
    ],
)
def test_nobody_is_sent_elsewhere(sqlite_server: Server, address: str) -> None:
    answer = sqlite_server.client().post(
        "/sign-in", data={"login": "hana", "password": PASSWORD, "next": address}
    )
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/"


def test_a_wrong_password_and_an_unknown_login_look_alike(server: Server) -> None:
    client = server.client()
    pages = []
    for login in ("hana", "nobody"):
        answer = client.post("/sign-in", data={"login": login, "password": "wrong-guess-1"})
        assert answer.status_code == 401
        pages.append(answer.text.replace(login, "LOGIN"))
    assert pages[0] == pages[1]


def test_guessing_is_slowed_down(server: Server) -> None:
    client = server.client()
    statuses = [
        client.post("/sign-in", data={"login": "hana", "password": f"guess-{n}-xx"}).status_code
        for n in range(7)
    ]
    assert statuses[0] == 401
    assert statuses[-1] == 429


def test_signing_out_ends_the_session_on_the_server(server: Server) -> None:
    browser = server.browser("hana")
    stolen = browser.client.get_cookie("dg_session")
    assert stolen is not None
    left = browser.post("/sign-out")
    assert left.status_code == 303
    thief = server.client()
    thief.set_cookie("dg_session", stolen.value)
    assert thief.get("/apps").status_code == 303


def test_signing_in_gives_a_new_session(server: Server) -> None:
    client = server.client()
    client.set_cookie("dg_session", "planted")
    client.post("/sign-in", data={"login": "hana", "password": PASSWORD})
    cookie = client.get_cookie("dg_session")
    assert cookie is not None
    assert cookie.value != "planted"


def test_an_entry_survives_the_end_of_a_session(server: Server) -> None:
    browser = server.browser("hana")
    token = browser.token("/library/book/new")
    browser.client.delete_cookie("dg_session")
    sent = {"csrf_token": token, "title": "Half written <b>", "pages": "12", "notes": "two\nlines"}
    answer = browser.client.post("/library/book/new", data=sent, headers={"Accept": "text/html"})
    assert answer.status_code == 401
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', answer.text))
    assert fields["carried-pages"] == "12"
    assert "carried-csrf_token" not in fields
    back = browser.client.post(
        "/sign-in",
        data={
            "login": "hana",
            "password": PASSWORD,
            "next": fields["next"],
            "carried-title": "Half written <b>",
            "carried-pages": "12",
        },
    )
    form = browser.get(back.headers["Location"])
    assert form.status_code == 200
    assert "Half written &lt;b&gt;" in form.text
    assert 'value="12"' in form.text


def test_the_first_administrator_is_made_with_the_printed_token(database_url: str, tmp_path: Path) -> None:
    server = server_of(database_url, {}, tmp_path, setup_token="printed-token")
    client = server.client()
    assert client.get("/sign-in").headers["Location"] == "/set-up"
    data = {"token": "wrong", "login": "root.admin", "name": "Root", "password": "quiet-harbour-42"}
    assert client.post("/set-up", data=data).status_code == 403
    assert (
        client.post("/set-up", data=data | {"token": "printed-token", "password": "short"}).status_code == 422
    )
    assert client.post("/set-up", data=data | {"token": "printed-token"}).status_code == 303
    assert client.get("/people").status_code == 200
    assert client.get("/set-up").status_code == 303
    assert (
        server.client().post("/set-up", data=data | {"token": "printed-token", "login": "second"}).status_code
        == 409
    )
    server.database.dispose()


def test_who_has_an_account_signs_in_although_nobody_administers_yet(
    database_url: str, tmp_path: Path
) -> None:
    server = server_of(database_url, {}, tmp_path, setup_token="printed-token")
    with server.database.writing() as connection:
        accounts.add(connection, "cleo", name="Cleo", password=PASSWORD, language="en")
    assert server.browser("cleo").get("/").status_code < 400
    client = server.client()
    page = client.get("/sign-in")
    assert page.status_code == 200
    assert 'name="password"' in page.text
    assert client.get("/set-up").status_code == 200
    data = {"token": "printed-token", "login": "root.admin", "name": "Root", "password": PASSWORD}
    assert client.post("/set-up", data=data).status_code == 303
    assert server.client().get("/set-up").headers["Location"] == "/sign-in"
    server.database.dispose()


def test_without_a_token_nobody_is_set_up(sqlite_server: Server) -> None:
    answer = sqlite_server.client().post("/set-up", data={"token": "", "login": "eve", "password": PASSWORD})
    assert answer.status_code == 403
