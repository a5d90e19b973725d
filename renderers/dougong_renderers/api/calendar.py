"""What the OpenAPI document says about the company's calendar."""

from __future__ import annotations

from typing import Any

from dougong_renderers.api import parts

Document = dict[str, Any]
_DATE: Document = {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
_DAY: Document = {
    "type": "object",
    "properties": {
        "day": _DATE,
        "kind": {"enum": ["rest", "work"]},
        "name": {"type": "string", "maxLength": 100},
    },
    "required": ["day", "kind"],
    "additionalProperties": False,
}
_DAYS: Document = {
    "type": "object",
    "properties": {"days": {"type": "array", "items": _DAY, "maxItems": 10_000}},
    "required": ["days"],
    "additionalProperties": False,
}
_YEAR: Document = {"type": "integer", "minimum": 1, "maximum": 9999}
_CHINA: Document = {
    "type": "object",
    "properties": {"year": _YEAR},
    "required": ["year"],
    "additionalProperties": False,
}


def _changed(name: str) -> Document:
    return {
        "type": "object",
        "properties": {
            name: {"type": "integer"},
            "job": {
                "type": ["string", "null"],
                "description": "the work that computes again what goes by it",
            },
        },
        "required": [name, "job"],
    }


def calendar_paths() -> Document:
    """The days that differ from the week, and keeping them."""
    listed = {
        "type": "object",
        "properties": {"data": {"type": "array", "items": _DAY}},
        "required": ["data"],
    }
    span = [{**parts.query(name, _DATE), "required": True} for name in ("first", "last")]
    base = "/api/v1/calendar"
    return {
        base: {
            "get": parts.operation(
                "calendar.read", "Calendar", parts.ok(listed), parameters=[parts.query("year", _YEAR)]
            ),
            "put": parts.operation("calendar.enter", "Calendar", parts.ok(_changed("entered")), body=_DAYS),
            "delete": parts.operation(
                "calendar.remove", "Calendar", parts.ok(_changed("removed")), parameters=span
            ),
        },
        f"{base}/china": {
            "post": parts.operation("calendar.china", "Calendar", parts.ok(_changed("entered")), body=_CHINA)
        },
    }
