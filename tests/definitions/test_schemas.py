"""The published schemas: valid, complete in both languages, and of one mind with the findings of `check`."""

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from dougong.definitions import schemas
from dougong.definitions.load import load_app
from dougong.definitions.phrases import FORMS, in_language
from dougong.definitions.places import kind_of
from dougong.definitions.validator import validator
from dougong.fieldtypes import TYPES
from tests.definitions.samples import BAD, CASES, GOOD


@pytest.mark.parametrize("kind", schemas.KINDS)
def test_a_schema_is_valid_and_plain_json(kind: str) -> None:
    schema = schemas.schema(kind)
    Draft202012Validator.check_schema(schema)
    assert json.loads(json.dumps(schema)) == schema


def test_schemas_are_written_for_editors(tmp_path: Path) -> None:
    paths = schemas.write(tmp_path / "schemas")
    assert [path.stem for path in paths] == list(schemas.KINDS)
    assert all(json.loads(path.read_text(encoding="utf-8"))["$schema"] for path in paths)


def test_every_field_type_has_its_settings_in_the_schema_of_entities() -> None:
    defs = schemas.schema("entity")["$defs"]
    assert defs["field"]["properties"]["type"]["enum"] == sorted(TYPES)
    for name, kind in TYPES.items():
        settings = defs[f"field_{name}"]
        assert settings["additionalProperties"] is False
        assert set(kind.settings.get("properties", {})) <= set(settings["properties"])


def _objects(schema: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(schema, dict):
        if schema.get("type") == "object" and "properties" in schema:
            yield path, schema
        for key, value in schema.items():
            yield from _objects(value, f"{path}/{key}")
    elif isinstance(schema, list):
        for index, value in enumerate(schema):
            yield from _objects(value, f"{path}/{index}")


@pytest.mark.parametrize("kind", [kind for kind in schemas.KINDS if kind not in ("translation", "demo")])
def test_no_mapping_takes_unknown_keys_and_every_key_has_a_title_in_both_languages(kind: str) -> None:
    for path, schema in _objects(schemas.schema(kind)):
        if path.endswith(("/if", "/$defs/field")):
            continue
        assert schema.get("additionalProperties") is False, path
        if path.startswith("/$defs/field_") and path.count("/") > 2:
            continue  # the inside of a setting of a field type, which the type's own label explains
        for key, value in schema["properties"].items():
            titled = value if "title" in value else {}
            if key in ("type",) and "const" in value:
                continue
            if "$ref" in value or "anyOf" in value or "type" in value or "enum" in value:
                assert titled.get("title"), f"{path}/{key}"
                assert titled["x-title"]["zh"], f"{path}/{key}"


def _patterns(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        if isinstance(schema.get("pattern"), str):
            yield schema["pattern"]
        for value in schema.values():
            yield from _patterns(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _patterns(value)


@pytest.mark.parametrize("kind", schemas.KINDS)
def test_every_pattern_is_said_in_words_in_both_languages(kind: str) -> None:
    """Nobody is shown a regular expression who wrote something else."""
    for pattern in _patterns(schemas.schema(kind)):
        assert pattern in FORMS, pattern
        assert in_language(FORMS[pattern], 1) != FORMS[pattern]


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return float(value) if isinstance(value, Decimal) else value


@pytest.mark.parametrize(
    "folder", [GOOD / "sales", *(BAD / case for case in CASES)], ids=lambda path: path.name
)
def test_editors_and_check_agree_on_what_is_valid(folder: Path) -> None:
    """The published schema, read by the standard validator, and our own reading of it give the same verdict."""
    for path, document in load_app(folder).documents.items():
        kind = kind_of(path)
        standard = Draft202012Validator(schemas.schema(kind)).is_valid(_plain(document.data))
        assert validator(kind).is_valid(document.data) == standard, path
