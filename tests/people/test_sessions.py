"""Sessions and tokens."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from dougong.diagnostics import Refusal
from dougong.people import accounts, sessions, tokens
from dougong.storage.database import Database
from dougong.storage.system import SESSION, TOKEN
from tests.people.entering import entered

PASSWORD = "x7#kQ9!pzL-42"


@pytest.fixture
def user_id(database: Database) -> int:
    with database.writing() as connection:
        return accounts.add(connection, "li.wei", password=PASSWORD)


def shift(database: Database, session_id: int, **values: timedelta) -> None:
    now = datetime.now(UTC)
    with database.writing() as connection:
        changes = {name: now + offset for name, offset in values.items()}
        connection.execute(update(SESSION).where(SESSION.c.id == session_id).values(changes))


def test_only_a_hash_is_kept(database: Database, user_id: int) -> None:
    begun = entered(database, "Li.Wei", PASSWORD, address="10.0.0.1", agent="Browser\x1b[31m")
    assert len(begun.secret) >= 43
    with database.reading() as connection:
        row = connection.execute(select(SESSION)).one()
        assert begun.secret not in map(str, row)
        assert "\x1b" not in row.agent
        resumed = sessions.resume(connection, begun.secret)
        assert resumed is not None
        session, actor = resumed
        assert (actor.id, session.csrf, session.address) == (user_id, begun.csrf, "10.0.0.1")
        for wrong in (
            "",
            "x",
            row.token_hash,
            begun.secret + "x",
            begun.secret[:-1],
            "\0",
            "\ud800",
            "x" * 10_000,
        ):
            assert sessions.resume(connection, wrong) is None


def test_signing_in_gives_a_new_secret_and_ends_the_one_before(database: Database, user_id: int) -> None:
    first = entered(database, "li.wei", PASSWORD)
    second = entered(database, "li.wei", PASSWORD, session=first.secret)
    assert first.secret != second.secret
    with database.reading() as connection:
        assert sessions.resume(connection, first.secret) is None
        assert [each.id for each in sessions.list_sessions(connection, user_id)] == [second.id]


def test_signing_out_ends_it_on_the_server(database: Database, user_id: int) -> None:
    begun = entered(database, "li.wei", PASSWORD)
    with database.writing() as connection:
        sessions.end(connection, begun.secret)
        assert sessions.resume(connection, begun.secret) is None


def test_idle_and_absolute_expiry(database: Database, user_id: int) -> None:
    idle, old = entered(database, "li.wei", PASSWORD), entered(database, "li.wei", PASSWORD)
    shift(database, idle.id, last_seen_at=-sessions.DEFAULT.idle - timedelta(seconds=1))
    shift(database, old.id, expires_at=-timedelta(seconds=1))
    with database.writing() as connection:
        for begun in (idle, old):
            assert sessions.resume(connection, begun.secret) is None
        assert sessions.list_sessions(connection, user_id) == []


def test_use_keeps_a_session_open_but_not_for_ever(database: Database, user_id: int) -> None:
    begun = entered(database, "li.wei", PASSWORD)
    shift(database, begun.id, last_seen_at=-timedelta(hours=11))
    with database.writing() as connection:
        resumed = sessions.resume(connection, begun.secret)
        assert resumed is not None
        assert sessions.needs_touch(resumed[0])
        sessions.touch(connection, begun.id)
        again = sessions.resume(connection, begun.secret)
        assert again is not None
        assert not sessions.needs_touch(again[0])
        assert again[0].expires_at == resumed[0].expires_at


def test_a_person_ends_only_own_sessions(database: Database, user_id: int) -> None:
    begun = entered(database, "li.wei", PASSWORD)
    with database.writing() as connection:
        other = accounts.add(connection, "wang.fang")
        assert not sessions.revoke(connection, other, begun.id)
        assert sessions.resume(connection, begun.secret) is not None
        assert sessions.revoke(connection, user_id, begun.id)
        assert not sessions.revoke(connection, user_id, begun.id)
        assert sessions.forget_old(connection, timedelta(0)) == 1


def test_tokens_are_shown_once_and_limited(database: Database, user_id: int) -> None:
    with database.writing() as connection:
        text = tokens.issue(connection, user_id, scopes=["write"], name="sync")
        assert text.startswith("dg_")
        row = connection.execute(select(TOKEN)).one()
        assert text not in map(str, row)
        found = tokens.authenticate(connection, text)
        assert found is not None
        token, actor = found
        assert actor.id == user_id
        assert actor.scopes == frozenset({"read", "write"})
        assert actor.has_scope("read")
        assert not actor.has_scope("admin")
        assert text.startswith(token.hint)
        assert len(token.hint) < 12
        assert tokens.needs_touch(token)
        tokens.touch(connection, token.id)
        assert tokens.list_tokens(connection, user_id)[0].last_used_at is not None
        for wrong in ("", "dg_", text[3:], text + "x", text.upper(), "dg_\0", "dg_" + "x" * 1000):
            assert tokens.authenticate(connection, wrong) is None
        other = accounts.add(connection, "wang.fang")
        assert not tokens.revoke(connection, token.id, other)
        assert tokens.revoke(connection, token.id, user_id)
        assert tokens.authenticate(connection, text) is None
        assert tokens.list_tokens(connection)[0].is_revoked


def test_tokens_expire(database: Database, user_id: int) -> None:
    with database.writing() as connection:
        text = tokens.issue(connection, user_id, expires_at=datetime.now(UTC) + timedelta(hours=1))
        assert tokens.authenticate(connection, text) is not None
        connection.execute(update(TOKEN).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
        assert tokens.authenticate(connection, text) is None
        with pytest.raises(Refusal):
            tokens.issue(connection, user_id, expires_at=datetime.now(UTC))


@pytest.mark.parametrize("scopes", [[], ["root"], ["read", "root"], "read"])
def test_wrong_scopes(database: Database, user_id: int, scopes: list[str]) -> None:
    with database.writing() as connection, pytest.raises(Refusal) as refused:
        tokens.issue(connection, user_id, scopes=scopes)
    assert refused.value.problems[0].code == "scope"


def test_no_token_for_nobody(database: Database) -> None:
    with database.writing() as connection, pytest.raises(Refusal):
        tokens.issue(connection, 42)
