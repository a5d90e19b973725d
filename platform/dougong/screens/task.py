"""One task with everything needed to decide it: the record as its step may see it, earlier opinions, the way, and the decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from dougong.diagnostics import Diagnostic
from dougong.fieldtypes.file import FILES
from dougong.model.field import Field
from dougong.policy.access import may
from dougong.records.call import Call
from dougong.records.record import Record
from dougong.screens.addresses import record_path
from dougong.screens.approval_path import box_of, consequences, next_steps, when
from dougong.screens.form import layout_of
from dougong.screens.form_fields import Place, form_field
from dougong.screens.record import sections_of
from dougong.screens.rights import may_do
from dougong.screens.shape import (
    Action,
    Confirm,
    FormField,
    FormScreen,
    FormSection,
    Notice,
    Opinion,
    Piece,
    RecordField,
    RecordSection,
    Shown,
    Submitted,
    TaskPane,
)
from dougong.screens.showing import shown
from dougong.screens.texts import text
from dougong.workflow.inbox import InboxLine
from dougong.workflow.instances import knows
from dougong.workflow.path import Way
from dougong.workflow.task import OpenedTask


@dataclass(frozen=True, slots=True)
class TaskEntry:
    """What a task's form begins with: a fresh token, or what was entered before with what is wrong with it."""

    form_token: str = ""
    entered: Mapping[str, Submitted] | None = None
    problems: Sequence[Diagnostic] = ()
    opinion: str = ""


def task_pane(call: Call, task: OpenedTask, entry: TaskEntry) -> TaskPane:
    """A task opened; what can no longer be decided says so and has no actions."""
    line, language = task.line, call.language
    box = box_of(call, task.way)
    if task.is_open:
        box = replace(
            box,
            actions=decisions(call, line, next_steps(call, task.way), _figure(call, task)),
            consequences=consequences(call, task.way),
            comment_value=entry.opinion,
        )
    return TaskPane(
        title=line.title,
        context=" · ".join(part for part in (_app(call, line), line.workflow_label, line.node_label) if part),
        person=Piece(line.initiator, "person"),
        submitted=text("submitted_by", language, person=line.initiator, time=when(call, task.way.started_at)),
        record_href=_record_href(call, task),
        sections=_sections(call, task, entry) if task.record is not None else (),
        approval=box,
        notices=(*_problems(task, entry), *_for_whom(line, language), *_notices(call, task)),
        opinions=_opinions(call, task.way),
        form_token=entry.form_token,
        version=task.record.version if task.record is not None else 0,
    )


def _for_whom(line: InboxLine, language: str) -> tuple[Notice, ...]:
    """Whose task it is, where one decides for somebody else."""
    return (Notice(text("task_for_notice", language, name=line.owner)),) if line.owner else ()


def decisions(
    call: Call, line: InboxLine, following: Sequence[str] | None = None, figure: tuple[str, str] | None = None
) -> tuple[Action, ...]:
    """Approving and rejecting a task, each with its question. `following` are the steps to come; without it the task stands in a
    list, where each action has a name of its own."""
    language, path, listed = call.language, f"/inbox/{line.task_id}", following is None
    facts = [
        (text("initiator_fact", language), line.initiator),
        (text("step_fact", language), line.node_label),
    ]
    if figure is not None:
        facts.insert(0, figure)
    known = len(facts)
    if following is not None:
        next_text = following[0] if following else text("approval_ends", language)
        facts.append((text("next_fact", language), next_text))
    asked = "required" if line.comment_required else "optional"
    suffix = f"-{line.task_id}" if listed else ""
    questions = (
        ("approve", "check", "primary", facts, asked, "A"),
        ("reject", "x", "danger", facts[:known], "required", "R"),
    )
    found = []
    for word, icon, kind, said, comment, key in questions:
        title = text(f"{word}_title", language, title=line.title)
        button = text(f"confirm_{word}", language)
        confirm = Confirm(title, button=button, facts=tuple(said), comment=comment)
        found.append(
            Action(
                f"{word}{suffix}",
                text(word, language),
                f"{path}/{word}",
                "post",
                icon,
                kind,
                confirm=confirm,
                shortcut="" if listed else key,
            )
        )
    return tuple(found)


def main_figure(call: Call, key: str) -> Field | None:
    """The amount that matters most about a record: the first among the facts of its form, else its first amount."""
    if not knows(call, key):
        return None
    entity = call.release.entity(key)
    names = (*layout_of(call, entity).facts, *entity.fields)
    return next(
        (
            entity.fields[name]
            for name in names
            if name in entity.fields and entity.fields[name].type == "money"
        ),
        None,
    )


def _figure(call: Call, task: OpenedTask) -> tuple[str, str] | None:
    record, field = task.record, main_figure(call, task.line.key)
    if record is None or field is None or record.values.get(field.id) is None:
        return None
    entity = call.release.entity(record.key)
    return field.label.get(call.language), shown(call, entity, field, record.values[field.id], {}).text


def step_form(call: Call, task: OpenedTask) -> FormScreen:
    """The inputs of the step as a form, to read what was sent."""
    fields = tuple(_inputs(call, task, TaskEntry()).values())
    key = f"{task.line.key}:task:{task.line.instance_id}:{task.line.node}:{call.release.generation}:{call.language}"
    return FormScreen(key, "", "", (FormSection("step", "", fields),), "", "")


def _inputs(call: Call, task: OpenedTask, entry: TaskEntry) -> dict[str, FormField]:
    """The inputs of the fields that the step may change; the verb has the last word on what is sent."""
    record = task.record
    if record is None:
        return {}
    entity = call.release.entity(record.key)
    by_path: dict[str, tuple[str, ...]] = {}
    for each in entry.problems:
        by_path[each.path] = (*by_path.get(each.path, ()), each.message)
    locked = frozenset(name for name in record.values if name not in task.editable)
    place = Place(call, entity, locked, record.values, record.titles, entry.entered, by_path, call.language)
    fields = (entity.fields[name] for name in task.editable)
    return {
        field.id: form_field(place, field)
        for field in fields
        if not field.is_computed and field.type != "table"
    }


def _sections(call: Call, task: OpenedTask, entry: TaskEntry) -> tuple[RecordSection, ...]:
    record = task.record
    assert record is not None, "asked for only where there is a record"
    inputs = _inputs(call, task, entry)
    entity = call.release.entity(record.key)
    found = []
    for section in sections_of(call, entity, record, task.hidden):
        fields = tuple(_field(each, inputs.get(each.id), task.line) for each in section.fields)
        found.append(
            replace(section, fields=tuple(each for each in fields if each.edit or not _is_blank(each)))
        )
    return tuple(section for section in found if section.fields)


def _field(field: RecordField, edit: FormField | None, line: InboxLine) -> RecordField:
    """A field as the task shows it: its input where the step may change it, and files by way of the task."""
    table = field.table
    if table is not None:
        rows = tuple(
            replace(row, cells=tuple(_through(cell, line) for cell in row.cells)) for row in table.rows
        )
        table = replace(table, rows=rows)
    return replace(field, value=_through(field.value, line), table=table, edit=edit)


def _through(value: Shown, line: InboxLine) -> Shown:
    """Whoever decides may open the files even without a right to the record."""
    if value.type not in FILES:
        return value
    pieces = tuple(replace(each, href=f"/inbox/{line.task_id}{each.href}") for each in value.pieces)
    return replace(value, pieces=pieces)


def _is_blank(field: object) -> bool:
    """Empty fields only lengthen the way to the decision."""
    value, table = getattr(field, "value", None), getattr(field, "table", None)
    return not (value is not None and value.text) and not (table is not None and table.rows)


def _problems(task: OpenedTask, entry: TaskEntry) -> tuple[Notice, ...]:
    """What is wrong and does not stand at an input of the page."""
    return tuple(
        Notice(each.message, "bad", detail=each.hint)
        for each in entry.problems
        if each.path not in task.editable
    )


def _notices(call: Call, task: OpenedTask) -> tuple[Notice, ...]:
    if task.record is None:
        return (Notice(text("record_gone", call.language), "warn"),)
    if task.line.status == "cancelled":
        return (Notice(text("task_closed_text", call.language), "info"),)
    return ()


def _opinions(call: Call, way: Way) -> tuple[Opinion, ...]:
    language = call.language
    said = [
        Opinion(
            Piece(way.initiator, "person"),
            text("initiator", language),
            when(call, way.started_at),
            way.opinion,
        )
    ]
    for step in way.steps:
        for each in step.people:
            if each.at is not None and each.decision in ("approved", "rejected"):
                approved = each.decision == "approved"
                word, tone = text("approve" if approved else "reject", language), "ok" if approved else "bad"
                said.append(
                    Opinion(
                        Piece(each.name, "person"), step.label, when(call, each.at), each.opinion, word, tone
                    )
                )
    return tuple(each for each in said if each.text)


def _app(call: Call, line: InboxLine) -> str:
    app = call.release.apps.get(line.app)
    return app.label.get(call.language) if app is not None else ""


def _record_href(call: Call, task: OpenedTask) -> str:
    """The record's own page, for those who may open it."""
    record: Record | None = task.record
    if record is None or not may(call.release, call.actor, record.key, "read"):
        return ""
    return record_path(record.key, record.id) if may_do(call, record.key, record.id, "read") else ""
