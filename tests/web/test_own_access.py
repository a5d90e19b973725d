"""Sessions and tokens at the screen: one's own, and for administrators those of everybody."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from dougong.people import accounts
from dougong.storage.system import AUDIT, OUTBOX, SESSION, TOKEN, USER
from tests.web.test_second_factor import set_up, stale, still
from tests.web_server import PASSWORD, Browser, Server

__all__ = ["still"]


def made(answer: Any) -> str:
    """The token that a page shows once."""
    found = re.search(r'class="mono secret">(dg_[^<]+)<', answer.text)
    assert found, answer.text
    return found[1]


def day(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).date().isoformat()


def asked(server: Server, token: str, path: str) -> int:
    client = server.client()
    headers = {"Authorization": f"Bearer {token}"}
    status: int = client.get(f"/api/v1{path}", headers=headers).status_code
    return status


def test_other_devices_are_listed_and_signed_out(server: Server) -> None:
    here, there, third = (server.browser("hana") for _ in range(3))
    page = here.get("/profile").text
    ends = re.findall(r'action="(/profile/sessions/\d+/end)"', page)
    assert len(ends) == 2
    assert here.post(ends[0], page="/profile").status_code == 303
    assert sorted(each.get("/apps").status_code for each in (there, third)) == [200, 303]
    foreign = server.browser("cleo")
    assert foreign.post(ends[1], page="/profile").status_code == 404
    assert here.post("/profile/sessions/end", page="/profile").status_code == 303
    assert [each.get("/apps").status_code for each in (here, there, third)] == [200, 303, 303]


def test_staying_signed_in_is_chosen_and_lasts_longer(server: Server) -> None:
    lives = {}
    for remember in (False, True):
        browser = Browser(server.client())
        data = {"login": "hana", "password": PASSWORD} | ({"remember": "1"} if remember else {})
        answer = browser.client.post("/sign-in", data=data)
        cookie = next(each for each in answer.headers.getlist("Set-Cookie") if each.startswith("dg_session"))
        assert ("Max-Age" in cookie) == remember
        with server.database.reading() as connection:
            row = connection.execute(select(SESSION).order_by(SESSION.c.id.desc())).first()
        assert row is not None
        lives[remember] = row.expires_at - row.created_at
        with server.database.writing() as connection:
            idle = row.last_seen_at - timedelta(hours=13)
            connection.execute(update(SESSION).where(SESSION.c.id == row.id).values(last_seen_at=idle))
        assert browser.get("/apps").status_code == (200 if remember else 303)
    assert lives == {False: timedelta(hours=24), True: timedelta(days=30)}


def test_the_lives_of_sessions_are_settings(server: Server) -> None:
    settings = replace(server.runtime.settings, session_idle_hours=1, session_hours=2)
    strict = Server(replace(server.runtime, settings=settings), server.tokens)
    browser = strict.browser("hana")
    with server.database.writing() as connection:
        row = connection.execute(select(SESSION)).one()
        assert row.expires_at - row.created_at == timedelta(hours=2)
        ago = row.last_seen_at - timedelta(minutes=61)
        connection.execute(update(SESSION).values(last_seen_at=ago))
    assert browser.get("/apps").status_code == 303


def test_a_new_password_ends_the_others_and_changes_the_secret(server: Server) -> None:
    here, there = server.browser("hana"), server.browser("hana")
    before = here.client.get_cookie("dg_session")
    new = {"old": PASSWORD, "new": "vine-9-lamp-tR4", "again": "vine-9-lamp-tR4"}
    assert here.post("/profile/password", new | {"old": "wrong"}).status_code == 422
    assert here.post("/profile/password", new).status_code == 303
    after = here.client.get_cookie("dg_session")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    assert [each.get("/apps").status_code for each in (here, there)] == [200, 303]


def test_a_token_is_made_used_and_revoked(server: Server) -> None:
    browser = server.browser("cleo")
    form = {"name": "sync", "scope": "read", "expires": day(30)}
    token = made(browser.post("/profile/tokens", form))
    assert asked(server, token, "/library/book") == 200
    page = browser.get("/profile/tokens").text
    assert token not in page
    assert "sync" in page
    [revoke] = re.findall(r'action="(/profile/tokens/\d+/revoke)"', page)[:1]
    assert server.browser("hana").post(revoke).status_code == 404
    assert browser.post(revoke).status_code == 303
    assert asked(server, token, "/library/book") == 401


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"scope": "root"},
        {"scope": ""},
        {"expires": ""},
        {"expires": "soon"},
        {"expires": "2020-01-01"},
        {"expires": "9999-12-31"},
        {"expires": day(367)},
        {"apps": "nothing"},
        {"apps": "../library"},
    ],
)
def test_a_token_that_cannot_be(sqlite_server: Server, wrong: dict[str, str]) -> None:
    browser = sqlite_server.browser("cleo")
    with sqlite_server.database.reading() as connection:
        before = len(connection.execute(select(TOKEN)).all())
    form = {"name": "sync", "scope": "read", "expires": day(30)} | wrong
    answer = browser.post("/profile/tokens", form)
    assert answer.status_code == 422
    assert "is-invalid" in answer.text or 'role="alert"' in answer.text
    with sqlite_server.database.reading() as connection:
        assert len(connection.execute(select(TOKEN)).all()) == before


def test_a_token_of_some_apps_enters_no_other(server: Server) -> None:
    browser = server.browser("ada")
    form = {"name": "sync", "scope": "admin", "expires": day(30), "apps": "library"}
    token = made(browser.post("/profile/tokens", form))
    assert asked(server, token, "/library/book") == 200
    with server.database.writing() as connection:
        connection.execute(update(TOKEN).where(TOKEN.c.name == "sync").values(apps=["other"]))
    for path in (
        "/library/book",
        "/library",
        "/library/definitions",
        "/library/book/1",
        "/library/book/export",
    ):
        assert asked(server, token, path) == 404, path
    answer = server.client().get("/api/v1/apps", headers={"Authorization": f"Bearer {token}"})
    assert answer.json == {"data": []}
    for path in ("/tasks", "/people", "/calendar", "/departments"):
        assert asked(server, token, path) == 403, path
    assert asked(server, token, "/jobs/1") == 404


def test_every_token_ends(sqlite_server: Server) -> None:
    with sqlite_server.database.writing() as connection:
        lives = connection.execute(select(TOKEN.c.expires_at - TOKEN.c.created_at)).scalars().all()
        assert lives
        assert None not in lives
        connection.execute(update(TOKEN).values(expires_at=datetime.now(UTC)))
    assert asked(sqlite_server, sqlite_server.tokens["ada"], "/library/book") == 401


def test_administrators_look_after_everybodys_access(server: Server) -> None:
    hana, ada = server.browser("hana"), server.browser("ada")
    set_up(hana)
    overview = ada.get("/tokens").text
    assert "Hana" in overview
    with server.database.reading() as connection:
        account = accounts.find(connection, "hana")
    assert account is not None
    base = f"/people/{account.id}"
    page = ada.get(f"{base}/security").text
    assert "Authenticator app" in page
    [one] = re.findall(rf'action="({base}/sessions/\d+/end)"', page)
    assert ada.post(one).status_code == 303
    assert ada.post(one).status_code == 404
    assert hana.get("/apps").status_code == 303
    stale(server)
    assert ada.post(f"{base}/factors/reset").headers["Location"].startswith("/profile/confirm")
    assert ada.post("/profile/confirm", {"password": PASSWORD}).status_code == 303
    assert ada.post(f"{base}/factors/reset").headers["Location"] == f"{base}/security"
    assert ada.post(f"{base}/factors/reset").status_code == 404
    again = server.browser("hana")
    assert ada.post(f"{base}/sessions/end").status_code == 303
    assert again.get("/apps").status_code == 303
    revoke = re.findall(r'action="(/tokens/\d+/revoke)"', ada.get(f"{base}/security").text)[0]
    assert ada.post(revoke).status_code == 303
    assert server.api("hana")("GET", "/library/book").status_code == 401
    with server.database.reading() as connection:
        actions = connection.execute(select(AUDIT.c.action)).scalars().all()
    assert {"factor.add", "factor.reset", "session.revoke_all", "token.revoke"} <= set(actions)


def test_nobody_else_does(server: Server) -> None:
    hana = server.browser("hana")
    for path in ("/tokens", "/people/1/security"):
        assert hana.get(path).status_code == 403
    for path in (
        "/tokens/1/revoke",
        "/people/1/sessions/end",
        "/people/1/sessions/1/end",
        "/people/1/factors/reset",
    ):
        assert hana.post(path).status_code == 403
    ada = server.browser("ada")
    for path in ("/people/999/security", "/people/x/security"):
        assert ada.get(path).status_code == 404
    assert ada.post("/people/999/sessions/end").status_code == 404


def test_people_are_told_what_happens_to_their_account(sqlite_server: Server) -> None:
    settings = replace(sqlite_server.runtime.settings, smtp_url="smtp://mail.example:25")
    server = Server(replace(sqlite_server.runtime, settings=settings), sqlite_server.tokens)
    with server.database.writing() as connection:
        connection.execute(update(USER).values(email=USER.c.login + "@example.com"))
        connection.execute(update(USER).where(USER.c.login == "cleo").values(email="no address"))
    browser = server.browser("hana")
    set_up(browser)
    new = {"old": PASSWORD, "new": "vine-9-lamp-tR4", "again": "vine-9-lamp-tR4"}
    assert browser.post("/profile/password", new).status_code == 303
    browser.post("/profile/recovery-codes")
    browser.post("/profile/authenticator/remove")
    for _ in range(2):
        server.browser("ada")
    assert server.browser("cleo").post("/profile/password", new).status_code == 303
    with server.database.reading() as connection:
        letters = [
            (each["to"], each["subject"]) for each in connection.execute(select(OUTBOX.c.payload)).scalars()
        ]
    assert letters == [
        (["hana@example.com"], "A second factor was added to your account"),
        (["hana@example.com"], "Your password was changed"),
        (["hana@example.com"], "Your recovery codes were made anew"),
        (["hana@example.com"], "A second factor was removed from your account"),
        (["ada@example.com"], "Your account was signed in to in a new browser"),
    ]
