"""The second factor at the screen: setting it up, signing in with it, recovering, and being made to have one."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from typing import Any

import pyotp
import pytest
from sqlalchemy import select, update

from dougong.people import accounts, totp
from dougong.storage.system import ATTEMPT, FACTOR, SESSION, USER
from tests.web_server import PASSWORD, Browser, Server, hidden


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of codes stands still, so that no test depends on how long it takes."""
    at = int(time.time())
    monkeypatch.setattr(totp, "now", lambda: at)


def secret_on(page: str) -> str:
    """The secret that a page shows for typing."""
    found = re.search(r'<ul class="code-lines mono"><li>([A-Z2-7 ]+)</li>', page)
    assert found, page
    return found[1].replace(" ", "")


def codes_on(page: str) -> list[str]:
    """The recovery codes that a page shows."""
    return re.findall(r"<li>([a-z0-9]{4}(?:-[a-z0-9]{4}){3})</li>", page)


def set_up(browser: Browser) -> tuple[str, list[str]]:
    """Set an authenticator up: its secret and the recovery codes."""
    assert browser.post("/profile/authenticator/begin").headers["Location"] == "/profile/authenticator"
    page = browser.get("/profile/authenticator")
    assert "data:image/svg+xml" in page.text
    secret = secret_on(page.text)
    done = browser.post("/profile/authenticator", {"code": code_of(secret, -1)})
    assert done.status_code == 200, done.text
    return secret, codes_on(done.text)


def code_of(secret: str, steps: int = 0) -> str:
    """The code of an authenticator so many steps from now."""
    return pyotp.HOTP(secret).at(totp.now() // totp.STEP + steps)


def first_step(server: Server, login: str = "hana", **more: str) -> Browser:
    """A browser in which the password was given."""
    browser = Browser(server.client())
    data = {"login": login, "password": PASSWORD, "next": "/library/book", **more}
    answer = browser.client.post("/sign-in", data=data)
    assert answer.status_code == 303, answer.text
    assert answer.headers["Location"] == "/sign-in/second"
    assert browser.client.get_cookie("dg_session") is None
    return browser


def second(browser: Browser, **data: str) -> Any:
    return browser.client.post("/sign-in/second", data=data, headers={"Accept": "text/html"})


def test_an_authenticator_is_asked_for_from_then_on(server: Server) -> None:
    browser = server.browser("hana")
    secret, codes = set_up(browser)
    assert len(set(codes)) == 10
    assert browser.get("/apps").status_code == 200
    with server.database.reading() as connection:
        row = connection.execute(select(FACTOR)).one()
        assert secret not in row.secret
        assert server.runtime.keys.unseal(row.secret, f"totp:{row.user_id}") == secret
    key = server.runtime.keys.path
    assert key.stat().st_mode & 0o777 == 0o600

    again = first_step(server)
    assert 'autocomplete="one-time-code"' in again.get("/sign-in/second").text
    assert again.get("/apps").status_code == 303
    wrong = second(again, code="000000" if code_of(secret) != "000000" else "111111")
    assert wrong.status_code == 401
    assert "验证码不正确" in wrong.text
    entered = second(again, code=code_of(secret))
    assert entered.headers["Location"] == "/library/book"
    assert again.get("/library/book").status_code == 200
    assert second(again, code=code_of(secret, 1)).headers["Location"] == "/sign-in"


def test_a_code_is_good_once_and_near_its_time(server: Server) -> None:
    secret, _ = set_up(server.browser("hana"))
    used = code_of(secret)
    assert second(first_step(server), code=used).status_code == 303
    replayed = first_step(server)
    assert second(replayed, code=used).status_code == 401
    assert second(replayed, code=code_of(secret, -3)).status_code == 401
    assert second(replayed, code=code_of(secret, 4)).status_code == 401
    later = code_of(secret, 1)
    spaced = f" {later[:3]} {later[3:]} "
    assert second(replayed, code=spaced).status_code == 303


def test_guesses_at_codes_are_few(server: Server) -> None:
    secret, codes = set_up(server.browser("hana"))
    thief = first_step(server)
    right = {code_of(secret, each) for each in (-1, 0, 1)}
    wrong = [f"{each:06}" for each in range(20) if f"{each:06}" not in right]
    statuses = [second(thief, code=each).status_code for each in wrong[:6]]
    assert statuses == [401] * 5 + [429]
    assert second(thief, code=code_of(secret)).status_code == 429
    assert second(first_step(server), code=code_of(secret)).status_code == 429
    owner = first_step(server)
    assert second(owner, recovery=codes[0]).status_code == 303


def test_recovery_codes_are_good_once_each(server: Server) -> None:
    _, codes = set_up(server.browser("hana"))
    page = first_step(server).get("/sign-in/second?with=recovery")
    assert 'name="recovery"' in page.text
    assert second(first_step(server), recovery=codes[3].upper().replace("-", " ")).status_code == 303
    used = first_step(server)
    assert second(used, recovery=codes[3]).status_code == 401
    assert second(used, recovery=codes[4][:-1] + ("2" if codes[4][-1] != "2" else "3")).status_code == 401
    assert second(used, recovery="").status_code == 401
    assert second(used, recovery=codes[4]).status_code == 303
    mine = used.get("/profile").text
    assert "Unused recovery codes: 8" in mine
    renewed = codes_on(used.post("/profile/recovery-codes").text)
    assert len(renewed) == 10
    old = first_step(server)
    assert second(old, recovery=codes[5]).status_code == 401
    assert second(old, recovery=renewed[5]).status_code == 303


def test_what_was_entered_survives_both_steps(server: Server) -> None:
    secret, _ = set_up(server.browser("hana"))
    browser = Browser(server.client())
    data = {"login": "hana", "password": PASSWORD, "next": "/library/book/new", "carried-title": "Half <b>"}
    browser.client.post("/sign-in", data=data)
    entered = second(browser, code=code_of(secret))
    assert "/library/book/new?draft=" in entered.headers["Location"]
    assert "Half &lt;b&gt;" in browser.get(entered.headers["Location"]).text


def test_the_second_step_ends_with_a_new_password_or_the_account(server: Server) -> None:
    secret, _ = set_up(server.browser("hana"))
    waiting, other = first_step(server), first_step(server)
    with server.database.writing() as connection:
        hana = accounts.find(connection, "hana")
        assert hana is not None
        accounts.set_password(connection, hana.id, "another-harbour-43")
    assert second(waiting, code=code_of(secret)).headers["Location"] == "/sign-in"
    with server.database.writing() as connection:
        accounts.disable(connection, hana.id)
    assert other.get("/sign-in/second").headers["Location"] == "/sign-in"


@pytest.mark.parametrize(
    "code", ["", " ", "12345", "1234567", "abcdef", "１２３４５６", "\u0661" * 6, "-12345", "x" * 5000]
)
def test_strange_codes_are_wrong(sqlite_server: Server, code: str) -> None:
    set_up(sqlite_server.browser("hana"))
    assert second(first_step(sqlite_server), code=code).status_code == 401


def test_a_wrong_code_does_not_switch_an_authenticator_on(server: Server) -> None:
    browser = server.browser("hana")
    browser.post("/profile/authenticator/begin")
    answer = browser.post("/profile/authenticator", {"code": "12"})
    assert answer.status_code == 422
    assert server.browser("hana").get("/apps").status_code == 200
    assert secret_on(browser.get("/profile/authenticator").text) == secret_on(answer.text)
    browser.post("/profile/authenticator/begin")
    assert secret_on(browser.get("/profile/authenticator").text) != secret_on(answer.text)


def test_removing_the_last_factor_ends_the_recovery_codes(server: Server) -> None:
    browser = server.browser("hana")
    set_up(browser)
    assert browser.post("/profile/authenticator/remove").status_code == 303
    assert browser.post("/profile/authenticator/remove").status_code == 404
    assert browser.post("/profile/recovery-codes").status_code == 404
    assert server.browser("hana").get("/apps").status_code == 200


def stale(server: Server) -> None:
    """As if everybody had signed in an hour ago."""
    with server.database.writing() as connection:
        long_ago = connection.execute(select(SESSION.c.created_at)).scalars().first()
        assert long_ago is not None
        connection.execute(update(SESSION).values(proved_at=long_ago.replace(year=long_ago.year - 1)))


STEPS = (
    "/profile/authenticator/begin",
    "/profile/authenticator",
    "/profile/authenticator/remove",
    "/profile/recovery-codes",
    "/profile/passkeys",
    "/profile/tokens",
)


def test_what_concerns_the_account_asks_for_a_fresh_proof(server: Server) -> None:
    browser = server.browser("hana")
    before = browser.client.get_cookie("dg_session")
    stale(server)
    for path in STEPS:
        answer = browser.post(path, {"name": "x", "scope": "read", "expires": "2999-01-01"})
        assert answer.headers["Location"].startswith("/profile/confirm?next=")
    assert browser.post("/profile/passkeys/begin", headers={"Accept": "application/json"}).status_code == 403
    for path in ("/profile/authenticator", "/profile/passkeys/new"):
        assert browser.get(path).headers["Location"].startswith("/profile/confirm?next=")
    page = "/profile/confirm?next=/profile/tokens"
    assert 'name="password"' in browser.get(page).text
    assert browser.post("/profile/confirm", {"password": "wrong", "next": "/profile"}).status_code == 422
    done = browser.post("/profile/confirm", {"password": PASSWORD, "next": "//evil.example"}, page=page)
    assert done.headers["Location"] == "/profile"
    after = browser.client.get_cookie("dg_session")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    thief = server.client()
    thief.set_cookie("dg_session", before.value)
    assert thief.get("/apps").status_code == 303
    assert browser.post("/profile/authenticator/begin").headers["Location"] == "/profile/authenticator"


def test_a_fresh_proof_asks_for_the_code_too_where_there_is_one(server: Server) -> None:
    browser = server.browser("hana")
    secret, _ = set_up(browser)
    stale(server)
    assert 'name="code"' in browser.get("/profile/confirm").text
    assert browser.post("/profile/confirm", {"password": PASSWORD}).status_code == 422
    assert browser.post("/profile/confirm", {"password": "x", "code": code_of(secret)}).status_code == 422
    right = browser.post("/profile/confirm", {"password": PASSWORD, "code": code_of(secret)})
    assert right.headers["Location"] == "/profile"


def test_a_token_changes_nothing_about_signing_in(server: Server) -> None:
    client = server.client()
    headers = {"Authorization": f"Bearer {server.tokens['ada']}", "Accept": "application/json"}
    for path in (*STEPS, "/profile/password", "/profile/confirm", "/profile/sessions/end"):
        assert client.post(path, headers=headers, data={"name": "x"}).status_code == 403, path


def asking(server: Server, *who: str) -> Server:
    """The same server with a setting that asks for a second factor."""
    settings = replace(server.runtime.settings, second_factor=who)
    return Server(replace(server.runtime, settings=settings), server.tokens)


def test_who_must_have_a_second_factor_is_let_in_no_further(server: Server) -> None:
    open_one = server.browser("hana")
    strict = asking(server, "library.head")
    browser = Browser(strict.client())
    browser.client.set_cookie("dg_session", open_one.client.get_cookie("dg_session").value)  # type: ignore[union-attr]
    for path in ("/", "/apps", "/library/book", "/profile/tokens", "/search?q=x"):
        assert browser.get(path).headers["Location"] == "/profile"
    assert (
        browser.client.get("/api/v1/library/book", headers={"Accept": "application/json"}).status_code == 403
    )
    page = browser.get("/profile")
    assert "ask for a second factor" in page.text
    sent = {"csrf_token": hidden(page.text, "csrf_token"), "title": "x"}
    refused = browser.client.post("/library/book/new", data=sent, headers={"Accept": "text/html"})
    assert refused.status_code == 403
    assert browser.post("/profile/authenticator/begin", page="/profile").status_code == 303
    secret = secret_on(browser.get("/profile/authenticator").text)
    done = browser.post("/profile/authenticator", {"code": code_of(secret, -1)}, page="/profile")
    assert len(codes_on(done.text)) == 10
    assert browser.get("/library/book").status_code == 200
    assert browser.post("/profile/authenticator/remove").status_code == 409
    assert strict.browser("cleo").get("/library/book").status_code == 200
    api = strict.api("hana")
    assert api("GET", "/library/book").status_code == 200


def test_admins_and_all(server: Server) -> None:
    admins = asking(server, "admins")
    assert admins.browser("ada").get("/apps").headers["Location"] == "/profile"
    assert admins.browser("cleo").get("/apps").status_code == 200
    assert asking(server, "all").browser("nemo").get("/apps").headers["Location"] == "/profile"


def test_a_given_password_is_replaced_first(server: Server) -> None:
    with server.database.writing() as connection:
        connection.execute(update(USER).where(USER.c.login == "hana").values(must_change_password=True))
    browser = server.browser("hana")
    assert browser.get("/library/book").headers["Location"] == "/profile/new-password"
    page = "/profile/new-password"
    assert "Somebody else has chosen this password" in browser.get(page).text
    new = {"old": PASSWORD, "new": "vine-9-lamp-tR4", "again": "vine-9-lamp-tR4"}
    for wrong in (
        {"old": "x"},
        {"again": "x"},
        {"new": PASSWORD, "again": PASSWORD},
        {"new": "short", "again": "short"},
    ):
        assert browser.post(page, new | wrong, page=page).status_code == 422
    assert browser.post(page, new, page=page).headers["Location"] == "/"
    assert browser.get("/library/book").status_code == 200


def test_codes_tried_at_the_door_are_counted_apart_from_passwords(sqlite_server: Server) -> None:
    set_up(sqlite_server.browser("hana"))
    second(first_step(sqlite_server), code="12")
    with sqlite_server.database.reading() as connection:
        kinds = {key.partition(":")[0] for key in connection.execute(select(ATTEMPT.c.key)).scalars()}
    assert "totp" in kinds
