"""Fragments of JSON Schema that field types use for their own settings."""

from collections.abc import Mapping
from typing import Any

Schema = dict[str, Any]

DEFS: Mapping[str, Schema] = {
    "id": {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,39}$"},
    "text": {
        "oneOf": [
            {"type": "string", "minLength": 1},
            {
                "type": "object",
                "properties": {"zh": {"type": "string"}, "en": {"type": "string"}},
                "minProperties": 1,
                "additionalProperties": False,
            },
        ]
    },
    "bound": {"oneOf": [{"type": "number"}, {"type": "string", "minLength": 1}]},
    "fields": {"type": "object", "minProperties": 1},
    "rules": {"type": "array"},
}
"""What `$ref`s of settings point at; the schema of an entity puts more precise `fields` and `rules` in their place."""

TEXT: Schema = {"$ref": "#/$defs/text"}
ID: Schema = {"$ref": "#/$defs/id"}
BOUND: Schema = {"$ref": "#/$defs/bound"}
FIELDS: Schema = {"$ref": "#/$defs/fields"}
RULES: Schema = {"$ref": "#/$defs/rules"}


def described(schema: Schema, chinese: str, english: str, **more: Any) -> Schema:
    """Return a setting with its title in both languages (a designer shows `x-title` in the reader's)."""
    return {**schema, "title": english, "x-title": {"zh": chinese, "en": english}, **more}


def own(properties: Mapping[str, Schema], required: tuple[str, ...] = ()) -> Schema:
    """Return the JSON Schema of a type's own settings."""
    schema: Schema = {"type": "object", "properties": dict(properties), "additionalProperties": False}
    if required:
        schema["required"] = list(required)
    return schema


def input_of(schema: Schema) -> str:
    """Return with what kind of input a person sets a setting: flag, choice, whole, words (in each language), line, list, or "".

    "" is for settings whose shape is a matter of their own, such as options or the parts of a serial number.
    """
    if schema.get("$ref") == TEXT["$ref"]:
        return "words"
    if schema.get("$ref") == ID["$ref"]:
        return "line"
    if enumeration(schema):
        return "choice"
    if schema.get("type") == "array" and schema["items"].get("type", "string") == "string":
        return "list"
    return {"boolean": "flag", "integer": "whole", "string": "line"}.get(str(schema.get("type")), "")


def enumeration(schema: Schema) -> tuple[str, ...]:
    """Return the words that a setting takes, among other things or alone."""
    found = [schema, *schema.get("oneOf", ())]
    return tuple(word for each in found for word in each.get("enum", ()))
