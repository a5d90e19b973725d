"""A unique rule over values that change in the same version: who will be alike afterwards is counted before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dougong.diagnostics import Refusal
from dougong.storage.plan import Plan
from tests.storage.conftest import World

TEXT = {"type": "text"}


def app(unique: bool = False, **fields: Any) -> dict[str, Any]:
    entity: dict[str, Any] = {"fields": {"name": TEXT, **fields}}
    if unique:
        entity["unique"] = [["code", "name"]]
    return {"entities": {"thing": entity}}


def failing(plan: Plan) -> tuple[int, tuple[int, ...]]:
    [step] = [
        each for each in plan.steps if type(each.operation).__name__ == "AddIndex" and each.impact.failing
    ]
    return step.impact.failing, step.impact.first


@pytest.mark.parametrize(
    ("code", "values", "alike"),
    [
        ({"type": "integer"}, ("7", "007", "8", None, None), (1, 2)),
        ({"type": "date"}, ("2026-03-01", "2026/3/1", None, None, "2026-03-02"), (1, 2)),
        ({"type": "integer"}, ("1", "2", "3", None, None), ()),
    ],
)
def test_texts_that_become_equal_values(
    world: World, code: dict[str, Any], values: tuple[str | None, ...], alike: tuple[int, ...]
) -> None:
    world.publish(app(code=TEXT))
    world.add("shop.thing", *({"name": "a", "code": each} for each in values))
    wanted = app(unique=True, code=code)
    if alike:
        assert failing(world.plan(wanted)) == (len(alike), alike)
        with pytest.raises(Refusal):
            world.publish(wanted)
    else:
        world.publish(wanted)
    assert world.verify() == []


def test_values_that_differ_no_longer_and_are_kept_aside(world: World) -> None:
    world.publish(app(code=TEXT))
    world.add("shop.thing", {"code": "1"}, {"code": "01"}, {"code": "x"}, {"code": "2"})
    wanted = app(code={"type": "integer", "unique": True, "unfit": "aside"})
    told = [each.impact.aside for each in world.plan(wanted).steps if each.impact.aside]
    assert sorted(told) == [1, 1]
    world.publish(wanted)
    assert [row["code"] for row in world.rows("shop.thing")] == [1, None, None, 2]
    world.roll_back()
    assert [row["code"] for row in world.rows("shop.thing")] == ["1", "01", "x", "2"]


GIVEN: list[Callable[[], dict[str, Any]]] = [
    lambda: {"type": "text", "unique": True, "required": True, "default": "new", "unfit": "default"},
    lambda: {"type": "text", "unique": True, "backfill": "'same'", "required": True},
]


@pytest.mark.parametrize("given", GIVEN)
def test_one_default_cannot_fill_two_records(world: World, given: Callable[[], dict[str, Any]]) -> None:
    world.publish(app(code=TEXT))
    world.add("shop.thing", {"code": None}, {"code": "a"}, {"code": None})
    assert failing(world.plan(app(code=given()))) == (2, (1, 3))


def test_a_new_field_with_one_value_for_all_is_not_unique(world: World) -> None:
    world.publish(app())
    world.add("shop.thing", {"name": "a"}, {"name": "b"})
    assert failing(world.plan(app(code={"type": "integer", "default": 3, "unique": True}))) == (2, (1, 2))


def test_what_remains_of_a_list_in_a_row_is_given_back(world: World) -> None:
    lines = {"type": "table", "fields": {"marks": {"type": "choices", "options": ["x", "y"]}}}
    fewer = {"type": "choices", "options": ["y"], "unfit": "aside"}
    world.publish(app(lines=lines))
    world.add("shop.thing", {"name": "a"})
    rows = (
        {"parent_id": 1, "position": at, "marks": each} for at, each in enumerate((["x", "y"], ["x"], ["y"]))
    )
    world.add("shop.thing/lines", *rows)
    world.publish(app(lines={**lines, "fields": {"marks": fewer}}))
    assert [row["marks"] for row in world.rows("shop.thing/lines")] == [["y"], None, ["y"]]
    world.roll_back()
    assert [row["marks"] for row in world.rows("shop.thing/lines")] == [["x", "y"], ["x"], ["y"]]


def test_what_fits_one_by_one_but_not_together_is_kept_aside(world: World) -> None:
    world.publish(app(code={"type": "tags"}))
    world.add("shop.thing", {"code": ["a", "b"]})
    world.publish(app(code={"type": "signature", "unfit": "aside"}))
    assert [row["code"] for row in world.rows("shop.thing")] == [None]
    world.roll_back()
    assert [row["code"] for row in world.rows("shop.thing")] == [["a", "b"]]


def test_rows_that_go_back_and_forth_end_where_they_began(world: World) -> None:
    lines = {"type": "table", "fields": {"mark": {"type": "colour"}}}
    world.publish(app(lines=lines))
    world.add("shop.thing", {"name": "a"})
    world.add("shop.thing/lines", {"parent_id": 1, "position": 1, "mark": "#2f6fdb"})
    world.publish(app(lines={**lines, "fields": {"mark": {"type": "integer", "unfit": "aside"}}}))
    for number, value in ((1, "#2f6fdb"), (2, None), (1, "#2f6fdb")):
        world.roll_back("shop", number)
        assert [row["mark"] for row in world.rows("shop.thing/lines")] == [value]


def test_rows_that_were_given_a_default_are_empty_again(world: World) -> None:
    lines = {"type": "table", "fields": {"size": {"type": "integer"}}}
    world.publish(app(lines=lines))
    world.add("shop.thing", {"name": "a"})
    rows = ({"parent_id": 1, "position": at, "size": each} for at, each in enumerate((None, 7)))
    world.add("shop.thing/lines", *rows)
    size = {"type": "integer", "required": True, "default": 5, "unfit": "default"}
    world.publish(app(lines={**lines, "fields": {"size": size}}))
    assert [row["size"] for row in world.rows("shop.thing/lines")] == [5, 7]
    world.roll_back()
    assert [row["size"] for row in world.rows("shop.thing/lines")] == [None, 7]
