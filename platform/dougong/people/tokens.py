"""Tokens for programs: shown once, kept as a hash, limited by scopes and time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import itemgetter

from sqlalchemy import Connection, bindparam, insert, or_, select, update

from dougong.people.actor import ACCOUNT_COLUMNS, SCOPES, Actor, account_question, account_rows, actor_of
from dougong.people.audit import noted
from dougong.people.messages import refuse
from dougong.people.secrets_ import digest, new_secret
from dougong.people.standing import asked_with
from dougong.storage.statements import Rows, Step
from dougong.storage.system import TOKEN, USER

PREFIX = "dg_"
"""So that secret scanners and people recognise one."""
TOUCH_AFTER = timedelta(minutes=5)
LONGEST_LIFE = timedelta(days=365)
_LONGEST = 200
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Token:
    """A token as its owner sees it; `hint` are its first characters, enough to tell tokens apart."""

    id: int
    user_id: int
    name: str
    hint: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    is_revoked: bool
    apps: tuple[str, ...] | None = None
    """The apps that it is limited to, if it is."""

    @property
    def has_ended(self) -> bool:
        """Whether its time is over."""
        return self.expires_at is not None and self.expires_at <= datetime.now(UTC)


def issue(
    connection: Connection,
    user_id: int,
    *,
    scopes: Iterable[str] = ("read",),
    name: str = "",
    expires_at: datetime | None = None,
    apps: Iterable[str] | None = None,
    longest: timedelta = LONGEST_LIFE,
) -> str:
    """Issue a token for an active account and return its text, which is shown this once; refused for wrong scopes or times.

    Every token ends: without a time, when the `longest` life is over; the day on which it is over counts to its end,
    wherever that is. `apps` are those it is limited to.
    """
    wanted = tuple(scope for scope in SCOPES if scope in set(scopes)) if not isinstance(scopes, str) else ()
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not wanted:
        raise refuse("invalid", "scope", "scopes", name=", ".join(unknown)[:60], known=", ".join(SCOPES))
    now = datetime.now(UTC)
    last = now + longest
    expires_at = expires_at or last
    if expires_at <= now:
        raise refuse("invalid", "expiry", "expires_at")
    if expires_at > last + _DAY:
        raise refuse("invalid", "expiry_far", "expires_at", days=longest.days)
    active = select(USER.c.id).where(USER.c.id == user_id, USER.c.disabled_at.is_(None))
    if connection.execute(active).one_or_none() is None:
        raise refuse("missing", "no_account")
    text = PREFIX + new_secret()
    row = {
        "user_id": user_id,
        "name": name.strip()[:100],
        "hint": text[: len(PREFIX) + 5],
        "token_hash": digest(text),
        "scopes": list(wanted),
        "created_at": now,
        "expires_at": expires_at,
        "apps": None if apps is None else sorted(set(apps)),
    }
    made: int = connection.execute(insert(TOKEN).values(row).returning(TOKEN.c.id)).scalar_one()
    noted(
        connection,
        "token.add",
        f"token:{made}",
        of=user_id,
        name=row["name"],
        scopes=list(wanted),
        expires_at=expires_at.isoformat() if expires_at is not None else None,
    )
    return text


def authenticate(connection: Connection, text: str) -> tuple[Token, Actor] | None:
    """Return the token and its actor, limited to the token's scopes; None when it is unknown, expired or revoked,
    or when the account is disabled. Only reads; `touch` writes."""
    step = question(connection.dialect.name, text)
    return None if step is None else answer(account_rows(connection, step))


def question(dialect: str, text: str) -> Step | None:
    """Return the statement that asks for a token and its account; None for what cannot be a token."""
    if not text.startswith(PREFIX) or len(text) > _LONGEST:
        return None
    values = {"hash": digest(text), "now": datetime.now(UTC), **asked_with(digest(text))}
    return account_question("of a token", dialect, _LIVE, values)


def answer(rows: Rows) -> tuple[Token, Actor] | None:
    """Return what `authenticate` does, from the rows that the question gave."""
    if not rows:
        return None
    user_id, identifier, name, hint, scopes, created_at, expires_at, last_used_at, apps = _OWN(rows[0])
    limited = None if apps is None else tuple(apps)
    token = Token(
        identifier, user_id, name, hint, tuple(scopes), created_at, expires_at, last_used_at, False, limited
    )
    return token, actor_of(rows, token.scopes, limited)


def needs_touch(token: Token) -> bool:
    """Say whether the time of the last use is stale enough to be written again."""
    return token.last_used_at is None or datetime.now(UTC) - token.last_used_at >= TOUCH_AFTER


def touch(connection: Connection, token_id: int) -> None:
    """Note that the token was used."""
    connection.execute(update(TOKEN).where(TOKEN.c.id == token_id).values(last_used_at=datetime.now(UTC)))


def revoke(connection: Connection, token_id: int, user_id: int | None = None) -> bool:
    """Revoke one token, of one person if named; False when there is no such working token."""
    condition = TOKEN.c.id == token_id
    if user_id is not None:
        condition &= TOKEN.c.user_id == user_id
    found = update(TOKEN).where(condition, TOKEN.c.revoked_at.is_(None)).values(revoked_at=datetime.now(UTC))
    if connection.execute(found).rowcount != 1:
        return False
    noted(connection, "token.revoke", f"token:{token_id}")
    return True


def revoke_all(connection: Connection, user_id: int) -> int:
    """Revoke every token of a person; return how many."""
    found = update(TOKEN).where(TOKEN.c.user_id == user_id, TOKEN.c.revoked_at.is_(None))
    count = connection.execute(found.values(revoked_at=datetime.now(UTC))).rowcount
    if count:
        noted(connection, "token.revoke_all", f"user:{user_id}", count=count)
    return count


def list_tokens(connection: Connection, user_id: int | None = None) -> list[Token]:
    """Return the tokens of a person, or of everybody, the newest first."""
    query = select(TOKEN).order_by(TOKEN.c.id.desc())
    if user_id is not None:
        query = query.where(TOKEN.c.user_id == user_id)
    return [
        Token(
            row.id,
            row.user_id,
            row.name,
            row.hint,
            tuple(row.scopes),
            row.created_at,
            row.expires_at,
            row.last_used_at,
            row.revoked_at is not None,
            None if row.apps is None else tuple(row.apps),
        )
        for row in connection.execute(query)
    ]


_LIVE = (
    select(
        *ACCOUNT_COLUMNS,
        TOKEN.c.id.label("token_id"),
        TOKEN.c.name.label("token_name"),
        TOKEN.c.hint,
        TOKEN.c.scopes,
        TOKEN.c.created_at,
        TOKEN.c.expires_at,
        TOKEN.c.last_used_at,
        TOKEN.c.apps,
    )
    .join(USER, USER.c.id == TOKEN.c.user_id)
    .where(
        TOKEN.c.token_hash == bindparam("hash", type_=TOKEN.c.token_hash.type),
        TOKEN.c.revoked_at.is_(None),
        or_(
            TOKEN.c.expires_at.is_(None), TOKEN.c.expires_at > bindparam("now", type_=TOKEN.c.expires_at.type)
        ),
        USER.c.disabled_at.is_(None),
    )
)
_OWN = itemgetter(0, *range(len(ACCOUNT_COLUMNS), len(_LIVE.selected_columns)))
