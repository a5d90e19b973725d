"""What was done to the platform itself, by whom, from where and by which path: kept for good, beside the history of records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from dougong.people.actor import Actor
from dougong.people.origin import origin
from dougong.storage.system import AUDIT, USER

_TOLD_ABOVE: ContextVar[bool] = ContextVar("dougong_told_above", default=False)
_LONGEST_TEXT = 1000
_LONGEST = {"address": 100, "agent": 200, "subject": 200, "route": 200}


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing that was done; `actor` is the name of who did it, empty for the platform itself."""

    at: datetime
    actor: str
    door: str
    action: str
    subject: str
    details: Mapping[str, Any]


def note(
    connection: Connection,
    actor: Actor,
    door: str,
    at: datetime,
    action: str,
    subject: str = "",
    **details: object,
) -> None:
    """Write down what was done, in the transaction that does it."""
    _write(connection, actor.seen_by or actor.id or None, door, at, action, subject, details)


def noted(
    connection: Connection, action: str, subject: str = "", *, actor_id: int | None = None, **details: object
) -> None:
    """Write down what was done now by whoever the request comes from, where a verb knows neither actor nor door."""
    if _TOLD_ABOVE.get() and action.startswith("account."):
        return
    known = origin()
    by = actor_id if actor_id is not None else known.actor_id
    _write(connection, by, known.door, datetime.now(UTC), action, subject, details)


@contextmanager
def telling_once() -> Iterator[None]:
    """Whoever begins this tells of what is done to an account inside, in one entry of its own."""
    before = _TOLD_ABOVE.set(True)
    try:
        yield
    finally:
        _TOLD_ABOVE.reset(before)


def _write(
    connection: Connection,
    actor_id: int | None,
    door: str,
    at: datetime,
    action: str,
    subject: str,
    details: Mapping[str, object],
) -> None:
    where = origin()
    texts = {"address": where.address, "agent": where.agent, "subject": subject, "route": where.route}
    row = {name: _printable(text)[: _LONGEST[name]] for name, text in texts.items()}
    row |= {"door": door, "action": action, "request_id": where.request_id, "origin": where.means}
    told = {name: _storable(value) for name, value in details.items()}
    connection.execute(insert(AUDIT).values(at=at, actor_id=actor_id, details=told or None, **row))


def _storable(value: object) -> object:
    """The value with its texts as they can be stored."""
    if isinstance(value, str):
        return _printable(value)[:_LONGEST_TEXT]
    if isinstance(value, Mapping):
        return {str(name): _storable(each) for name, each in value.items()}
    return [_storable(each) for each in value] if isinstance(value, list | tuple) else value


def _printable(text: str) -> str:
    """The text without what could forge a line or cannot be stored."""
    return "".join(each if each.isprintable() and not 0xD800 <= ord(each) <= 0xDFFF else " " for each in text)


def entries(connection: Connection, subject: str, limit: int) -> list[AuditEntry]:
    """The last things done to a subject, newest first."""
    found = (
        select(AUDIT.c.at, USER.c.name, AUDIT.c.door, AUDIT.c.action, AUDIT.c.subject, AUDIT.c.details)
        .outerjoin(USER, USER.c.id == AUDIT.c.actor_id)
        .where(AUDIT.c.subject == subject)
        .order_by(AUDIT.c.id.desc())
        .limit(limit)
    )
    return [
        AuditEntry(row.at, row.name or "", row.door, row.action, row.subject, row.details or {})
        for row in connection.execute(found)
    ]
