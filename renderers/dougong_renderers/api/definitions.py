"""What the OpenAPI document says about definitions, for those who may design an app: the files of a draft, its plan, applying it."""

from __future__ import annotations

from typing import Any

from dougong_renderers.api import parts, work

Document = dict[str, Any]
_PATH: Document = {
    "name": "path",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "pattern": r"^[a-z][a-z0-9_]{0,39}\.(yaml|json)$"},
    "description": "the path of a file, such as entities/account.yaml",
}
_FILE: Document = {
    "type": "object",
    "properties": {
        "path": {"type": "string"},
        "text": {"type": "string"},
        "changed": {"type": "boolean"},
    },
    "required": ["path", "changed"],
}
_MEND: Document = {
    "type": "object",
    "additionalProperties": {
        "oneOf": [
            {"enum": ["aside", "default"]},
            {
                "type": "object",
                "properties": {"backfill": {"type": "string"}},
                "required": ["backfill"],
                "additionalProperties": False,
            },
        ]
    },
}
_DONE: Document = parts.ok(parts.anything())
_WANTED: Document = {
    "sources": {"type": "object", "additionalProperties": {"type": "string"}},
    "mend": _MEND,
}
_APPLIED: Document = {
    "allow_loss": {"type": "boolean", "default": False},
    "note": {"type": "string"},
    "background": {"type": ["boolean", "null"], "description": "null: only what takes long"},
    "state": {
        "type": ["string", "null"],
        "description": "of a plan: refused if it is no longer what would be done",
    },
}


def definition_paths(app: str, label: str) -> Document:
    """The draft of the caller, its plan, and applying it."""
    text = {
        "type": "object",
        "properties": {"text": {"type": ["string", "null"], "maxLength": 1024 * 1024}},
        "required": ["text"],
        "additionalProperties": False,
    }
    base, name = f"/api/v1/{app}", f"{app}.definitions"
    return {
        f"{base}/definitions": {
            "get": parts.operation(f"{name}.list", label, parts.ok(parts.listing())),
            "delete": parts.operation(f"{name}.discard", label, parts.no_content()),
        },
        f"{base}/definitions/{{path}}": {
            "parameters": [_PATH],
            "get": parts.operation(f"{name}.read", label, parts.ok(_FILE)),
            "put": parts.operation(f"{name}.write", label, parts.ok(_FILE), body=text),
        },
        f"{base}/plan": {"post": _changing(f"{app}.plan", label, _WANTED, _DONE)},
        f"{base}/apply": {
            "post": _changing(f"{app}.apply", label, _WANTED | _APPLIED, work.now_or_later(_DONE))
        },
    }


def _changing(identifier: str, label: str, properties: Document, answers: Document) -> Document:
    body = {"type": "object", "properties": properties, "additionalProperties": False}
    return parts.operation(identifier, label, answers, body=body)
