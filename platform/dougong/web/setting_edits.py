"""Settings of a field as the designer's inputs say them, written into its definition; what stays the same leaves the file alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from dougong.definitions import edit
from dougong.fieldtypes.settings import Schema, input_of
from dougong.model.field import Field
from dougong.screens.setting_inputs import LANGUAGES, drawn, setting_inputs
from dougong.web.catalogue import refuse

_ON = frozenset({"true", "on", "1"})
_LONGEST = 12


def set_settings(text: str, path: list[str], field: Field, given: Mapping[str, str], file: str) -> str:
    """The definition with those settings that were given and differ from what the inputs showed."""
    shown = {each.id: each for each in setting_inputs(field, LANGUAGES[0])}
    for name, schema in drawn(field.type).items():
        kind = input_of(schema)
        if kind == "words":
            wanted = {
                each: given[f"{name}_{each}"].strip() for each in LANGUAGES if f"{name}_{each}" in given
            }
            inputs = {each: shown[f"{name}_{each}"] for each in wanted if f"{name}_{each}" in shown}
            if any(wanted[each] != inputs[each].raw for each in inputs):
                text = _put(text, [*path, name], _words(wanted), file)
        elif name in shown:
            answer = _answer(name, kind, given)
            if answer is not None and answer != shown[name].raw:
                text = _put(text, [*path, name], _value(name, kind, answer, schema), file)
    return text


def _answer(name: str, kind: str, given: Mapping[str, str]) -> str | None:
    """What was given for a setting, or nothing where the form did not have it."""
    if kind == "flag":
        return None if f"has_{name}" not in given else "true" if given.get(name) in _ON else ""
    return given[name].strip() if name in given else None


def _value(name: str, kind: str, answer: str, schema: Schema) -> Any:
    """The setting as a file says it; nothing where it is the default."""
    value: Any = answer or None
    if kind == "flag":
        value = answer == "true"
        return None if value == schema.get("default", False) else value
    if kind == "list":
        value = [each.strip() for each in re.split("[;；,，、\n]", answer) if each.strip()] or None
    if kind == "whole" and answer:
        if not re.fullmatch(rf"[0-9]{{1,{_LONGEST}}}", answer):
            low, high = schema.get("minimum", 0), schema.get("maximum", 10**_LONGEST)
            raise refuse("invalid", "W205", name, name=name, lowest=low, highest=high)
        value = int(answer)
    return None if value == schema.get("default") else value


def _words(wanted: Mapping[str, str]) -> Any:
    """Texts by language; one text where they are the same."""
    spellings = set(wanted.values())
    if len(spellings) == 1:
        return next(iter(spellings)) or None
    return {language: each for language, each in wanted.items() if each}


def _put(text: str, path: list[str], value: Any, file: str) -> str:
    if value is not None:
        return edit.set_value(text, path, value, file)
    return text if edit.value_at(text, path, file) is None else edit.remove_key(text, path, file)
