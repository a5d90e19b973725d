"""What a plan counts, what it refuses, and that a refused plan changes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from dougong.diagnostics import Refusal
from dougong.storage.apply import apply
from tests.storage.conftest import World


def app(**fields: Any) -> dict[str, Any]:
    return {"entities": {"thing": {"fields": fields}}}


TEXT = {"type": "text"}


def refused(world: World, description: dict[str, Any], **options: Any) -> Refusal:
    """The refusal of a publication, which leaves everything as it was."""
    before = world.rows("shop.thing"), world.release.generation
    with pytest.raises(Refusal) as caught:
        world.publish(description, **options)
    assert (world.rows("shop.thing"), world.release.generation) == before
    assert world.verify() == []
    return caught.value


def test_removing_values_needs_consent(world: World) -> None:
    world.publish(app(a=TEXT, b=TEXT))
    world.add("shop.thing", {"a": "1", "b": "2"}, {"a": "3"})
    refusal = refused(world, app(a=TEXT))
    (problem,) = refusal.problems
    assert (refusal.kind, problem.code, problem.path) == ("conflict", "P131", "shop.thing")
    assert "1 values would disappear" in problem.message
    world.publish(app(a=TEXT), allow_loss=True)


def test_removing_an_empty_column_needs_none(world: World) -> None:
    world.publish(app(a=TEXT, b=TEXT))
    world.add("shop.thing", {"a": "1"})
    world.publish(app(a=TEXT))


def test_values_that_do_not_fit_the_new_type_are_named(world: World) -> None:
    world.publish(app(a=TEXT))
    world.add("shop.thing", *({"a": each} for each in ("1", "x", "2.5", None, "y")))
    refusal = refused(world, app(a={"type": "integer"}), allow_loss=True)
    (problem,) = refusal.problems
    assert problem.code == "P130"
    assert "3 rows stand against it (ids 2, 3, 5)" in problem.message


def test_many_failing_rows_are_counted_but_only_the_first_named(world: World) -> None:
    world.publish(app(a=TEXT))
    world.add("shop.thing", *({"a": "x"} for _ in range(30)))
    (step,) = world.plan(app(a={"type": "date"})).steps
    assert (step.impact.failing, len(step.impact.first)) == (30, 10)


def test_rounding_is_a_loss(world: World) -> None:
    world.publish(app(a={"type": "decimal", "decimals": 4}))
    world.add("shop.thing", {"a": 1}, {"a": 2})
    world.publish(app(a={"type": "decimal", "decimals": 2}))
    world.publish(app(a={"type": "decimal", "decimals": 4}))
    with world.database.writing() as connection:
        from decimal import Decimal

        connection.execute(world.release.table("shop.thing").update().values(a=Decimal("1.2345")))
    refusal = refused(world, app(a={"type": "decimal", "decimals": 2}))
    assert refusal.problems[0].code == "P131"
    world.publish(app(a={"type": "decimal", "decimals": 2}), allow_loss=True)
    assert {str(row["a"]) for row in world.rows("shop.thing")} == {"1.23"}
    world.roll_back()


def test_a_field_cannot_become_required_while_records_lack_it(world: World) -> None:
    world.publish(app(a=TEXT))
    world.add("shop.thing", {"a": "1"}, {}, {})
    problem = refused(world, app(a={"type": "text", "required": True})).problems[0]
    assert "2 rows stand against it (ids 2, 3)" in problem.message


def test_a_new_required_field_needs_a_default_where_there_are_records(world: World) -> None:
    world.publish(app(a=TEXT))
    world.add("shop.thing", {"a": "1"})
    assert refused(world, app(a=TEXT, b={"type": "text", "required": True})).problems[0].code == "P130"
    world.publish(app(a=TEXT, b={"type": "integer", "required": True, "default": 5}))
    assert int(world.rows("shop.thing")[0]["b"]) == 5


def test_a_new_required_field_is_no_obstacle_to_an_empty_table(world: World) -> None:
    world.publish(app(a=TEXT))
    world.publish(app(a=TEXT, b={"type": "text", "required": True}))


def test_duplicates_stand_against_unique(world: World) -> None:
    world.publish(app(a=TEXT, b=TEXT))
    world.add(
        "shop.thing", {"a": "1"}, {"a": "1"}, {"a": "2"}, {}, {}, {"a": "3", "b": "1"}, {"a": "3", "b": "2"}
    )
    problem = refused(world, app(a={"type": "text", "unique": True}, b=TEXT)).problems[0]
    assert "4 rows stand against it (ids 1, 2, 6, 7)" in problem.message
    both = {"entities": {"thing": {"fields": {"a": TEXT, "b": TEXT}, "unique": [["a", "b"]]}}}
    world.publish(both)
    with pytest.raises(Exception, match=r"(?i)unique"):
        world.add("shop.thing", {"a": "3", "b": "1"})


def test_the_recycle_bin_does_not_count_as_a_duplicate(world: World) -> None:
    world.publish(app(a=TEXT))
    world.add("shop.thing", {"a": "1"}, {"a": "1"})
    table = world.release.table("shop.thing")
    with world.database.writing() as connection:
        connection.execute(table.update().where(table.c.id == 1).values(deleted_at=table.c.updated_at))
    world.publish(app(a={"type": "text", "unique": True}))
    with pytest.raises(Exception, match=r"(?i)unique"):
        world.add("shop.thing", {"a": "1"})


def test_data_that_change_between_plan_and_apply_are_counted_again(world: World) -> None:
    world.publish(app(a=TEXT))
    plan = world.plan(app(a={"type": "text", "required": True}))
    assert plan.obstacles() == []
    world.add("shop.thing", {})
    with pytest.raises(Refusal) as caught:
        apply(plan, world.database)
    assert caught.value.problems[0].code == "P130"


def test_a_link_to_another_entity_begins_empty(world: World) -> None:
    two = {"fields": {"x": TEXT}}
    link = {"type": "link", "to": "one"}
    world.publish({"entities": {"one": two, "two": two, "thing": {"fields": {"at": link}}}})
    world.add("shop.one", {"x": "1"})
    world.add("shop.thing", {"at": 1})
    moved = {"entities": {"one": two, "two": two, "thing": {"fields": {"at": {"type": "link", "to": "two"}}}}}
    assert refused(world, moved).problems[0].code == "P131"
    world.publish(moved, allow_loss=True)
    assert world.rows("shop.thing")[0]["at"] is None
    world.roll_back()
    assert world.rows("shop.thing")[0]["at"] == 1


def test_a_purged_target_leaves_the_restored_link_empty(world: World) -> None:
    thing = {"fields": {"x": TEXT, "at": {"type": "link", "to": "one"}}}
    one = {"fields": {"x": TEXT}}
    world.publish({"entities": {"one": one, "thing": thing}})
    world.add("shop.one", {"x": "1"}, {"x": "2"})
    world.add("shop.thing", {"at": 1}, {"at": 2})
    world.publish({"entities": {"one": one, "thing": {"fields": {"x": TEXT}}}}, allow_loss=True)
    table = world.release.table("shop.one")
    with world.database.writing() as connection:
        connection.execute(table.delete().where(table.c.id == 1))
    world.roll_back()
    assert [row["at"] for row in world.rows("shop.thing")] == [None, 2]
    assert world.verify() == []


def test_a_field_of_the_same_name_does_not_inherit_old_values(world: World) -> None:
    world.publish(app(a=TEXT, secret=TEXT))
    world.add("shop.thing", {"a": "1", "secret": "old"})
    world.publish(app(a=TEXT), allow_loss=True)
    world.publish(app(a=TEXT, secret=TEXT))
    assert world.rows("shop.thing")[0]["secret"] is None
    world.roll_back(number=1)
    assert world.rows("shop.thing")[0]["secret"] == "old"
    assert world.verify() == []


def test_a_rollback_to_nowhere_is_refused(world: World) -> None:
    world.publish(app(a=TEXT))
    for app_id, number, code in (
        ("nothing", None, "P121"),
        ("shop", None, "P122"),
        ("shop", 7, "P120"),
        ("shop", 0, "P122"),
    ):
        with pytest.raises(Refusal) as caught:
            world.roll_back(app_id, number)
        assert caught.value.problems[0].code == code


def test_wider_rights_are_told(world: World) -> None:
    fields = {"thing": {"fields": {"a": TEXT, "b": TEXT}}}
    world.publish({"entities": fields, "roles": {"seller": {"thing": {"read": ["b"], "update": ["a"]}}}})
    plan = world.plan({"entities": fields, "roles": {"seller": {"thing": {"read": [], "delete": []}}}})
    assert [(each.how, each.id, each.details) for each in plan.changes] == [
        ("widened", "seller: thing.read", ("b",)),
        ("revoked", "seller: thing.update", ()),
        ("granted", "seller: thing.delete", ()),
    ]
    assert [each.how for each in plan.widened] == ["widened", "granted"]
    assert any("放宽权限" in line for line in plan.describe("zh"))


def test_what_changes_no_table_is_still_a_version(world: World) -> None:
    world.publish({**app(a=TEXT), "label": "Shop"})
    plan = world.plan({**app(a={"type": "text", "label": "Name"}), "label": "Store"})
    assert plan.steps == ()
    assert [each.describe("en") for each in plan.changes] == [
        "change app shop (label)",
        "change field thing.a (label)",
    ]
    assert apply(plan, world.database).number == 2


def test_a_plan_is_told_in_the_words_of_the_people(world: World) -> None:
    old = {"type": "text", "label": {"zh": "名称", "en": "Name"}}
    world.publish({"entities": {"thing": {"fields": {"a": old, "b": {"type": "text", "label": "备注"}}}}})
    world.add("shop.thing", {"a": "x", "b": "1"})
    new = {"type": "integer", "label": {"zh": "数量", "en": "Number"}, "required": True, "was": "a"}
    plan = world.plan({"entities": {"thing": {"fields": {"n": new}, "unique": [["n"]]}}})
    assert plan.describe("zh", plan.labels) == [
        "thing：移除字段 备注（数据保留，可回滚），涉及 1 行，1 个值将不再可见",
        "thing：字段 名称 更名为 数量",
        "thing：字段 数量 的类型由 文本 改为 整数，涉及 1 行，1 行不符合（编号 1），例如 #1: x",
        "thing：字段 数量 改为必填",
        "thing：数量 不允许重复",
        "更改数据表 thing（不允许重复）",
        "更改字段 thing.数量（名称、必填）",
    ]
    assert [dict(each.parameters)["en"] for each in plan.obstacles()] == [
        "thing: change the type of field Number from Text to Integer, 1 rows, 1 rows stand against it (ids 1), such as #1: x"
    ]


@pytest.mark.parametrize("kind", ["choice", "choices"])
def test_an_option_that_records_hold_cannot_go(world: World, kind: str) -> None:
    world.publish(app(a={"type": kind, "options": ["x", "y", "z"]}))
    held = [["x"], ["y", "z"], ["z"]] if kind == "choices" else ["x", "y", "z"]
    world.add("shop.thing", *({"a": each} for each in held), {})
    problem = refused(world, app(a={"type": kind, "options": ["x"]})).problems[0]
    assert problem.message == "shop.thing: field a loses options y, z, 2 rows stand against it (ids 2, 3)"
    table = world.release.table("shop.thing")
    with world.database.writing() as connection:
        connection.execute(table.update().values(a=held[0]))
    world.publish(app(a={"type": kind, "options": ["x"]}))
    assert world.plan(app(a={"type": kind, "options": ["x"]})).is_empty


def test_a_choice_becomes_text_by_its_labels_and_back(world: World) -> None:
    choice = {"type": "choice", "options": ["x", "y"]}
    world.publish(app(a=choice))
    world.add("shop.thing", {"a": "x"}, {"a": "y"})
    world.publish(app(a=TEXT))
    world.publish(app(a=choice))
    assert [row["a"] for row in world.rows("shop.thing")] == ["x", "y"]
