"""What a definition says of the records that exist already: `backfill`, `unfit` and `was`."""

from __future__ import annotations

import pytest

from dougong.compiler import check_sources
from dougong.diagnostics import Diagnostic
from dougong.model.app import App


def compiled(*fields: str) -> App | list[Diagnostic]:
    entity = "\n".join(["label: Thing", "fields:", "  name: {type: text}", *(f"  {each}" for each in fields)])
    return check_sources(
        {"app.yaml": "id: shop\nversion: 1.0.0\nlabel: Shop\n", "entities/thing.yaml": entity}, {}
    )


def codes(*fields: str) -> list[str]:
    found = compiled(*fields)
    assert isinstance(found, list), "it compiles"
    return [each.code for each in found]


def test_the_words_reach_the_model() -> None:
    app = compiled("size: {type: integer, backfill: LEN(gone), unfit: aside}")
    assert isinstance(app, App), app
    field = app.entities["thing"].fields["size"]
    assert (field.backfill, field.unfit) == ("LEN(gone)", "aside")


@pytest.mark.parametrize(
    ("field", "code"),
    [
        ('size: {type: integer, backfill: "LEN("}', "D40"),
        ('size: {type: integer, formula: "1", backfill: "2"}', "D451"),
        ('size: {type: integer, formula: "1", unfit: aside}', "D451"),
        ("size: {type: integer, unfit: away}", "D2"),
        ("size: {type: integer, backfill: ''}", "D2"),
        ("number: {type: serial, parts: [{count: 3}], backfill: name}", "D2"),
        ("rows: {type: table, fields: {a: {type: text}}, unfit: aside}", "D2"),
        ("title: {type: text, was: name}", "D514"),
    ],
)
def test_what_makes_no_sense_is_a_finding(field: str, code: str) -> None:
    assert [each for each in codes(field) if each.startswith(code)]
