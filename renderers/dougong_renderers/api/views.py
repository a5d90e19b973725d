"""What the OpenAPI document says about views that people save, and about asking by a view."""

from __future__ import annotations

from typing import Any

from dougong.screens.description import EntityDescription
from dougong_renderers.api import parts

Document = dict[str, Any]
_NAMES: Document = {"type": "array", "items": {"type": "string", "maxLength": 100}, "maxItems": 60}
_SETTINGS: Document = {
    "name": {"type": "string", "minLength": 1, "maxLength": 60},
    "filter": parts.TEXT,
    "sort": parts.TEXT,
    "columns": _NAMES,
    "kind": {"enum": ["grid", "kanban"]},
    "group": {"type": "string", "maxLength": 100},
    "size": {"enum": [0, 25, 50, 100], "description": "records a page; 0: as usual"},
    "shared": {**_NAMES, "description": "ids of roles, or * for everybody"},
}
_NEW: Document = {
    "type": "object",
    "properties": _SETTINGS,
    "required": ["name"],
    "additionalProperties": False,
}
_CHANGES: Document = {
    "type": "object",
    "properties": {
        **_SETTINGS,
        "default": {"type": "boolean", "description": "whether the caller's list begins with it"},
        "position": {"type": "integer", "minimum": 0, "description": "its place among the caller's own"},
    },
    "additionalProperties": False,
}
SCHEMAS: Document = {
    "view": {
        "type": "object",
        "properties": {
            **{name: value for name, value in _SETTINGS.items() if name != "name"},
            "id": {"type": "string"},
            "name": {"type": "string"},
            "kind": {"type": "string"},
            "source": {"enum": ["definition", "own", "shared"]},
            "owner": {"type": ["object", "null"]},
            "default": {"type": "boolean"},
            "version": {"type": ["integer", "null"]},
            "problems": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["id", "name", "source", "filter", "sort", "columns", "default", "version"],
    }
}
PARAMETER: Document = parts.query(
    "view",
    {
        "type": "string",
        "maxLength": 100,
        "description": "go by a view, under the filter that is given as well",
    },
)
_ID: Document = {**parts.ID_PARAMETER, "name": "view"}


def view_paths(entity: EntityDescription, name: str, base: str) -> Document:
    """Keeping views, and what may be done with one."""
    view = parts.reference("view")
    listed = {
        "type": "object",
        "properties": {"data": {"type": "array", "items": view}},
        "required": ["data"],
    }
    return {
        f"{base}/views": {
            "get": parts.operation(f"{name}.views", entity.plural, parts.ok(listed)),
            "post": parts.operation(f"{name}.views.create", entity.plural, parts.created(view), body=_NEW),
        },
        f"{base}/views/{{view}}": {
            "parameters": [_ID],
            "get": parts.operation(f"{name}.views.read", entity.plural, parts.ok(view, etag=True)),
            "patch": parts.operation(
                f"{name}.views.update",
                entity.plural,
                parts.ok(view, etag=True),
                body=_CHANGES,
                parameters=[parts.IF_MATCH],
            ),
            "delete": parts.operation(
                f"{name}.views.delete", entity.plural, parts.no_content(), parameters=[parts.IF_MATCH]
            ),
        },
    }
