"""What the OpenAPI document says about approvals: the inbox, deciding, and acting on a record."""

from __future__ import annotations

from typing import Any

from dougong.screens.description import EntityDescription
from dougong_renderers.api import parts

Document = dict[str, Any]
PERSON: Document = {
    "type": "object",
    "properties": {"id": parts.IDENTIFIER, "title": {"type": "string"}},
    "required": ["id", "title"],
}
OPINION: Document = {"type": ["string", "null"], "maxLength": 4000}
VERSION: Document = {
    "type": ["integer", "null"],
    "description": "The version of the record that was looked at; another one is refused with 412",
}
_RECORD: Document = {
    "type": "object",
    "properties": {
        "app": {"type": "string"},
        "entity": {"type": "string"},
        "id": parts.IDENTIFIER,
        "title": {"type": "string"},
    },
    "required": ["app", "entity", "id", "title"],
}
_LINE: Document = {
    "id": {"type": ["string", "null"]},
    "approval": parts.IDENTIFIER,
    "app": {"type": "string"},
    "workflow": {"type": "string"},
    "label": {"type": "string"},
    "node": {"type": ["string", "null"]},
    "step": {"type": ["string", "null"]},
    "record": _RECORD,
    "initiator": PERSON,
    "for": {
        "anyOf": [PERSON, {"type": "null"}],
        "description": "whose task it is, where one decides for somebody",
    },
    "at": parts.INSTANT,
    "status": {"enum": ["open", "approved", "rejected", "cancelled", "running", "withdrawn"]},
    "opinion": {"type": ["string", "null"]},
    "comment_required": {"type": "boolean"},
    "decided_at": parts.INSTANT,
}
_STEP: Document = {
    "type": "object",
    "properties": {
        "node": {"type": "string"},
        "step": {"type": "string"},
        "state": {"enum": ["done", "rejected", "now", "todo", "skipped", "cancelled"]},
        "rule": {"enum": ["any", "all"]},
        "reason": {"type": ["string", "null"]},
        "people": {"type": "array", "items": {"type": "object"}},
        "since": parts.INSTANT,
        "until": parts.INSTANT,
    },
}
SCHEMAS: Document = {
    "task": {"type": "object", "properties": _LINE, "required": list(_LINE)},
    "openedTask": {
        "type": "object",
        "properties": {
            **_LINE,
            "values": {"type": ["object", "null"], "description": "The record as the step may see it"},
            "editable": {"type": "array", "items": {"type": "string"}},
            "path": {"type": "array", "items": _STEP},
        },
        "required": [*_LINE, "values", "editable", "path"],
    },
    "decision": {
        "type": "object",
        "properties": {
            "approval": parts.IDENTIFIER,
            "state": {"enum": ["running", "finished"]},
            "outcome": {"enum": ["approved", "rejected", None]},
            "waiting_at": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["approval", "state", "outcome", "waiting_at"],
    },
}


def inbox_paths() -> Document:
    """The inbox over all apps and its decisions."""
    listed = {
        "type": "object",
        "properties": {
            "data": {"type": "array", "items": parts.reference("task")},
            "page": parts.reference("page"),
        },
        "required": ["data", "page"],
    }
    choices = [
        parts.query("kind", {"enum": ["todo", "started", "done"], "default": "todo"}),
        parts.query("app", parts.TEXT),
        parts.query("workflow", parts.TEXT),
        parts.query("limit", {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}),
        parts.query("cursor", parts.IDENTIFIER),
    ]
    opened = parts.operation("tasks.read", "Task", parts.ok(parts.reference("openedTask")))
    approve = {"comment": OPINION, "changes": {"type": "object"}, "version": VERSION}
    return {
        "/api/v1/tasks": {
            "get": parts.operation("tasks.list", "Tasks", parts.ok(listed), parameters=choices)
        },
        "/api/v1/tasks/{id}": {"parameters": [parts.ID_PARAMETER], "get": opened},
        "/api/v1/tasks/{id}/approve": _decision("tasks.approve", "Approve", approve, ()),
        "/api/v1/tasks/{id}/reject": _decision(
            "tasks.reject", "Reject", {"comment": OPINION, "version": VERSION}, ("comment",)
        ),
    }


def action_paths(entity: EntityDescription, name: str, base: str) -> Document:
    """Submitting a record to an approval and withdrawing it, where its entity has any."""
    if not entity.workflows:
        return {}
    properties = {"workflow": {"enum": [*entity.workflows, None]}, "comment": OPINION}
    body = {"type": "object", "properties": properties, "additionalProperties": False}
    record = parts.ok(parts.reference(name), etag=True)
    found: Document = {}
    for action in ("submit", "withdraw"):
        operation = parts.operation(
            f"{name}.{action}", entity.label, record, body=body, parameters=[parts.IDEMPOTENCY]
        )
        found[f"{base}/{{id}}/actions/{action}"] = {"parameters": [parts.ID_PARAMETER], "post": operation}
    return found


def _decision(identifier: str, summary: str, properties: Document, required: tuple[str, ...]) -> Document:
    body = {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }
    operation = parts.operation(
        identifier, summary, parts.ok(parts.reference("decision")), body=body, parameters=[parts.IDEMPOTENCY]
    )
    return {"parameters": [parts.ID_PARAMETER], "post": operation}
