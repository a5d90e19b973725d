"""Browsers in which a person has signed in before, known by a random secret that stays there after signing out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from dougong.people.secrets_ import digest, new_secret
from dougong.storage.system import DEVICE, USER

KEPT = timedelta(days=365)
_LONGEST_SECRET = 200


def known(connection: Connection, login: str, secret: str) -> str:
    """What names the browser if the account was signed in there before, else nothing."""
    if not secret or len(secret) > _LONGEST_SECRET:
        return ""
    query = (
        select(DEVICE.c.token_hash)
        .join(USER, USER.c.id == DEVICE.c.user_id)
        .where(USER.c.login == login, DEVICE.c.token_hash == digest(secret))
    )
    found: str | None = connection.execute(query).scalar_one_or_none()
    return found or ""


def is_known(connection: Connection, user_id: int, secret: str) -> bool:
    """Whether somebody has signed in with the browser of that secret before."""
    if not secret or len(secret) > _LONGEST_SECRET:
        return False
    query = select(DEVICE.c.id).where(DEVICE.c.user_id == user_id, DEVICE.c.token_hash == digest(secret))
    return connection.execute(query).one_or_none() is not None


def is_strange(connection: Connection, user_id: int, secret: str) -> bool:
    """Whether somebody who is known in other browsers has not signed in with this one before."""
    others = select(DEVICE.c.id).where(DEVICE.c.user_id == user_id).limit(1)
    return connection.execute(others).first() is not None and not is_known(connection, user_id, secret)


def remember(connection: Connection, user_id: int, secret: str) -> str:
    """Note that a person has signed in in a browser; the secret it is to keep, a new one if it had none."""
    now = datetime.now(UTC)
    if not secret or len(secret) > _LONGEST_SECRET:
        secret = new_secret()
    mine = (DEVICE.c.user_id == user_id, DEVICE.c.token_hash == digest(secret))
    if connection.execute(update(DEVICE).where(*mine).values(last_used_at=now)).rowcount == 0:
        others = select(DEVICE.c.id).where(DEVICE.c.token_hash == digest(secret)).limit(1)
        if connection.execute(others).one_or_none() is None:
            secret = new_secret()
        row = {"token_hash": digest(secret), "user_id": user_id, "created_at": now, "last_used_at": now}
        connection.execute(insert(DEVICE).values(row))
    return secret


def forget(connection: Connection, user_id: int) -> int:
    """Forget all browsers of a person, as after a change of the password; return how many."""
    return connection.execute(delete(DEVICE).where(DEVICE.c.user_id == user_id)).rowcount


def forget_old(connection: Connection) -> int:
    """Delete browsers that were not used for a year; return how many."""
    return connection.execute(delete(DEVICE).where(DEVICE.c.last_used_at < datetime.now(UTC) - KEPT)).rowcount
