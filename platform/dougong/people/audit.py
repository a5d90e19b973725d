"""What was done to the platform itself, and by whom: kept for good, beside the history of records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from dougong.people.actor import Actor
from dougong.storage.system import AUDIT, USER


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
    row = {
        "at": at,
        "actor_id": actor.seen_by or actor.id or None,
        "door": door,
        "action": action,
        "subject": subject,
    }
    connection.execute(insert(AUDIT).values(**row, details=details))


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
