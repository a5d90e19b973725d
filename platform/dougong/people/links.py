"""Single-use links that are sent by mail: invitations, resets of passwords, confirmations of addresses.

The secret of a link is made when its mail is sent and kept as a hash only, so that neither database nor outbox ever holds it. A link
is good for one account in the state that it had then: a new password, another address or disabling ends it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection, Row, delete, insert, or_, select, update

from dougong.people.secrets_ import digest, new_secret
from dougong.storage.system import LINK, LINK_SECRET, USER

Purpose = Literal["invitation", "reset", "email"]
PURPOSES: tuple[Purpose, ...] = ("invitation", "reset", "email")
LONGEST_SECRET = 100
KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class OpenLink:
    """A link that can still be used, and the account it is for."""

    id: int
    purpose: Purpose
    user_id: int
    email: str
    """Where it was sent; the address that it confirms."""
    login: str
    name: str
    language: str


def make(
    connection: Connection,
    purpose: Purpose,
    user_id: int,
    email: str,
    lasts: timedelta,
    created_by: int | None = None,
) -> int:
    """A new link for an account; those of the same purpose that it has end. Its secret is made by `issue`."""
    revoke_all(connection, user_id, purpose)
    person = connection.execute(select(USER).where(USER.c.id == user_id)).one()
    now = datetime.now(UTC)
    row = {
        "purpose": purpose,
        "user_id": user_id,
        "email": email,
        "stamp": _stamp(person),
        "created_at": now,
        "created_by": created_by,
        "expires_at": now + lasts,
    }
    identifier: int = connection.execute(insert(LINK).values(row).returning(LINK.c.id)).scalar_one()
    return identifier


def issue(connection: Connection, link_id: int) -> str | None:
    """A secret that opens a link, to be sent and kept nowhere; nothing when the link is over by now."""
    if _live(connection, LINK.c.id == link_id) is None:
        return None
    secret = new_secret()
    connection.execute(insert(LINK_SECRET).values(token_hash=digest(secret), link_id=link_id))
    return secret


def find(connection: Connection, secret: str) -> OpenLink | None:
    """The link that a secret opens; nothing when it is unknown, used, revoked or too old, or its account has changed since."""
    if not 1 <= len(secret) <= LONGEST_SECRET:
        return None
    known = select(LINK_SECRET.c.link_id).where(LINK_SECRET.c.token_hash == digest(secret))
    return _live(connection, LINK.c.id == known.scalar_subquery())


def use(connection: Connection, link: OpenLink) -> bool:
    """Use a link up; False when somebody else has done so in the meantime."""
    unused = update(LINK).where(LINK.c.id == link.id, LINK.c.used_at.is_(None), LINK.c.revoked_at.is_(None))
    return connection.execute(unused.values(used_at=datetime.now(UTC))).rowcount == 1


def revoke(connection: Connection, link_id: int, purpose: Purpose) -> bool:
    """End one link; False when there is none that could be used."""
    return _revoke(connection, LINK.c.id == link_id, LINK.c.purpose == purpose) == 1


def revoke_all(connection: Connection, user_id: int, purpose: Purpose) -> int:
    """End the open links of an account for one purpose; return how many there were."""
    return _revoke(connection, LINK.c.user_id == user_id, LINK.c.purpose == purpose)


def made_since(connection: Connection, user_id: int, purpose: Purpose, since: datetime) -> int:
    """How many links were made for an account, used or not."""
    made = select(LINK.c.id).where(
        LINK.c.user_id == user_id, LINK.c.purpose == purpose, LINK.c.created_at > since
    )
    return len(connection.execute(made).all())


def forget_old(connection: Connection) -> int:
    """Delete what became of links long ago, but for invitations, which say how somebody came in; return how many."""
    over = datetime.now(UTC) - KEPT
    old = select(LINK.c.id).where(LINK.c.expires_at < over, LINK.c.purpose != "invitation")
    done = select(LINK.c.id).where(
        or_(LINK.c.used_at < over, LINK.c.revoked_at < over, LINK.c.expires_at < over)
    )
    connection.execute(delete(LINK_SECRET).where(LINK_SECRET.c.link_id.in_(done)))
    return connection.execute(delete(LINK).where(LINK.c.id.in_(old))).rowcount


def _live(connection: Connection, condition: Any) -> OpenLink | None:
    query = (
        select(
            LINK, USER.c.login, USER.c.name, USER.c.language, USER.c.password_hash, USER.c.email.label("at")
        )
        .join(USER, USER.c.id == LINK.c.user_id)
        .where(
            condition,
            LINK.c.used_at.is_(None),
            LINK.c.revoked_at.is_(None),
            LINK.c.expires_at > datetime.now(UTC),
            USER.c.disabled_at.is_(None),
        )
    )
    row = connection.execute(query).one_or_none()
    if row is None or row.stamp != _fingerprint(row.login, row.at, row.password_hash):
        return None
    return OpenLink(row.id, row.purpose, row.user_id, row.email, row.login, row.name, row.language)


def _revoke(connection: Connection, *conditions: Any) -> int:
    unused = update(LINK).where(*conditions, LINK.c.used_at.is_(None), LINK.c.revoked_at.is_(None))
    return connection.execute(unused.values(revoked_at=datetime.now(UTC))).rowcount


def _stamp(person: Row[Any]) -> str:
    return _fingerprint(person.login, person.email, person.password_hash)


def _fingerprint(login: str, email: str, password_hash: str | None) -> str:
    """What must stay the same about an account for a link to stay good."""
    return hashlib.sha256(msgspec.json.encode([login, email, password_hash])).hexdigest()
