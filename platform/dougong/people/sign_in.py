"""Signing in with login and password: at once, or with a second step where the account has a second factor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select, update

from dougong.people import challenges, devices, limits, passwords, second_factor, security_letters, sessions
from dougong.people.audit import noted
from dougong.people.messages import refuse
from dougong.storage.database import Database
from dougong.storage.system import USER

SECOND_STEP = "second step"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Where somebody signs in: the address, the browser, the session and the secret that it has from earlier times."""

    address: str = ""
    agent: str = ""
    session: str = ""
    device: str = ""


@dataclass(frozen=True, slots=True)
class Rules:
    """What the settings say about signing in."""

    passwords: passwords.Rules = passwords.DEFAULT
    lifetimes: sessions.Lifetimes = sessions.DEFAULT
    writes_letters: bool = False
    """Whether people are written to about what happens to their account."""


NOBODY, DEFAULT = Visitor(), Rules()


@dataclass(frozen=True, slots=True)
class Entered:
    """Somebody is in; `device` is the secret that the browser keeps."""

    begun: sessions.Begun
    device: str


@dataclass(frozen=True, slots=True)
class SecondStep:
    """The password was right and a second factor is asked for; `secret` is what the sign-in goes on by."""

    secret: str
    user_id: int


@dataclass(frozen=True, slots=True)
class _Account:
    id: int = 0
    login: str = ""
    password_hash: str | None = field(default=None, repr=False)


def sign_in(
    database: Database,
    login: str,
    password: str,
    visitor: Visitor = NOBODY,
    *,
    remembered: bool = False,
    carried: Mapping[str, Any] | None = None,
    rules: Rules = DEFAULT,
) -> Entered | SecondStep:
    """Begin a session for the right login and password, or the second step; refused (unauthorised, too_many) otherwise.

    Whether the login is unknown, disabled or without a password is told neither by the answer nor by its time. The slow
    comparison runs outside any transaction, so that guessing cannot hold up writers; a try is counted before it is looked at.
    `carried` is kept for what comes after a second step.
    """
    login = login.strip().casefold()[:300]
    with database.writing() as connection:
        tries = limits.of_password(login, visitor.address, _device(connection, login, visitor))
        limits.take(connection, tries)
        account = _account(connection, USER.c.login == limits.storable(login))
    if not passwords.matches(account.password_hash, password, rules.passwords):
        with database.writing() as connection:
            noted(connection, "session.fail", login=login[:100])
        raise refuse("unauthorised", "wrong_password")
    fresh = _fresh_hash(account, password, rules.passwords)
    with database.writing() as connection:
        if _account(connection, USER.c.id == account.id).password_hash != account.password_hash:
            raise refuse(
                "unauthorised", "wrong_password"
            )  # changed, or the account disabled, while it was compared
        limits.give_back(connection, tries)
        if fresh:
            connection.execute(update(USER).where(USER.c.id == account.id).values(password_hash=fresh))
        if second_factor.has_any(connection, account.id):
            data = {"remembered": remembered, **(carried or {})}
            return SecondStep(challenges.begin(connection, SECOND_STEP, account.id, data), account.id)
        return enter(connection, account.id, visitor, remembered, sessions.PASSWORD, rules)


def enter(
    connection: Connection, user_id: int, visitor: Visitor, remembered: bool, method: str, rules: Rules
) -> Entered:
    """Begin a session for who has proved all that is asked for."""
    begun = sessions.begin(
        connection,
        user_id,
        address=visitor.address,
        agent=visitor.agent,
        replaces=visitor.session or None,
        remembered=remembered,
        method=method,
        lifetimes=rules.lifetimes,
    )
    if rules.writes_letters and devices.is_strange(connection, user_id, visitor.device):
        security_letters.tell(connection, user_id, "new_browser")
    return Entered(begun, devices.remember(connection, user_id, visitor.device))


def confirm_password(
    database: Database, user_id: int, password: str, visitor: Visitor, rules: Rules = DEFAULT
) -> None:
    """Look whether somebody who is signed in knows their password; guessing is slowed down like guessing at the door."""
    with database.writing() as connection:
        account = _account(connection, USER.c.id == user_id)
        tries = limits.of_password(
            account.login, visitor.address, _device(connection, account.login, visitor)
        )
        limits.take(connection, tries)
    if not passwords.matches(account.password_hash, password, rules.passwords):
        raise refuse("invalid", "wrong_old_password", "old")
    with database.writing() as connection:
        limits.give_back(connection, tries)


def _device(connection: Connection, login: str, visitor: Visitor) -> str:
    return devices.known(connection, limits.storable(login), visitor.device)


def _account(connection: Connection, condition: Any) -> _Account:
    """The account that may sign in, one without a password if there is none."""
    query = select(USER.c.id, USER.c.login, USER.c.password_hash).where(
        condition, USER.c.disabled_at.is_(None)
    )
    row = connection.execute(query).one_or_none()
    return _Account() if row is None else _Account(row.id, row.login, row.password_hash)


def _fresh_hash(account: _Account, password: str, rules: passwords.Rules) -> str:
    """The password hashed anew if the settings have changed since it was."""
    kept = account.password_hash
    return passwords.hash_of(password, rules) if kept and passwords.is_outdated(kept, rules) else ""
