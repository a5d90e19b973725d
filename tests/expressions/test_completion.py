"""What is suggested while somebody types: names over links, options of what is compared, functions, operators; and the signature."""

from __future__ import annotations

import pytest

from dougong.expressions.completion import Completion, Surroundings, complete, length_at
from dougong.expressions.functions import FUNCTIONS
from dougong.model.entity import Entity, Pipeline, Stage
from dougong.model.field import Field, Option
from dougong.model.text import Text
from tests.expressions import world

STAGES = tuple(
    Stage(each.id, Text.of({"en": each.id.title(), "zh": f"阶段{index}"}))
    for index, each in enumerate(world.STAGES.stages)
)
RECORD = Entity(
    "t",
    "deal",
    Text.of("Deal"),
    Text.of("Deals"),
    {
        "a": Field("a", "decimal", Text.of({"en": "Amount due", "zh": "应收金额"})),
        "stage": Field("stage", "stage", Text.of({"en": "Stage", "zh": "阶段"}), pipeline="sales"),
        "grade": Field(
            "grade",
            "choice",
            Text.of({"en": "Grade", "zh": "等级"}),
            options=(Option("a", Text.of({"en": "First", "zh": "甲"})), Option("b", Text.of("Second"))),
        ),
    },
    pipelines={"sales": Pipeline("sales", Text.of("Sales"), STAGES)},
)


def at(marked: str, language: str = "en", sql: bool = False) -> Completion:
    """The completion where `|` stands."""
    position = marked.index("|")
    about = Surroundings(
        world.scope(), "t.deal", {"t.deal": RECORD}.get, language, sql, (("order", Text.of("Orders")),)
    )
    return complete(marked.replace("|", "", 1), position, about)


def texts(found: Completion) -> list[str]:
    return [each.text for each in found.suggestions]


@pytest.mark.parametrize(
    ("marked", "first"),
    [
        ("stage = |", ["'new'", "'proposal'", "'won'", "'lost'"]),
        ("stage = 'w|", ["'won'"]),
        ("stage <> '|'", ["'new'", "'proposal'", "'won'", "'lost'"]),
        ("stage IN ('new', |", ["'new'", "'proposal'", "'won'", "'lost'"]),
        ("stage NOT IN ('new', 'p|", ["'proposal'"]),
        ("SWITCH(stage, 'l|", ["'lost'"]),
        ("匹配(stage, 'l|", ["'lost'"]),
        ("stage.outcome = '|", ["'won'", "'lost'"]),
        ("stage.|", ["probability", "outcome", "position"]),
        ("account.na|", ["name"]),
        ("owner = |", ["ME()", "MY_SUBORDINATES()", "owner"]),
        ("f = |", ["TRUE", "FALSE"]),
        ("a BETWEEN 1 AND 金额|", []),
        ("a IS |", ["EMPTY", "NOT EMPTY"]),
        ("a IS NOT |", ["EMPTY"]),
        ("t NOT |", ["IN", "LIKE", "BETWEEN"]),
        ("a > 1 A|", ["AND"]),
        ("a > 1 OR DATED|", ["DATEDIF("]),
        ("d B|", ["BETWEEN"]),
        ("lines |", ["IS EMPTY", "IS NOT EMPTY", "AND", "OR"]),
        ("nonsense.|", []),
        ("account.nonsense.|", []),
        ("t.|", []),
        ("a = 'x|", []),
        ("ME|", ["ME()"]),
        ("SUM(lines.price |", ["WHERE"]),
        ("SUM(lines.price WHERE qu|", ["quantity"]),
        ("SUM(lines.price WHERE note = 'x' AND qua|", ["quantity"]),
        ("SUM(lines.price WHERE this.stage = 'w|", ["'won'"]),
        ("SUM(lines.price WHERE stag|", []),
        ("SUM(lines.price 其中 this.gra|", ["grade"]),
        ("SUM(lines.price WHERE note = 'x') + gra|", ["grade"]),
        ("SUM(ALL(ord|", ["order"]),
        ("SUM(ALL(order).sta|", ["status"]),
        ("SUM(全部（order）.sta|", ["status"]),
        ("SUM(ALL(order).amount WHERE status = |", ["'open'", "'paid'"]),
        ("COUNT(ALL(nothing).|", []),
    ],
)
def test_what_is_suggested_first(marked: str, first: list[str]) -> None:
    found = texts(at(marked))
    assert found[: len(first)] == first if first else found == [], found


def test_labels_are_found_in_both_languages_and_names_stand_beside_them() -> None:
    for marked, language, label in (("应收|", "zh", "应收金额"), ("due|", "en", "Amount due")):
        [only] = at(marked, language).suggestions
        assert (only.text, only.label, only.kind) == ("a", label, "field")
    [stage] = at("stage = '阶段2|", "zh").suggestions
    assert (stage.text, stage.label, stage.detail) == ("'won'", "阶段2", "'won'")
    assert [each.label for each in at("grade = |", "zh").suggestions][:2] == ["甲", "Second"]
    assert "SUM(" in texts(at("求|", "zh"))


def test_the_part_that_is_replaced() -> None:
    for marked, replaced in (
        ("a > 1 AND own|er = 1", "owner"),
        ("account.na|", "na"),
        ("stage = 'wo|", "'wo"),
        ("stage = 'wo|n'", "'won'"),
        ("stage = 'wo| AND a > 1", "'wo"),
        ("a |", ""),
        ("|", ""),
    ):
        found, text = at(marked), marked.replace("|", "", 1)
        assert text[found.start : found.end] == replaced, marked


def test_what_is_written_whole_is_not_suggested_again() -> None:
    assert texts(at("account.name|")) == []


def test_the_function_around_the_caret() -> None:
    found = at("ROUND(a, IF(f, 1, |").signature
    assert found is not None
    assert (found.name, found.argument) == ("IF", 2)
    assert found.help == FUNCTIONS["IF"].documentation.get("en")
    outer = at(f"{FUNCTIONS['ROUND'].alias}(a, IF(f, 1, 2), |", "zh").signature
    assert outer is not None
    assert (outer.name, outer.argument) == ("ROUND", 2)
    assert at("ROUND(a, 2) + |").signature is None
    assert at("(a + |").signature is None
    inside = at("ROUND((a + |").signature
    assert inside is not None
    assert inside.name == "ROUND"


def test_functions_that_the_database_cannot_compute_are_not_suggested_in_a_filter() -> None:
    assert "POWER(" in texts(at("POW|"))
    assert "POWER(" not in texts(at("POW|", sql=True))


def test_every_function_can_be_found() -> None:
    for function in FUNCTIONS.values():
        assert any(each.startswith(f"{function.name}(") for each in texts(at(f"{function.name}|"))), (
            function.name
        )


@pytest.mark.parametrize(
    "text",
    [
        "'" * 9_999,
        "(" * 9_999,
        "a." * 4_999,
        "SUM(" * 2_400,
        "a" * 10_000,
        "，" * 9_999,
        "\0\ud800",
        "x" * 1_000_000,
    ],
    ids=lambda text: text[:6].encode("utf-8", "replace").decode(),
)
def test_nothing_breaks_on_what_nobody_means(text: str) -> None:
    found = at(f"{text}|")
    assert found.start <= found.end <= len(text)
    length_at(text, len(text) // 2)


def test_the_word_at_a_place() -> None:
    assert [length_at("a > 'won' + SUM(b", place) for place in (0, 2, 4, 10, 12, 15, 17)] == [
        1,
        1,
        5,
        1,
        3,
        1,
        0,
    ]
