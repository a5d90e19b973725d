"""Starts approvals: a person submits a record, or a record's creation does."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from dougong.model.workflow import Workflow
from dougong.records.call import Call
from dougong.records.doors import open_door
from dougong.records.events import Event, listen
from dougong.records.update import writable
from dougong.storage.system import INSTANCE
from dougong.workflow.instances import (
    accepted,
    carry_out,
    facts_of,
    insert_instance,
    log,
    record_values,
)
from dougong.workflow.machine import State, begin, pass_at_once
from dougong.workflow.messages import refuse


def workflows_of(call: Call, key: str) -> list[Workflow]:
    """The workflows of an entity, as its app now defines them."""
    app_id, _, entity_id = key.partition(".")
    app = call.release.apps.get(app_id)
    return [each for each in app.workflows.values() if each.entity == entity_id] if app else []


def submit(call: Call, key: str, identifier: int, workflow_id: str) -> int:
    """Submit a record and return the id of its approval; whoever may change the record may submit it."""
    shape = open_door(call, key, "update")
    workflow = next((each for each in workflows_of(call, key) if each.id == workflow_id), None)
    if workflow is None:
        refuse("missing", call.language, "no_workflow", name=workflow_id)
    if workflow.start_on != "submit":
        refuse("invalid", call.language, "not_submittable", label=workflow.label.get(call.language))
    if is_running(call, key, identifier, workflow_id):
        refuse("conflict", call.language, "already_running")
    writable(call, shape, identifier, "update")
    return start(call, workflow, key, identifier, "submitted")


def start(call: Call, workflow: Workflow, key: str, identifier: int, action: str) -> int:
    """Begin an approval in the caller's transaction; one that needs no decision is over at once."""
    record = record_values(call, key, identifier)
    facts = facts_of(call, workflow.app, record, call.actor.id)
    needed = workflow.start_if is None or facts.holds(workflow.start_if)
    instance = insert_instance(call, workflow, key, identifier, State())
    log(call, instance.id, action)
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


def start_on_create(call: Call, events: Sequence[Event]) -> None:
    """Begin the approvals that the creation of a record starts; those whose condition does not hold are not begun."""
    if call.door == "demo":
        return
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
    """Let creations start approvals in this process."""
    listen("workflow", start_on_create)
