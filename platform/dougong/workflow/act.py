"""What people do about approvals: approve, reject, withdraw."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, select, update

from dougong.model.expression import Value
from dougong.model.workflow import Node
from dougong.records.call import Call
from dougong.records.read import read
from dougong.records.update import update as update_record
from dougong.storage.system import INSTANCE, TASK
from dougong.workflow import machine
from dougong.workflow.closed import refuse_closed
from dougong.workflow.delegated import asking, to_decide
from dougong.workflow.instances import (
    Instance,
    accepted,
    at_nodes,
    carry_out,
    facts_of,
    lock_instance,
    log,
    record_values,
)
from dougong.workflow.messages import refuse
from dougong.workflow.opinions import checked_opinion, needed_opinion
from dougong.workflow.targets import check_targets


def approve(
    call: Call,
    task_id: int,
    opinion: str = "",
    changes: Mapping[str, Value] | None = None,
    if_version: int | None = None,
) -> Instance:
    """Approve a task of the actor; `changes` are to fields that the step lets one change.

    `if_version` is the version of the record that was looked at: another one is refused, as nobody approves what they have not seen.
    """
    return _decide(call, task_id, True, opinion, changes or {}, if_version)


def reject(call: Call, task_id: int, opinion: str = "", if_version: int | None = None) -> Instance:
    """Reject a task of the actor; the opinion says why and is required."""
    return _decide(call, task_id, False, opinion, {}, if_version)


def withdraw(call: Call, instance_id: int, opinion: str = "") -> Instance:
    """Take back an approval that one started and that still runs; an administrator may stop any."""
    _check_scope(call)
    if not _concerns(call, instance_id):
        refuse("missing", call.language, "no_instance")
    instance = lock_instance(call, instance_id)
    words = checked_opinion(call, opinion)
    record = record_values(call, instance.key, instance.record_id)
    facts = facts_of(call, instance.app, record, instance.initiator_id)
    found = machine.withdraw(
        instance.workflow, instance.state, call.actor.id, facts, may_stop=call.actor.is_admin
    )
    decision = accepted(call, instance.workflow, found)
    log(call, instance.id, "withdrawn", opinion=words)
    return carry_out(call, instance, decision)


def withdraw_record(
    call: Call, key: str, identifier: int, workflow_id: str = "", opinion: str = ""
) -> Instance:
    """Withdraw the approval that runs on a record which the actor may see; the workflow need only be named where several run."""
    read(call, key, identifier)
    running = select(INSTANCE.c.id, INSTANCE.c.workflow, INSTANCE.c.initiator_id).where(
        INSTANCE.c.entity == key, INSTANCE.c.record_id == identifier, INSTANCE.c.state == "running"
    )
    rows = [
        row
        for row in call.connection.execute(running.order_by(INSTANCE.c.id))
        if not workflow_id or row.workflow == workflow_id
    ]
    if not rows:
        refuse("conflict", call.language, "not_running")
    if len(rows) > 1:
        refuse(
            "invalid",
            call.language,
            "which_workflow",
            "workflow",
            names=", ".join(row.workflow for row in rows),
        )
    if not call.actor.is_admin and rows[0].initiator_id != call.actor.id:
        refuse("forbidden", call.language, "not_initiator")
    return withdraw(call, rows[0].id, opinion)


def _decide(
    call: Call,
    task_id: int,
    approves: bool,
    opinion: str,
    changes: Mapping[str, Value],
    if_version: int | None,
) -> Instance:
    """The instance is locked first and the record after it, in every action, so that two of them never wait for each other."""
    _check_scope(call)
    instance = lock_instance(call, _own_task(call, task_id).instance_id)
    task = _own_task(call, task_id)
    if task.state != "open":
        refuse_closed(call, task)
    node = instance.workflow.nodes[task.node]
    words = needed_opinion(call, node, approves, opinion)
    seen = record_values(call, instance.key, instance.record_id)
    if if_version is not None and seen["version"] != if_version:
        refuse("stale", call.language, "changed_since")
    _write_changes(call, instance, node, changes)
    record = record_values(call, instance.key, instance.record_id) if changes else seen
    facts = facts_of(call, instance.app, record, instance.initiator_id)
    found = machine.decide(
        instance.workflow, instance.state, task.node, task.visit, task.user_id, approves, facts
    )
    decision = accepted(call, instance.workflow, found)
    word = "approved" if approves else "rejected"
    _close(call, task_id, word, words)
    delegated = {"for": task.user_id} if task.user_id != call.actor.id else {}
    log(call, instance.id, word, task.node, words, {"visit": task.visit, **delegated})
    return carry_out(call, instance, decision)


def _check_scope(call: Call) -> None:
    if not call.actor.has_scope("write"):
        refuse("forbidden", call.language, "token_read_only")


def _own_task(call: Call, task_id: int) -> Row[Any]:
    """A task that is the actor's to decide; somebody else's is answered like one that does not exist."""
    query = select(TASK).join(INSTANCE, INSTANCE.c.id == TASK.c.instance_id)
    query = query.where(TASK.c.id == task_id, to_decide()).params(asking(call))
    row = call.connection.execute(query).one_or_none() if -(2**63) <= task_id < 2**63 else None
    if row is None:
        refuse("missing", call.language, "no_task")
    return row


def _write_changes(call: Call, instance: Instance, node: Node, changes: Mapping[str, Value]) -> None:
    if not changes:
        return
    for name in changes:
        if name not in node.edit:
            refuse("forbidden", call.language, "step_field", name, name=name)
    check_targets(call, instance.key, instance.record_id, changes)
    update_record(at_nodes(call, instance, (node.id,)), instance.key, instance.record_id, changes)


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
    """Whether the actor started the approval or may stop any; others may not even learn that it exists."""
    if not -(2**63) <= instance_id < 2**63:
        return False
    query = select(INSTANCE.c.initiator_id).where(INSTANCE.c.id == instance_id)
    initiator = call.connection.execute(query).scalar_one_or_none()
    return initiator is not None and (initiator == call.actor.id or call.actor.is_admin)
