"""Approvals over HTTP: the inbox, deciding, and what may be done with a record."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from werkzeug.wrappers import Response

from dougong.records.call import Call
from dougong.records.read import read
from dougong.records.record import Record
from dougong.records.update import update
from dougong.screens.kanban import group_field
from dougong.storage.system import INSTANCE
from dougong.web.api.records import entity_key, record_id
from dougong.web.api.values import identifier as as_id
from dougong.web.api.values import instant, record_document
from dougong.web.catalogue import refuse
from dougong.web.conditions import etag, expected_version
from dougong.web.exchange import Exchange
from dougong.web.parameters import one_of, whole_number
from dougong.workflow.act import approve, reject, withdraw
from dougong.workflow.inbox import InboxLine, inbox, line_of
from dougong.workflow.instances import Instance
from dougong.workflow.path import ways_of
from dougong.workflow.submit import submit, workflows_of

KINDS = ("todo", "started", "done")


def tasks(exchange: Exchange) -> Response:
    """GET /tasks: what waits for the caller, what the caller started, what the caller has decided."""
    kind = one_of(exchange.parameters, "kind", KINDS)
    limit = whole_number(exchange.parameters, "limit", 50, 1, 200)
    before = (
        whole_number(exchange.parameters, "before", 0, 1, 10**18)
        if exchange.parameters.get("before")
        else None
    )
    with exchange.reading() as call:
        lines = inbox(call, kind, limit, before)
        return exchange.json({"data": [_line(each, call.timezone) for each in lines]})


def task(exchange: Exchange, identifier: str) -> Response:
    """GET /tasks/{id}: one task of the caller."""
    with exchange.reading() as call:
        return exchange.json(_line(line_of(call, record_id(identifier)), call.timezone))


def _line(line: InboxLine, timezone: str) -> dict[str, Any]:
    app, _, entity = line.key.partition(".")
    return {
        "id": as_id(line.task_id),
        "approval": str(line.instance_id),
        "workflow": line.workflow,
        "label": line.workflow_label,
        "node": line.node or None,
        "step": line.node_label or None,
        "record": {"app": app, "entity": entity, "id": str(line.record_id), "title": line.title},
        "initiator": {"id": str(line.initiator_id), "title": line.initiator},
        "at": instant(line.at, timezone),
        "status": line.status,
        "opinion": line.opinion or None,
        "comment_required": line.comment_required,
        "decided_at": instant(line.decided_at, timezone),
    }


def decide_approve(exchange: Exchange, identifier: str) -> Response:
    """POST /tasks/{id}/approve: with an opinion, and changes to the fields that the step lets one change."""
    body = exchange.an_object("comment", "fields") if _has_body(exchange) else {}
    comment, fields = body.get("comment", ""), body.get("fields", {})
    if not isinstance(comment, str):
        raise refuse("malformed", "W313", "comment", name="comment", expected="text")
    if not isinstance(fields, dict):
        raise refuse("malformed", "W313", "fields", name="fields", expected="an object of field and value")
    version = expected_version(exchange.request)
    with exchange.writing() as call:
        return _decided(exchange, call, approve(call, record_id(identifier), comment, fields, version))


def decide_reject(exchange: Exchange, identifier: str) -> Response:
    """POST /tasks/{id}/reject: the opinion says why."""
    body = exchange.an_object("comment") if _has_body(exchange) else {}
    comment = body.get("comment", "")
    if not isinstance(comment, str):
        raise refuse("malformed", "W313", "comment", name="comment", expected="text")
    with exchange.writing() as call:
        return _decided(exchange, call, reject(call, record_id(identifier), comment))


def _has_body(exchange: Exchange) -> bool:
    return bool(exchange.request.content_length) or "Transfer-Encoding" in exchange.request.headers


def _decided(exchange: Exchange, call: Call, instance: Instance) -> Response:
    row = call.connection.execute(
        select(INSTANCE.c.state, INSTANCE.c.outcome).where(INSTANCE.c.id == instance.id)
    ).one()
    return exchange.json({"approval": str(instance.id), "state": row.state, "outcome": row.outcome or None})


def act(exchange: Exchange, app: str, entity: str, identifier: str, action: str) -> Response:
    """POST /{app}/{entity}/{id}/actions/{action}: submit, withdraw, or move to a stage."""
    body = exchange.an_object("workflow", "comment", "to") if _has_body(exchange) else {}
    version = expected_version(exchange.request)
    with exchange.writing() as call:
        key, number = entity_key(call, app, entity), record_id(identifier)
        if action == "submit":
            offered = [each.id for each in workflows_of(call, key) if each.start_on == "submit"]
            chosen = body.get("workflow") or (offered[0] if len(offered) == 1 else "")
            if not isinstance(chosen, str) or not chosen:
                raise refuse("malformed", "W206", "workflow", name="workflow", allowed=", ".join(offered))
            submit(call, key, number, chosen)
        elif action == "withdraw":
            read(call, key, number)
            running = [each for each in ways_of(call, key, number) if each.state == "running"]
            mine = [each for each in running if each.initiator_id == call.actor.id]
            if not mine:
                raise refuse("conflict", "W417", name=action)
            withdraw(call, mine[0].instance_id, str(body.get("comment") or ""))
        elif action == "move":
            field = group_field(call, call.release.entity(key), None)
            if field is None:
                raise refuse("missing", "W417", name=action)
            update(call, key, number, {field.id: body.get("to")}, version)
        else:
            raise refuse("missing", "W417", name=action[:40])
        record: Record = read(call, key, number)
        document = record_document(call, record)
    return exchange.json(document, headers={"ETag": etag(record.version)})
