"""What was begun and waits for one more proof: known by a random secret, used once, over after some minutes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from dougong.people.secrets_ import digest, new_secret
from dougong.storage.system import CHALLENGE

LIFE = timedelta(minutes=10)
_LONGEST_SECRET = 200


@dataclass(frozen=True, slots=True)
class Challenge:
    """Something that waits; `user_id` is whose it is, nothing where that is to be found out."""

    id: int
    kind: str
    user_id: int | None
    data: Mapping[str, Any]


def begin(connection: Connection, kind: str, user_id: int | None, data: Mapping[str, Any]) -> str:
    """Begin to wait for a proof; the answer is the secret by which it goes on."""
    now, secret = datetime.now(UTC), new_secret()
    row = {"token_hash": digest(secret), "kind": kind, "user_id": user_id, "data": dict(data)}
    connection.execute(insert(CHALLENGE).values(**row, created_at=now, expires_at=now + LIFE))
    return secret


def find(connection: Connection, kind: str, secret: str) -> Challenge | None:
    """What waits under a secret; nothing when it is unknown, of another kind, used or over."""
    if not secret or len(secret) > _LONGEST_SECRET:
        return None
    query = select(CHALLENGE).where(
        CHALLENGE.c.token_hash == digest(secret),
        CHALLENGE.c.kind == kind,
        CHALLENGE.c.expires_at > datetime.now(UTC),
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else Challenge(row.id, row.kind, row.user_id, row.data or {})


def add(connection: Connection, challenge: Challenge, **data: object) -> None:
    """Write something more down about what waits."""
    values = {**challenge.data, **data}
    connection.execute(update(CHALLENGE).where(CHALLENGE.c.id == challenge.id).values(data=values))


def use(connection: Connection, challenge: Challenge) -> bool:
    """Use it up; False when somebody else just did."""
    return connection.execute(delete(CHALLENGE).where(CHALLENGE.c.id == challenge.id)).rowcount == 1


def drop(connection: Connection, user_id: int) -> int:
    """End all that waits for a person; return how many."""
    return connection.execute(delete(CHALLENGE).where(CHALLENGE.c.user_id == user_id)).rowcount


def forget_old(connection: Connection) -> int:
    """Delete what is over; return how many."""
    return connection.execute(delete(CHALLENGE).where(CHALLENGE.c.expires_at < datetime.now(UTC))).rowcount
