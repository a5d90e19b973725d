"""The JSON Schema validator that checks definitions: the standard one, with findings that point at the very key."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from dougong.definitions.schemas import schema

Errors = Iterator[ValidationError]


@cache
def validator(kind: str) -> Any:
    """The validator for one kind of file."""
    return _Validator(schema(kind))


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern.removesuffix("$") + r"\Z" if pattern.endswith("$") else pattern)


def _pattern(validator: Any, pattern: str, instance: Any, whole: Any) -> Errors:
    """As the standard one, but `$` does not also match before a last line feed."""
    if validator.is_type(instance, "string") and not _compiled(pattern).search(instance):
        yield ValidationError(pattern, validator="pattern")


def _unknown_keys(validator: Any, extra: Any, instance: Any, whole: Any) -> Errors:
    """One finding for every key that is not known, or the values of all keys that are free."""
    if not validator.is_type(instance, "object"):
        return
    known = whole.get("properties", {})
    for key, value in instance.items():
        if key in known:
            continue
        if extra is False:
            yield ValidationError(key, validator="additionalProperties", validator_value=list(known))
        else:
            yield from validator.descend(value, extra, path=key)


def _key_names(validator: Any, names: Any, instance: Any, whole: Any) -> Errors:
    if validator.is_type(instance, "object"):
        for key in instance:
            for error in validator.evolve(schema=names).iter_errors(key):
                yield ValidationError(key, validator="propertyNames", cause=error)


def _required(validator: Any, required: Any, instance: Any, whole: Any) -> Errors:
    if validator.is_type(instance, "object"):
        for key in required:
            if key not in instance:
                yield ValidationError(key, validator="required")


def _branch_by_kind(validator: Any, branches: Any, instance: Any, whole: Any) -> Errors:
    """Descends into the branch whose kind fits, so that its findings are said and not those of the others.

    Where several kinds of mapping are possible, it is the one with the fewest findings.
    """
    kinds = [_kinds(validator, branch) for branch in branches]
    fitting = [
        list(validator.descend(instance, branch))
        for branch, accepted in zip(branches, kinds, strict=True)
        if any(validator.is_type(instance, kind) for kind in accepted)
    ]
    if fitting:
        yield from min(reversed(fitting), key=len)
        return
    expected = [kind for accepted in kinds for kind in accepted]
    yield ValidationError("anyOf", validator="type", validator_value=expected, instance=instance)


def _kinds(validator: Any, branch: dict[str, Any]) -> list[str]:
    """The types of values that a branch is about."""
    schema = _resolved(validator, branch)
    inner = schema.get("anyOf") or schema.get("oneOf")
    if inner and "type" not in schema:
        return [kind for each in inner for kind in _kinds(validator, each)]
    if "enum" in schema and "type" not in schema:
        return ["string"]
    kind = schema.get("type", "object")
    return list(kind) if isinstance(kind, list) else [kind]


def _branch_by_type(validator: Any, branches: Any, instance: Any, whole: Any) -> Errors:
    """`if type is … then …` of fields, taken at once instead of tried one after the other."""
    if not isinstance(instance, dict):
        return
    for branch in branches:
        if branch["if"]["properties"]["type"]["const"] == instance.get("type"):
            yield from validator.descend(instance, branch["then"])


def _one_of_keys(validator: Any, keys: Any, instance: Any, whole: Any) -> Errors:
    """Exactly one of some keys must be there; the published schema says the same with `oneOf`."""
    if validator.is_type(instance, "object"):
        given = [key for key in keys if key in instance]
        if len(given) != 1:
            yield ValidationError(", ".join(given), validator="oneOf", validator_value=list(keys))


def _said_by_keys(validator: Any, branches: Any, instance: Any, whole: Any) -> Errors:
    if "x-one-of" not in whole:
        yield from _branch_by_kind(validator, branches, instance, whole)


def _resolved(validator: Any, schema: dict[str, Any]) -> dict[str, Any]:
    reference = schema.get("$ref")
    if reference is None:
        return schema
    found: dict[str, Any] = validator._resolver.lookup(reference).contents
    return found


_Validator = extend(
    Draft202012Validator,
    validators={
        "pattern": _pattern,
        "additionalProperties": _unknown_keys,
        "propertyNames": _key_names,
        "required": _required,
        "anyOf": _branch_by_kind,
        "oneOf": _said_by_keys,
        "allOf": _branch_by_type,
        "x-one-of": _one_of_keys,
    },
)
