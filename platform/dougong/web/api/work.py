"""Long work over HTTP: what was ordered answers 202 with its address, and here it is looked at until it has ended."""

from __future__ import annotations

from typing import Any

from werkzeug.wrappers import Response

from dougong.jobs import cancel
from dougong.records.call import Call
from dougong.web.catalogue import refuse
from dougong.web.exchange import Exchange
from dougong.web.once import Answer, change_once
from dougong.web.working import WorkState, state_of


def read(exchange: Exchange, identifier: str) -> Response:
    """GET /jobs/{id}: how far it is, or how it ended."""
    with exchange.reading() as call:
        return exchange.json(work_document(state_of(call, _number(identifier))))


def stop(exchange: Exchange, identifier: str) -> Response:
    """POST /jobs/{id}/cancel: stop it."""

    def change(call: Call) -> Answer:
        state = state_of(call, _number(identifier))
        cancel(call.connection, state.id)
        return Answer(200, work_document(state_of(call, state.id)))

    return change_once(exchange, change)


def accepted(call: Call, identifier: int) -> Answer:
    """The answer to a request whose work goes on in the background."""
    address = f"/api/v1/jobs/{identifier}"
    return Answer(202, work_document(state_of(call, identifier)), {"Location": address})


def work_document(state: WorkState) -> dict[str, Any]:
    """Work as data: `result` is what the request itself would have answered."""
    return {
        "id": str(state.id),
        "title": state.title,
        "state": state.state,
        "done": state.done,
        "total": state.total or None,
        "note": state.note,
        "ordered_at": state.ordered_at.isoformat(),
        "ended_at": state.ended_at.isoformat() if state.ended_at else None,
        "message": state.message,
        "result": dict(state.document) if state.state == "done" else None,
        "refused": state.refused or None,
        "errors": [dict(each) for each in state.problems],
    }


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise refuse("missing", "W404")
    return int(text)
