"""Generated expressions over generated records: Python, SQLite and PostgreSQL give the same value, or all none."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, note
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from dougong.diagnostics import Diagnostic
from dougong.expressions import compile_expression, evaluate, to_sql
from dougong.model.expression import Expression, Value
from tests.expressions import generated, world
from tests.expressions.compared import count
from tests.expressions.drawn import EXAMPLES, NIGHTLY_PAIRS, PAIRS, drawn, each_drawn

ACCOUNTS: dict[int, dict[str, Value]] = {
    3: {"name": "Öl & Gas", "limit": Decimal("1000.50"), "since": date(2020, 2, 29), "manager": 9},
    4: {},
}
CHANCE = generated.Chance(20261122)
RECORDS = [CHANCE.record(identifier) for identifier in range(1, 41)]
OTHERS: dict[str, dict[int, dict[str, Value]]] = {
    "t.order": {
        identifier: CHANCE.order(deal)
        for identifier, deal in enumerate([*range(1, 31), *range(10, 25), 10, 10], start=1)
    },
    "t.stock": {identifier: CHANCE.stock() for identifier in range(1, 9)},
    "t.deal": {record["id"]: record for record in RECORDS},
}


@pytest.fixture(scope="module")
def stored(engines: dict[str, Engine]) -> dict[str, Engine]:
    for engine in engines.values():
        with engine.begin() as connection:
            for each in world.METADATA.sorted_tables:
                connection.execute(each.delete())
            world.store(connection, RECORDS, ACCOUNTS, OTHERS)
    return engines


def expression_of(text: str) -> Expression | None:
    """The expression, or None when it is rightly refused: what the generator writes is typed, but some things SQL cannot do."""
    found = compile_expression(text, world.scope(), sql=True)
    if isinstance(found, Expression):
        return found
    assert all(isinstance(each, Diagnostic) for each in found)
    assert {each.code for each in found} <= {"D416", "D403"}, [str(each) for each in found]
    return None


def agree_on_values(stored: dict[str, Engine], text: str) -> int:
    """Each database gives what Python gives; with how many records that was compared."""
    expression = expression_of(text)
    if expression is None:
        return 0
    meant = world.by_python(expression, RECORDS, ACCOUNTS, OTHERS)
    for dialect, engine in stored.items():
        with engine.connect() as connection:
            found = world.by_sql(connection, expression)
        different = {key: (meant[key], found[key]) for key in meant if meant[key] != found[key]}
        assert different == {}, f"{dialect}: {text}"
        count("pairs", dialect, len(meant))
    count("pairs", "python", len(meant))
    return len(meant)


def agree_on_filter(stored: dict[str, Engine], text: str) -> int:
    """A condition keeps the same records as a WHERE as it does when asked of each; with how many that was compared."""
    expression = expression_of(text)
    if expression is None:
        return 0
    meant = {
        record["id"]
        for record in RECORDS
        if evaluate(expression, world.python_context(record, ACCOUNTS, others=OTHERS)) is True
    }
    for dialect, engine in stored.items():
        with engine.connect() as connection:
            condition = to_sql(expression, world.sql_context(dialect))
            found = set(connection.scalars(select(world.DEALS.c.id).where(condition)))
        assert found == meant, f"{dialect}: {text}"
        count("pairs", dialect, len(RECORDS))
    count("pairs", "python", len(RECORDS))
    return len(RECORDS)


CONDITIONS = st.one_of(generated.conditions(3), generated.against_constants())


@each_drawn()
@given(text=generated.expressions())
def test_values_agree(stored: dict[str, Engine], text: str) -> None:
    note(text)
    agree_on_values(stored, text)


@each_drawn()
@given(text=CONDITIONS)
def test_filters_agree(stored: dict[str, Engine], text: str) -> None:
    note(text)
    agree_on_filter(stored, text)


@each_drawn()
@given(text=generated.figures_of_others(2))
def test_figures_over_other_records_agree(stored: dict[str, Engine], text: str) -> None:
    note(text)
    assert agree_on_values(stored, text), text


def test_enough_is_compared() -> None:
    """The fewest that the three tests above can compare, if nearly half of what is drawn were refused."""
    assert 3 * EXAMPLES * len(RECORDS) / 2 >= PAIRS


@pytest.mark.nightly
def test_many_values_and_filters_agree(stored: dict[str, Engine]) -> None:
    """New ones each time, as many as the agreement is promised for; more with DOUGONG_AGREE_EXAMPLES."""
    wanted = EXAMPLES + 150
    values = sum(agree_on_values(stored, each) for each in drawn(generated.expressions(), wanted, False))
    filters = sum(agree_on_filter(stored, each) for each in drawn(CONDITIONS, wanted, False))
    others = drawn(generated.figures_of_others(2), wanted, False)
    figures = sum(agree_on_values(stored, each) for each in others)
    assert values + filters + figures >= NIGHTLY_PAIRS
