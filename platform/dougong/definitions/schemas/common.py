"""Fragments of JSON Schema that the definitions of several kinds share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Schema = dict[str, Any]

ID_PATTERN = "^[a-z](_?[a-z0-9])*$"
ID_LENGTH = 40
LANGUAGE_PATTERN = "^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"
SYSTEM_COLUMNS = ("id", "created_at", "created_by", "updated_at", "updated_by", "version")
COLOURS = ("slate", "azure", "violet", "ochre", "malachite", "vermilion")

DEFS: Mapping[str, Schema] = {
    "id": {"type": "string", "pattern": ID_PATTERN, "maxLength": ID_LENGTH},
    "target": {
        "type": "string",
        "pattern": r"^([a-z](_?[a-z0-9])*\.)?[a-z](_?[a-z0-9])*$",
        "maxLength": 2 * ID_LENGTH + 1,
    },
    "text": {
        "anyOf": [
            {"type": "string", "minLength": 1, "maxLength": 4000},
            {
                "type": "object",
                "propertyNames": {"pattern": LANGUAGE_PATTERN},
                "additionalProperties": {"type": "string", "minLength": 1, "maxLength": 4000},
                "minProperties": 1,
            },
        ]
    },
    "expression": {"type": "string", "minLength": 1, "maxLength": 10000},
    "value": {
        "anyOf": [
            {"type": "string", "minLength": 1, "maxLength": 10000},
            {"type": "number"},
            {"type": "boolean"},
        ]
    },
    "bound": {"anyOf": [{"type": "number"}, {"type": "string", "minLength": 1, "maxLength": 10000}]},
    "icon": {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$", "maxLength": 60},
    "colour": {"type": "string", "enum": list(COLOURS)},
    "names": {"type": "array", "items": {"$ref": "#/$defs/id"}, "uniqueItems": True},
    "sort": {
        "type": "array",
        "items": {"type": "string", "pattern": "^-?[a-z](_?[a-z0-9])*$", "maxLength": ID_LENGTH + 1},
        "uniqueItems": True,
    },
    "assignments": {
        "type": "object",
        "propertyNames": {"$ref": "#/$defs/id"},
        "additionalProperties": {"$ref": "#/$defs/value"},
        "minProperties": 1,
    },
}

ID: Schema = {"$ref": "#/$defs/id"}
TARGET: Schema = {"$ref": "#/$defs/target"}
TEXT: Schema = {"$ref": "#/$defs/text"}
EXPRESSION: Schema = {"$ref": "#/$defs/expression"}
VALUE: Schema = {"$ref": "#/$defs/value"}
BOUND: Schema = {"$ref": "#/$defs/bound"}
ICON: Schema = {"$ref": "#/$defs/icon"}
COLOUR: Schema = {"$ref": "#/$defs/colour"}
NAMES: Schema = {"$ref": "#/$defs/names"}
SORT: Schema = {"$ref": "#/$defs/sort"}
ASSIGNMENTS: Schema = {"$ref": "#/$defs/assignments"}
BOOLEAN: Schema = {"type": "boolean"}
WIDTH: Schema = {"type": "integer", "minimum": 1, "maximum": 4}


def titled(schema: Schema, english: str, chinese: str, **more: Any) -> Schema:
    """The schema with its title in both languages; a designer shows `x-title` in the reader's."""
    return {**schema, "title": english, "x-title": {"zh": chinese, "en": english}, **more}


def record(properties: Mapping[str, Schema], required: tuple[str, ...] = (), /, **more: Any) -> Schema:
    """A mapping with these keys and no others."""
    schema: Schema = {"type": "object", "properties": dict(properties), "additionalProperties": False, **more}
    if required:
        schema["required"] = list(required)
    return schema


def by_id(schema: Schema, **more: Any) -> Schema:
    """A mapping from ids to things of one kind."""
    return {"type": "object", "propertyNames": ID, "additionalProperties": schema, **more}


def listed(schema: Schema, **more: Any) -> Schema:
    """A list of things of one kind."""
    return {"type": "array", "items": schema, **more}


def either(*schemas: Schema) -> Schema:
    """A value of one of several kinds, told apart by their `type`."""
    return {"anyOf": list(schemas)}


LABEL = titled(TEXT, "Label", "名称")
HELP = titled(TEXT, "Help", "说明")
