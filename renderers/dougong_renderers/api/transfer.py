"""What the OpenAPI document says about files, imports and exports, choosing, revealing and numbering again."""

from __future__ import annotations

from typing import Any

from dougong.screens.description import EntityDescription
from dougong_renderers.api import parts, work
from dougong_renderers.tables import MEDIA_TYPES

Document = dict[str, Any]
BYTES: Document = {"type": "string", "format": "binary"}
SWITCH: Document = {"enum": ["false", "true"], "default": "false"}
FILE: Document = {
    "type": "object",
    "properties": {
        "id": {"type": "string"},
        "name": {"type": "string"},
        "type": {"type": "string"},
        "size": {"type": "integer"},
    },
    "required": ["id", "name", "type", "size"],
}
_IMPORT: Document = {
    "type": "object",
    "properties": {
        "file": {**BYTES, "description": "CSV or XLSX"},
        "files": {**BYTES, "description": "a ZIP archive with the files that cells name"},
        "map": {"type": "string", "description": "JSON of header to field, null for a column to leave out"},
        "set": {"type": "string", "description": "JSON of field to the text that every record gets there"},
    },
    "required": ["file"],
}
_IMPORT_PARAMETERS: list[Document] = [
    parts.query("mode", {"enum": ["add", "update", "upsert"]}),
    parts.query("match", parts.TEXT),
    parts.query("dry_run", SWITCH),
    parts.query("keep_empty", SWITCH),
    parts.query("keep_numbers", SWITCH),
    parts.query("keep_origin", SWITCH),
    parts.query("skip_cells", SWITCH),
    parts.query("encoding", {"type": "string", "maxLength": 40}),
    parts.query("delimiter", {"type": "string", "maxLength": 10}),
    parts.query("sheet", {"type": "string", "maxLength": 100}),
    parts.query("dates", {"type": "string", "maxLength": 10}),
    parts.query("decimal", {"type": "string", "maxLength": 10}),
]
_FIGURES = ("total", "added", "updated", "unchanged", "failed", "partial")
_RESULT: Document = {
    "type": "object",
    "properties": {name: {"type": "integer"} for name in _FIGURES},
    "required": list(_FIGURES),
}
_REVEAL: Document = {
    "type": "object",
    "properties": {"field": {"type": "string", "minLength": 1}, "row": {"type": ["string", "null"]}},
    "required": ["field"],
    "additionalProperties": False,
}


def file_paths() -> Document:
    """Files by their id, as they are and as thumbnails."""
    parameter = {
        "name": "file",
        "in": "path",
        "required": True,
        "schema": {"type": "string", "maxLength": 100},
    }
    found: Document = {}
    for ending, name in (("", "files.read"), ("/small", "files.small")):
        answers = {"200": {"description": "The content", "content": {"*/*": {"schema": BYTES}}}}
        found[f"/api/v1/files/{{file}}{ending}"] = {
            "parameters": [parameter],
            "get": parts.operation(name, "File", answers),
        }
    return found


def transfer_paths(entity: EntityDescription, name: str, base: str) -> Document:
    """What goes in and out of one entity, as far as the caller may."""
    found: Document = {}
    if entity.files:
        stored = parts.operation(
            f"{name}.attach",
            entity.label,
            {"201": {**parts.created(FILE)["201"], "headers": {"Location": {"schema": {"type": "string"}}}}},
            body={"type": "object", "properties": {"file": BYTES}, "required": ["file"]},
            parameters=[parts.query("field", {"enum": list(entity.files)})],
            sent_as=parts.MULTIPART,
        )
        found[f"{base}/files"] = {"post": stored}
    if "import" in entity.actions:
        brought = parts.operation(
            f"{name}.import",
            entity.plural,
            parts.ok(_RESULT),
            body=_IMPORT,
            parameters=_IMPORT_PARAMETERS,
            sent_as=parts.MULTIPART,
        )
        found[f"{base}/import"] = {"post": brought}
    if "export" in entity.actions:
        found[f"{base}/export"] = {"get": _export(entity, name)}
    return found | _of_fields(entity, name, base)


def _export(entity: EntityDescription, name: str) -> Document:
    content = {kind: {"schema": BYTES} for kind in MEDIA_TYPES.values()}
    parameters = [
        *(parts.query(each, parts.TEXT) for each in ("filter", "sort")),
        parts.query("q", {"type": "string", "maxLength": 200}),
        parts.query("fields", parts.names(tuple(field.id for field in entity.fields))),
        parts.query("format", {"enum": list(MEDIA_TYPES), "default": "csv"}),
    ]
    answers = {"200": {"description": "The file", "content": content}}
    return parts.operation(f"{name}.export", entity.plural, answers, parameters=parameters)


def _of_fields(entity: EntityDescription, name: str, base: str) -> Document:
    found: Document = {}
    if entity.links:
        listed = parts.operation(
            f"{name}.choose",
            entity.plural,
            parts.ok(parts.listing()),
            parameters=[parts.query("q", {"type": "string", "maxLength": 200})],
        )
        found[f"{base}/choose/{{field}}"] = {"parameters": [_field(entity.links)], "get": listed}
    if "reveal" in entity.actions:
        shown = parts.operation(f"{name}.reveal", entity.label, parts.ok(parts.anything()), body=_REVEAL)
        found[f"{base}/{{id}}/reveal"] = {"parameters": [parts.ID_PARAMETER], "post": shown}
    if entity.serials:
        numbered = parts.operation(
            f"{name}.renumber",
            entity.plural,
            work.now_or_later(parts.ok(parts.anything())),
            parameters=[parts.query("dry_run", SWITCH)],
        )
        found[f"{base}/renumber/{{field}}"] = {"parameters": [_field(entity.serials)], "post": numbered}
    return found


def _field(allowed: tuple[str, ...]) -> Document:
    return {"name": "field", "in": "path", "required": True, "schema": {"enum": list(allowed)}}
