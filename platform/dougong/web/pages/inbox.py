"""The inbox: tasks over all apps, opened and decided."""

from __future__ import annotations

from typing import Any

from werkzeug.wrappers import Response

from dougong.diagnostics import Refusal
from dougong.records.call import Call
from dougong.screens.form_entry import read_entry
from dougong.screens.inbox import inbox_screen
from dougong.screens.shape import Problem
from dougong.screens.texts import text
from dougong.web.exchange import Exchange
from dougong.web.pages.frame import first, form_data, go, number, show, version_from
from dougong.web.problems import message_of
from dougong.web.security import local_path
from dougong.workflow.act import approve, reject
from dougong.workflow.inbox import line_of

KINDS = ("todo", "started", "done")


def inbox(exchange: Exchange) -> Response:
    """GET /inbox: one of its lists, the first task opened beside it."""
    kind = exchange.parameters.get("kind", "")
    with exchange.reading() as call:
        return show(exchange, call, inbox_screen(call, kind if kind in KINDS else "todo"))


def task(exchange: Exchange, identifier: str) -> Response:
    """GET /inbox/{task}: one task."""
    with exchange.reading() as call:
        line = line_of(call, number(identifier))
        return show(
            exchange, call, inbox_screen(call, "todo" if line.status == "open" else "done", line.task_id)
        )


def approve_one(exchange: Exchange, identifier: str) -> Response:
    """POST /inbox/{task}/approve."""
    return _decide(exchange, number(identifier), approves=True)


def reject_one(exchange: Exchange, identifier: str) -> Response:
    """POST /inbox/{task}/reject."""
    return _decide(exchange, number(identifier), approves=False)


def _decide(exchange: Exchange, task_id: int, approves: bool) -> Response:
    data = form_data(exchange)
    comment = first(data, "dg_comment")
    try:
        with exchange.writing() as call:
            line = line_of(call, task_id)
            if approves:
                approve(call, task_id, comment, _changes(call, line.key, data), version_from(data))
            else:
                reject(call, task_id, comment)
    except Refusal as refusal:
        if refusal.kind not in ("invalid", "conflict", "stale"):
            raise
        problems = tuple(
            Problem(message_of(each, exchange.language), code=each.code) for each in refusal.problems
        )
        with exchange.reading() as call:
            screen = inbox_screen(call, "todo", task_id, problems)
            return show(exchange, call, screen, 422 if refusal.kind == "invalid" else 409)
    words = text("decided_approve" if approves else "decided_reject", exchange.language, title=line.title)
    return go(exchange, local_path(first(data, "next"), "/inbox"), words)


def _changes(call: Call, key: str, data: dict[str, list[str]]) -> dict[str, Any]:
    """The step's fields that were sent along; the verb refuses those that the step does not let one change."""
    fields = call.release.entity(key).fields
    entered = {
        name: values[-1] if fields[name].type not in ("choices", "links") else tuple(values)
        for name, values in data.items()
        if name in fields
    }
    values, problems = read_entry(call, key, "update", entered, every=True)
    if problems:
        raise Refusal("invalid", problems)
    return values
