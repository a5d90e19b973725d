"""Every setting of every type can be set in the designer, and one that stays the same leaves the file alone."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from jsonschema import Draft202012Validator

from dougong.compiler import check_sources
from dougong.definitions.schemas.entity import settings_of
from dougong.fieldtypes import TYPES
from dougong.fieldtypes.settings import enumeration, input_of
from dougong.model.app import App
from dougong.model.field import Field
from dougong.screens.setting_inputs import drawn, setting_inputs, words_of
from dougong.web.setting_edits import set_settings
from tests.fieldtypes.samples import field_id, sources

PATH = "entities/thing.json"
NOT_DRAWN: frozenset[tuple[str, str]] = frozenset()
"""Settings whose shape no single input can hold; they are for files."""
GIVEN = {"choice": 1, "flag": "true", "whole": "3", "line": "abc", "list": "a; b", "words": "Words"}


@pytest.fixture(scope="module")
def app() -> App:
    compiled = check_sources(sources(), {})
    assert isinstance(compiled, App), compiled
    return compiled


def made(app: App, name: str) -> Field:
    return app.entities["thing"].fields[field_id(name)]


@pytest.mark.parametrize("name", TYPES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_setting_has_an_input_with_words(app: App, name: str, language: str) -> None:
    inputs = {each.id.removesuffix("_zh"): each for each in setting_inputs(made(app, name), language)}
    for setting, schema in drawn(name).items():
        if (name, setting) in NOT_DRAWN:
            continue
        assert setting in inputs, setting
        assert inputs[setting].label
        for word in enumeration(schema):
            assert words_of(setting, word, language) != word or word.isupper(), (setting, word)


@pytest.mark.parametrize("name", TYPES)
def test_what_the_inputs_show_changes_nothing_and_each_can_be_changed(app: App, name: str) -> None:
    text, field = sources()[PATH], made(app, name)
    path = ["fields", field.id]
    shown = {each.id: str(each.raw) for each in setting_inputs(field, "en")}
    flags = {f"has_{each.id}": "1" for each in setting_inputs(field, "en") if each.type == "boolean"}
    assert set_settings(text, path, field, {**shown, **flags}, PATH) == text
    for each in setting_inputs(field, "en"):
        setting = each.id if each.id in settings_of(TYPES[name])["properties"] else each.id[:-3]
        schema = settings_of(TYPES[name])["properties"][setting]
        kind = input_of(schema)
        answer = enumeration(schema)[-1] if kind == "choice" else str(GIVEN[kind])
        if kind == "whole":
            answer = str(schema.get("minimum", 3))
        if kind == "flag" and each.raw:
            answer = ""
        if answer == each.raw:
            continue
        changed = set_settings(text, path, field, {each.id: answer, f"has_{each.id}": "1"}, PATH)
        assert changed != text, setting
        before, after = (json.loads(each)["fields"][field.id] for each in (text, changed))
        assert {key for key in {**before, **after} if before.get(key) != after.get(key)} == {setting}


def test_a_changed_setting_is_valid_and_works() -> None:
    text = sources()[PATH]
    compiled = check_sources(sources(), {})
    assert isinstance(compiled, App)
    wanted = {
        "text": {"mask": "phone", "placeholder_zh": "号码", "placeholder_en": "Number", "grid_width": "wide"},
        "rating": {"max": "7"},
        "file": {"accept": ".pdf; image/*", "multiple": "", "has_multiple": "1"},
        "barcode": {"symbology": "ean13", "scan": "true", "has_scan": "1"},
        "member": {"within": "own"},
    }
    for name, given in wanted.items():
        text = set_settings(text, ["fields", field_id(name)], made(compiled, name), given, PATH)
    again = check_sources({**sources(), PATH: text}, {})
    assert isinstance(again, App), again
    assert made(again, "text").extra["mask"] == "phone"
    assert made(again, "text").placeholder.get("zh") == "号码"
    assert made(again, "text").grid_width == "wide"
    assert made(again, "rating").maximum == Decimal(7)
    assert made(again, "file").accept == (".pdf", "image/*")
    assert made(again, "file").multiple is False
    assert made(again, "barcode").scan is True
    assert made(again, "member").extra["within"] == "own"
    back = set_settings(text, ["fields", field_id("text")], made(again, "text"), {"mask": ""}, PATH)
    emptied = check_sources({**sources(), PATH: back}, {})
    assert isinstance(emptied, App)
    assert "mask" not in emptied.entities["thing"].fields["f_text"].extra


def test_every_type_has_the_settings_of_all() -> None:
    for kind in TYPES.values():
        schema = settings_of(kind)
        Draft202012Validator.check_schema(schema)
        assert {"label", "help", "was", "copy"} <= set(schema["properties"])
