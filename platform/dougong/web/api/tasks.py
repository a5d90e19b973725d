"""Approvals over HTTP: the inbox, deciding, and what may be done with a record."""

from __future__ import annotations

from typing import Any

from werkzeug.wrappers import Response

from dougong.diagnostics import nearest
from dougong.records.call import Call
from dougong.records.read import read
from dougong.records.update import update
from dougong.screens.kanban import group_field
from dougong.web.api.records import entity_key, record_id
from dougong.web.api.values import identifier as as_id
from dougong.web.api.values import instant, record_document
from dougong.web.catalogue import refuse
from dougong.web.conditions import etag, expected_version
from dougong.web.exchange import Exchange
from dougong.web.once import Answer, change_once
from dougong.web.parameters import one_of, whole_number
from dougong.workflow.act import approve, reject, withdraw_record
from dougong.workflow.inbox import KINDS, InboxLine, inbox
from dougong.workflow.instances import Instance
from dougong.workflow.path import Step, Way
from dougong.workflow.submit import submit
from dougong.workflow.task import OpenedTask, open_task

TASK_PARAMETERS = ("kind", "app", "workflow", "limit", "cursor")
ACTIONS = ("submit", "withdraw", "move")


def tasks(exchange: Exchange) -> Response:
    """GET /tasks: what waits for the caller, what the caller started, what the caller has decided."""
    given = exchange.parameters
    kind = one_of(given, "kind", KINDS)
    limit = whole_number(given, "limit", 50, 1, 200)
    before = whole_number(given, "cursor", 0, 0, 999_999_999_999) or None
    with exchange.reading() as call:
        lines = inbox(
            call,
            kind,
            limit + 1 if limit < 200 else limit,
            before,
            given.get("app", ""),
            given.get("workflow", ""),
        )
        page = lines[:limit]
        more = len(lines) > limit or (limit == 200 and len(page) == limit)
        last = (page[-1].task_id or page[-1].instance_id) if page and more else None
        data = [_line(each, call.timezone) for each in page]
    return exchange.json({"data": data, "page": {"next": as_id(last), "count": None}})


def task(exchange: Exchange, identifier: str) -> Response:
    """GET /tasks/{id}: one task of the caller, with the record as its step may see it and the way of the approval."""
    with exchange.reading() as call:
        return exchange.json(_opened(call, open_task(call, record_id(identifier))))


def _line(line: InboxLine, timezone: str) -> dict[str, Any]:
    app, _, entity = line.key.partition(".")
    return {
        "id": as_id(line.task_id),
        "approval": str(line.instance_id),
        "app": line.app,
        "workflow": line.workflow,
        "label": line.workflow_label,
        "node": line.node or None,
        "step": line.node_label or None,
        "record": {"app": app, "entity": entity, "id": str(line.record_id), "title": line.title},
        "initiator": {"id": str(line.initiator_id), "title": line.initiator},
        "for": {"id": str(line.owner_id), "title": line.owner} if line.owner_id is not None else None,
        "at": instant(line.at, timezone),
        "status": line.status,
        "opinion": line.opinion or None,
        "comment_required": line.comment_required,
        "decided_at": instant(line.decided_at, timezone),
    }


def _opened(call: Call, task: OpenedTask) -> dict[str, Any]:
    record = record_document(call, task.record) if task.record is not None else None
    document = _line(task.line, call.timezone)
    return document | {
        "values": record,
        "editable": list(task.editable),
        "path": _path(task.way, call.timezone),
    }


def _path(way: Way, timezone: str) -> list[dict[str, Any]]:
    return [_step(each, timezone) for each in way.steps]


def _step(step: Step, timezone: str) -> dict[str, Any]:
    people = [
        {
            "id": str(each.id),
            "title": each.name,
            "decision": each.decision or None,
            "opinion": each.opinion or None,
            "at": instant(each.at, timezone),
            "by": {"id": str(each.delegate_id), "title": each.delegate} if each.delegate_id else None,
        }
        for each in step.people
    ]
    return {
        "node": step.node,
        "step": step.label,
        "state": step.state,
        "rule": step.rule,
        "reason": step.reason or None,
        "people": people,
        "since": instant(step.since, timezone),
        "until": instant(step.until, timezone),
    }


# -- deciding -----------------------------------------------------------------------------------------------------------


def decide_approve(exchange: Exchange, identifier: str) -> Response:
    """POST /tasks/{id}/approve: with an opinion, and changes to the fields that the step lets one change."""
    body = _body(exchange, "comment", "changes", "version")
    changes = body.get("changes", {})
    if not isinstance(changes, dict):
        raise refuse("malformed", "W313", "changes", name="changes", expected="an object of field and value")
    comment, version = _text(body, "comment"), _version(exchange, body)
    return change_once(
        exchange,
        lambda call: _decided(approve(call, record_id(identifier), comment, changes, version)),
        body,
    )


def decide_reject(exchange: Exchange, identifier: str) -> Response:
    """POST /tasks/{id}/reject: the opinion says why."""
    body = _body(exchange, "comment", "version")
    comment, version = _text(body, "comment"), _version(exchange, body)
    return change_once(
        exchange, lambda call: _decided(reject(call, record_id(identifier), comment, version)), body
    )


def _decided(instance: Instance) -> Answer:
    outcome = instance.state.outcome
    document = {
        "approval": str(instance.id),
        "state": "finished" if outcome else "running",
        "outcome": outcome or None,
        "waiting_at": [token.node for token in instance.state.tokens],
    }
    return Answer(200, document)


# -- acting on a record -------------------------------------------------------------------------------------------------


def act(exchange: Exchange, app: str, entity: str, identifier: str, action: str) -> Response:
    """POST /{app}/{entity}/{id}/actions/{action}: submit, withdraw, or move to a stage; the answer is the record after it."""
    if action not in ACTIONS:
        raise refuse("missing", "W417", hint=nearest(action[:40], ACTIONS), name=action[:40])
    body = _body(exchange, *(("to", "version") if action == "move" else ("workflow", "comment")))

    def change(call: Call) -> Answer:
        key, number = entity_key(call, app, entity), record_id(identifier)
        _act(exchange, call, key, number, action, body)
        record = read(call, key, number)
        return Answer(200, record_document(call, record), {"ETag": etag(record.version)})

    return change_once(exchange, change, body)


def _act(exchange: Exchange, call: Call, key: str, number: int, action: str, body: dict[str, Any]) -> None:
    if action == "submit":
        submit(call, key, number, _text(body, "workflow"), _text(body, "comment"))
    elif action == "withdraw":
        withdraw_record(call, key, number, _text(body, "workflow"), _text(body, "comment"))
    else:
        field = group_field(call, call.release.entity(key), None)
        if field is None:
            raise refuse("missing", "W417", name=action)
        update(call, key, number, {field.id: body.get("to")}, _version(exchange, body))


def _body(exchange: Exchange, *allowed: str) -> dict[str, Any]:
    """The JSON object of the body; none at all stands for an empty one."""
    has_body = bool(exchange.request.content_length) or "Transfer-Encoding" in exchange.request.headers
    return dict(exchange.an_object(*allowed)) if has_body else {}


def _text(body: dict[str, Any], name: str) -> str:
    found = body.get(name)
    if found is None:
        return ""
    if not isinstance(found, str):
        raise refuse("malformed", "W313", name, name=name, expected="text")
    return found


def _version(exchange: Exchange, body: dict[str, Any]) -> int | None:
    """The version of the record that the caller has seen: in the body, or as If-Match."""
    given = body.get("version")
    if given is None:
        return expected_version(exchange.request)
    if isinstance(given, bool) or not isinstance(given, int):
        raise refuse("malformed", "W313", "version", name="version", expected="a whole number")
    return given
