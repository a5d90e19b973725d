"""The second factor of a person: what they have set up, and passing the second step of a sign-in with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, select

from dougong.people import recovery, totp
from dougong.storage.system import FACTOR

PASSKEY = "passkey"


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor as its owner sees it."""

    id: int
    kind: str
    name: str
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Ways:
    """What a person can pass a second step with."""

    totp: bool
    passkey: bool
    recovery_codes: int


def has_any(connection: Connection, user_id: int) -> bool:
    """Whether a second factor is asked for when a person signs in."""
    query = select(func.count()).select_from(FACTOR)
    mine = query.where(FACTOR.c.user_id == user_id, FACTOR.c.confirmed_at.is_not(None))
    return bool(connection.execute(mine).scalar_one())


def factors(connection: Connection, user_id: int) -> list[Factor]:
    """The active factors of a person, the oldest first."""
    columns = (FACTOR.c.id, FACTOR.c.kind, FACTOR.c.name, FACTOR.c.created_at, FACTOR.c.last_used_at)
    mine = select(*columns).where(FACTOR.c.user_id == user_id, FACTOR.c.confirmed_at.is_not(None))
    return [Factor(*row) for row in connection.execute(mine.order_by(FACTOR.c.id))]


def people_with(connection: Connection, users: Sequence[int]) -> frozenset[int]:
    """Which of these people have a second factor."""
    query = select(FACTOR.c.user_id).where(FACTOR.c.user_id.in_(users), FACTOR.c.confirmed_at.is_not(None))
    return frozenset(connection.execute(query).scalars())


def ways(connection: Connection, user_id: int) -> Ways:
    """What a person can pass a second step with."""
    kinds = {each.kind for each in factors(connection, user_id)}
    left = recovery.left(connection, user_id)
    return Ways(totp.KIND in kinds, PASSKEY in kinds, left)


def reset(connection: Connection, user_id: int) -> int:
    """Take all factors and recovery codes of a person away, who then signs in with the password alone; return how many factors."""
    gone = connection.execute(delete(FACTOR).where(FACTOR.c.user_id == user_id)).rowcount
    recovery.forget(connection, user_id)
    return gone


def settle(connection: Connection, user_id: int) -> None:
    """After a factor was taken away: recovery codes mean nothing without one."""
    if not has_any(connection, user_id):
        recovery.forget(connection, user_id)
