"""Passkeys in Chromium, with the authenticator that it plays itself (CDP)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import CDPSession, Page, expect
from sqlalchemy import select, update

from dougong.people import accounts, passkeys
from dougong.storage.system import FACTOR, SESSION
from tests.web_server import PASSWORD, Server, listening

pytestmark = pytest.mark.usefixtures("assets")


@pytest.fixture
def address(sqlite_server: Server) -> Iterator[str]:
    """Where the browser finds the server: by a name, as passkeys belong to names and to no number."""
    with listening(sqlite_server) as found:
        yield found.replace("127.0.0.1", "localhost")


@pytest.fixture
def either(server: Server) -> Iterator[str]:
    """The same on each database."""
    with listening(server) as found:
        yield found.replace("127.0.0.1", "localhost")


def authenticator(page: Page, verifies: bool = True) -> tuple[CDPSession, str]:
    """An authenticator in the browser of a page, which looks at who uses it if `verifies`."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": verifies,
        "isUserVerified": verifies,
        "automaticPresenceSimulation": True,
    }
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session, made["authenticatorId"]


def sign_in(page: Page, address: str, path: str = "/profile") -> None:
    page.goto(f"{address}/sign-in?next={path}")
    page.fill("#login", "hana")
    page.fill("#password", PASSWORD)
    page.click("form:not([data-passkey]) button.btn-primary")


def add_passkey(page: Page, address: str, name: str) -> None:
    page.goto(f"{address}/profile/passkeys/new")
    page.fill("#passkey-name", name)
    page.click("form[data-passkey] button")


def test_a_passkey_is_added_and_signs_in_without_a_login(
    page: Page, address: str, sqlite_server: Server
) -> None:
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    authenticator(page)
    sign_in(page, address)
    add_passkey(page, address, "work laptop")
    expect(page.locator(".code-lines li")).to_have_count(10)
    page.goto(f"{address}/profile")
    expect(page.locator("#passkeys")).to_contain_text("work laptop")
    page.context.clear_cookies()
    page.goto(f"{address}/sign-in?next=/library/book")
    page.click("form[data-passkey] button")
    page.wait_for_url(f"{address}/library/book")
    with sqlite_server.database.reading() as connection:
        methods = connection.execute(select(SESSION.c.method).order_by(SESSION.c.id)).scalars().all()
        assert methods[-2:] == ["password+passkey", "passkey"]
        factor = connection.execute(select(FACTOR)).one()
    assert factor.sign_count > 0
    assert factor.last_used_at is not None
    assert problems == []


def test_a_passkey_is_the_second_step(page: Page, address: str) -> None:
    authenticator(page)
    sign_in(page, address)
    add_passkey(page, address, "key")
    expect(page.locator(".code-lines li")).to_have_count(10)
    page.context.clear_cookies()
    sign_in(page, address, "/library/book")
    page.wait_for_url(f"{address}/sign-in/second")
    expect(page.locator("#code")).to_have_count(0)
    page.click("form[data-passkey] button")
    page.wait_for_url(f"{address}/library/book")


def test_a_key_that_looks_at_nobody_is_no_password(page: Page, address: str) -> None:
    session, key = authenticator(page, verifies=False)
    sign_in(page, address)
    add_passkey(page, address, "stick")
    expect(page.locator(".code-lines li")).to_have_count(10)
    page.context.clear_cookies()
    page.goto(f"{address}/sign-in")
    page.click("form[data-passkey] button")
    expect(page.locator("form[data-passkey] [role=alert]")).to_be_visible()
    sign_in(page, address, "/library/book")
    page.click("form[data-passkey] button")
    page.wait_for_url(f"{address}/library/book")
    session.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": key})


def test_a_fresh_proof_by_passkey(page: Page, address: str, sqlite_server: Server) -> None:
    authenticator(page)
    sign_in(page, address)
    add_passkey(page, address, "key")
    expect(page.locator(".code-lines li")).to_have_count(10)
    with sqlite_server.database.writing() as connection:
        row = connection.execute(select(SESSION).order_by(SESSION.c.id.desc())).first()
        assert row is not None
        long_ago = row.proved_at.replace(year=row.proved_at.year - 1)
        connection.execute(update(SESSION).values(proved_at=long_ago))
    page.goto(f"{address}/profile/passkeys/new")
    page.wait_for_url(f"{address}/profile/confirm?next=*")
    expect(page.locator("#password")).to_have_count(0)
    page.click("form[data-passkey] button")
    page.wait_for_url(f"{address}/profile/passkeys/new")


def test_answers_are_good_once_for_their_question_their_place_and_their_person(
    page: Page, either: str, server: Server
) -> None:
    address = either
    authenticator(page)
    sign_in(page, address)
    add_passkey(page, address, "key")
    expect(page.locator(".code-lines li")).to_have_count(10)
    page.context.clear_cookies()
    page.goto(f"{address}/sign-in")
    page.route("**/sign-in/passkey", lambda route: route.abort())
    with page.expect_request("**/sign-in/passkey") as asked:
        page.click("form[data-passkey] button")
    fields = {name: values[0] for name, values in parse_qs(asked.value.post_data or "").items()}
    ticket, credential = fields["ticket"], fields["credential"]
    here = passkeys.Site("localhost", (address,))

    def owner(site: passkeys.Site, ticket: str, credential: str, asked_of: int | None = None) -> int | None:
        """Whose answer it would be; nothing is used up by asking."""
        with server.database.writing() as connection, connection.begin_nested() as trial:
            found = passkeys.use(connection, ticket, credential, site, asked_of)
            trial.rollback()
        return found

    with server.database.writing() as connection:
        hana = connection.execute(select(FACTOR.c.user_id)).scalar_one()
        other = passkeys.begin_alone(connection, here)["ticket"]
    assert owner(here, ticket, credential) == hana
    assert owner(here, other, credential) is None
    assert owner(here, ticket, credential, hana) is None
    assert owner(passkeys.Site("localhost", ("https://evil.example",)), ticket, credential) is None
    assert owner(passkeys.Site("evil.example", (address,)), ticket, credential) is None
    for hostile in spoiled(json.loads(credential)):
        assert owner(here, ticket, hostile) is None, hostile
    with server.database.writing() as connection:
        accounts.disable(connection, hana)
    assert owner(here, ticket, credential) is None
    with server.database.writing() as connection:
        accounts.enable(connection, hana)
    headers = {"Host": address.removeprefix("http://"), "Accept": "text/html"}
    for status in (303, 401):
        assert server.client().post("/sign-in/passkey", data=fields, headers=headers).status_code == status


def spoiled(answer: dict[str, Any]) -> Iterator[str]:
    """The answer of a passkey, each part of it missing, of another type or changed; and what is none at all."""
    yield from ("", "null", "[]", "1", "{}", "{" * 5000, "x" * 30_000, '{"id": 1}', "\ud800")
    for path in (("id",), ("rawId",), ("type",), *(("response", name) for name in answer["response"])):
        holder = answer["response"] if len(path) == 2 else answer
        whole = holder[path[-1]]
        if path[-1] == "userHandle":
            continue
        wrong: tuple[Any, ...] = (None, 1, [], {}, "", "AAAA", "!", str(whole)[:-6] + "AAAAAA", "\u0000")
        for value in wrong:
            holder[path[-1]] = value
            yield json.dumps(answer)
        del holder[path[-1]]
        yield json.dumps(answer)
        holder[path[-1]] = whole
