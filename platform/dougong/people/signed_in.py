"""Who is signed in and with what, for administrators: an overview, and ending or resetting it for a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, func, select

from dougong.people import accounts, challenges, devices, second_factor, sessions
from dougong.people.doing import Doing, check_admin, noted
from dougong.people.sessions import DEFAULT, Lifetimes
from dougong.storage.system import SESSION, USER

MOST = 200


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody who is signed in: in how many places, and whether a second factor is set up."""

    user_id: int
    name: str
    login: str
    sessions: int
    last_seen_at: datetime
    has_factor: bool


def signed_in(connection: Connection, lifetimes: Lifetimes = DEFAULT) -> list[SignedIn]:
    """Who was active last and is still signed in."""
    last = func.max(SESSION.c.last_seen_at, type_=SESSION.c.last_seen_at.type).label("last")
    query = (
        select(USER.c.id, USER.c.name, USER.c.login, func.count().label("places"), last)
        .join(SESSION, SESSION.c.user_id == USER.c.id)
        .where(sessions.is_open(datetime.now(UTC), lifetimes), USER.c.disabled_at.is_(None))
        .group_by(USER.c.id, USER.c.name, USER.c.login)
        .order_by(last.desc(), USER.c.id)
        .limit(MOST)
    )
    rows = connection.execute(query).all()
    secured = second_factor.people_with(connection, [row.id for row in rows])
    return [SignedIn(row.id, row.name, row.login, row.places, row.last, row.id in secured) for row in rows]


def end_session(doing: Doing, user_id: int, session_id: int) -> bool:
    """End one session of somebody; False when there is no such open session."""
    check_admin(doing)
    return sessions.revoke(doing.connection, user_id, session_id)


def sign_out(doing: Doing, user_id: int) -> int:
    """End all sessions of somebody, and what was begun of others; return how many."""
    check_admin(doing)
    accounts.get(doing.connection, user_id)
    challenges.drop(doing.connection, user_id)
    return sessions.revoke_all(doing.connection, user_id)


def reset_factors(doing: Doing, user_id: int) -> int:
    """Take all second factors of somebody away, who is signed out and known in no browser; return how many there were."""
    check_admin(doing)
    accounts.get(doing.connection, user_id)
    gone = second_factor.reset(doing.connection, user_id)
    noted(doing, "factor.reset", f"user:{user_id}", count=gone)
    sign_out(doing, user_id)
    devices.forget(doing.connection, user_id)
    return gone
