"""The inbox: tasks over all apps, opened and decided."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from werkzeug.wrappers import Response

from dougong.diagnostics import Diagnostic, Refusal
from dougong.records.call import Call
from dougong.screens.form_entry import read_entry
from dougong.screens.inbox import KINDS, InboxChoice, inbox_screen
from dougong.screens.shape import Submitted
from dougong.screens.task import TaskEntry, step_form
from dougong.screens.texts import text
from dougong.web.exchange import Exchange
from dougong.web.once import Outcome, once
from dougong.web.pages.frame import first, form_data, form_key, go, number, show, version_from
from dougong.web.security import local_path, random_token
from dougong.web.sending import send_file
from dougong.workflow.act import approve, reject
from dougong.workflow.task import open_task
from dougong.workflow.task import task_file as file_of_task


def inbox(exchange: Exchange) -> Response:
    """GET /inbox: one of its lists, the first task opened beside it."""
    given = exchange.parameters
    kind = given.get("kind", "")
    before = given.get("before", "")
    choice = InboxChoice(
        kind if kind in dict(KINDS) else "todo",
        given.get("workflow", "")[:200],
        number(before) if before else None,
    )
    with exchange.reading() as call:
        return show(exchange, call, inbox_screen(call, choice, entry=TaskEntry(random_token())))


def task(exchange: Exchange, identifier: str) -> Response:
    """GET /inbox/{task}: one task. Looking never decides: links in mails lead here."""
    with exchange.reading() as call:
        return _shown(exchange, call, number(identifier), TaskEntry(random_token()))


def task_file(exchange: Exchange, identifier: str, file: str) -> Response:
    """GET /inbox/{task}/files/{file}: a file that the step shows, for those who may not open the record itself."""
    with exchange.reading() as call:
        found = file_of_task(call, exchange.runtime.files, number(identifier), file)
    return send_file(exchange.request, found)


def approve_one(exchange: Exchange, identifier: str) -> Response:
    """POST /inbox/{task}/approve."""
    return _decide(exchange, number(identifier), approves=True)


def reject_one(exchange: Exchange, identifier: str) -> Response:
    """POST /inbox/{task}/reject."""
    return _decide(exchange, number(identifier), approves=False)


def _shown(exchange: Exchange, call: Call, task_id: int, entry: TaskEntry, status: int = 200) -> Response:
    opened = open_task(call, task_id)
    choice = InboxChoice("todo" if opened.line.status == "open" else "done")
    return show(exchange, call, inbox_screen(call, choice, task_id, entry), status)


def _decide(exchange: Exchange, task_id: int, approves: bool) -> Response:
    """Decide once, however often the form is sent; what is refused comes back as it was entered, with the reason."""
    data = form_data(exchange)
    opinion = _opinion(data, approves)
    entered: dict[str, Submitted] = {}
    try:
        with exchange.writing() as call:
            opened = open_task(call, task_id)
            entered = dict(exchange.runtime.renderers.pages.submitted(step_form(call, opened), data))

            def change() -> Outcome:
                version = version_from(data)
                if approves:
                    approve(call, task_id, opinion, _changes(call, opened.line.key, entered), version)
                else:
                    reject(call, task_id, opinion, version)
                return 303, {}

            once(call, form_key(data), f"{task_id}/{approves}".encode(), change)
    except Refusal as refusal:
        if refusal.kind not in ("invalid", "conflict", "stale"):
            raise
        return _again(exchange, task_id, entered, refusal, opinion)
    said = text(
        "decided_approve" if approves else "decided_reject", exchange.language, title=opened.line.title
    )
    return go(exchange, local_path(first(data, "next"), "/inbox"), said)


def _opinion(data: dict[str, list[str]], approves: bool) -> str:
    """What was said about this decision: a task's page asks in a dialog for each."""
    own = first(data, f"dg_comment-{'approve' if approves else 'reject'}")
    return own or first(data, "dg_comment")


def _again(
    exchange: Exchange, task_id: int, entered: dict[str, Submitted], refusal: Refusal, opinion: str
) -> Response:
    problems: Sequence[Diagnostic] = refusal.problems
    with exchange.reading() as call:
        entry = TaskEntry(random_token(), entered, problems, opinion)
        return _shown(exchange, call, task_id, entry, 422 if refusal.kind == "invalid" else 409)


def _changes(call: Call, key: str, entered: dict[str, Submitted]) -> dict[str, Any]:
    """The step's fields as the verb takes them; it refuses those that the step does not let one change."""
    values, problems = read_entry(call, key, "update", entered, every=True)
    if problems:
        raise Refusal("invalid", problems)
    return values
