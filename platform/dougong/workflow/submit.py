"""Starts approvals: a person submits a record, or a record's creation does."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from dougong.diagnostics import nearest
from dougong.model.workflow import Workflow
from dougong.records.call import Call
from dougong.records.chunks import chunks
from dougong.records.doors import open_door
from dougong.records.events import Event, listen
from dougong.records.shape import Shape
from dougong.records.update import refuse_unwritable, writable, writable_many
from dougong.storage.system import INSTANCE
from dougong.workflow.instances import (
    accepted,
    carry_out,
    facts_of,
    insert_instance,
    lock_instance,
    log,
    record_values,
)
from dougong.workflow.machine import State, begin, cancel, pass_at_once
from dougong.workflow.messages import refuse
from dougong.workflow.opinions import checked_opinion


def workflows_of(call: Call, key: str) -> list[Workflow]:
    """The workflows of an entity, as its app now defines them."""
    app_id, _, entity_id = key.partition(".")
    app = call.release.apps.get(app_id)
    return [each for each in app.workflows.values() if each.entity == entity_id] if app else []


def submit(call: Call, key: str, identifier: int, workflow_id: str = "", opinion: str = "") -> int:
    """Submit a record and return the id of its approval; whoever may change the record may submit it.

    The workflow need only be named where there are several.
    """
    shape = open_door(call, key, "update")
    words = checked_opinion(call, opinion)
    workflow = _chosen(call, key, workflow_id)
    if workflow.start_on != "submit":
        refuse("invalid", call.language, "not_submittable", label=workflow.label.get(call.language))
    if is_running(call, key, identifier, workflow.id):
        _check_seen(call, shape, identifier)
        refuse("conflict", call.language, "already_running")
    writable(call, shape, identifier, "update")
    return start(call, workflow, key, identifier, "submitted", words)


def _chosen(call: Call, key: str, workflow_id: str) -> Workflow:
    known = {each.id: each for each in workflows_of(call, key)}
    if workflow_id:
        if workflow_id not in known:
            hint = nearest(workflow_id, known)
            refuse("missing", call.language, "no_workflow", "workflow", hint, name=workflow_id)
        return known[workflow_id]
    offered = [each for each in known.values() if each.start_on == "submit"]
    if len(offered) != 1:
        label = call.release.entity(key).label.get(call.language)
        names = ", ".join(each.id for each in offered)
        code = "which_workflow" if offered else "no_submission"
        refuse("invalid", call.language, code, "workflow", names=names, label=label)
    return offered[0]


def _check_seen(call: Call, shape: Shape, identifier: int) -> None:
    """What runs on a record is told only to those who may see it."""
    if identifier not in writable_many(call, shape, [identifier], "update"):
        refuse_unwritable(call, shape, identifier, "update")


def start(call: Call, workflow: Workflow, key: str, identifier: int, action: str, opinion: str = "") -> int:
    """Begin an approval in the caller's transaction; one that needs no decision is over at once."""
    record = record_values(call, key, identifier)
    facts = facts_of(call, workflow.app, record, call.actor.id)
    needed = workflow.start_if is None or facts.holds(workflow.start_if)
    instance = insert_instance(call, workflow, key, identifier, State())
    log(call, instance.id, action, opinion=opinion)
    decision = accepted(call, workflow, begin(workflow, facts)) if needed else pass_at_once(workflow, facts)
    carry_out(call, instance, decision)
    return instance.id


def is_running(call: Call, key: str, identifier: int, workflow_id: str | None = None) -> bool:
    """Whether an approval (of that workflow, or of any) runs on the record."""
    running = select(INSTANCE.c.id).where(
        INSTANCE.c.entity == key, INSTANCE.c.record_id == identifier, INSTANCE.c.state == "running"
    )
    if workflow_id is not None:
        running = running.where(INSTANCE.c.workflow == workflow_id)
    return call.connection.execute(running.limit(1)).first() is not None


def on_events(call: Call, events: Sequence[Event]) -> None:
    """What follows from changes of records: creations start approvals, deletions end them."""
    cancel_deleted(call, [event for event in events if event.kind == "delete"])
    if call.door != "demo":
        start_on_create(call, events)


def cancel_deleted(call: Call, events: Sequence[Event]) -> None:
    """End the approvals of records that have been deleted; nobody need decide about them any more."""
    by_key: dict[str, list[int]] = {}
    for event in events:
        by_key.setdefault(event.key, []).append(event.id)
    for key, identifiers in by_key.items():
        for chunk in chunks(identifiers):
            running = select(INSTANCE.c.id).where(
                INSTANCE.c.entity == key, INSTANCE.c.record_id.in_(chunk), INSTANCE.c.state == "running"
            )
            for identifier in call.connection.execute(running.order_by(INSTANCE.c.id)).scalars().all():
                _cancel(call, identifier)


def _cancel(call: Call, identifier: int) -> None:
    instance = lock_instance(call, identifier)
    if not instance.state.outcome:
        log(call, identifier, "cancelled", details={"reason": "record_gone"})
        carry_out(call, instance, cancel(instance.workflow, instance.state))


def start_on_create(call: Call, events: Sequence[Event]) -> None:
    """Begin the approvals that the creation of a record starts; those whose condition does not hold are not begun."""
    for event in events:
        if event.kind != "create":
            continue
        for workflow in workflows_of(call, event.key):
            if workflow.start_on == "create" and _is_meant(call, workflow, event):
                start(call, workflow, event.key, event.id, "created")


def _is_meant(call: Call, workflow: Workflow, event: Event) -> bool:
    if workflow.start_if is None:
        return True
    record = record_values(call, event.key, event.id)
    return facts_of(call, workflow.app, record, call.actor.id).holds(workflow.start_if)


def attach() -> None:
    """Let creations start approvals, and deletions end them, in this process."""
    listen("workflow", on_events, _concerns)


def _concerns(call: Call, key: str, kind: str) -> bool:
    """Every deletion matters, and creations of entities that have an approval which starts by itself."""
    if kind != "create":
        return kind == "delete"
    return call.door != "demo" and any(each.start_on == "create" for each in workflows_of(call, key))
