"""Entries kept over a session that ended: what was sent comes back into the form after signing in again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import delete, insert, select

from dougong.records.call import Call
from dougong.storage.system import DRAFT
from dougong.web.security import random_token

KIND = "entry"
KEPT = timedelta(days=7)
SECRET_FIELDS = frozenset({"csrf_token", "form_token", "password", "old", "again", "token"})
MOST = 256 * 1024


def keep(call: Call, path: str, data: Mapping[str, list[str]]) -> str:
    """Keep an entry for the actor; the answer is what the address of the form names it by."""
    fields = {name: list(values) for name, values in data.items() if name not in SECRET_FIELDS}
    if sum(len(value) for values in fields.values() for value in values) > MOST:
        return ""
    old = (DRAFT.c.user_id == call.actor.id, DRAFT.c.kind == KIND, DRAFT.c.created_at < call.at - KEPT)
    call.connection.execute(delete(DRAFT).where(*old))
    name = random_token()
    row = {"user_id": call.actor.id, "kind": KIND, "app": path[:200], "key": name, "data": fields}
    call.connection.execute(insert(DRAFT).values(**row, created_at=call.at, updated_at=call.at))
    return name


def take_draft(call: Call, name: str) -> Mapping[str, list[str]] | None:
    """The kept entry of that name, if it is the actor's own."""
    if not name:
        return None
    where = (DRAFT.c.user_id == call.actor.id, DRAFT.c.kind == KIND, DRAFT.c.key == name)
    row = call.connection.execute(select(DRAFT.c.data).where(*where)).one_or_none()
    return None if row is None else {str(key): [str(each) for each in values] for key, values in row.data.items()}
