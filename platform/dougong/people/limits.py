"""Slows down who guesses passwords, without locking out the person whose account it is.

Failures are counted for an account from one address, for an address over all accounts, and for an account over all addresses.
Only the first two block: somebody who guesses from elsewhere cannot keep the owner from signing in. The third makes a widespread
attack visible, and demands a pause between attempts from addresses that have never signed in to the account.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, case, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from dougong.people.messages import refuse
from dougong.storage.system import ATTEMPT, SESSION, USER

WINDOW = timedelta(minutes=15)
FREE_TRIES = 5
FREE_TRIES_OF_ADDRESS = 50
FREE_TRIES_OF_ACCOUNT = 100
LONGEST_PAUSE = 900


def check(connection: Connection, login: str, address: str) -> None:
    """Refuse (too_many) while the account from this address, or the address, has to wait."""
    now = datetime.now(UTC)
    keys = [_pair_key(login, address), _address_key(address), _account_key(login)]
    query = select(ATTEMPT.c.key, ATTEMPT.c.blocked_until).where(
        ATTEMPT.c.key.in_(keys), ATTEMPT.c.blocked_until > now
    )
    waits = {row.key: row.blocked_until for row in connection.execute(query)}
    if keys[2] in waits and _is_known_address(connection, login, address):
        del waits[keys[2]]
    if waits:
        seconds = max(1, round((max(waits.values()) - now).total_seconds()))
        raise refuse("too_many", "too_many_attempts", seconds=seconds)


def record_failure(connection: Connection, login: str, address: str) -> None:
    """Count a failed attempt; from the sixth within a quarter of an hour on, each doubles the wait, up to a quarter of an hour."""
    _count(connection, _pair_key(login, address), FREE_TRIES)
    _count(connection, _address_key(address), FREE_TRIES_OF_ADDRESS)
    _count(connection, _account_key(login), FREE_TRIES_OF_ACCOUNT)


def record_success(connection: Connection, login: str, address: str) -> None:
    """Forget the failures of this account from this address."""
    connection.execute(delete(ATTEMPT).where(ATTEMPT.c.key == _pair_key(login, address)))


def forget_old(connection: Connection) -> int:
    """Delete counts that no longer matter; return how many."""
    return connection.execute(
        delete(ATTEMPT).where(ATTEMPT.c.last_at < datetime.now(UTC) - 2 * WINDOW)
    ).rowcount


def _count(connection: Connection, key: str, free: int) -> None:
    """Add one failure in a single statement, so that attempts at the same time are all counted."""
    now = datetime.now(UTC)
    make = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    fresh = make(ATTEMPT).values(key=key, failures=1, first_at=now, last_at=now)
    is_old = ATTEMPT.c.first_at < now - WINDOW
    counted = fresh.on_conflict_do_update(
        index_elements=[ATTEMPT.c.key],
        set_={
            "failures": case((is_old, 1), else_=ATTEMPT.c.failures + 1),
            "first_at": case((is_old, now), else_=ATTEMPT.c.first_at),
            "last_at": now,
        },
    ).returning(ATTEMPT.c.failures)
    failures: int = connection.execute(counted).scalar_one()
    if failures >= free:
        pause = min(LONGEST_PAUSE, 2 ** min(failures - free, 20))
        until = now + timedelta(seconds=pause)
        connection.execute(ATTEMPT.update().where(ATTEMPT.c.key == key).values(blocked_until=until))


def _is_known_address(connection: Connection, login: str, address: str) -> bool:
    """Whether the account was signed in from this address before."""
    query = select(func.count()).select_from(SESSION).join(USER, USER.c.id == SESSION.c.user_id)
    found = query.where(USER.c.login == login.strip().casefold(), SESSION.c.address == address[:100])
    return bool(connection.execute(found).scalar_one())


def _pair_key(login: str, address: str) -> str:
    return _key("pair", login.strip().casefold(), address)


def _address_key(address: str) -> str:
    return _key("address", address)


def _account_key(login: str) -> str:
    return _key("account", login.strip().casefold())


def _key(*parts: str) -> str:
    """Hashed, so that whatever was typed as a login (sometimes the password) is not kept."""
    text = "\x1f".join(part[:300] for part in parts)
    return f"{parts[0]}:{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:40]}"
