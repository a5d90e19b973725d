"""What the OpenAPI document says about work that goes on after the answer."""

from __future__ import annotations

from typing import Any

from dougong_renderers.api import parts

Document = dict[str, Any]
_OPTIONAL: Document = {"type": ["string", "null"]}
SCHEMAS: Document = {
    "work": {
        "type": "object",
        "properties": {
            "id": parts.IDENTIFIER,
            "title": {"type": "string"},
            "state": {"type": "string"},
            "done": {"type": "integer"},
            "total": {"type": ["integer", "null"]},
            "note": _OPTIONAL,
            "ordered_at": {"type": "string", "format": "date-time"},
            "ended_at": parts.INSTANT,
            "message": _OPTIONAL,
            "result": {
                "type": ["object", "null"],
                "description": "what the request itself would have answered",
            },
            "refused": _OPTIONAL,
            "errors": {"type": "array", "items": {"type": "object"}},
        },
        "required": ["id", "state", "done", "total", "result", "refused", "errors"],
    }
}


def now_or_later(answers: Document) -> Document:
    """The answers of a request whose work goes on in the background where it takes long."""
    return {**answers, **later()}


def later() -> Document:
    """The answer of a request whose work goes on in the background."""
    answer = {
        "description": "Goes on; the work is looked at under Location",
        "content": {parts.JSON: {"schema": parts.reference("work")}},
        "headers": {"Location": {"schema": {"type": "string"}}},
    }
    return {"202": answer}


def work_paths() -> Document:
    """Looking at work, and stopping it."""
    base, answer = "/api/v1/jobs/{id}", parts.ok(parts.reference("work"))
    return {
        base: {"parameters": [parts.ID_PARAMETER], "get": parts.operation("work.read", "Work", answer)},
        f"{base}/cancel": {
            "parameters": [parts.ID_PARAMETER],
            "post": parts.operation("work.cancel", "Stop work", answer),
        },
    }
