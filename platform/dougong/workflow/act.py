"""What people do about approvals: approve, reject, withdraw."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, select, update

from dougong.model.expression import Value
from dougong.model.workflow import Node
from dougong.records.call import Call
from dougong.records.evaluation import today_of
from dougong.records.update import update as update_record
from dougong.storage.system import INSTANCE, TASK, USER
from dougong.workflow import machine
from dougong.workflow.instances import (
    Instance,
    accepted,
    carry_out,
    elevated,
    facts_of,
    lock_instance,
    log,
    record_values,
)
from dougong.workflow.messages import DONE, refuse

LONGEST_OPINION = 4000


def approve(
    call: Call,
    task_id: int,
    opinion: str = "",
    changes: Mapping[str, Value] | None = None,
    if_version: int | None = None,
) -> Instance:
    """Approve a task of the actor; `changes` are to fields that the step lets one change."""
    return _decide(call, task_id, True, opinion, changes or {}, if_version)


def reject(call: Call, task_id: int, opinion: str = "") -> Instance:
    """Reject a task of the actor; the opinion says why and is required."""
    return _decide(call, task_id, False, opinion, {}, None)


def withdraw(call: Call, instance_id: int, opinion: str = "") -> Instance:
    """Take back an approval that one started and that still runs."""
    if not _concerns(call, instance_id):
        refuse("missing", call.language, "no_instance")
    instance = lock_instance(call, instance_id)
    words = _checked_opinion(call, opinion)
    facts = facts_of(call, instance.app, record_values(call, instance.key, instance.record_id), instance.initiator_id)
    decision = accepted(
        call, instance.workflow, machine.withdraw(instance.workflow, instance.state, call.actor.id, facts)
    )
    log(call, instance.id, "withdrawn", opinion=words)
    carry_out(call, instance, decision)
    return instance


def _decide(
    call: Call, task_id: int, approves: bool, opinion: str, changes: Mapping[str, Value], if_version: int | None
) -> Instance:
    instance_id = _own_task(call, task_id).instance_id
    instance = lock_instance(call, instance_id)
    task = _own_task(call, task_id)
    if task.state != "open":
        _refuse_closed(call, task)
    node = instance.workflow.nodes[task.node]
    words = _needed_opinion(call, node, approves, opinion)
    record_values(call, instance.key, instance.record_id)
    _write_changes(call, instance, node, changes, if_version)
    record = record_values(call, instance.key, instance.record_id)
    facts = facts_of(call, instance.app, record, instance.initiator_id)
    found = machine.decide(instance.workflow, instance.state, task.node, task.visit, call.actor.id, approves, facts)
    decision = accepted(call, instance.workflow, found)
    word = "approved" if approves else "rejected"
    _close(call, task_id, word, words)
    log(call, instance.id, word, task.node, words, {"visit": task.visit})
    carry_out(call, instance, decision)
    return instance


def _own_task(call: Call, task_id: int) -> Row[Any]:
    """A task of the actor; somebody else's is answered like one that does not exist."""
    query = select(TASK).where(TASK.c.id == task_id, TASK.c.user_id == call.actor.id)
    row = call.connection.execute(query).one_or_none() if -(2**63) <= task_id < 2**63 else None
    if row is None:
        refuse("missing", call.language, "no_task")
    return row


def _refuse_closed(call: Call, task: Row[Any]) -> None:
    """Say who was faster, and with what."""
    query = select(TASK).where(
        TASK.c.instance_id == task.instance_id, TASK.c.node == task.node, TASK.c.visit == task.visit,
        TASK.c.state == "done",
    )  # fmt: skip
    by = call.connection.execute(query.order_by(TASK.c.decided_at.desc()).limit(1)).one_or_none()
    if by is None:
        refuse("conflict", call.language, "gone")
    name = call.connection.execute(select(USER.c.name).where(USER.c.id == by.decided_by)).scalar_one_or_none() or ""
    zone_now = by.decided_at.astimezone(ZoneInfo(call.timezone))
    form = "%H:%M" if zone_now.date() == today_of(call) else "%Y-%m-%d %H:%M"
    done = DONE[by.decision][0 if call.language == "zh" else 1]
    refuse("conflict", call.language, "task_closed", person=name, at=zone_now.strftime(form), done=done)




def _needed_opinion(call: Call, node: Node, approves: bool, opinion: str) -> str:
    words = _checked_opinion(call, opinion)
    if not words and not approves:
        refuse("invalid", call.language, "reject_comment", "comment")
    if not words and node.comment_required:
        refuse("invalid", call.language, "comment_required", "comment")
    return words


def _checked_opinion(call: Call, opinion: str) -> str:
    words = opinion.replace("\r\n", "\n").strip()
    if len(words) > LONGEST_OPINION or "\0" in words:
        refuse("invalid", call.language, "long_comment", "comment", limit=LONGEST_OPINION)
    return words


def _write_changes(
    call: Call, instance: Instance, node: Node, changes: Mapping[str, Value], if_version: int | None
) -> None:
    if not changes:
        return
    for name in changes:
        if name not in node.edit:
            refuse("forbidden", call.language, "step_field", name, name=name)
    update_record(elevated(call), instance.key, instance.record_id, changes, if_version)


def _close(call: Call, task_id: int, decision: str, opinion: str) -> None:
    call.connection.execute(
        update(TASK)
        .where(TASK.c.id == task_id)
        .values(
            state="done",
            decision=decision,
            opinion=opinion,
            decided_by=call.actor.id,
            decided_at=call.at,
            version=TASK.c.version + 1,
        )
    )


def _concerns(call: Call, instance_id: int) -> bool:
    """Whether the approval was started by the actor; others may not even learn that it exists."""
    query = select(INSTANCE.c.id).where(INSTANCE.c.id == instance_id, INSTANCE.c.initiator_id == call.actor.id)
    return -(2**63) <= instance_id < 2**63 and call.connection.execute(query).first() is not None
