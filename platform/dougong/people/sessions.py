"""Sessions of people at the screen: kept on the server, ended there, known to the browser only by a random secret."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    case,
    delete,
    insert,
    literal,
    or_,
    select,
    update,
)

from dougong.people.actor import ACCOUNT_COLUMNS, Actor, account_question, account_rows, actor_of
from dougong.people.audit import noted
from dougong.people.secrets_ import digest, new_secret
from dougong.people.standing import asked_with
from dougong.storage.statements import Rows, Step
from dougong.storage.system import SESSION, USER

TOUCH_AFTER = timedelta(minutes=5)
"""How stale `last_seen_at` may be, so that a page view is not a write."""
FRESH = timedelta(minutes=15)
"""How long ago a person may have proved who they are for what concerns the account itself."""
PASSWORD, PASSKEY, PASSKEY_ONLY = "password", "password+passkey", "passkey"
TOTP, RECOVERY, PROVIDER = "password+totp", "password+recovery", "provider"
STRONG = frozenset({PASSKEY, PASSKEY_ONLY, TOTP, RECOVERY, PROVIDER})
"""The ways of signing in by which more than one thing was proved, or another house vouches for it."""
_LONGEST_SECRET = 200


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long a session lasts: while it is in use, and at the longest; longer where a person chose to stay signed in."""

    idle: timedelta = timedelta(hours=12)
    longest: timedelta = timedelta(hours=24)
    remembered_idle: timedelta = timedelta(days=7)
    remembered_longest: timedelta = timedelta(days=30)


DEFAULT = Lifetimes()


@dataclass(frozen=True, slots=True)
class Session:
    """A session as its owner sees it in the list of places where they are signed in."""

    id: int
    user_id: int
    csrf: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    address: str
    agent: str
    remembered: bool = False
    method: str = PASSWORD
    proved_at: datetime | None = None
    data: Mapping[str, Any] | None = None
    must_change_password: bool = False
    """Whether the account's password was given by somebody else and has to be replaced."""

    @property
    def is_strong(self) -> bool:
        """Whether more than a password was asked for when it began, or since."""
        return self.method in STRONG

    @property
    def is_fresh(self) -> bool:
        """Whether the person has proved who they are a short while ago."""
        return datetime.now(UTC) - (self.proved_at or self.created_at) <= FRESH


@dataclass(frozen=True, slots=True)
class Begun:
    """A new session; `secret` goes into the cookie and is known nowhere else."""

    id: int
    secret: str
    csrf: str
    expires_at: datetime
    user_id: int
    remembered: bool = False


def begin(
    connection: Connection,
    user_id: int,
    *,
    address: str = "",
    agent: str = "",
    replaces: str | None = None,
    remembered: bool = False,
    method: str = PASSWORD,
    lifetimes: Lifetimes = DEFAULT,
) -> Begun:
    """Begin a session for a person who has just proved who they are; the one the browser had before ends."""
    now = datetime.now(UTC)
    if replaces:
        end(connection, replaces)
    secret, csrf = new_secret(), new_secret()
    expires_at = now + (lifetimes.remembered_longest if remembered else lifetimes.longest)
    row = {
        "token_hash": digest(secret),
        "user_id": user_id,
        "csrf": csrf,
        "created_at": now,
        "last_seen_at": now,
        "expires_at": expires_at,
        "address": address[:100],
        "agent": _printable(agent),
        "remembered": remembered,
        "method": method,
        "proved_at": now,
    }
    session_id: int = connection.execute(insert(SESSION).values(row).returning(SESSION.c.id)).scalar_one()
    connection.execute(update(USER).where(USER.c.id == user_id).values(last_seen_at=now))
    noted(connection, "session.begin", f"session:{session_id}", actor_id=user_id, method=method)
    return Begun(session_id, secret, csrf, expires_at, user_id, remembered)


def prove_again(connection: Connection, session: Session, method: str = "") -> Begun:
    """Note that the person of a session has proved once more who they are; the session gets a new secret, and goes on as
    one of the stronger kind if `method` is."""
    now, secret = datetime.now(UTC), new_secret()
    values: dict[str, Any] = {"token_hash": digest(secret), "proved_at": now}
    if method in STRONG and not session.is_strong:
        values["method"] = method
    open_one = (SESSION.c.id == session.id, SESSION.c.revoked_at.is_(None))
    connection.execute(update(SESSION).where(*open_one).values(values))
    return Begun(session.id, secret, session.csrf, session.expires_at, session.user_id, session.remembered)


def resume(
    connection: Connection, secret: str, lifetimes: Lifetimes = DEFAULT
) -> tuple[Session, Actor] | None:
    """Return the session and its actor for the secret of a cookie; None when it is unknown, ended or idle too long,
    or when the account is disabled. Only reads, so that it works in a reading transaction; `touch` writes."""
    step = question(connection.dialect.name, secret, lifetimes)
    return None if step is None else answer(account_rows(connection, step))


def question(dialect: str, secret: str, lifetimes: Lifetimes = DEFAULT) -> Step | None:
    """Return the statement that asks for a session and its account; None for what cannot be a secret."""
    if not secret or len(secret) > _LONGEST_SECRET:
        return None
    now = datetime.now(UTC)
    values = {
        "hash": digest(secret),
        "now": now,
        "idle": now - lifetimes.idle,
        "remembered_idle": now - lifetimes.remembered_idle,
        **asked_with(digest(secret)),
    }
    return account_question("of a session", dialect, _LIVE, values)


def answer(rows: Rows) -> tuple[Session, Actor] | None:
    """Return what `resume` does, from the rows that the question gave."""
    if not rows:
        return None
    user_id, identifier, *own = _OWN(rows[0])
    return Session(identifier, user_id, *own), actor_of(rows)


def needs_touch(session: Session) -> bool:
    """Say whether the time of the last visit is stale enough to be written again."""
    return datetime.now(UTC) - session.last_seen_at >= TOUCH_AFTER


def touch(connection: Connection, session_id: int) -> None:
    """Note that the session is in use; it then stays open for another idle period, within its absolute life."""
    now = datetime.now(UTC)
    owner = select(SESSION.c.user_id).where(SESSION.c.id == session_id).scalar_subquery()
    connection.execute(update(SESSION).where(SESSION.c.id == session_id).values(last_seen_at=now))
    connection.execute(update(USER).where(USER.c.id == owner).values(last_seen_at=now))


def end(connection: Connection, secret: str) -> None:
    """Sign out: the session of this secret is over on the server, whoever still has the cookie."""
    ended = _revoke(connection, SESSION.c.token_hash == digest(secret[: _LONGEST_SECRET + 1]))
    for session_id, user_id in ended:
        noted(connection, "session.end", f"session:{session_id}", actor_id=user_id)


def revoke(connection: Connection, user_id: int, session_id: int) -> bool:
    """End one session of a person from the list; False when they have no such open session."""
    ended = _revoke(connection, (SESSION.c.id == session_id) & (SESSION.c.user_id == user_id))
    if ended:
        noted(connection, "session.revoke", f"session:{session_id}", of=user_id)
    return bool(ended)


def revoke_all(connection: Connection, user_id: int, but: int | None = None) -> int:
    """End every session of a person, but one if wanted; return how many ended."""
    condition = SESSION.c.user_id == user_id
    ended = _revoke(connection, condition if but is None else condition & (SESSION.c.id != but))
    if ended:
        noted(connection, "session.revoke_all", f"user:{user_id}", count=len(ended))
    return len(ended)


def is_open(now: datetime, lifetimes: Lifetimes = DEFAULT) -> ColumnElement[bool]:
    """The condition of a session that still works."""
    since = case(
        (SESSION.c.remembered, literal(now - lifetimes.remembered_idle, _INSTANT)),
        else_=literal(now - lifetimes.idle, _INSTANT),
    )
    return and_(
        SESSION.c.revoked_at.is_(None),
        SESSION.c.expires_at > literal(now, _INSTANT),
        SESSION.c.last_seen_at > since,
    )


def list_sessions(connection: Connection, user_id: int, lifetimes: Lifetimes = DEFAULT) -> list[Session]:
    """Return the open sessions of a person, the last used first."""
    query = select(*_SHOWN).where(SESSION.c.user_id == user_id, is_open(datetime.now(UTC), lifetimes))
    rows = connection.execute(query.order_by(SESSION.c.last_seen_at.desc(), SESSION.c.id.desc()))
    return [Session(*row) for row in rows]


def forget_old(connection: Connection, before: timedelta = timedelta(days=30)) -> int:
    """Delete sessions that ended a while ago; return how many."""
    limit = datetime.now(UTC) - before
    return connection.execute(
        delete(SESSION).where(or_(SESSION.c.expires_at < limit, SESSION.c.revoked_at < limit))
    ).rowcount


def _revoke(connection: Connection, condition: Any) -> list[tuple[int, int]]:
    """The sessions that ended by it, each with its owner."""
    open_ones = update(SESSION).where(condition, SESSION.c.revoked_at.is_(None))
    ended = open_ones.values(revoked_at=datetime.now(UTC)).returning(SESSION.c.id, SESSION.c.user_id)
    return [(row.id, row.user_id) for row in connection.execute(ended)]


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text[:200])


_SHOWN = (
    SESSION.c.id,
    SESSION.c.user_id,
    SESSION.c.csrf,
    SESSION.c.created_at,
    SESSION.c.last_seen_at,
    SESSION.c.expires_at,
    SESSION.c.address,
    SESSION.c.agent,
    SESSION.c.remembered,
    SESSION.c.method,
    SESSION.c.proved_at,
    SESSION.c.data,
)
_INSTANT = SESSION.c.last_seen_at.type
_LIVE = (
    select(
        *ACCOUNT_COLUMNS,
        *(column for column in _SHOWN if column is not SESSION.c.user_id),
        USER.c.must_change_password,
    )
    .join(USER, USER.c.id == SESSION.c.user_id)
    .where(
        SESSION.c.token_hash == bindparam("hash", type_=SESSION.c.token_hash.type),
        SESSION.c.revoked_at.is_(None),
        SESSION.c.expires_at > bindparam("now", type_=_INSTANT),
        SESSION.c.last_seen_at
        > case(
            (SESSION.c.remembered, bindparam("remembered_idle", type_=_INSTANT)),
            else_=bindparam("idle", type_=_INSTANT),
        ),
        USER.c.disabled_at.is_(None),
    )
)
_OWN = itemgetter(0, *range(len(ACCOUNT_COLUMNS), len(_LIVE.selected_columns)))
