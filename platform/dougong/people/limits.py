"""Slows down who guesses, without locking out the person whose account it is.

A try is counted before it is looked at, in one statement, so that of many at the same time no more get through than there are tries.
Guesses at a password count for the account from one address, for the address over all accounts, and for the account over all addresses.
The last one asks strangers for a pause only: an address from which the account was signed in before is let through. In a browser in
which the person has signed in before none of this counts but what was tried in that browser, so that nobody elsewhere, and nobody
behind the same address, can keep the owner out.
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, case, delete, func, null, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from dougong.people.messages import refuse
from dougong.storage.system import ATTEMPT, SESSION, USER

WINDOW = timedelta(minutes=15)
FREE_TRIES = 5
FREE_TRIES_OF_ADDRESS = 50
FREE_TRIES_OF_ACCOUNT = 100
LONGEST_PAUSE = 900
DAY = timedelta(days=1)
LONGEST_PAUSE_OF_CODES = 3600
KEPT = 2 * DAY


@dataclass(frozen=True, slots=True)
class Limit:
    """How many tries are free within a window; each further one doubles the wait for the next, up to the longest pause."""

    key: str
    free: int
    window: timedelta = WINDOW
    longest: int = LONGEST_PAUSE
    spares: tuple[str, str] | None = None
    """The login and the address for which this limit does not hold if the account was signed in from there before."""


def of_password(login: str, address: str, device: str = "") -> tuple[Limit, ...]:
    """What limits guesses at a password; `device` names a browser in which the account was signed in before."""
    login, place = login.strip().casefold(), network_of(address)
    if device:
        return (Limit(_key("device", login, device), FREE_TRIES),)
    return (
        Limit(_key("pair", login, place), FREE_TRIES),
        Limit(_key("address", place), FREE_TRIES_OF_ADDRESS),
        Limit(_key("account", login), FREE_TRIES_OF_ACCOUNT, spares=(login, address)),
    )


def of_code(kind: str, user_id: int, device: str = "") -> tuple[Limit, ...]:
    """What limits guesses at the codes of a second factor, for who knows the password already."""
    key = _key(kind, str(user_id), device)
    return (Limit(key, FREE_TRIES, DAY, LONGEST_PAUSE_OF_CODES),)


def of_address(kind: str, address: str, free: int = FREE_TRIES_OF_ADDRESS) -> tuple[Limit, ...]:
    """What limits how often something may be asked for from one address, whoever it is about."""
    return (Limit(_key(kind, network_of(address)), free),)


def take(connection: Connection, limits: Sequence[Limit]) -> None:
    """Count one try for each limit; refused (too_many) without counting while one of them asks for a pause.

    The transaction must end before the try is looked at, so that it is counted whatever comes of it.
    """
    waits = []
    for limit in sorted(limits, key=lambda each: each.key):
        until = _count(connection, limit)
        if until is not None and not _is_spared(connection, limit):
            waits.append(until)
    if waits:
        seconds = max(1, round((max(waits) - datetime.now(UTC)).total_seconds()))
        raise refuse("too_many", "too_many_attempts", seconds=seconds)


def give_back(connection: Connection, limits: Sequence[Limit]) -> None:
    """Take back the try that was right: all that was tried in this place is forgotten, what others tried is not."""
    for limit in sorted(limits, key=lambda each: each.key):
        where = ATTEMPT.c.key == limit.key
        if limit.key.startswith(("address:", "account:")):
            left = ATTEMPT.c.failures - 1
            until = case((left < limit.free, null()), else_=ATTEMPT.c.blocked_until)
            connection.execute(update(ATTEMPT).where(where).values(failures=left, blocked_until=until))
        else:
            connection.execute(delete(ATTEMPT).where(where))


def forget_old(connection: Connection) -> int:
    """Delete counts that no longer matter; return how many."""
    return connection.execute(delete(ATTEMPT).where(ATTEMPT.c.last_at < datetime.now(UTC) - KEPT)).rowcount


def network_of(address: str) -> str:
    """What counts as one address: for IPv6 the network of 64 bits that one household or office has for itself."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def _count(connection: Connection, limit: Limit) -> datetime | None:
    """Add one try in a single statement; the end of the pause when there is one, and then nothing is added."""
    now = datetime.now(UTC)
    make = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    fresh = make(ATTEMPT).values(key=limit.key, failures=1, first_at=now, last_at=now)
    is_old = ATTEMPT.c.first_at < now - limit.window
    counted = fresh.on_conflict_do_update(
        index_elements=[ATTEMPT.c.key],
        set_={
            "failures": case((is_old, 1), else_=ATTEMPT.c.failures + 1),
            "first_at": case((is_old, now), else_=ATTEMPT.c.first_at),
            "last_at": now,
        },
        where=or_(ATTEMPT.c.blocked_until.is_(None), ATTEMPT.c.blocked_until <= now),
    ).returning(ATTEMPT.c.failures)
    failures = connection.execute(counted).scalar_one_or_none()
    where = ATTEMPT.c.key == limit.key
    if failures is None:
        until: datetime | None = connection.execute(select(ATTEMPT.c.blocked_until).where(where)).scalar()
        return until or now
    if failures >= limit.free:
        pause = min(limit.longest, 2 ** min(failures - limit.free, 20))
        connection.execute(update(ATTEMPT).where(where).values(blocked_until=now + timedelta(seconds=pause)))
    return None


def _is_spared(connection: Connection, limit: Limit) -> bool:
    """Whether the account was signed in from this address before."""
    if limit.spares is None:
        return False
    login, address = limit.spares
    query = select(func.count()).select_from(SESSION).join(USER, USER.c.id == SESSION.c.user_id)
    found = query.where(USER.c.login == storable(login), SESSION.c.address == address[:100])
    return bool(connection.execute(found).scalar_one())


def storable(login: str) -> str:
    """What a database can compare with: characters that no login has become one that no login has either."""
    return "".join(character if character.isprintable() else "?" for character in login)


def _key(*parts: str) -> str:
    """Hashed, so that whatever was typed as a login (sometimes the password) is not kept."""
    text = "\x1f".join(part[:300] for part in parts)
    return f"{parts[0]}:{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:40]}"
