"""What the OpenAPI document says about explanations of rights."""

from __future__ import annotations

from typing import Any

from dougong.model.role import ACTIONS
from dougong_renderers.api import parts

Document = dict[str, Any]
_TEXT: Document = {"type": "string"}
_MAYBE: Document = {"type": ["string", "null"]}
_ID: Document = {"type": "string", "pattern": "^[0-9]{1,18}$"}
_PART: Document = {
    "type": "object",
    "properties": {
        "text": _TEXT,
        "outcome": {"enum": ["yes", "no", "empty"]},
        "depth": {"type": "integer"},
        "values": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"field": _TEXT, "value": _TEXT},
                "required": ["field", "value"],
            },
        },
    },
    "required": ["text", "outcome", "depth", "values"],
}
_CAUSE: Document = {
    "type": "object",
    "properties": {
        "kind": _TEXT,
        "speaks": {"enum": ["for", "against", "some"]},
        "action": _MAYBE,
        "role": _MAYBE,
        "rule": _MAYBE,
        "file": _MAYBE,
        "line": {"type": ["integer", "null"]},
        "parts": {"type": "array", "items": _PART},
    },
    "required": ["kind", "speaks", "parts"],
}
_EXPLANATION: Document = {
    "type": "object",
    "properties": {
        "allowed": {"type": "boolean"},
        "person": _MAYBE,
        "action": _TEXT,
        "entity": _MAYBE,
        "record": _MAYBE,
        "field": _MAYBE,
        "reasons": {"type": "array", "items": _TEXT},
        "causes": {"type": "array", "items": _CAUSE},
    },
    "required": ["allowed", "action", "entity", "reasons", "causes"],
}


_SEER: Document = {
    "type": "object",
    "properties": {
        "person": {
            "type": "object",
            "properties": {"id": _ID, "login": _TEXT, "name": _TEXT},
            "required": ["id", "login", "name"],
        },
        "action": {"enum": ["read", "update", "delete"]},
        "label": _TEXT,
        "reasons": {"type": "array", "items": _TEXT},
    },
    "required": ["person", "action", "reasons"],
}
_SEERS: Document = {
    "type": "object",
    "properties": {
        "data": {"type": "array", "items": _SEER},
        "page": {
            "type": "object",
            "properties": {"next": {"type": ["integer", "null"]}, "count": {"type": "integer"}},
            "required": ["next", "count"],
        },
        "counts": {"type": "object", "additionalProperties": {"type": "integer"}},
    },
    "required": ["data", "page", "counts"],
}


def access_operation(name: str, label: str) -> Document:
    """Who can see a record; for administrators, and for who may share it."""
    asked = [
        parts.query("q", {"type": "string", "maxLength": 100}),
        parts.query("best", {"enum": ["read", "update", "delete"]}),
        parts.query("limit", {"type": "integer", "minimum": 1, "maximum": 1000}),
        parts.query("offset", {"type": "integer", "minimum": 0, "maximum": 1_000_000}),
    ]
    return parts.operation(f"{name}.access", label, parts.ok(_SEERS), parameters=asked)


def why_paths(is_admin: bool) -> Document:
    """Why somebody may or may not do something; only administrators ask about others."""
    asked = [
        *((parts.query("person", {"type": "string", "maxLength": 60}),) if is_admin else ()),
        parts.query("action", {"enum": list(ACTIONS)}),
        {**parts.query("entity", {"type": "string", "maxLength": 100}), "required": True},
        parts.query("record", _ID),
        parts.query("field", {"type": "string", "maxLength": 100}),
        parts.query("scope", {"enum": ["read", "write", "admin"]}),
    ]
    return {
        "/api/v1/why": {"get": parts.operation("why", "Rights", parts.ok(_EXPLANATION), parameters=asked)}
    }
