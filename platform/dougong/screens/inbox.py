"""The approval inbox over all apps: what waits, what was started, what was decided, and one task opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import select

from dougong.diagnostics import Refusal
from dougong.model.workflow import Node
from dougong.people.actor import SYSTEM
from dougong.policy.access import may
from dougong.records.call import Call, as_actor
from dougong.records.read import read
from dougong.records.record import Record
from dougong.screens.addresses import record_path, with_query
from dougong.screens.approval import box_of, decisions, duration
from dougong.screens.form_fields import Place, form_field
from dougong.screens.record import sections_of
from dougong.screens.rights import may_do
from dougong.screens.shape import (
    Empty,
    InboxScreen,
    Notice,
    Opinion,
    Piece,
    Problem,
    RecordSection,
    Submitted,
    Tab,
    TaskLine,
    TaskPane,
)
from dougong.screens.showing import moment
from dougong.screens.texts import text
from dougong.storage.system import INSTANCE
from dougong.workflow.inbox import InboxLine, inbox, line_of, open_count
from dougong.workflow.path import Way, way_of
from dougong.workflow.pinned import workflow_of

KINDS = (("todo", "tasks_todo"), ("started", "tasks_mine"), ("done", "tasks_done"))
PAGE = 50


def inbox_screen(
    call: Call, kind: str = "todo", task_id: int | None = None, problems: tuple[Problem, ...] = ()
) -> InboxScreen:
    """One list of the inbox, with a task opened: the one that was asked for, else the first that waits."""
    language = call.language
    lines = inbox(call, kind, PAGE)
    opened = _opened(call, kind, lines, task_id)
    waiting = open_count(call)
    tabs = tuple(
        Tab(
            each,
            text(label, language),
            with_query("/inbox", [("kind", each if each != "todo" else "")]),
            str(waiting) if each == "todo" and waiting else "",
            active=each == kind,
        )
        for each, label in KINDS
    )
    ids = [line.task_id for line in lines]
    place = ids.index(opened.task_id) if opened is not None and opened.task_id in ids else -1
    return InboxScreen(
        title=text("inbox_title", language),
        tabs=tabs,
        tasks=tuple(_line(call, each, opened) for each in lines),
        count=str(len(lines)) if lines else "",
        task=_pane(call, opened, problems) if opened is not None else None,
        back_href=with_query("/inbox", [("kind", kind if kind != "todo" else "")]),
        empty=None if lines else _empty(kind, language),
        previous_href=f"/inbox/{ids[place - 1]}" if place > 0 else "",
        next_href=f"/inbox/{ids[place + 1]}" if 0 <= place < len(ids) - 1 else "",
        chosen=task_id is not None,
    )


def _opened(call: Call, kind: str, lines: tuple[InboxLine, ...], task_id: int | None) -> InboxLine | None:
    if task_id is not None:
        return line_of(call, task_id)
    return lines[0] if kind == "todo" and lines else None


def _empty(kind: str, language: str) -> Empty:
    if kind == "todo":
        return Empty(text("inbox_empty", language), text("inbox_empty_text", language))
    return Empty(
        text("inbox_mine_empty" if kind == "started" else "inbox_done_empty", language), drawing=False
    )


def _line(call: Call, line: InboxLine, opened: InboxLine | None) -> TaskLine:
    language = call.language
    href = f"/inbox/{line.task_id}" if line.task_id is not None else record_path(line.key, line.record_id)
    status = "" if line.status == "open" else _status(line.status, language)
    app = call.release.apps.get(line.app)
    return TaskLine(
        id=str(line.task_id or line.instance_id),
        title=line.title,
        href=href,
        person=Piece(line.initiator, "person"),
        step=line.node_label or line.workflow_label,
        when=duration(call.at, line.at, language),
        at=line.at.isoformat(),
        app=app.label.get(language) if app is not None else "",
        active=opened is not None and line.task_id == opened.task_id and line.task_id is not None,
        actions=decisions(call, line, "/inbox") if line.status == "open" and line.task_id is not None else (),
        status=status,
    )


def _status(status: str, language: str) -> str:
    known = {"approved", "rejected", "withdrawn", "running"}
    return text(f"approval_{status}", language) if status in known else text("task_done", language)


# -- one task -----------------------------------------------------------------------------------------------------------


def _pane(call: Call, line: InboxLine, problems: tuple[Problem, ...]) -> TaskPane:
    language = call.language
    row = call.connection.execute(select(INSTANCE).where(INSTANCE.c.id == line.instance_id)).one()
    way = way_of(call, row)
    node = workflow_of(call, row.app, row.workflow, row.version_number).nodes.get(line.node)
    record = record_for_task(call, line)
    is_open = line.status == "open"
    sections: tuple[RecordSection, ...] = ()
    if record is not None and node is not None:
        sections = _sections(call, record, node, is_open)
    box = box_of(call, way, line if is_open else None)
    return TaskPane(
        title=line.title,
        context=f"{line.workflow_label} · {line.node_label}",
        person=Piece(line.initiator, "person"),
        submitted=text("submitted_at", language, time=moment(way.started_at, call.timezone)),
        record_href=record_path(line.key, line.record_id) if _may_open(call, line) else "",
        sections=sections,
        approval=replace(box, comment_value=""),
        notices=tuple(_notice(each) for each in problems),
        opinions=_opinions(call, way),
        version=record.version if record is not None else 0,
    )


def _notice(problem: Problem) -> Notice:
    return Notice(f"{problem.label}：{problem.text}" if problem.label else problem.text, "bad")


def _may_open(call: Call, line: InboxLine) -> bool:
    return may(call.release, call.actor, line.key, "read") and may_do(call, line.key, line.record_id, "read")


def record_for_task(call: Call, line: InboxLine) -> Record | None:
    """The record as its approver may see it: with the approver's own rights, and, where no role grants them, through the task."""
    try:
        return read(call, line.key, line.record_id)
    except Refusal as refusal:
        if refusal.kind != "missing":
            raise
    try:
        return read(as_actor(call, SYSTEM), line.key, line.record_id)
    except Refusal as refusal:
        if refusal.kind != "missing":
            raise
        return None


def _sections(call: Call, record: Record, node: Node, is_open: bool) -> tuple[RecordSection, ...]:
    """The record's sections without what the step hides; fields that the step lets one change are inputs."""
    entity = call.release.entity(record.key)
    hidden = frozenset(node.hide)
    sections = sections_of(call, entity, record, hidden)
    editable = (
        {name for name in node.edit if name in record.values and name not in hidden} if is_open else set()
    )
    if not editable:
        return sections
    entered: Mapping[str, Submitted] | None = None
    place = Place(call, entity, frozenset(), record.values, record.titles, entered, {}, call.language)
    return tuple(
        replace(
            section,
            fields=tuple(
                replace(each, edit=form_field(place, entity.fields[each.id], each.width))
                if each.id in editable
                else each
                for each in section.fields
            ),
        )
        for section in sections
    )


def _opinions(call: Call, way: Way) -> tuple[Opinion, ...]:
    language = call.language
    return tuple(
        Opinion(
            Piece(each.name, "person"),
            step.label,
            moment(each.at, call.timezone),
            each.opinion,
            text("approve" if each.decision == "approved" else "reject", language),
            "ok" if each.decision == "approved" else "bad",
        )
        for step in way.steps
        for each in step.people
        if each.at is not None and each.decision in ("approved", "rejected")
    )
