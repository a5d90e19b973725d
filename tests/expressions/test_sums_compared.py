"""Sums that are only compared with a constant are added by SQLite itself: right to the last digit, and beyond its integers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, delete, select

from dougong.expressions.fold import folded
from dougong.expressions.postgresql import PostgreSQL
from dougong.expressions.sqlite import SQLite
from dougong.model.expression import Expression
from tests.expressions import world
from tests.servers.databases import DIALECTS

MOST = Decimal("9999999999999999.99")
"""The largest number of a column with two decimals."""
SUMS: Mapping[int, list[Decimal | None]] = {
    1: [],
    2: [None],
    3: [Decimal("0.01"), Decimal("-0.01")],
    4: [Decimal("100.01")],
    5: [Decimal("60.00"), Decimal("40.00")],
    6: [MOST] * 12,
    7: [-MOST] * 12,
    8: [MOST, -MOST],
    9: [MOST, Decimal("42949672.96"), Decimal("-42949672.97"), Decimal("0.07"), -MOST, Decimal("-3")],
}
BOUNDS = (
    "0",
    "100",
    "100.005",
    "-0.01",
    "100000000",
    "46116860184273879.03",
    "-46116860184273879.03",
    "46116860184273879.04",
    "119999999999999999.88",
    "-119999999999999999.88",
    "9" * 30,
)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_sum_compared_is_what_python_says(engines: dict[str, Engine], dialect: str) -> None:
    records = [
        {
            "id": number,
            "lines": [{"id": line, "position": line, "price": price} for line, price in enumerate(prices)],
        }
        for number, prices in SUMS.items()
    ]
    with engines[dialect].connect() as connection, connection.begin() as transaction:
        for table in reversed(world.METADATA.sorted_tables):
            connection.execute(delete(table))
        world.store(connection, records, {})
        for bound in BOUNDS:
            for sign in ("=", "<>", "<", "<=", ">", ">="):
                for written in (f"SUM(lines.price) {sign} {bound}", f"{bound} {sign} SUM(lines.price)"):
                    expression = world.compiled(written, sql=True)
                    assert world.by_sql(connection, expression) == world.by_python(expression, records, {}), (
                        written
                    )
        transaction.rollback()


def summed(connection: Connection, total: Expression) -> object:
    """The sum over all records, as the database gives it."""
    context = world.sql_context(connection.dialect.name)
    translator: Callable[..., Any] = SQLite if connection.dialect.name == "sqlite" else PostgreSQL
    element = translator(context).result(folded(total.tree, context))
    return connection.execute(select(element).select_from(world.DEALS)).scalar_one()


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("prices", SUMS.values(), ids=map(str, SUMS))
def test_a_sum_is_exact(engines: dict[str, Engine], dialect: str, prices: list[Decimal | None]) -> None:
    records: list[dict[str, Any]] = [
        {"id": number, "a": price, "lines": []} for number, price in enumerate(prices, start=1)
    ]
    exact = sum((price for price in prices if price is not None), Decimal(0))
    with engines[dialect].connect() as connection, connection.begin() as transaction:
        for table in reversed(world.METADATA.sorted_tables):
            connection.execute(delete(table))
        world.store(connection, records, {})
        total = world.compiled("SUM(a)", sql=True, aggregate=True)
        assert summed(connection, total) == exact
        transaction.rollback()


@pytest.mark.parametrize("dialect", DIALECTS)
def test_branches_are_chosen_by_the_database_as_python_chooses_them(
    engines: dict[str, Engine], dialect: str
) -> None:
    records: list[dict[str, Any]] = [
        {"id": number, "a": a, "b": Decimal("1.5"), "t": t, "f": f, "d": None, "owner": owner, "lines": []}
        for number, (a, t, f, owner) in enumerate(
            [(Decimal(1), "x", True, 7), (None, None, None, None), (Decimal("-3.25"), "Ä", False, 8)], start=1
        )
    ]
    written = (
        "IF(f, a, b) > 1",
        "IF(a > 0, f, t = 'Ä')",
        "IF(f, t, 'none') = 'none'",
        "IF(f, owner, EMPTY) = 7",
        "IF(a > 0, DATE(2026, 1, 1), TODAY()) < TODAY()",
        "IFS(f, 'x', a < 0, t) IN ('x', 'Ä')",
        "IF(f, EMPTY, a) IS EMPTY",
        "NOT IF(f, TRUE)",
        "IF(IF(f, a, b) > 1, 'x', 'y') = 'y'",
        "SUM(lines.price, IF(f, lines.price > 1, TRUE)) = 0",
        "IF(f, 1, 2)",
        "IF(f, t, 'none')",
    )
    with engines[dialect].connect() as connection, connection.begin() as transaction:
        for table in reversed(world.METADATA.sorted_tables):
            connection.execute(delete(table))
        world.store(connection, records, {})
        for each in written:
            expression = world.compiled(each, sql=True)
            assert world.by_sql(connection, expression) == world.by_python(expression, records, {}), each
        transaction.rollback()
