"""Doing something once: a key sent along with a change makes sending it again give the same answer and change nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from dougong.records.call import Call
from dougong.storage.system import IDEMPOTENCY
from dougong.web.catalogue import refuse

KEPT = timedelta(days=2)
Outcome = tuple[int, dict[str, Any]]
"""The status of an answer and what is needed to give it again."""


def once(call: Call, key: str, request: bytes, change: Callable[[], Outcome]) -> tuple[Outcome, bool]:
    """The outcome of a change under a key, and whether it is a repetition; without a key the change is simply made.

    The key is written in the same transaction as the change, so a change that is rolled back may be tried again.
    """
    if not key:
        return change(), False
    if not (len(key) <= 200 and key.isascii() and key.isprintable()):
        raise refuse("malformed", "W414", "Idempotency-Key")
    digest = hashlib.sha256(request).hexdigest()
    if not _claim(call.connection, call.actor.id, key, digest, call.at):
        return _earlier(call, key, digest), True
    status, response = change()
    where = (IDEMPOTENCY.c.actor_id == call.actor.id, IDEMPOTENCY.c.key == key)
    call.connection.execute(update(IDEMPOTENCY).where(*where).values(status=status, response=response))
    return (status, response), False


def _claim(connection: Connection, actor_id: int, key: str, digest: str, at: datetime) -> bool:
    old = (IDEMPOTENCY.c.actor_id == actor_id, IDEMPOTENCY.c.created_at < at - KEPT)
    connection.execute(delete(IDEMPOTENCY).where(*old))
    values = {"actor_id": actor_id, "key": key, "request_hash": digest, "created_at": at}
    statement: Any
    if connection.dialect.name == "postgresql":
        statement = postgresql.insert(IDEMPOTENCY).values(**values).on_conflict_do_nothing()
    elif connection.dialect.name == "sqlite":
        statement = sqlite.insert(IDEMPOTENCY).values(**values).on_conflict_do_nothing()
    else:
        statement = insert(IDEMPOTENCY).values(**values)
    return connection.execute(statement.returning(IDEMPOTENCY.c.key)).first() is not None


def _earlier(call: Call, key: str, digest: str) -> Outcome:
    where = (IDEMPOTENCY.c.actor_id == call.actor.id, IDEMPOTENCY.c.key == key)
    row = call.connection.execute(select(IDEMPOTENCY).where(*where)).one()
    if row.request_hash != digest:
        raise refuse("conflict", "W413", "Idempotency-Key")
    return row.status, row.response
