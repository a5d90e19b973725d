"""What is taken from somebody is gone with their next request, in every process that serves it."""

from __future__ import annotations

import http.client
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from dougong import assembly
from dougong.people import accounts, sessions, tokens
from dougong.people.accounts import Account
from dougong.storage.database import Database
from tests.cli.test_serving import serving
from tests.servers.databases import DIALECTS, Databases
from tests.web_server import PASSWORD, prepare

BOOKS = "/api/v1/library/book"


@dataclass(frozen=True, slots=True)
class House:
    """Two servers in processes of their own on one database, and everybody's tokens."""

    addresses: Sequence[str]
    database: Database
    tokens: dict[str, str]

    def account(self, login: str) -> Account:
        with self.database.reading() as connection:
            found = accounts.find(connection, login)
        assert found is not None
        return found

    def everywhere(self, path: str, headers: dict[str, str]) -> set[int]:
        """The statuses that all servers answer."""
        return {asked(address, "GET", path, headers)[0] for address in self.addresses}

    def by_token(self, login: str, path: str = BOOKS) -> set[int]:
        return self.everywhere(path, {"Authorization": f"Bearer {self.tokens[login]}"})

    def signed_in(self, login: str) -> dict[str, str]:
        """The cookie of a session that was begun at the first server."""
        form = urlencode({"login": login, "password": PASSWORD, "next": "/"})
        head = {"Content-Type": "application/x-www-form-urlencoded"}
        status, cookie = asked(self.addresses[0], "POST", "/sign-in", head, form)
        assert status == 303
        return {"Cookie": cookie.partition(";")[0], "Accept": "text/html"}


def asked(
    address: str, method: str, path: str, headers: dict[str, str], body: str | None = None
) -> tuple[int, str]:
    """Status and cookie of an answer; nothing is followed."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status, answer.getheader("Set-Cookie") or ""
    finally:
        connection.close()


@pytest.fixture(scope="module", params=DIALECTS)
def house(
    request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    url = databases.fresh(request.param)
    issued = prepare(url)
    folder = Path(tmp_path_factory.mktemp("processes"))
    with ExitStack() as stack:
        addresses = [stack.enter_context(serving(url, folder))[0] for _ in range(2)]
        database = assembly.open_database(url)
        stack.callback(database.dispose)
        yield House(addresses, database, issued)
    databases.drop(url)


def test_a_role_that_was_taken_away(house: House) -> None:
    cleo = house.account("cleo")
    session = house.signed_in("cleo")
    assert house.by_token("cleo") == house.everywhere("/library/book", session) == {200}
    with house.database.writing() as connection:
        accounts.set_roles(connection, cleo.id, [])
    assert house.by_token("cleo") == house.everywhere("/library/book", session) == {404}
    with house.database.writing() as connection:
        accounts.set_roles(connection, cleo.id, [("library", "head")])
    assert house.by_token("cleo") == {200}
    assert house.everywhere("/library/book/import", session) == {200}


def test_an_administrator_who_is_none_any_more(house: House) -> None:
    hana = house.account("hana")
    assert house.by_token("hana", "/api/v1/calendar") == {403}
    for is_admin, status in ((True, 200), (False, 403)):
        with house.database.writing() as connection:
            accounts.change(connection, hana.id, is_admin=is_admin)
        assert house.by_token("hana", "/api/v1/calendar") == {status}


def test_a_session_and_a_token_that_were_ended(house: House) -> None:
    otto = house.account("otto")
    session = house.signed_in("otto")
    assert house.by_token("otto") == house.everywhere("/library/book", session) == {200}
    with house.database.writing() as connection:
        assert sessions.revoke_all(connection, otto.id) == 1
    assert house.everywhere("/library/book", session) == {303}
    assert house.by_token("otto") == {200}
    with house.database.writing() as connection:
        tokens.revoke_all(connection, otto.id)
    assert house.by_token("otto") == {401}


def test_an_account_that_was_disabled(house: House) -> None:
    nemo = house.account("nemo")
    session = house.signed_in("nemo")
    assert house.by_token("nemo", "/api/v1/apps") == house.everywhere("/apps", session) == {200}
    with house.database.writing() as connection:
        accounts.disable(connection, nemo.id)
    assert house.by_token("nemo", "/api/v1/apps") == {401}
    assert house.everywhere("/apps", session) == {303}
    with house.database.writing() as connection:
        accounts.enable(connection, nemo.id)
    assert house.by_token("nemo", "/api/v1/apps") == {401}
    assert house.everywhere("/apps", session) == {303}


def test_a_password_that_was_changed_ends_the_sessions(house: House) -> None:
    ada = house.account("ada")
    session = house.signed_in("ada")
    assert house.everywhere("/apps", session) == {200}
    with house.database.writing() as connection:
        accounts.set_password(connection, ada.id, "another-harbour-77")
    assert house.everywhere("/apps", session) == {303}
