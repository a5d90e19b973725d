"""The rows of an approval: one instance, its tasks and its log, and how the effects of a decision become changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from dougong.diagnostics import Refusal
from dougong.model.expression import Value
from dougong.model.field import Field
from dougong.model.workflow import Workflow
from dougong.records.call import Call
from dougong.records.evaluation import Evaluation
from dougong.records.load import drafts_of, load
from dougong.records.shape import shape_of
from dougong.records.update import update as update_record
from dougong.storage.system import INSTANCE, STEP, TASK
from dougong.workflow import notices, state
from dougong.workflow.directory import active_people, administrators, people_of
from dougong.workflow.machine import Ask, Assign, Cancel, Decision, Facts, Note, Refused, State
from dougong.workflow.messages import problem, refuse
from dougong.workflow.pinned import present_number, workflow_of

OUTCOMES = ("approved", "rejected", "withdrawn", "cancelled")


@dataclass(frozen=True, slots=True)
class Instance:
    """One approval of one record. `version` counts its changes."""

    id: int
    app: str
    workflow: Workflow
    version_number: int
    key: str
    record_id: int
    state: State
    initiator_id: int
    version: int


def elevated(call: Call) -> Call:
    """The same person, acting for the definition: what a workflow sets does not depend on that person's rights."""
    return replace(call, door="workflow", actor=replace(call.actor, lifted=True))


def at_nodes(call: Call, instance: Instance, nodes: Iterable[str]) -> Call:
    """The call by which nodes of a workflow write, or the workflow itself when it is submitted or withdrawn."""
    name = f"workflow.{instance.workflow.id}"
    return replace(elevated(call), steps=frozenset({name, *(f"{name}.{node}" for node in nodes if node)}))


def knows(call: Call, key: str) -> bool:
    """Whether an entity still exists; approvals of one that does not are history."""
    app_id, _, entity_id = key.partition(".")
    app = call.release.apps.get(app_id)
    return app is not None and entity_id in app.entities


def record_values(call: Call, key: str, identifier: int) -> Mapping[str, Value]:
    """The whole record with its rows, locked against other writers until the transaction ends; refused when it is gone."""
    if not knows(call, key):
        refuse("missing", call.language, "record_gone")
    shape = shape_of(call.release, key)
    found = load(call, shape, [identifier], [shape.table.c.deleted_at.is_(None)], lock=True)
    if identifier not in found:
        refuse("missing", call.language, "record_gone")
    [draft] = drafts_of(call, shape, [found[identifier]], list(shape.tables), [""])
    return draft.values


def facts_of(call: Call, app: str, record: Mapping[str, Value], initiator: int) -> Facts:
    """What the machine may ask about a record."""
    evaluation = Evaluation(call)
    return Facts(
        initiator=initiator,
        holds=lambda condition: evaluation.holds(condition, record),
        people=lambda node: people_of(call, app, node, record, initiator),
        administrators=lambda: administrators(call),
        active=lambda people: active_people(call, people),
    )


def insert_instance(call: Call, workflow: Workflow, key: str, identifier: int, first: State) -> Instance:
    """Begin an approval; refused when one of the same workflow runs on the record already."""
    number = present_number(call, workflow.app)
    row: dict[str, Any] = {
        "app": workflow.app,
        "workflow": workflow.id,
        "version_number": number,
        "entity": key,
        "record_id": identifier,
        "state": "running",
        "locks": workflow.lock,
        "initiator_id": call.actor.id,
        "data": state.to_json(first),
        "started_at": call.at,
        "version": 1,
    }
    try:
        with call.connection.begin_nested():
            made: int = call.connection.execute(
                insert(INSTANCE).values(row).returning(INSTANCE.c.id)
            ).scalar_one()
    except IntegrityError as error:
        raise Refusal("conflict", [problem(call.language, "already_running")]) from error
    return Instance(made, workflow.app, workflow, number, key, identifier, first, call.actor.id, 1)


def lock_instance(call: Call, identifier: int) -> Instance:
    """An approval as it stands, kept from others until the transaction ends."""
    row = call.connection.execute(
        select(INSTANCE).where(INSTANCE.c.id == identifier).with_for_update()
    ).one_or_none()
    if row is None:
        refuse("missing", call.language, "no_instance")
    workflow = workflow_of(call, row.app, row.workflow, row.version_number)
    return Instance(
        row.id, row.app, workflow, row.version_number, row.entity, row.record_id, state.from_json(row.data),
        row.initiator_id, row.version,
    )  # fmt: skip


def accepted(call: Call, workflow: Workflow, found: Decision | Refused) -> Decision:
    """The decision, or the refusal with its reason in words."""
    if isinstance(found, Refused):
        node = workflow.nodes.get(found.node)
        label = node.label.get(call.language) if node else found.node
        kind = "forbidden" if found.reason in _FORBIDDEN else "conflict"
        refuse(kind, call.language, found.reason, node=label)
    return found


_FORBIDDEN = frozenset({"not_asked", "not_initiator", "no_withdrawal"})


def carry_out(call: Call, instance: Instance, decision: Decision) -> Instance:
    """Write what a decision means: tasks, log, fields of the record and the new state, in the caller's transaction.

    The answer is the approval as it stands then.
    """
    assignments: list[Assign] = []
    for effect in decision.effects:
        if isinstance(effect, Ask):
            _open_tasks(call, instance, effect)
        elif isinstance(effect, Cancel):
            _cancel_tasks(call, instance, effect)
        elif isinstance(effect, Assign):
            assignments.append(effect)
        else:
            log(call, instance.id, effect.action, effect.node, details=_reason(effect), by_system=True)
    assign(call, instance, assignments)
    _save(call, instance, decision.state)
    if decision.state.outcome in ("approved", "rejected"):
        notices.tell_outcome(call, instance.id, decision.state.outcome)
    return replace(instance, state=decision.state, version=instance.version + 1)


def assign(call: Call, instance: Instance, assignments: Sequence[Assign]) -> None:
    """Set fields of the record, each value computed after those before it; what does not fit refuses the whole action.

    A field that a newer version of the app no longer has, or computes, is left out.
    """
    known = shape_of(call.release, instance.key).entity.fields if assignments else {}
    settable = [
        (name, expression)
        for each in assignments
        for name, expression in each.fields
        if _is_settable(known.get(name))
    ]
    if not settable:
        return
    values = dict(record_values(call, instance.key, instance.record_id))
    evaluation = Evaluation(call)
    changes: dict[str, Value] = {}
    for name, expression in settable:
        values[name] = changes[name] = evaluation.value(expression, values)
    writing = at_nodes(call, instance, [each.node for each in assignments])
    try:
        update_record(writing, instance.key, instance.record_id, changes)
    except Refusal as refusal:
        raise Refusal(
            "conflict", [_unset(call, instance, each.path, each.message) for each in refusal.problems]
        ) from refusal


def _is_settable(field: Field | None) -> bool:
    return field is not None and not field.is_computed


def log(
    call: Call,
    instance_id: int,
    action: str,
    node: str = "",
    opinion: str = "",
    details: Mapping[str, Any] | None = None,
    by_system: bool = False,
) -> None:
    """Add a line to the log of an approval."""
    row = {
        "instance_id": instance_id,
        "at": call.at,
        "actor_id": None if by_system else call.actor.id,
        "action": action,
        "node": node,
        "opinion": opinion,
        "details": dict(details or {}),
    }
    call.connection.execute(insert(STEP).values(row))


def _open_tasks(call: Call, instance: Instance, ask: Ask) -> None:
    rows = [
        {
            "instance_id": instance.id,
            "node": ask.node,
            "visit": ask.visit,
            "user_id": person,
            "kind": "approve",
            "state": "open",
            "created_at": call.at,
        }
        for person in ask.people
    ]
    call.connection.execute(insert(TASK), rows)
    details = {"visit": ask.visit, "people": list(ask.people)}
    log(call, instance.id, "asked", ask.node, details=details, by_system=True)
    notices.tell_assignees(call, instance.id, ask.people)


def _cancel_tasks(call: Call, instance: Instance, cancel: Cancel) -> None:
    of_visit = (TASK.c.instance_id == instance.id, TASK.c.node == cancel.node, TASK.c.visit == cancel.visit)
    call.connection.execute(
        update(TASK)
        .where(*of_visit, TASK.c.state == "open")
        .values(state="cancelled", version=TASK.c.version + 1)
    )


def _save(call: Call, instance: Instance, after: State) -> None:
    values: dict[str, Any] = {"data": state.to_json(after), "version": INSTANCE.c.version + 1}
    if after.outcome:
        values |= {"state": "finished", "outcome": after.outcome, "finished_at": call.at}
    call.connection.execute(update(INSTANCE).where(INSTANCE.c.id == instance.id).values(values))
    if after.outcome:
        log(call, instance.id, "finished", details={"outcome": after.outcome}, by_system=True)


def _reason(note: Note) -> dict[str, str]:
    return {"reason": note.reason} if note.reason else {}


def _unset(call: Call, instance: Instance, path: str, reason: str) -> Any:
    field = shape_of(call.release, instance.key).entity.fields.get(path)
    label = field.label.get(call.language) if field else path
    return problem(call.language, "assignment", path, label=label, reason=reason)
