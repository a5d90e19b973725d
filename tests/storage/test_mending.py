"""Values that a new version has no place for: filled by an expression, by the default, or kept aside; a rollback gives them back."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from dougong.diagnostics import Refusal
from dougong.storage.plan import Plan
from tests.storage.conftest import World

TEXT = {"type": "text"}


def app(**fields: Any) -> dict[str, Any]:
    return {"entities": {"thing": {"fields": fields}}}


def values(world: World, *names: str) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in names) for row in world.rows("shop.thing")]


def step(plan: Plan, name: str) -> Any:
    (found,) = [each for each in plan.steps if type(each.operation).__name__ == name]
    return found


def test_one_field_becomes_two(world: World) -> None:
    world.publish(app(name=TEXT))
    world.add("shop.thing", {"name": "Ada Lovelace"}, {"name": "Alan Turing"}, {"name": None})
    split = app(
        first={"type": "text", "backfill": "LEFT(name, FIND(' ', name) - 1)"},
        last={"type": "text", "backfill": "MID(name, FIND(' ', name) + 1, 99)"},
    )
    plan = world.plan(split)
    first = next(each for each in plan.steps if each.impact.samples)
    assert (first.impact.touched, first.impact.samples[0].before, first.impact.samples[0].after) == (
        2,
        "Ada Lovelace",
        "Ada",
    )
    world.publish(split, allow_loss=True)
    assert values(world, "first", "last") == [("Ada", "Lovelace"), ("Alan", "Turing"), (None, None)]
    assert world.plan(split).is_empty
    world.roll_back()
    assert values(world, "name") == [("Ada Lovelace",), ("Alan Turing",), (None,)]


def test_two_fields_become_one(world: World) -> None:
    world.publish(app(first=TEXT, last=TEXT, age={"type": "integer"}))
    world.add("shop.thing", {"first": "Ada", "last": "Lovelace", "age": 36}, {"first": "Alan"})
    merged = app(full={"type": "text", "backfill": "TRIM(first & ' ' & last)"}, age={"type": "integer"})
    world.publish(merged, allow_loss=True)
    assert values(world, "full", "age") == [("Ada Lovelace", 36), ("Alan", None)]
    world.roll_back()
    assert values(world, "first", "last") == [("Ada", "Lovelace"), ("Alan", None)]


def test_a_source_may_be_renamed_and_converted_in_the_same_version(world: World) -> None:
    world.publish(app(amount=TEXT, unit=TEXT))
    world.add("shop.thing", {"amount": "12", "unit": "kg"}, {"amount": "7", "unit": "t"})
    world.publish(
        app(
            quantity={"type": "decimal", "decimals": 2, "was": "amount"},
            shown={"type": "text", "backfill": "amount & ' ' & unit"},
        ),
        allow_loss=True,
    )
    assert values(world, "quantity", "shown") == [(Decimal("12.00"), "12 kg"), (Decimal("7.00"), "7 t")]


def test_values_that_do_not_convert_are_kept_aside(world: World) -> None:
    world.publish(app(a=TEXT))
    world.add("shop.thing", {"a": "1"}, {"a": "one"}, {"a": None})
    aside = app(a={"type": "integer", "unfit": "aside"})
    plan = world.plan(aside)
    assert plan.obstacles() == []
    assert step(plan, "FillValues").impact.aside == 1
    world.publish(aside)
    assert values(world, "a") == [(1,), (None,), (None,)]
    world.roll_back()
    assert values(world, "a") == [("1",), ("one",), (None,)]


def test_values_that_do_not_convert_are_backfilled(world: World) -> None:
    world.publish(app(a=TEXT))
    world.add("shop.thing", {"a": "1"}, {"a": "two"}, {"a": None})
    world.publish(app(a={"type": "integer", "backfill": "LEN(a)"}))
    assert values(world, "a") == [(1,), (3,), (None,)]
    world.roll_back()
    assert values(world, "a") == [("1",), ("two",), (None,)]


def test_what_was_edited_since_is_not_taken_back(world: World) -> None:
    world.publish(app(a=TEXT))
    world.add("shop.thing", {"a": "01"}, {"a": "02"}, {"a": "x"}, {"a": "03"})
    world.publish(app(a={"type": "integer", "unfit": "aside"}))
    table = world.release.table("shop.thing")
    now = datetime.now(UTC)
    with world.database.writing() as connection:
        connection.execute(table.update().where(table.c.id == 2).values(a=5, updated_at=now))
        connection.execute(table.update().where(table.c.id == 3).values(a=6, updated_at=now))
        connection.execute(table.update().where(table.c.id == 4).values(a=None, updated_at=now))
    world.add("shop.thing", {"a": 9})
    world.roll_back()
    assert values(world, "a") == [("01",), ("5",), ("6",), (None,), ("9",)]


def test_originals_come_back_over_several_conversions(world: World) -> None:
    world.publish(app(a=TEXT))
    world.add("shop.thing", {"a": "012.60"}, {"a": "7"})
    world.publish(app(a={"type": "decimal", "decimals": 2}))
    world.publish(app(a={"type": "integer"}), allow_loss=True)
    assert values(world, "a") == [(13,), (7,)]
    world.roll_back("shop", 1)
    assert values(world, "a") == [("012.60",), ("7",)]
    world.roll_back("shop", 2)
    assert values(world, "a") == [(Decimal("12.60"),), (Decimal("7.00"),)]
    assert world.verify() == []


def test_a_field_that_becomes_required_is_filled(world: World) -> None:
    world.publish(app(a=TEXT, b=TEXT))
    world.add("shop.thing", {"a": "1"}, {"b": "x"}, {})
    wanted = app(a={"type": "text", "required": True, "backfill": "IF(b is empty, 'none', b)"}, b=TEXT)
    world.publish(wanted)
    assert values(world, "a") == [("1",), ("x",), ("none",)]
    world.roll_back()
    assert values(world, "a") == [("1",), (None,), (None,)]
    filled = app(a={"type": "text", "required": True, "default": "new", "unfit": "default"}, b=TEXT)
    world.publish(filled)
    assert values(world, "a") == [("1",), ("new",), ("new",)]


def test_a_backfill_that_gives_nothing_stands_against_a_required_field(world: World) -> None:
    world.publish(app(a=TEXT, b=TEXT))
    world.add("shop.thing", {"b": "x"}, {})
    wanted = app(a={"type": "text", "required": True, "backfill": "b"}, b=TEXT)
    plan = world.plan(wanted)
    assert [each.code for each in plan.obstacles()] == ["P130"]
    assert step(plan, "FillValues").impact.first == (2,)
    with pytest.raises(Refusal):
        world.publish(wanted)
    assert values(world, "a") == [(None,), (None,)]


def test_a_backfill_that_names_what_is_not_there_is_refused(world: World) -> None:
    world.publish(app(a=TEXT))
    wanted = app(a=TEXT, b={"type": "text", "backfill": "nmae & 'x'"})
    (problem,) = world.plan(wanted).obstacles()
    assert (problem.code, problem.path) == ("P136", "shop.thing.b")
    with pytest.raises(Refusal):
        world.publish(wanted)


def test_a_backfill_of_a_new_app_is_of_no_account(world: World) -> None:
    world.publish(app(b={"type": "text", "backfill": "gone"}))
    assert world.plan(app(b={"type": "text", "backfill": "gone"})).is_empty


@pytest.mark.parametrize("way", ["aside", "backfill", "default"])
def test_options_that_go_are_mended(world: World, way: str) -> None:
    world.publish(
        app(a={"type": "choice", "options": ["x", "y", "z"]}, b={"type": "choices", "options": ["p", "q"]})
    )
    world.add("shop.thing", {"a": "x", "b": ("p", "q")}, {"a": "y", "b": ("p",)}, {"a": None, "b": None})
    mends: dict[str, dict[str, Any]] = {
        "aside": {"unfit": "aside"},
        "backfill": {"backfill": "IF(a = 'y', 'z', a)"},
        "default": {"unfit": "default", "default": "z"},
    }
    wanted = app(
        a={"type": "choice", "options": ["x", "z"], **mends[way]},
        b={"type": "choices", "options": ["q"], "unfit": "aside"},
    )
    world.publish(wanted)
    expected = {"aside": None, "backfill": "z", "default": "z"}[way]
    assert values(world, "a") == [("x",), (expected,), (None,)]
    assert values(world, "b") == [(["q"],), (None,), (None,)]
    world.roll_back()
    assert values(world, "a", "b") == [("x", ["p", "q"]), ("y", ["p"]), (None, None)]


def test_doubles_are_kept_aside(world: World) -> None:
    world.publish(app(a=TEXT))
    world.add("shop.thing", {"a": "1"}, {"a": "2"}, {"a": "1"}, {"a": "1"}, {})
    wanted = app(a={"type": "text", "unique": True, "unfit": "aside"})
    plan = world.plan(wanted)
    assert (plan.obstacles(), step(plan, "FillValues").impact.aside) == ([], 2)
    world.publish(wanted)
    assert values(world, "a") == [("1",), ("2",), (None,), (None,), (None,)]
    world.roll_back()
    assert values(world, "a") == [("1",), ("2",), ("1",), ("1",), (None,)]


def test_a_link_becomes_text_and_text_a_link(world: World) -> None:
    maker = {"fields": {"name": TEXT}, "title": "{name}"}
    link = {"type": "link", "to": "maker"}
    first = {"entities": {"maker": maker, "thing": {"fields": {"by": link}}}}
    world.publish(first)
    world.add("shop.maker", {"name": "Acme"}, {"name": "Bolt"})
    world.add("shop.thing", {"by": 2}, {"by": 1}, {"by": None})
    world.publish({"entities": {"maker": maker, "thing": {"fields": {"by": TEXT}}}})
    assert values(world, "by") == [("Bolt",), ("Acme",), (None,)]
    world.add("shop.thing", {"by": "Nobody"})
    plan = world.plan(first)
    assert [each.impact.first for each in plan.steps if each.impact.failing] == [(4,)]
    kept = {"entities": {"maker": maker, "thing": {"fields": {"by": {**link, "unfit": "aside"}}}}}
    world.publish(kept)
    assert values(world, "by") == [(2,), (1,), (None,), (None,)]
    assert world.verify() == []
    world.roll_back("shop", 2)
    assert values(world, "by") == [("Bolt",), ("Acme",), (None,), ("Nobody",)]
    world.roll_back("shop", 1)
    assert values(world, "by") == [(2,), (1,), (None,), (None,)]
    assert world.verify() == []


def test_a_moment_becomes_a_day_and_comes_back(world: World) -> None:
    moment = datetime(2026, 3, 1, 6, 30, tzinfo=UTC)
    world.publish(app(a={"type": "datetime"}))
    world.add("shop.thing", {"a": moment})
    assert [each.code for each in world.plan(app(a={"type": "date"})).losses()] == ["P131"]
    world.publish(app(a={"type": "date"}), allow_loss=True)
    assert values(world, "a") == [(date(2026, 3, 1),)]
    world.roll_back()
    assert values(world, "a") == [(moment,)]


def test_one_link_becomes_several_and_several_become_one(world: World) -> None:
    def version(kind: str) -> dict[str, Any]:
        return {
            "entities": {
                "maker": {"fields": {"name": TEXT}},
                "thing": {"fields": {"by": {"type": kind, "to": "maker"}, "a": TEXT}},
            }
        }

    world.publish(version("link"))
    world.add("shop.maker", {"name": "one"}, {"name": "two"})
    world.add("shop.thing", {"by": 2}, {"by": None}, {"by": 1})
    plan = world.plan(version("links"))
    assert plan.losses() == []
    assert step(plan, "CopyToLinks").impact.touched == 2
    world.publish(version("links"))
    assert [world.linked("shop.thing", "by", each) for each in (1, 2, 3)] == [(2,), (), (1,)]
    assert world.verify() == []
    world.link("shop.thing", "by", 2, (2, 1))
    narrowing = world.plan(version("link"))
    assert step(narrowing, "CopyFromLinks").impact.lost == 1
    with pytest.raises(Refusal):
        world.publish(version("link"))
    world.publish(version("link"), allow_loss=True)
    assert values(world, "by") == [(2,), (2,), (1,)]
    assert world.verify() == []
    assert world.plan(version("link")).is_empty
    world.roll_back("shop", 2)
    assert [world.linked("shop.thing", "by", each) for each in (1, 2, 3)] == [(2,), (2, 1), (1,)]
    world.roll_back("shop", 1)
    assert values(world, "by") == [(2,), (None,), (1,)]
    assert world.verify() == []
