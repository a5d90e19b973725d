"""What waits for a person, what they started and what they decided, over all apps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Row, Select, bindparam, func, null, or_, select, union

from dougong.diagnostics import nearest
from dougong.model.workflow import Node
from dougong.people.delegation import decides_for, delegators
from dougong.records.call import Call
from dougong.storage.statements import kept
from dougong.storage.system import INSTANCE, TASK
from dougong.workflow.delegated import asking, to_decide
from dougong.workflow.directory import names_of
from dougong.workflow.messages import refuse
from dougong.workflow.pinned import workflow_of
from dougong.workflow.showing import shown_at, titles_of

KINDS = ("todo", "started", "done")
LARGEST_PAGE = 200


@dataclass(frozen=True, slots=True)
class Group:
    """One workflow of which a list of the inbox has lines, with how many."""

    app: str
    workflow: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class InboxLine:
    """One line of the inbox. `task_id` and `node` are empty for what the person started; `status` is open, approved, rejected,
    cancelled (somebody else decided), running or withdrawn."""

    task_id: int | None
    instance_id: int
    app: str
    key: str
    record_id: int
    title: str
    workflow: str
    workflow_label: str
    node: str
    node_label: str
    initiator_id: int
    initiator: str
    at: datetime
    status: str
    opinion: str = ""
    comment_required: bool = False
    decided_at: datetime | None = None
    hidden: tuple[str, ...] = ()
    """Fields that the step does not show."""
    owner_id: int | None = None
    owner: str = ""
    """Whose task it is, where somebody else decides it for them."""


def open_count(call: Call) -> int:
    """How many decisions wait for the actor."""
    statement = kept(call.release.cache, "open decisions", call.dialect, _open_decisions)
    found: int = statement.rows(call.connection, asking(call))[0][0]
    return found


def _open_decisions() -> Select[Any]:
    own = select(TASK.c.id).where(
        TASK.c.user_id == bindparam("actor", type_=BigInteger), TASK.c.state == "open"
    )
    return select(func.count()).select_from(union(own, _delegated()).subquery())


def inbox(
    call: Call,
    kind: str = "todo",
    limit: int = 50,
    before: int | None = None,
    app: str = "",
    workflow: str = "",
) -> tuple[InboxLine, ...]:
    """A page of one list of the inbox, newest first; `before` is the last id of the page before (of tasks, or of approvals).

    `app` and `workflow` narrow it to what one app, or one workflow of it, asks for.
    """
    query, column = _query(call, kind)
    if app:
        query = query.where(INSTANCE.c.app == app)
    if workflow:
        query = query.where(INSTANCE.c.workflow == workflow)
    if before is not None:
        query = query.where(column < before)
    rows = call.connection.execute(
        query.order_by(column.desc()).limit(min(max(limit, 1), LARGEST_PAGE))
    ).all()
    return _lines(call, rows)


def groups(call: Call, kind: str) -> tuple[Group, ...]:
    """The workflows of which a list of the inbox has lines, by how many."""
    query, _ = _query(call, kind)
    each = query.subquery()
    counted = select(each.c.app, each.c.workflow, func.count().label("number")).group_by(
        each.c.app, each.c.workflow
    )
    rows = call.connection.execute(counted).all()
    found = [
        Group(row.app, row.workflow, _workflow_label(call, row.app, row.workflow), row.number) for row in rows
    ]
    return tuple(sorted(found, key=lambda group: (-group.count, group.label)))


def line_of(call: Call, task_id: int) -> InboxLine:
    """The line of one task of the actor; somebody else's task does not exist."""
    query = _tasks().where(TASK.c.id == task_id, to_decide()).params(asking(call))
    rows = call.connection.execute(query).all() if -(2**63) <= task_id < 2**63 else []
    if not rows:
        refuse("missing", call.language, "no_task")
    return _lines(call, rows)[0]


def _query(call: Call, kind: str) -> tuple[Select[Any], Any]:
    if kind not in KINDS:
        refuse("invalid", call.language, "bad_kind", "kind", nearest(kind, KINDS), name=kind)
    if kind == "started":
        nothing = [
            null().label(name)
            for name in ("task_id", "node", "task_state", "decision", "task_opinion", "user_id")
        ]
        dates = [INSTANCE.c.started_at.label("at"), INSTANCE.c.finished_at.label("decided_at")]
        started: Any = select(*nothing, *dates, *_OF_INSTANCE)
        return started.where(INSTANCE.c.initiator_id == call.actor.id), INSTANCE.c.id
    state = "open" if kind == "todo" else "done"
    own = select(TASK.c.id).where(
        or_(TASK.c.user_id == call.actor.id, TASK.c.decided_by == call.actor.id), TASK.c.state == state
    )
    if kind == "done":
        return _tasks().where(TASK.c.id.in_(own)), TASK.c.id
    open_ones = _tasks().where(TASK.c.state == state, or_(TASK.c.id.in_(own), TASK.c.id.in_(_delegated())))
    return open_ones.params(asking(call)), TASK.c.id


def _delegated() -> Select[Any]:
    """The open tasks that the actor decides for others."""
    tasks = select(TASK.c.id).join(INSTANCE, INSTANCE.c.id == TASK.c.instance_id)
    return tasks.where(TASK.c.user_id.in_(delegators()), TASK.c.state == "open", decides_for())


_OF_INSTANCE = (
    INSTANCE.c.id.label("instance_id"),
    INSTANCE.c.app,
    INSTANCE.c.workflow,
    INSTANCE.c.version_number,
    INSTANCE.c.entity,
    INSTANCE.c.record_id,
    INSTANCE.c.initiator_id,
    INSTANCE.c.state.label("instance_state"),
    INSTANCE.c.outcome,
)


def _tasks() -> Select[Any]:
    columns = (
        TASK.c.id.label("task_id"),
        TASK.c.node,
        TASK.c.state.label("task_state"),
        TASK.c.decision,
        TASK.c.opinion.label("task_opinion"),
        TASK.c.created_at.label("at"),
        TASK.c.decided_at,
        TASK.c.user_id,
    )
    return select(*columns, *_OF_INSTANCE).join(INSTANCE, INSTANCE.c.id == TASK.c.instance_id)


def _lines(call: Call, rows: Sequence[Row[Any]]) -> tuple[InboxLine, ...]:
    nodes = [_node(call, row) for row in rows]
    shown = [shown_at(call, row.entity, row.record_id, node) for row, node in zip(rows, nodes, strict=True)]
    titles = titles_of(call, shown)
    others = {row.user_id for row in rows if row.user_id not in (None, call.actor.id)}
    names = names_of(call, {*(row.initiator_id for row in rows), *others})
    return tuple(
        _line(call, row, node, titles[each], names)
        for row, node, each in zip(rows, nodes, shown, strict=True)
    )


def _line(call: Call, row: Row[Any], node: Node | None, title: str, names: dict[int, str]) -> InboxLine:
    return InboxLine(
        task_id=row.task_id,
        instance_id=row.instance_id,
        app=row.app,
        key=row.entity,
        record_id=row.record_id,
        title=title,
        workflow=row.workflow,
        workflow_label=_workflow_label(call, row.app, row.workflow),
        node=row.node or "",
        node_label=node.label.get(call.language) if node else "",
        initiator_id=row.initiator_id,
        initiator=names.get(row.initiator_id, ""),
        at=row.at,
        status=_status(row),
        opinion=row.task_opinion or "",
        comment_required=bool(node and node.comment_required),
        decided_at=row.decided_at,
        hidden=node.hide if node else (),
        owner_id=row.user_id if row.user_id != call.actor.id else None,
        owner=names.get(row.user_id, "") if row.user_id != call.actor.id else "",
    )


def _workflow_label(call: Call, app_id: str, workflow_id: str) -> str:
    """What a workflow is called now; one that is gone keeps its id."""
    app = call.release.apps.get(app_id)
    workflow = app.workflows.get(workflow_id) if app else None
    return workflow.label.get(call.language) if workflow else workflow_id


def _node(call: Call, row: Row[Any]) -> Node | None:
    """The step of a line. What is over is told in today's words where they exist: earlier versions need not be compiled for a list."""
    if not row.node:
        return None
    app = call.release.apps.get(row.app)
    present = app.workflows.get(row.workflow) if app else None
    if row.task_state != "open" and present is not None and row.node in present.nodes:
        return present.nodes[row.node]
    return workflow_of(call, row.app, row.workflow, row.version_number).nodes.get(row.node)


def _status(row: Row[Any]) -> str:
    status: str = (row.outcome or "running") if row.task_id is None else (row.decision or row.task_state)
    return status
