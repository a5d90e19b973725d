"""Codes of an authenticator app (RFC 6238): set up once, active when one code was right, every code good for one use."""

from __future__ import annotations

import hmac
import time
import unicodedata
from datetime import UTC, datetime

import pyotp
from sqlalchemy import ColumnElement, Connection, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from dougong.people.sealing import Keys
from dougong.storage.system import FACTOR

KIND = "totp"
STEP = 30
DRIFT = 1
"""How many steps a clock may be early or late."""
_DIGITS = 6


def begin(connection: Connection, user_id: int, keys: Keys) -> None:
    """Set up an authenticator for a person; what was set up before and never confirmed is void, one that is active stays."""
    connection.execute(delete(FACTOR).where(*_of(user_id), FACTOR.c.confirmed_at.is_(None)))
    secret = keys.seal(pyotp.random_base32(), _purpose(user_id))
    row = {"user_id": user_id, "kind": KIND, "secret": secret, "created_at": datetime.now(UTC)}
    make = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    connection.execute(make(FACTOR).values(row).on_conflict_do_nothing())


def waiting(connection: Connection, user_id: int, keys: Keys) -> str | None:
    """The secret of an authenticator that waits for its first code."""
    kept = _waiting(connection, user_id)
    return None if kept is None else keys.unseal(kept, _purpose(user_id))


def _waiting(connection: Connection, user_id: int) -> str | None:
    query = select(FACTOR.c.secret).where(*_of(user_id), FACTOR.c.confirmed_at.is_(None))
    found: str | None = connection.execute(query).scalar_one_or_none()
    return found


def address(secret: str, login: str, issuer: str) -> str:
    """The address that an authenticator app reads from the code on the screen."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=issuer)


def confirm(connection: Connection, user_id: int, code: str, keys: Keys) -> bool:
    """Make the authenticator active with a first right code; False when it is wrong or nothing waits for one."""
    kept = _waiting(connection, user_id)
    return kept is not None and _use(connection, user_id, keys.unseal(kept, _purpose(user_id)), code)


def check(connection: Connection, user_id: int, code: str, keys: Keys) -> bool:
    """Whether a code is right, for an authenticator that is active; a right one is thereby used up."""
    query = select(FACTOR.c.secret).where(*_of(user_id), FACTOR.c.confirmed_at.is_not(None))
    kept = connection.execute(query).scalar_one_or_none()
    return kept is not None and _use(connection, user_id, keys.unseal(kept, _purpose(user_id)), code)


def remove(connection: Connection, user_id: int) -> bool:
    """Take the authenticator away; False when there is none."""
    return connection.execute(delete(FACTOR).where(*_of(user_id))).rowcount > 0


def _use(connection: Connection, user_id: int, secret: str, code: str) -> bool:
    """Accept the step of a right code unless it, or a later one, was accepted before: of several at once one gets through."""
    step = matching_step(secret, code, now())
    if step is None:
        return False
    moment = datetime.now(UTC)
    used = update(FACTOR).where(*_of(user_id), FACTOR.c.last_step < step)
    taken = connection.execute(used.values(last_step=step, last_used_at=moment)).rowcount == 1
    if taken:
        fresh = update(FACTOR).where(*_of(user_id), FACTOR.c.confirmed_at.is_(None))
        connection.execute(fresh.values(confirmed_at=moment))
    return taken


def now() -> int:
    """The seconds that codes are counted by."""
    return int(time.time())


def matching_step(secret: str, code: str, at: int) -> int | None:
    """The step whose code this is, the nearest to that time first; nothing for a wrong code."""
    given = "".join(unicodedata.normalize("NFKC", code[:50]).split())
    if len(given) != _DIGITS or not (given.isascii() and given.isdigit()):
        return None
    codes, current = pyotp.HOTP(secret, digits=_DIGITS), at // STEP
    found = None
    for distance in range(-DRIFT, DRIFT + 1):
        step = current + distance
        if hmac.compare_digest(codes.at(step), given) and (found is None or distance == 0):
            found = step
    return found


def _of(user_id: int) -> tuple[ColumnElement[bool], ...]:
    return FACTOR.c.user_id == user_id, FACTOR.c.kind == KIND


def _purpose(user_id: int) -> str:
    return f"{KIND}:{user_id}"
