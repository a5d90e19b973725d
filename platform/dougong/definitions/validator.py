"""The JSON Schema validator that checks definitions: the standard one, with findings that point at the very key."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache, partial
from typing import Any

import jsonschema_rs
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from dougong.definitions.schemas import schema
from dougong.definitions.schemas.common import Schema

Errors = Iterator[ValidationError]
Defs = Mapping[str, Schema]


@cache
def validator(kind: str) -> Any:
    """The validator for one kind of file."""
    whole = schema(kind)
    defs = whole["$defs"]
    rules = {
        **_RULES,
        "$ref": partial(_reference, defs),
        "anyOf": partial(_branch_by_kind, defs),
        "oneOf": partial(_said_by_keys, defs),
    }
    checker: Any = extend(Draft202012Validator, validators=rules)  # type: ignore[no-untyped-call]
    return checker(whole)


@cache
def quick(kind: str) -> Any:
    """Tells whether a file is valid by the same schema, many times faster than finding out what is wrong with it."""
    return jsonschema_rs.Draft202012Validator(schema(kind))


def errors(kind: str, data: Any) -> list[ValidationError]:
    """Everything that is wrong with the data of a file of this kind."""
    try:
        if quick(kind).is_valid(data):
            return []
    except (
        ValueError,
        UnicodeError,
    ):  # a value that only Python can hold: the slow way says what is wrong with it
        pass
    return list(validator(kind).iter_errors(data))


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


def _reference(defs: Defs, validator: Any, reference: str, instance: Any, whole: Any) -> Errors:
    """As the standard one, but straight to the `$defs` of the same schema, which all references point at."""
    yield from validator.descend(instance, defs[reference.removeprefix("#/$defs/")])


def _branch_by_kind(defs: Defs, validator: Any, branches: Any, instance: Any, whole: Any) -> Errors:
    """Descends into the branch whose kind fits, so that its findings are said and not those of the others.

    Where several kinds of mapping are possible, it is the one with the fewest findings.
    """
    kinds = [_kinds(defs, branch) for branch in branches]
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


def _kinds(defs: Defs, branch: Schema) -> list[str]:
    """The types of values that a branch is about."""
    schema = _resolved(defs, branch)
    inner = schema.get("anyOf") or schema.get("oneOf")
    if inner and "type" not in schema:
        return [kind for each in inner for kind in _kinds(defs, each)]
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


def _said_by_keys(defs: Defs, validator: Any, branches: Any, instance: Any, whole: Any) -> Errors:
    if "x-one-of" not in whole:
        yield from _branch_by_kind(defs, validator, branches, instance, whole)


def _resolved(defs: Defs, branch: Schema) -> Schema:
    """The schema a branch refers to, or the branch itself."""
    reference = branch.get("$ref")
    return branch if reference is None else defs[reference.removeprefix("#/$defs/")]


_RULES = {
    "pattern": _pattern,
    "additionalProperties": _unknown_keys,
    "propertyNames": _key_names,
    "required": _required,
    "allOf": _branch_by_type,
    "x-one-of": _one_of_keys,
}
