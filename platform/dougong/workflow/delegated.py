"""Whose tasks somebody decides: one's own, and those of people who delegated them for now."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, bindparam, or_

from dougong.people.delegation import decides_for
from dougong.records.call import Call
from dougong.storage.system import TASK


def to_decide() -> ColumnElement[bool]:
    """The condition that a task, joined with its instance, is the actor's to look at: it is their own, they decide it for somebody
    else at the moment, or have decided it for somebody else. The values are those of `asking`."""
    actor = bindparam("actor", type_=BigInteger)
    return or_(TASK.c.user_id == actor, TASK.c.decided_by == actor, (TASK.c.state == "open") & decides_for())


def asking(call: Call) -> dict[str, Any]:
    """The values of the condition."""
    return {"actor": call.actor.id, "at": call.at}
