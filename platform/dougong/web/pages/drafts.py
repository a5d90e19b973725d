"""Entries kept over a session that ended: what was sent comes back into the form after signing in again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, delete, insert, select

from dougong.records.call import Call
from dougong.storage.system import DRAFT
from dougong.web.security import random_token

KIND = "entry"
KEPT = timedelta(days=7)
SECRET_FIELDS = frozenset({"csrf_token", "dg_form", "password", "old", "again", "token"})
MOST = 256 * 1024
RESUMABLE = re.compile(r"^/[a-z0-9_]+/[a-z0-9_]+/(new|\d+/edit)$")
"""Addresses of forms that an entry can come back into."""


def keep(connection: Connection, user_id: int, path: str, data: Mapping[str, list[str]]) -> str:
    """Keep an entry for somebody; the answer is what the address of the form names it by."""
    now = datetime.now(UTC)
    fields = {name: list(values) for name, values in data.items() if name not in SECRET_FIELDS}
    old = (DRAFT.c.user_id == user_id, DRAFT.c.kind == KIND, DRAFT.c.created_at < now - KEPT)
    connection.execute(delete(DRAFT).where(*old))
    name = random_token()
    row = {"user_id": user_id, "kind": KIND, "app": path[:200], "key": name, "data": fields}
    connection.execute(insert(DRAFT).values(**row, created_at=now, updated_at=now))
    return name


def take_draft(call: Call, name: str) -> Mapping[str, list[str]] | None:
    """The kept entry of that name, if it is the actor's own."""
    if not name:
        return None
    where = (DRAFT.c.user_id == call.actor.id, DRAFT.c.kind == KIND, DRAFT.c.key == name)
    row = call.connection.execute(select(DRAFT.c.data).where(*where)).one_or_none()
    return (
        None
        if row is None
        else {str(key): [str(each) for each in values] for key, values in row.data.items()}
    )
