"""How many decisions wait for the reader: the badge in the frame."""

from __future__ import annotations

from sqlalchemy import func, select

from dougong.records.call import Call
from dougong.storage.system import TASK


def open_count(call: Call) -> int:
    """The number of open tasks of the actor."""
    waiting = (
        select(func.count()).select_from(TASK).where(TASK.c.user_id == call.actor.id, TASK.c.state == "open")
    )
    found: int = call.connection.execute(waiting).scalar_one()
    return found
