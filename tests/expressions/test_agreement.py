"""Generated expressions over generated records: Python, SQLite and PostgreSQL give the same value, or all none."""

from __future__ import annotations

import os
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from dougong.diagnostics import Diagnostic
from dougong.expressions import compile_expression, evaluate, to_sql
from dougong.model.expression import Expression, Value
from tests.expressions import generated, world

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
EXAMPLES = int(os.environ.get("DOUGONG_AGREE_EXAMPLES", "150"))


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


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
    derandomize="DOUGONG_AGREE_EXAMPLES" not in os.environ,
    database=None,
)
@given(text=generated.expressions())
def test_values_agree(stored: dict[str, Engine], text: str) -> None:
    expression = expression_of(text)
    if expression is None:
        return
    world.COMPARED.update(expressions=1, pairs=len(RECORDS))
    meant = world.by_python(expression, RECORDS, ACCOUNTS, OTHERS)
    for dialect, engine in stored.items():
        with engine.connect() as connection:
            found = world.by_sql(connection, expression)
        different = {key: (meant[key], found[key]) for key in meant if meant[key] != found[key]}
        note(f"{dialect}: {text}")
        assert different == {}, dialect


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
    derandomize="DOUGONG_AGREE_EXAMPLES" not in os.environ,
    database=None,
)
@given(text=st.one_of(generated.conditions(3), generated.against_constants()))
def test_filters_agree(stored: dict[str, Engine], text: str) -> None:
    """A condition keeps the same records as a WHERE as it does when asked of each."""
    expression = expression_of(text)
    if expression is None:
        return
    world.COMPARED.update(expressions=1, pairs=len(RECORDS))
    meant = {
        record["id"]
        for record in RECORDS
        if evaluate(expression, world.python_context(record, ACCOUNTS, others=OTHERS)) is True
    }
    for dialect, engine in stored.items():
        with engine.connect() as connection:
            condition = to_sql(expression, world.sql_context(dialect))
            found = set(connection.scalars(select(world.DEALS.c.id).where(condition)))
        note(f"{dialect}: {text}")
        assert found == meant, dialect


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
    derandomize="DOUGONG_AGREE_EXAMPLES" not in os.environ,
    database=None,
)
@given(text=generated.figures_of_others(2))
def test_figures_over_other_records_agree(stored: dict[str, Engine], text: str) -> None:
    expression = expression_of(text)
    assert expression is not None, text
    world.COMPARED.update(expressions=1, pairs=len(RECORDS))
    meant = world.by_python(expression, RECORDS, ACCOUNTS, OTHERS)
    for dialect, engine in stored.items():
        with engine.connect() as connection:
            found = world.by_sql(connection, expression)
        note(f"{dialect}: {text}")
        assert {key: (meant[key], found[key]) for key in meant if meant[key] != found[key]} == {}, dialect
