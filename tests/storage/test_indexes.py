"""Indexes over what lists are ordered by: both directions are read from an index, empty values last on both databases."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from dougong.storage.operations import AddIndex, DropIndex
from tests.storage.conftest import World

WANTED: dict[str, Any] = {"a": {"type": "integer"}, "b": {"type": "integer"}}


def app(*indexes: list[str]) -> dict[str, Any]:
    return {"entities": {"thing": {"fields": WANTED, "indexes": indexes}}}


def explained(world: World, order: str) -> str:
    """How the database would read the first page of a list in an order, if it could help sorting."""
    table = world.release.table("shop.thing").name
    statement = f'SELECT id FROM "{table}" WHERE deleted_at IS NULL ORDER BY {order} LIMIT 25'
    with world.database.writing() as connection:
        if world.database.dialect == "sqlite":
            found = connection.execute(text(f"EXPLAIN QUERY PLAN {statement}"))
            return "\n".join(row.detail for row in found)
        for name in ("enable_seqscan", "enable_bitmapscan"):
            connection.execute(text(f"SET LOCAL {name} = off"))
        return "\n".join(connection.execute(text(f"EXPLAIN {statement}")).scalars())


@pytest.mark.parametrize(
    ("index", "order"),
    [
        (["a"], "a ASC NULLS LAST, id ASC"),
        (["-a"], "a DESC NULLS LAST, id DESC"),
        (["-a", "b"], "a DESC NULLS LAST, b ASC NULLS LAST, id ASC"),
    ],
)
def test_a_list_in_the_order_of_an_index_is_not_sorted(world: World, index: list[str], order: str) -> None:
    world.publish(app(index))
    world.add("shop.thing", *({"a": each % 7 or None, "b": each} for each in range(30)))
    found = explained(world, order)
    if world.database.dialect == "sqlite":
        assert "USING INDEX" in found or "USING COVERING INDEX" in found
        assert "USE TEMP B-TREE FOR ORDER BY" not in found
    else:
        assert "Presorted Key" in found, found
    assert world.verify() == []
    assert world.plan(app(index)).is_empty


def test_a_direction_that_changes_makes_another_index(world: World) -> None:
    world.publish(app(["a"]))
    plan = world.plan(app(["-a"]))
    kinds = [type(each.operation) for each in plan.steps]
    assert kinds == [DropIndex, AddIndex]
    world.publish(app(["-a"]))
    assert world.verify() == []
    world.publish(app(["-a"], ["a"]))
    assert world.verify() == []
    assert world.plan(app(["-a"], ["a"])).is_empty
    world.roll_back(number=1)
    assert world.verify() == []
