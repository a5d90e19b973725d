"""The way of an approval: what was decided, who decides now, and what would come if everybody approved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from dougong.model.expression import Value
from dougong.model.workflow import Node, Workflow
from dougong.records.call import Call
from dougong.records.load import drafts_of, load
from dougong.records.shape import shape_of
from dougong.storage.system import INSTANCE, STEP, TASK
from dougong.workflow import state as states
from dougong.workflow.directory import names_of
from dougong.workflow.instances import facts_of, knows
from dougong.workflow.machine import Ask, Decision, Facts, Note, Refused, State, begin, decide
from dougong.workflow.pinned import workflow_of

_FARTHEST = 40


@dataclass(frozen=True, slots=True)
class Decider:
    """One person at a step: `decision` is approved, rejected or empty while it is open or nobody needs it any more."""

    id: int
    name: str
    decision: str = ""
    opinion: str = ""
    at: datetime | None = None
    delegate_id: int | None = None
    delegate: str = ""
    """Who decided for the person, where somebody else did."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way. `state`: done | rejected | now | todo | skipped | cancelled (nobody had to decide any more); `rule`
    any | all; `reason` says why it was skipped or where the way cannot go on; `since` is when it began to wait."""

    node: str
    label: str
    state: str
    people: tuple[Decider, ...] = ()
    rule: str = "any"
    since: datetime | None = None
    until: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """One approval of a record with its whole way. `state` is running or finished, `outcome` how it ended; `opinion` is what was
    said when it was submitted, and `ended_by` who withdrew it."""

    instance_id: int
    app: str
    workflow: str
    label: str
    state: str
    outcome: str
    initiator_id: int
    initiator: str
    started_at: datetime
    finished_at: datetime | None
    steps: tuple[Step, ...]
    opinion: str = ""
    ended_by: Decider | None = None
    allow_withdraw: bool = False


def ways_of(call: Call, key: str, identifier: int) -> tuple[Way, ...]:
    """Every approval of a record, newest first; the caller has made sure that the actor may see the record."""
    query = select(INSTANCE).where(INSTANCE.c.entity == key, INSTANCE.c.record_id == identifier)
    rows = call.connection.execute(query.order_by(INSTANCE.c.id.desc())).all()
    return tuple(way_of(call, row) for row in rows)


def way_of(call: Call, row: Row[Any]) -> Way:
    """The way of one approval, from its row."""
    workflow = workflow_of(call, row.app, row.workflow, row.version_number)
    lines = call.connection.execute(
        select(STEP).where(STEP.c.instance_id == row.id).order_by(STEP.c.id)
    ).all()
    running = row.state == "running"
    steps = [*_past(call, workflow, row, lines), *(_future(call, workflow, row) if running else ())]
    end = next((line for line in lines if line.action == "withdrawn"), None)
    deciders = [decider for step in steps for decider in step.people]
    people = {each.id for each in deciders} | {each.delegate_id for each in deciders if each.delegate_id}
    people |= {row.initiator_id}
    names = names_of(call, people | ({end.actor_id} if end is not None else set()))
    return Way(
        instance_id=row.id,
        app=row.app,
        workflow=row.workflow,
        label=workflow.label.get(call.language),
        state=row.state,
        outcome=row.outcome,
        initiator_id=row.initiator_id,
        initiator=names.get(row.initiator_id, ""),
        started_at=row.started_at,
        finished_at=row.finished_at,
        steps=tuple(_named(step, names) for step in steps),
        opinion=lines[0].opinion if lines else "",
        ended_by=Decider(end.actor_id, names.get(end.actor_id, ""), "withdrawn", end.opinion, end.at)
        if end
        else None,
        allow_withdraw=workflow.allow_withdraw,
    )


def preview(call: Call, workflow: Workflow, key: str, identifier: int) -> tuple[Step, ...]:
    """The steps that a submission would take now, if everybody approved; none where no approval is needed."""
    record = _values(call, key, identifier)
    facts = facts_of(call, workflow.app, record, call.actor.id)
    if workflow.start_if is not None and not facts.holds(workflow.start_if):
        return ()
    steps = _walk(call, workflow, begin(workflow, facts), facts)
    names = names_of(call, {decider.id for step in steps for decider in step.people})
    return tuple(_named(step, names) for step in steps)


def _past(call: Call, workflow: Workflow, row: Row[Any], lines: Sequence[Row[Any]]) -> list[Step]:
    """The steps that were asked or passed over, in the order of the log; those that still wait come last."""
    visits: dict[tuple[str, int], list[Row[Any]]] = {}
    for task in call.connection.execute(select(TASK).where(TASK.c.instance_id == row.id).order_by(TASK.c.id)):
        visits.setdefault((task.node, task.visit), []).append(task)
    steps = []
    for line in lines:
        details = line.details or {}
        if line.action == "asked":
            steps.append(_visited(call, workflow, visits[line.node, details["visit"]]))
        elif line.action == "skipped":
            label, reason = _label(call, workflow, line.node), details.get("reason", "")
            steps.append(Step(line.node, label, "skipped", until=line.at, reason=reason))
    return sorted(steps, key=lambda step: step.state == "now")


def _visited(call: Call, workflow: Workflow, tasks: list[Row[Any]]) -> Step:
    open_ones = any(task.state == "open" for task in tasks)
    decided = [task.decided_at for task in tasks if task.decided_at is not None]
    rejected = any(task.decision == "rejected" for task in tasks)
    given_up = not open_ones and not decided
    node = workflow.nodes.get(tasks[0].node)
    return Step(
        node=tasks[0].node,
        label=_label(call, workflow, tasks[0].node),
        state="now" if open_ones else "rejected" if rejected else "cancelled" if given_up else "done",
        people=tuple(
            Decider(task.user_id, "", task.decision, task.opinion, task.decided_at, _delegate(task))
            for task in tasks
        ),
        rule=node.mode if node else "any",
        since=tasks[0].created_at,
        until=None if open_ones or not decided else max(decided),
    )


def _delegate(task: Row[Any]) -> int | None:
    """Who decided for somebody else."""
    by: int | None = task.decided_by
    return by if by != task.user_id else None


def _future(call: Call, workflow: Workflow, row: Row[Any]) -> list[Step]:
    """What is still to come if everybody who is asked approves, as the record stands now."""
    record = _values(call, row.entity, row.record_id)
    facts = facts_of(call, row.app, record, row.initiator_id)
    return _walk(call, workflow, Decision(states.from_json(row.data)), facts)


def _walk(call: Call, workflow: Workflow, found: Decision | Refused, facts: Facts) -> list[Step]:
    steps: list[Step] = []
    for _ in range(_FARTHEST):
        if isinstance(found, Refused):
            steps.append(Step(found.node, _label(call, workflow, found.node), "todo", reason=found.reason))
            break
        steps += _expected(call, workflow, found)
        if not found.state.tokens:
            break
        found = _everybody_approves(workflow, found.state, facts)
    return steps


def _everybody_approves(workflow: Workflow, state: State, facts: Facts) -> Decision | Refused:
    token = state.tokens[0]
    found: Decision | Refused = Decision(state)
    for person in token.waiting:
        if isinstance(found, Refused) or found.state.token(token.node, token.visit) is None:
            break
        effects = found.effects
        found = decide(workflow, found.state, token.node, token.visit, person, True, facts)
        if isinstance(found, Decision):
            found = Decision(found.state, (*effects, *found.effects))
    return found


def _expected(call: Call, workflow: Workflow, found: Decision) -> list[Step]:
    steps = []
    for effect in found.effects:
        if isinstance(effect, Ask):
            node: Node = workflow.nodes[effect.node]
            people = tuple(Decider(person, "") for person in effect.people)
            steps.append(Step(node.id, node.label.get(call.language), "todo", people, node.mode))
        elif isinstance(effect, Note) and effect.action == "skipped":
            label = _label(call, workflow, effect.node)
            steps.append(Step(effect.node, label, "skipped", reason=effect.reason))
    return steps


def _values(call: Call, key: str, identifier: int) -> Mapping[str, Value]:
    """The record as it stands, whatever the reader's rights: where a way leads depends on the definition alone."""
    if not knows(call, key):
        return {}
    shape = shape_of(call.release, key)
    found = load(call, shape, [identifier])
    if identifier not in found:
        return {}
    [draft] = drafts_of(call, shape, [found[identifier]], list(shape.tables), [""])
    return draft.values


def _label(call: Call, workflow: Workflow, node: str) -> str:
    known = workflow.nodes.get(node)
    return known.label.get(call.language) if known else node


def _named(step: Step, names: Mapping[int, str]) -> Step:
    people = tuple(
        replace(each, name=names.get(each.id, ""), delegate=names.get(each.delegate_id or 0, ""))
        for each in step.people
    )
    return Step(step.node, step.label, step.state, people, step.rule, step.since, step.until, step.reason)
