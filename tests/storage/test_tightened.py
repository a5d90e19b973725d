"""Rules that take less than before: the rows that break them are counted with samples, stand against the version, and can be mended."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from dougong.diagnostics import Refusal
from dougong.fieldtypes import TYPES
from dougong.storage import rules
from dougong.storage.mends import Wish
from dougong.storage.operations import TightenField
from dougong.storage.plan import Plan, Step
from tests.storage.conftest import World


def app(**settings: Any) -> dict[str, Any]:
    return {"entities": {"thing": {"title": "{name}", "fields": {"a": settings, "name": {"type": "text"}}}}}


def step(plan: Plan) -> Step:
    (found,) = [each for each in plan.steps if isinstance(each.operation, TightenField)]
    return found


def values(world: World) -> list[Any]:
    return [row["a"] for row in world.rows("shop.thing")]


def _file(name: str, size: int = 1, identifier: str = "a") -> dict[str, Any]:
    return {"id": identifier * 10, "name": name, "size": size, "type": "application/pdf"}


TIGHTENED: list[tuple[dict[str, Any], dict[str, Any], list[Any], list[Any]]] = [
    ({"type": "integer"}, {"minimum": 3}, [1, 3, 9, None], [1]),
    ({"type": "integer", "minimum": 1}, {"minimum": 3}, [1, 3], [1]),
    ({"type": "decimal"}, {"maximum": "2.5"}, [Decimal("2.50"), Decimal("2.51")], [Decimal("2.51")]),
    (
        {"type": "money"},
        {"minimum": 0, "maximum": 9},
        [Decimal("-0.01"), Decimal("9.00")],
        [Decimal("-0.01")],
    ),
    ({"type": "text"}, {"max_length": 3}, ["斗拱屋", "four", None], ["four"]),
    ({"type": "long_text"}, {"max_length": 5}, ["two\nlines", "short"], ["two\nlines"]),
    ({"type": "text"}, {"pattern": "[A-Z]+"}, ["AB", "Ab", ""], ["Ab", ""]),
    ({"type": "text", "pattern": ".*"}, {"pattern": "[0-9]{2}"}, ["12", "123"], ["123"]),
    ({"type": "text"}, {"extra": {"format": "credit_code"}}, ["12"], ["12"]),
    ({"type": "rating", "maximum": 10}, {"maximum": 3}, [2, 9], [9]),
    ({"type": "file"}, {"accept": [".pdf"]}, [[_file("a.pdf")], [_file("b.png")]], [[_file("b.png")]]),
    (
        {"type": "file"},
        {"max_size": 50},
        [[_file("a.pdf", 50)], [_file("b.png", 51)]],
        [[_file("b.png", 51)]],
    ),
    (
        {"type": "file", "multiple": True},
        {"multiple": False},
        [[_file("a.pdf")], [_file("b.pdf", 1, "b"), _file("c.pdf", 1, "c")]],
        [[_file("b.pdf", 1, "b"), _file("c.pdf", 1, "c")]],
    ),
    (
        {"type": "images"},
        {"extra": {"max_count": 1}},
        [[_file("a.png")], [_file("b.png", 1, "b"), _file("c.png", 1, "c")]],
        [[_file("b.png", 1, "b"), _file("c.png", 1, "c")]],
    ),
    ({"type": "images"}, {"max_size": 9}, [[_file("a.png", 10)]], [[_file("a.png", 10)]]),
    ({"type": "json"}, {"extra": {"max_depth": 1}}, [{"a": 1}, {"a": {"b": 1}}], [{"a": {"b": 1}}]),
    (
        {"type": "json"},
        {"extra": {"max_bytes": 10}},
        [{"a": 1}, {"a": "long enough"}],
        [{"a": "long enough"}],
    ),
    ({"type": "tags"}, {"extra": {"free": False, "suggestions": ["x"]}}, [["x"], ["x", "y"]], [["x", "y"]]),
    (
        {"type": "tags", "extra": {"free": False, "suggestions": ["x", "y"]}},
        {"extra": {"free": False, "suggestions": ["x"]}},
        [["x"], ["y"]],
        [["y"]],
    ),
    (
        {"type": "address"},
        {"extra": {"country": "china"}},
        [{"country": "France", "detail": "1 rue A"}, {"detail": "somewhere"}],
        [{"country": "France", "detail": "1 rue A"}],
    ),
    ({"type": "barcode"}, {"extra": {"symbology": "ean13"}}, ["4006381333931", "12"], ["12"]),
]


@pytest.mark.parametrize(("before", "tighter", "held", "broken"), TIGHTENED)
def test_rows_outside_tighter_rules_are_counted(
    world: World, before: dict[str, Any], tighter: dict[str, Any], held: list[Any], broken: list[Any]
) -> None:
    world.publish(app(**before))
    world.add("shop.thing", *({"a": each, "name": f"n{each}"} for each in held))
    wanted = app(**{**before, **tighter})
    plan = world.plan(wanted)
    found = step(plan)
    assert found.impact.failing == len(broken)
    assert [each.before for each in found.impact.refused] == broken
    assert set(found.offers) == {"backfill", "default", "aside"}
    (obstacle,) = plan.obstacles()
    assert obstacle.code == "P130"
    assert f"n{broken[0]}" in obstacle.message
    with pytest.raises(Refusal):
        world.publish(wanted)
    assert values(world) == held


@pytest.mark.parametrize(
    ("before", "looser"),
    [
        ({"type": "integer", "minimum": 3}, {"minimum": 1}),
        ({"type": "integer", "minimum": 3, "maximum": 9}, {"maximum": 10}),
        ({"type": "text", "max_length": 5}, {"max_length": 6}),
        ({"type": "text", "pattern": "[A-Z]*"}, {"pattern": ""}),
        ({"type": "text", "extra": {"format": "credit_code"}}, {"extra": {}}),
    ],
)
def test_looser_rules_ask_nothing_of_rows(
    world: World, before: dict[str, Any], looser: dict[str, Any]
) -> None:
    world.publish(app(**before))
    world.add("shop.thing", {"a": "too long and small" if before["type"] == "text" else 0})
    plan = world.plan(app(**{**before, **looser}))
    assert (plan.steps, plan.obstacles()) == ((), [])


def test_rows_that_keep_tighter_rules_stand_against_nothing(world: World) -> None:
    world.publish(app(type="integer"))
    world.add("shop.thing", {"a": 5}, {"a": None})
    wanted = app(type="integer", minimum=5, maximum=5)
    plan = world.plan(wanted)
    assert plan.obstacles() == []
    assert "minimum 5, maximum 5" in step(plan).describe("en")
    assert "最小值 5、最大值 5" in step(plan).describe("zh", plan.labels)
    world.publish(wanted)
    assert world.plan(wanted).is_empty


def test_the_recycle_bin_does_not_stand_against_tighter_rules(world: World) -> None:
    world.publish(app(type="integer"))
    world.add("shop.thing", {"a": 1, "deleted_at": datetime(2026, 11, 1, tzinfo=UTC)}, {"a": 5})
    plan = world.plan(app(type="integer", minimum=3))
    assert (step(plan).impact.failing, plan.obstacles()) == (0, [])


@pytest.mark.parametrize(
    ("mend", "after"),
    [
        ({"unfit": "aside"}, [None, 5, None]),
        ({"unfit": "default", "default": 4}, [4, 5, None]),
        ({"backfill": "a + 3"}, [4, 5, None]),
    ],
)
def test_what_breaks_tighter_rules_is_mended_and_comes_back(
    world: World, mend: dict[str, Any], after: list[Any]
) -> None:
    world.publish(app(type="integer"))
    world.add("shop.thing", {"a": 1}, {"a": 5}, {"a": None})
    wanted = app(type="integer", minimum=3, **mend)
    assert world.plan(wanted).obstacles() == []
    world.publish(wanted)
    assert values(world) == after
    assert world.plan(wanted).is_empty
    assert world.verify() == []
    world.roll_back()
    assert values(world) == [1, 5, None]


@pytest.mark.parametrize("mend", [{"unfit": "default", "default": 2}, {"backfill": "a - 9"}])
def test_what_is_given_must_keep_the_rules_too(world: World, mend: dict[str, Any]) -> None:
    world.publish(app(type="integer"))
    world.add("shop.thing", {"a": 1}, {"a": 5})
    plan = world.plan(app(type="integer", minimum=3, **mend))
    assert [each.code for each in plan.obstacles()] == ["P130"]


def test_a_wish_mends_what_the_definition_does_not(world: World) -> None:
    world.publish(app(type="text"))
    world.add("shop.thing", {"a": "abcdef"}, {"a": "ab"})
    wanted = app(type="text", max_length=3)
    wishes = {"shop.thing.a": Wish("backfill", "LEFT(a, 3)")}
    assert world.plan(wanted, wishes=wishes).obstacles() == []


def test_a_new_type_refuses_what_its_rules_refuse(world: World) -> None:
    world.publish(app(type="text"))
    world.add("shop.thing", {"a": "2"}, {"a": "7"})
    plan = world.plan(app(type="integer", minimum=3))
    (obstacle,) = plan.obstacles()
    assert obstacle.code == "P130"
    aside = app(type="integer", minimum=3, unfit="aside")
    world.publish(aside)
    assert values(world) == [None, 7]
    world.roll_back()
    assert values(world) == ["2", "7"]


def test_rows_of_sub_tables_keep_tighter_rules_too(world: World) -> None:
    def with_rows(**settings: Any) -> dict[str, Any]:
        rows = {"type": "table", "fields": {"n": {"type": "integer", **settings}}}
        return {"entities": {"thing": {"fields": {"name": {"type": "text"}, "lines": rows}}}}

    world.publish(with_rows())
    world.add("shop.thing", {"name": "x"})
    world.add(
        "shop.thing/lines", {"parent_id": 1, "position": 1, "n": 1}, {"parent_id": 1, "position": 2, "n": 9}
    )
    plan = world.plan(with_rows(minimum=5))
    assert step(plan).impact.first == (1,)
    aside = with_rows(minimum=5, unfit="aside")
    world.publish(aside)
    assert [row["n"] for row in world.rows("shop.thing/lines")] == [None, 9]
    world.roll_back()
    assert [row["n"] for row in world.rows("shop.thing/lines")] == [1, 9]


def test_a_rollback_to_tighter_rules_is_never_refused(world: World) -> None:
    world.publish(app(type="integer", minimum=3))
    world.add("shop.thing", {"a": 5})
    world.publish(app(type="integer"))
    world.add("shop.thing", {"a": 1})
    world.roll_back()
    assert values(world) == [5, 1]


@pytest.mark.parametrize(
    ("before", "looser"),
    [
        ({"type": "file", "accept": [".pdf"]}, {"accept": [".pdf", ".png"]}),
        ({"type": "file", "accept": [".pdf"]}, {"accept": []}),
        ({"type": "file", "max_size": 5}, {"max_size": 6}),
        ({"type": "images", "extra": {"max_count": 2}}, {"extra": {}}),
        ({"type": "tags", "extra": {"free": False, "suggestions": ["x"]}}, {"extra": {"suggestions": ["x"]}}),
        ({"type": "json", "extra": {"max_depth": 2}}, {"extra": {"max_depth": 3}}),
    ],
)
def test_looser_settings_ask_nothing_either(
    world: World, before: dict[str, Any], looser: dict[str, Any]
) -> None:
    world.publish(app(**before))
    world.add("shop.thing", {"a": [_file("x.exe", 9)] if before["type"] in ("file", "images") else ["zz"]})
    plan = world.plan(app(**{**before, **looser}))
    assert (plan.steps, plan.obstacles()) == ((), [])


def test_what_only_an_entry_is_asked_for_is_mended_too(world: World) -> None:
    world.publish(app(type="tags"))
    world.add("shop.thing", {"a": ["x", "y"]}, {"a": ["y"]}, {"a": ["x"]})
    wanted = app(type="tags", unfit="aside", extra={"free": False, "suggestions": ["x"]})
    assert world.plan(wanted).obstacles() == []
    world.publish(wanted)
    assert values(world) == [["x"], None, ["x"]]
    assert world.plan(wanted).is_empty
    world.roll_back()
    assert values(world) == [["x", "y"], ["y"], ["x"]]


def test_too_many_files_are_kept_aside_together(world: World) -> None:
    several = [_file("b.pdf", 1, "b"), _file("c.pdf", 1, "c")]
    world.publish(app(type="file", multiple=True))
    world.add("shop.thing", {"a": several}, {"a": [_file("a.pdf")]})
    world.publish(app(type="file", unfit="aside"))
    assert values(world) == [None, [_file("a.pdf")]]
    world.roll_back()
    assert values(world) == [several, [_file("a.pdf")]]


def test_times_that_lose_their_seconds_are_written_anew(world: World) -> None:
    world.publish(app(type="time", extra={"precision": "second"}))
    world.add("shop.thing", {"a": "09:30:00"}, {"a": "10:00:15"})
    wanted = app(type="time")
    assert [each.code for each in world.plan(wanted).obstacles()] == ["P130"]
    world.publish({**wanted, "entities": app(type="time", unfit="aside")["entities"]})
    assert values(world) == ["09:30", None]
    world.roll_back()
    assert values(world) == ["09:30:00", "10:00:15"]


def test_every_setting_has_an_answer() -> None:
    """A new setting, or one that nobody offers any more, must be thought about here."""
    counted, elsewhere, none = (
        set(each) for each in (rules.NARROWINGS, rules.COUNTED_BY, rules.NEEDS_NO_ROWS)
    )
    counted |= {name for each in TYPES.values() for name in (*each.narrowing, *each.widening)}
    known = {name for each in TYPES.values() for name in (*each.settings.get("properties", {}), *each.allows)}
    known |= {"stored" for each in TYPES.values() if each.virtual}
    assert counted | elsewhere | none == known
    assert not counted & elsewhere
    assert not counted & none
    assert not elsewhere & none
    assert all(rules.COUNTED_BY.values())
    assert all(rules.NEEDS_NO_ROWS.values())
