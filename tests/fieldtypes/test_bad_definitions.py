"""For every type definitions that are wrong in each setting: of another kind, out of range, contradictory. All are refused with the
place and words in both languages; a type without bad examples, or a setting nobody spoils, fails."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from dougong.compiler import check_sources
from dougong.definitions.catalogue import say
from dougong.definitions.schemas.common import DEFS
from dougong.definitions.schemas.entity import definitions, settings_of
from dougong.diagnostics import Diagnostic
from dougong.fieldtypes import TYPES
from tests.fieldtypes.samples import SETTINGS, field_id, sources

ALL = list(TYPES)
KNOWN: dict[str, Any] = {**DEFS, **definitions()}
NUMBER, TEXTUAL, LISTED, KEYED = 7, "some words", ["a"], {"a": 1}

CONTRADICTIONS: dict[str, tuple[dict[str, Any], ...]] = {
    "text": (
        {"pattern": "(?=a)b"},
        {"formula": "'a'", "default": "'b'"},
        {"formula": "'a'", "required": True},
        {"default": "f_integer + "},
    ),
    "long_text": ({"formula": "1 + 1"}, {"default": "nothing_like_it"}),
    "rich_text": ({"unique": True}, {"default": "'a'"}, {"formula": "'a'"}),
    "integer": ({"min": 5, "max": 1}, {"default": "'text'"}, {"min": "f_text"}),
    "decimal": ({"min": 5, "max": 1}, {"formula": "f_text"}),
    "money": ({"min": 5, "max": 1}, {"default": "TRUE"}),
    "percent": ({"min": 1, "max": 0}, {"default": "ME()"}),
    "boolean": ({"unique": True}, {"default": "'yes'"}, {"formula": "5"}),
    "date": ({"default": "5"}, {"min": "'yesterday'"}),
    "datetime": ({"default": "TRUE"}, {"formula": "f_text"}),
    "time": ({"default": "5"}, {"formula": "TRUE"}),
    "duration": ({"default": "'long'"}, {"min": 9, "max": 3}),
    "choice": ({"options": {"a": "Same", "b": "same"}}, {"default": "'c'"}, {"formula": "'c'"}),
    "choices": ({"options": {"a": "Same", "b": "same"}}, {"unique": True}),
    "tags": ({"unique": True}, {"default": "'a'"}, {"free": False}),
    "rating": ({"default": "'many'"}, {"formula": "f_text"}),
    "colour": ({"default": "5"}, {"formula": "TODAY()"}),
    "email": ({"default": "5"}, {"mask": "email", "formula": "f_email"}),
    "phone": ({"default": "TODAY()"}, {"formula": "5"}),
    "url": ({"default": "5"}, {"formula": "ME()"}),
    "address": ({"unique": True}, {"default": "'a'"}, {"formula": "'a'"}),
    "location": ({"unique": True}, {"default": "'a'"}),
    "link": (
        {"to": "nowhere"},
        {"on_delete": "clear", "required": True},
        {"fill": {"f_nothing": "name"}},
        {"default": "'a'"},
        {"to": ["target", "nowhere"]},
        {"to": ["target"]},
        {"tree": "name"},
        {"tree": "nothing"},
    ),
    "links": ({"to": "nowhere"}, {"tree": "name"}, {"unique": True}, {"to": ["target", "thing"]}),
    "member": ({"default": "'ada'"}, {"roles": ["nobody"]}),
    "members": ({"unique": True}, {"roles": ["nobody"]}),
    "department": ({"default": "'sales'"}, {"roles": ["nobody"]}),
    "departments": ({"unique": True},),
    "table": (
        {"fields": {"what": {"type": "table", "fields": {"a": {"type": "text"}}}}},
        {"fields": {"what": {"type": "stage", "pipeline": "way"}}},
        {"rules": [{"check": "nothing > 1"}]},
        {"unique": True},
    ),
    "file": ({"default": "'a'"}, {"unique": True}),
    "images": ({"default": "'a'"}, {"multiple": True}),
    "signature": ({"default": "'a'"}, {"unique": True}),
    "serial": (
        {"parts": ["S-"]},
        {"parts": [{"count": 4}, {"count": 4}]},
        {"parts": [{"date": "MM"}, {"count": 4}], "reset": "month"},
        {"parts": [{"count": 4}], "reset": "year"},
        {"parts": [{"field": "nothing"}, {"count": 4}]},
        {"parts": [{"count": 4}], "per": ["nothing"]},
        {"required": True},
    ),
    "barcode": ({"default": "5"}, {"formula": "TODAY()"}),
    "stage": ({"pipeline": "nowhere"}, {"formula": "'first'"}, {"unique": True}, {"default": "'nowhere'"}),
    "json": ({"unique": True}, {"default": "'a'"}),
    "embed": (
        {"url": "http://a.example.com/{name}"},
        {"url": "https://{name}.example.com/"},
        {"url": "https://maps.example.com/{nothing}"},
        {"required": True},
    ),
}
"""What contradicts itself, other fields or the type; every type must name some."""


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    return _resolved(KNOWN[name]) if name else schema


def _shapes(schema: dict[str, Any]) -> list[dict[str, Any]]:
    found = _resolved(schema)
    inner = [*found.get("oneOf", ()), *found.get("anyOf", ())]
    return [each for one in inner for each in _shapes(one)] if inner else [found]


def _kinds(schema: dict[str, Any]) -> set[str]:
    kinds = set[str]()
    for shape in _shapes(schema):
        given = shape.get("type", "string" if "enum" in shape else None)
        kinds.update([given] if isinstance(given, str) else given or ())
    return kinds | ({"integer"} if "number" in kinds else set())


def spoiled(name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every setting of a type with values that it must not take, worked out from its schema."""
    schema = settings_of(TYPES[name])
    for setting, own in schema["properties"].items():
        if setting != "type":
            values = [*_of_other_kinds(setting, own), *_out_of_range(own)]
            yield from ((setting, {setting: value}) for value in values)
    yield "", {"no_such_setting": 1}
    for setting in schema.get("required", ()):
        yield setting, {setting: None}


def _of_other_kinds(setting: str, own: dict[str, Any]) -> Iterator[Any]:
    kinds = _kinds(own) | ({"object"} if setting == "label" else set())
    given = {"integer": NUMBER, "string": TEXTUAL, "array": LISTED, "object": KEYED, "boolean": True}
    return (value for kind, value in given.items() if kind not in kinds)


def _out_of_range(own: dict[str, Any]) -> Iterator[Any]:
    shapes = _shapes(own)
    for shape in shapes:
        if shape.get("type") == "integer":
            yield from (shape[end] + step for end, step in (("minimum", -1), ("maximum", 1)) if end in shape)
        if "enum" in shape and len(shapes) == 1:
            yield "no_such_word"
        if shape.get("minItems"):
            yield []
        if shape.get("minProperties"):
            yield {}
        if shape.get("type") == "string":
            yield ""


def checked(name: str, changes: dict[str, Any]) -> list[Diagnostic]:
    """The findings about the samples app with one field spoiled; None takes a setting away."""
    files = sources()
    thing = json.loads(files["entities/thing.json"])
    kept = {"name", *map(field_id, ("text", "integer", "email", name))}
    thing["fields"] = {each: given for each, given in thing["fields"].items() if each in kept}
    written = thing["fields"][field_id(name)]
    written.update(changes)
    for setting, value in changes.items():
        if value is None:
            del written[setting]
    found = check_sources({**files, "entities/thing.json": json.dumps(thing, ensure_ascii=False)}, {})
    return found if isinstance(found, list) else []


def assert_told(name: str, changes: dict[str, Any], setting: str) -> None:
    found = checked(name, changes)
    assert found, changes
    for each in found:
        assert each.place is not None, each
        assert each.place.file == "samples/entities/thing.json", each
        assert each.place.line >= 1, each
        for language in ("zh", "en"):
            message, _ = say(each, language)
            assert message, each
    own = [each for each in found if field_id(name) in each.path]
    assert own, (changes, [str(each) for each in found])
    if setting and changes[setting] is not None:
        assert any(setting in each.path for each in own), (changes, [str(each) for each in own])


@pytest.mark.parametrize("name", ALL)
def test_every_setting_is_refused_when_it_is_spoiled(name: str) -> None:
    tried = set[str]()
    for setting, changes in spoiled(name):
        assert_told(name, changes, setting)
        tried.add(setting)
    assert tried >= set(settings_of(TYPES[name])["properties"]) - {"type"}


@pytest.mark.parametrize("name", ALL)
def test_contradictions_are_refused(name: str) -> None:
    """A new type must bring contradictions of its own."""
    assert CONTRADICTIONS[name]
    for changes in CONTRADICTIONS[name]:
        assert_told(name, changes, "")


@pytest.mark.parametrize("name", ALL)
def test_a_wrong_type_or_setting_gets_a_hint(name: str) -> None:
    [misspelt] = checked(name, {"type": name[:-1] + "x" if len(name) > 3 else name + "x"})
    assert say(misspelt, "en")[0]
    setting = next(
        each
        for each in ("placeholder", "grid_width", "help")
        if each in settings_of(TYPES[name])["properties"]
    )
    found = checked(name, {setting[:-1] + "x": "a"})
    assert any(setting in " ".join(say(each, "en")) for each in found), [say(each, "en") for each in found]


def test_the_samples_are_good() -> None:
    assert checked("text", {}) == []
    assert set(SETTINGS) <= set(ALL)
    assert set(CONTRADICTIONS) == set(ALL)
