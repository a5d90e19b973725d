"""What the OpenAPI document says about the audit trail."""

from __future__ import annotations

from typing import Any

from dougong_renderers.api import parts

Document = dict[str, Any]
_TEXT: Document = {"type": "string", "maxLength": 200}
_MAYBE: Document = {"type": ["string", "null"]}
_ACTOR: Document = {
    "type": ["object", "null"],
    "properties": {"id": parts.IDENTIFIER, "title": {"type": "string"}},
    "required": ["id", "title"],
}
_ENTRY: Document = {
    "type": "object",
    "properties": {
        "source": {"enum": ["audit", "history"]},
        "id": parts.IDENTIFIER,
        "at": {"type": "string", "format": "date-time"},
        "actor": _ACTOR,
        **{name: {"type": "string"} for name in ("door", "action", "subject", "address", "origin")},
        **{name: {"type": "string"} for name in ("agent", "route", "request_id")},
        "entity": _MAYBE,
        "record": _MAYBE,
        "version": {"type": ["integer", "null"]},
        "batch": _MAYBE,
        "details": {"type": "object"},
        "changes": {"type": "object"},
        "rows": {"type": "object"},
        "revealed": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["source", "id", "at", "actor", "door", "action"],
}
_HEAD: Document = {
    "type": "object",
    "properties": {
        "number": {"type": "integer", "minimum": 0},
        "hash": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        "at": parts.INSTANT,
    },
    "required": ["number", "hash", "at"],
}


def audit_paths() -> Document:
    """What was done, and how far it is sealed."""
    names = ("person", "action", "subject", "entity", "batch", "address", "since", "until", "cursor")
    listed = {
        "type": "object",
        "properties": {"data": {"type": "array", "items": _ENTRY}, "page": {"type": "object"}},
        "required": ["data", "page"],
    }
    parameters = [parts.query(name, _TEXT) for name in names]
    parameters.append(parts.query("source", {"enum": ["audit", "history"]}))
    parameters.append(parts.query("record", parts.IDENTIFIER))
    parameters.append(parts.query("limit", {"type": "integer", "minimum": 1, "maximum": 500}))
    return {
        "/api/v1/audit": {
            "get": parts.operation("audit.read", "Audit", parts.ok(listed), parameters=parameters)
        },
        "/api/v1/audit/head": {"get": parts.operation("audit.head", "Audit", parts.ok(_HEAD))},
    }
