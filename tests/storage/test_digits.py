"""Fields that take more digits, or fewer: every value is kept or named, and a rollback gives back what was there."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from dougong.diagnostics import Refusal
from tests.storage.conftest import World

NEAR = ["9999999999999999.99", "-9999999999999999.99", "0.00", "9007199254740993.01", "-0.01", None]
FAR = ["99999999999999999999.99", "-99999999999999999999.99", "10000000000000000.00"]


def money(digits: int, decimals: int = 2, **more: Any) -> dict[str, Any]:
    settings = {"type": "money", "decimals": decimals, "digits": digits, **more}
    return {"entities": {"thing": {"fields": {"a": settings}}}}


def numbers(*written: str | None) -> list[Decimal | None]:
    return [None if each is None else Decimal(each) for each in written]


def fill(world: World, *written: str | None) -> None:
    world.add("shop.thing", *({"a": each} for each in numbers(*written)))


def values(world: World) -> list[str | None]:
    return [None if row["a"] is None else str(row["a"]) for row in world.rows("shop.thing")]


def test_more_digits_keep_every_value(world: World) -> None:
    world.publish(money(18))
    fill(world, *NEAR)
    plan = world.plan(money(22))
    [step] = [each for each in plan.steps if each.impact.touched]
    assert (step.impact.touched, step.impact.failing, step.impact.lost) == (5, 0, 0)
    world.publish(money(22))
    assert values(world) == NEAR
    fill(world, *FAR)
    assert values(world) == NEAR + FAR
    assert world.verify() == []
    assert world.plan(money(22)).is_empty
    world.publish(money(30))
    assert values(world) == NEAR + FAR
    assert world.verify() == []


def test_fewer_digits_name_the_values_that_have_more(world: World) -> None:
    world.publish(money(22))
    fill(world, *NEAR, *FAR)
    with pytest.raises(Refusal) as caught:
        world.publish(money(18))
    [problem] = caught.value.problems
    assert (problem.code, problem.path) == ("P130", "shop.thing")
    assert "3 rows stand against it (ids 7, 8, 9)" in problem.message
    assert values(world) == NEAR + FAR
    world.publish(money(18, unfit="aside"), allow_loss=True)
    assert values(world) == [*NEAR, None, None, None]
    assert world.verify() == []
    world.roll_back()
    assert values(world) == NEAR + FAR
    assert world.verify() == []


def test_more_decimals_at_the_cost_of_the_whole_part(world: World) -> None:
    world.publish(money(20))
    fill(world, "999999999999999999.99", "99999999999999999.99")
    with pytest.raises(Refusal):
        world.publish(money(20, decimals=3))
    world.publish(money(21, decimals=3))
    assert values(world) == ["999999999999999999.990", "99999999999999999.990"]


@pytest.mark.parametrize("other", ["text", "decimal", "long_text"])
def test_they_become_other_types_and_come_back(world: World, other: str) -> None:
    world.publish(money(22))
    fill(world, *FAR)
    settings = {"type": other, **({"decimals": 2, "digits": 24} if other == "decimal" else {})}
    world.publish({"entities": {"thing": {"fields": {"a": settings}}}}, allow_loss=True)
    assert values(world) == FAR
    world.publish(money(22), allow_loss=True)
    assert values(world) == FAR


def test_a_unique_field_sees_equal_numbers_of_any_size(world: World) -> None:
    world.publish(money(22))
    fill(world, FAR[0], FAR[0], FAR[1], "1.00", None, None)
    with pytest.raises(Refusal) as caught:
        world.publish(money(22, unique=True))
    assert "ids 2" in caught.value.problems[0].message or "2 rows" in caught.value.problems[0].message
    world.publish(money(22, unique=True, unfit="aside"), allow_loss=True)
    assert values(world) == [FAR[0], None, FAR[1], "1.00", None, None]


def test_an_index_orders_them_and_serves_their_bounds(world: World) -> None:
    description = money(28)
    description["entities"]["thing"]["indexes"] = [["a"]]
    world.publish(description)
    fill(world, *FAR, *NEAR)
    table = world.release.table("shop.thing")
    with world.database.reading() as connection:
        ordered = connection.execute(select(table.c.a).where(table.c.a.is_not(None)).order_by(table.c.a))
        found = list(ordered.scalars())
        assert found == sorted(each for each in numbers(*FAR, *NEAR) if each is not None)
        lowest, highest = connection.execute(select(func.min(table.c.a), func.max(table.c.a))).one()
        assert (str(lowest), str(highest)) == (FAR[1], FAR[0])
        above = select(table.c.id).where(
            table.c.a > Decimal("10000000000000000.00"), table.c.deleted_at.is_(None)
        )
        assert connection.execute(above).scalars().all() == [1]
        if connection.dialect.name == "sqlite":
            steps = connection.exec_driver_sql(
                f"EXPLAIN QUERY PLAN {above.compile(connection, compile_kwargs={'literal_binds': True})}"
            )
            assert any(" USING INDEX " in str(each) for each in steps)


@pytest.mark.parametrize("value", [Decimal("100000000000000000000"), Decimal("0.001"), 1.5, Decimal("NaN")])
def test_a_column_takes_no_more_than_it_says(world: World, value: Any) -> None:
    world.publish(money(22))
    with pytest.raises(Exception, match="no exact number of 22 digits"):
        world.add("shop.thing", {"a": value})
    assert values(world) == []
