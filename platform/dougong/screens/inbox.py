"""The approval inbox over all apps: what waits, what was started, what was decided, and one task opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dougong.records.call import Call
from dougong.screens.addresses import record_path, with_query
from dougong.screens.approval_path import ago
from dougong.screens.shape import Action, Empty, InboxScreen, Piece, Tab, TaskLine
from dougong.screens.showing import shown
from dougong.screens.task import TaskEntry, decisions, main_figure, task_pane
from dougong.screens.texts import text
from dougong.workflow.figures import figures_of
from dougong.workflow.inbox import InboxLine, groups, inbox, open_count
from dougong.workflow.task import open_task

KINDS = (("todo", "tasks_todo"), ("started", "tasks_mine"), ("done", "tasks_done"))
PAGE = 50


@dataclass(frozen=True, slots=True)
class InboxChoice:
    """Which list of the inbox is wanted: its kind, one workflow of it (`app.workflow`), and from which line on."""

    kind: str = "todo"
    workflow: str = ""
    before: int | None = None


def inbox_screen(
    call: Call, choice: InboxChoice, task_id: int | None = None, entry: TaskEntry | None = None
) -> InboxScreen:
    """One list of the inbox, with a task opened: the one that was asked for, else the first that waits."""
    language = call.language
    app, _, workflow = choice.workflow.partition(".")
    lines = inbox(call, choice.kind, PAGE + 1, choice.before, app, workflow)
    more, lines = len(lines) > PAGE, lines[:PAGE]
    first = lines[0].task_id if choice.kind == "todo" and lines else None
    wanted = task_id if task_id is not None else first
    opened = open_task(call, wanted) if wanted is not None else None
    ids = [line.task_id for line in lines]
    place = ids.index(wanted) if wanted is not None and wanted in ids else -1
    waiting = open_count(call)
    figures = _figures(call, lines)
    last = (lines[-1].task_id or lines[-1].instance_id) if more else None
    return InboxScreen(
        title=text("inbox_title", language),
        tabs=_tabs(choice, waiting, language),
        tasks=tuple(_line(call, each, wanted, figures) for each in lines),
        count=f"{waiting:,}" if waiting else "",
        task=task_pane(call, opened, entry or TaskEntry()) if opened is not None else None,
        back_href=_href(choice.kind, choice.workflow),
        empty=None if lines else _empty(choice.kind, language),
        previous_href=f"/inbox/{ids[place - 1]}" if place > 0 else "",
        next_href=f"/inbox/{ids[place + 1]}" if 0 <= place < len(ids) - 1 else "",
        filters=_filters(call, choice),
        more_href=_href(choice.kind, choice.workflow, last) if last else "",
        chosen=task_id is not None,
    )


def _href(kind: str, workflow: str = "", before: int | None = None) -> str:
    words = [("kind", kind if kind != "todo" else ""), ("workflow", workflow)]
    return with_query("/inbox", [*words, ("before", str(before) if before else "")])


def _tabs(choice: InboxChoice, waiting: int, language: str) -> tuple[Tab, ...]:
    return tuple(
        Tab(
            kind,
            text(label, language),
            _href(kind),
            f"{waiting:,}" if kind == "todo" and waiting else "",
            active=kind == choice.kind,
        )
        for kind, label in KINDS
    )


def _filters(call: Call, choice: InboxChoice) -> tuple[Tab, ...]:
    """The workflows to narrow the list to, where there is more than one."""
    found = groups(call, choice.kind)
    if len(found) < 2 and not choice.workflow:
        return ()
    everything = Tab("", text("all_workflows", call.language), _href(choice.kind), active=not choice.workflow)
    names = [(f"{group.app}.{group.workflow}", group) for group in found]
    return (
        everything,
        *(
            Tab(
                name,
                group.label,
                _href(choice.kind, name),
                f"{group.count:,}",
                active=name == choice.workflow,
            )
            for name, group in names
        ),
    )


def _empty(kind: str, language: str) -> Empty:
    if kind == "todo":
        return Empty(text("inbox_empty", language), text("inbox_empty_text", language))
    words = "inbox_mine_empty" if kind == "started" else "inbox_done_empty"
    return Empty(text(words, language), drawing=False)


def _line(
    call: Call, line: InboxLine, wanted: int | None, figures: Mapping[tuple[str, int], str]
) -> TaskLine:
    is_task, is_open = line.task_id is not None, line.status == "open"
    app = call.release.apps.get(line.app)
    step = line.node_label if line.node_label else line.workflow_label
    if line.owner:
        step = f"{step} · {text('task_for', call.language, name=line.owner)}"
    figure = figures.get((line.key, line.record_id), "")
    return TaskLine(
        id=str(line.task_id or line.instance_id),
        title=line.title,
        href=f"/inbox/{line.task_id}" if is_task else record_path(line.key, line.record_id),
        person=Piece(line.initiator, "person"),
        step=step,
        when=ago(call, line.decided_at or line.at),
        at=(line.decided_at or line.at).isoformat(),
        figure=figure,
        app=app.label.get(call.language) if app is not None else "",
        active=is_task and line.task_id == wanted,
        actions=_actions(call, line, figure) if is_open and is_task else (),
        status="" if is_open else text(f"{'task' if is_task else 'approval'}_{line.status}", call.language),
        tone=_TONES.get(line.status, ""),
    )


def _actions(call: Call, line: InboxLine, figure: str) -> tuple[Action, ...]:
    field = main_figure(call, line.key)
    return decisions(
        call, line, figure=(field.label.get(call.language), figure) if field and figure else None
    )


_TONES = {"approved": "ok", "rejected": "bad"}


def _figures(call: Call, lines: tuple[InboxLine, ...]) -> dict[tuple[str, int], str]:
    """The figure that matters most about each record, where its form names one and the step does not hide it."""
    found: dict[tuple[str, int], str] = {}
    for key in dict.fromkeys(line.key for line in lines):
        field = main_figure(call, key)
        if field is None:
            continue
        entity = call.release.entity(key)
        values = figures_of(call, [line for line in lines if line.key == key], field.id)
        for identifier, value in values.items():
            found[key, identifier] = shown(call, entity, field, value, {}).text
    return found
