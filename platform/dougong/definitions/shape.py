"""Errors of the schema validator as findings in the platform's own words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from jsonschema.exceptions import ValidationError

from dougong.definitions.catalogue import listing, nearest_name, problem
from dougong.definitions.nodes import Document, MappingNode, Path, find, place_of
from dougong.definitions.phrases import FORMS, KINDS, TRUTHS
from dougong.diagnostics import Diagnostic

_Sayer = Callable[[Document, Path, ValidationError], Diagnostic]


def is_about_key(error: ValidationError) -> bool:
    """Whether the error is about a key of the mapping it points at."""
    return error.validator in ("additionalProperties", "propertyNames")


def finding(document: Document, error: ValidationError) -> Diagnostic:
    """The finding for one error: where it stands, what was expected and the nearest valid word."""
    path: Path = tuple(error.absolute_path)
    say: _Sayer = _SAYERS.get(str(error.validator), _generic)
    return say(document, path, error)


def shown_path(path: Path) -> str:
    """A path as people read it: `fields/amount/type`."""
    return "/".join(str(step) for step in path)


def _unknown_key(document: Document, path: Path, error: ValidationError) -> Diagnostic:
    key, known = error.message, [str(each) for each in _as_list(error.validator_value)]
    close = nearest_name(key, known)
    inner = (*path, key)
    words = {"nearest": close} if close else {"known": listing(known)}
    return problem("D201", document.key_place(inner), shown_path(inner), key=key, **words)


def _bad_key(document: Document, path: Path, error: ValidationError) -> Diagnostic:
    inner = (*path, error.message)
    cause = error.cause
    place = document.key_place(inner)
    if isinstance(cause, ValidationError) and cause.validator == "maxLength":
        bound = f"at most {cause.validator_value}"
        return problem("D207", place, shown_path(inner), length=len(error.message), bound=bound)
    pattern = str(cause.message) if isinstance(cause, ValidationError) else ""
    return problem(
        "D205", place, shown_path(inner), value=error.message, expected=FORMS.get(pattern, pattern)
    )


def _missing(document: Document, path: Path, error: ValidationError) -> Diagnostic:
    inner = shown_path((*path, error.message))
    node = find(document.root, path)
    if isinstance(node, MappingNode) and error.message in node.removed:
        return problem("D202", place_of(node.removed[error.message]), inner, key=error.message)
    return problem("D202", document.key_place(path), inner, key=error.message)


def _wrong_kind(document: Document, path: Path, error: ValidationError) -> Diagnostic:
    value, place = error.instance, document.place(path)
    if value is None:
        return problem("D212", document.key_place(path), shown_path(path))
    wanted = [str(each) for each in _as_list(error.validator_value)]
    expected = " or ".join(KINDS[kind] for kind in dict.fromkeys(wanted))
    found = KINDS[_kind(value)]
    return problem(
        "D203", place, shown_path(path), expected=expected, found=found, advice=_advice(wanted, value)
    )


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, Decimal):
        return "number"
    return "string" if isinstance(value, str) else "array" if isinstance(value, list) else "object"


def _advice(wanted: list[str], value: Any) -> str:
    """What to write instead, where it can be told from what was written."""
    if isinstance(value, str):
        if "boolean" in wanted and value.lower() in TRUTHS:
            return "write true or false"
        if value and value[0] in "+-.0123456789" and any(character.isdigit() for character in value):
            if "integer" in wanted:
                return "write a whole number without quotes, leading zeros or underscores"
            if "number" in wanted:
                return "write a number without quotes, leading zeros or underscores"
    if "string" in wanted:
        if isinstance(value, (bool, int, Decimal)):
            return "put it in quotes"
        if isinstance(value, dict) and value and all(each is None for each in value.values()):
            return "put it in quotes"
    return ""


def _not_possible(document: Document, path: Path, error: ValidationError) -> Diagnostic:
    known = [str(each) for each in _as_list(error.validator_value)]
    value = str(error.instance)
    close = nearest_name(value, known)
    words = {"nearest": close} if close else {"known": listing(known)}
    return problem("D204", document.place(path), shown_path(path), value=value, **words)


def _wrong_form(document: Document, path: Path, error: ValidationError) -> Diagnostic:
    expected = FORMS.get(error.message, error.message)
    return problem("D205", document.place(path), shown_path(path), value=error.instance, expected=expected)


def _bounds(document: Document, path: Path, error: ValidationError) -> Diagnostic:
    word = "at least" if "inimum" in str(error.validator) else "at most"
    bound = f"{word} {error.validator_value}"
    return problem("D206", document.place(path), shown_path(path), value=error.instance, bound=bound)


def _length(document: Document, path: Path, error: ValidationError) -> Diagnostic:
    word = "at least" if str(error.validator).startswith("min") else "at most"
    bound = f"{word} {error.validator_value}"
    return problem(
        "D207", document.place(path), shown_path(path), length=len(str(error.instance)), bound=bound
    )


def _count(document: Document, path: Path, error: ValidationError) -> Diagnostic:
    word = "at least" if str(error.validator).startswith("min") else "at most"
    bound = f"{word} {error.validator_value}"
    return problem(
        "D208", document.key_place(path), shown_path(path), count=len(_as_list(error.instance)), bound=bound
    )


def _twice(document: Document, path: Path, error: ValidationError) -> Diagnostic:
    values = [str(each) for each in _as_list(error.instance)]
    index = next(at for at, value in enumerate(values) if value in values[:at])
    inner = (*path, index)
    return problem("D209", document.place(inner), shown_path(inner), value=values[index])


def _choose(document: Document, path: Path, error: ValidationError) -> Diagnostic:
    keys = ", ".join(str(each) for each in _as_list(error.validator_value))
    return problem("D210", document.place(path), shown_path(path), keys=keys, found=error.message or "—")


def _generic(document: Document, path: Path, error: ValidationError) -> Diagnostic:
    return problem(
        "D205", document.place(path), shown_path(path), value=error.instance, expected=error.message
    )


def _as_list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, dict)) else [value]


_SAYERS: Mapping[str, _Sayer] = {
    "additionalProperties": _unknown_key,
    "propertyNames": _bad_key,
    "required": _missing,
    "type": _wrong_kind,
    "enum": _not_possible,
    "const": _not_possible,
    "pattern": _wrong_form,
    "minimum": _bounds,
    "maximum": _bounds,
    "exclusiveMinimum": _bounds,
    "exclusiveMaximum": _bounds,
    "minLength": _length,
    "maxLength": _length,
    "minItems": _count,
    "maxItems": _count,
    "minProperties": _count,
    "maxProperties": _count,
    "uniqueItems": _twice,
    "oneOf": _choose,
}
