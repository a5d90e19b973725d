"""Says why a task can no longer be decided: who was faster, with what, and when."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from sqlalchemy import Row, case, select

from dougong.records.call import Call
from dougong.records.day import today_of
from dougong.storage.system import STEP, TASK
from dougong.workflow.directory import names_of
from dougong.workflow.messages import DONE, refuse


def refuse_closed(call: Call, task: Row[Any]) -> NoReturn:
    """Refuse the decision about a task that is closed."""
    words = 0 if call.language == "zh" else 1
    if task.state == "done":
        at = clock_text(call, task.decided_at)
        refuse("conflict", call.language, "decided_at", at=at, done=DONE[task.decision][words])
    by = _faster(call, task)
    if by is not None:
        name = names_of(call, [by.decided_by]).get(by.decided_by, "")
        at, done = clock_text(call, by.decided_at), DONE[by.decision][words]
        refuse("conflict", call.language, "task_closed", person=name, at=at, done=done)
    end = _last_act(call, task.instance_id)
    if end is not None and end.action == "cancelled":
        refuse("conflict", call.language, "record_gone")
    if end is None or end.actor_id is None:
        refuse("conflict", call.language, "gone")
    name, at = names_of(call, [end.actor_id]).get(end.actor_id, ""), clock_text(call, end.at)
    if end.action == "withdrawn":
        refuse("conflict", call.language, "withdrawn_by", person=name, at=at)
    refuse("conflict", call.language, "task_closed", person=name, at=at, done=DONE[end.action][words])


def clock_text(call: Call, at: datetime) -> str:
    """A moment on the reader's clock: the time alone when it was today."""
    local = at.astimezone(ZoneInfo(call.timezone))
    return local.strftime("%H:%M" if local.date() == today_of(call) else "%Y-%m-%d %H:%M")


def _faster(call: Call, task: Row[Any]) -> Row[Any] | None:
    """Who decided this visit of the step; a rejection decides it alone."""
    query = select(TASK).where(
        TASK.c.instance_id == task.instance_id,
        TASK.c.node == task.node,
        TASK.c.visit == task.visit,
        TASK.c.state == "done",
    )
    rejected_first = case((TASK.c.decision == "rejected", 0), else_=1)
    ordered = query.order_by(rejected_first, TASK.c.decided_at.desc(), TASK.c.id.desc())
    return call.connection.execute(ordered.limit(1)).one_or_none()


def _last_act(call: Call, instance_id: int) -> Row[Any] | None:
    acts = ("withdrawn", "rejected", "approved", "cancelled")
    query = select(STEP).where(STEP.c.instance_id == instance_id, STEP.c.action.in_(acts))
    return call.connection.execute(query.order_by(STEP.c.id.desc()).limit(1)).one_or_none()
