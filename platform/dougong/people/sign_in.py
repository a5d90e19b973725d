"""Signing in with login and password."""

from __future__ import annotations

from sqlalchemy import select, update

from dougong.diagnostics import Refusal
from dougong.people import limits, passwords, sessions
from dougong.people.audit import noted
from dougong.people.messages import refuse
from dougong.storage.database import Database
from dougong.storage.system import USER


def sign_in(
    database: Database,
    login: str,
    password: str,
    *,
    address: str = "",
    agent: str = "",
    replaces: str | None = None,
) -> sessions.Begun:
    """Begin a session for the right login and password; refused (unauthorised, too_many) otherwise.

    Whether the login is unknown, disabled or without a password is told neither by the answer nor by its time. The slow
    comparison runs outside any transaction, so that guessing cannot hold up writers; a failure is counted in any case.
    """
    login = login.strip().casefold()[:300]
    with database.reading() as connection:
        limits.check(connection, login, address)
        query = select(USER.c.id, USER.c.password_hash, USER.c.disabled_at).where(
            USER.c.login == _storable(login)
        )
        row = connection.execute(query).one_or_none()
    usable = row is not None and row.disabled_at is None
    kept: str | None = row.password_hash if row is not None and usable else None
    if not passwords.matches(kept, password) or row is None or kept is None:
        raise _failed(database, login, address)
    with database.writing() as connection:
        limits.record_success(connection, login, address)
        if passwords.is_outdated(kept):
            connection.execute(
                update(USER).where(USER.c.id == row.id).values(password_hash=passwords.hash_of(password))
            )
        return sessions.begin(connection, row.id, address=address, agent=agent, replaces=replaces)


def _failed(database: Database, login: str, address: str) -> Refusal:
    with database.writing() as connection:
        limits.record_failure(connection, login, address)
        noted(connection, "session.fail", login=login[:100])
    return refuse("unauthorised", "wrong_password")


def _storable(login: str) -> str:
    """What a database can compare with: characters that no login has become one that no login has either."""
    return "".join(character if character.isprintable() else "?" for character in login)
