"""Statements made ready once give what SQLAlchemy gives, convert every kind of value, and fail as SQLAlchemy fails."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import BigInteger, Column, MetaData, Table, event, func, insert, select, union_all
from sqlalchemy.exc import DBAPIError, IntegrityError

from dougong.fieldtypes.columns import Characters, Day, Instant, JsonValue, Scaled, Whole
from dougong.storage.database import Database
from dougong.storage.statements import among, kept, prepare, rows, run_many, together

THING = Table(
    "thing",
    MetaData(),
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("name", Characters()),
    Column("price", Scaled(2)),
    Column("count", Whole()),
    Column("day", Day()),
    Column("at", Instant()),
    Column("facts", JsonValue()),
)
AT = datetime(2026, 3, 1, 9, 30, 0, 123456, tzinfo=UTC)
SOME: list[dict[str, Any]] = [
    {
        "id": number,
        "name": f"名 {number} 😀",
        "price": Decimal(number) / 4,
        "count": number * 1000,
        "day": date(2026, 1, number + 1),
        "at": AT,
        "facts": {"rows": [number, None, "ش"]},
    }
    for number in range(1, 21)
]
EMPTY: dict[str, Any] = dict.fromkeys(SOME[0]) | {"id": 99}


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A database with a table of every column type, filled by a prepared statement."""
    opened = Database(database_url)
    with opened.writing() as connection:
        THING.metadata.create_all(connection)
        run_many(connection, prepare(insert(THING), connection.dialect), [*SOME, EMPTY])
    yield opened
    opened.dispose()


def test_values_come_back_as_they_were(database: Database) -> None:
    with database.reading() as connection:
        statement = prepare(select(THING).order_by(THING.c.id), connection.dialect)
        found = [dict(zip(statement.columns, row, strict=True)) for row in rows(connection, statement, {})]
        assert found == [*SOME, EMPTY]
        assert found == [
            dict(row) for row in connection.execute(select(THING).order_by(THING.c.id)).mappings()
        ]


@pytest.mark.parametrize("name", ["id", "name", "price", "count", "day", "at"])
def test_a_list_of_any_length_is_one_parameter(database: Database, name: str) -> None:
    column = THING.c[name]
    with database.reading() as connection:
        statement = prepare(
            select(THING.c.id).where(among(column, "wanted", connection.dialect)).order_by(THING.c.id),
            connection.dialect,
        )
        for wanted in ([], [SOME[2]], [SOME[2], SOME[5]], SOME):
            values = [each[name] for each in wanted]
            expected = connection.execute(select(THING.c.id).where(column.in_(values)).order_by(THING.c.id))
            assert rows(connection, statement, {"wanted": values}) == [tuple(row) for row in expected]


def test_many_statements_share_a_round_trip(database: Database) -> None:
    with database.writing() as connection:
        one = prepare(
            select(THING.c.name).where(among(THING.c.id, "ids", connection.dialect)), connection.dialect
        )
        count = prepare(select(func.count()).select_from(THING), connection.dialect)
        add = prepare(insert(THING), connection.dialect, ["id", "name"])
        found = together(
            connection,
            [(one, {"ids": [3]}), (add, {"id": 500, "name": "new"}), (count, {}), (one, {"ids": [500, 77]})],
        )
        assert found == [[(SOME[2]["name"],)], [], [(22,)], [("new",)]]


def test_literals_of_a_statement_stay(database: Database) -> None:
    with database.reading() as connection:
        statement = prepare(
            select(THING.c.id).where(THING.c.price == Decimal("0.75"), THING.c.name.like("名 %")),
            connection.dialect,
        )
        assert rows(connection, statement, {}) == [(3,)]


@pytest.mark.parametrize("place", [0, 1, 2])
def test_an_error_is_one_of_sqlalchemy_and_can_be_rolled_back(
    database: Database, place: int, caplog: pytest.LogCaptureFixture
) -> None:
    with database.writing() as connection:
        add = prepare(insert(THING), connection.dialect, ["id"])
        steps = [(add, {"id": 700 + number}) for number in range(3)]
        steps[place] = (add, {"id": 3})
        with pytest.raises(IntegrityError), connection.begin_nested():
            together(connection, steps)
        assert not caplog.records
        with pytest.raises(IntegrityError), connection.begin_nested():
            rows(connection, *steps[place])
        with pytest.raises(IntegrityError), connection.begin_nested():
            run_many(connection, add, [parameters for _, parameters in steps])
        assert connection.execute(select(func.count()).select_from(THING)).scalar_one() == 21


def test_a_lost_connection_is_told_apart(postgresql_url: str) -> None:
    opened = Database(postgresql_url)
    with opened.reading() as connection:
        statement = prepare(select(func.now()), connection.dialect)
        pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        with opened.writing() as other:
            other.exec_driver_sql(f"SELECT pg_terminate_backend({pid})")
        with pytest.raises(DBAPIError) as caught:
            rows(connection, statement, {})
    assert caught.value.connection_invalidated
    with opened.reading() as connection:
        assert connection.execute(select(func.count())).scalar_one() == 1
    opened.dispose()


def test_a_statement_is_made_once_and_listeners_hear_of_it(database: Database) -> None:
    heard: list[str] = []
    cache: dict[object, object] = {}

    def hear(connection: Any, cursor: Any, text: str, *rest: Any) -> None:
        heard.append(text)

    event.listen(database.engine, "before_cursor_execute", hear)
    with database.writing() as connection:
        heard.clear()
        first = kept(cache, "all", connection, lambda: select(THING.c.id))
        assert kept(cache, "all", connection, lambda: select(THING.c.name)) is first
        rows(connection, first, {})
        together(connection, [(first, {}), (first, {})])
        run_many(connection, prepare(insert(THING), connection.dialect, ["id"]), [{"id": 801}, {"id": 802}])
    assert [text.split()[0] for text in heard] == ["SELECT", "SELECT", "SELECT", "INSERT"]


def test_columns_are_told_even_when_named_twice(database: Database) -> None:
    with database.writing() as connection:
        twice = prepare(select(THING.c.at, THING.c.id, THING.c.at).where(THING.c.id == 1), connection.dialect)
        assert rows(connection, twice, {}) == [(AT, 1, AT)]
        both = union_all(
            select(THING.c.day).where(THING.c.id == 1), select(THING.c.day).where(THING.c.id == 2)
        )
        assert len(rows(connection, prepare(both, connection.dialect), {})) == 2
        returned = insert(THING).returning(THING.c.price, THING.c.id)
        added = prepare(returned, connection.dialect, ["id", "price"])
        assert rows(connection, added, {"id": 950, "price": Decimal("9.99")}) == [(Decimal("9.99"), 950)]


def test_a_value_that_the_column_cannot_hold_is_refused(database: Database) -> None:
    with database.writing() as connection:
        add = prepare(insert(THING), connection.dialect, ["id", "price"])
        with pytest.raises(ValueError, match="exact number"):
            rows(connection, add, {"id": 900, "price": Decimal("0.001")})


def test_a_wrong_statement_is_refused(database: Database) -> None:
    missing = Table("missing", MetaData(), Column("id", BigInteger))
    with database.writing() as connection:
        statement = prepare(select(missing), connection.dialect)
        with pytest.raises(DBAPIError, match="missing"):
            rows(connection, statement, {})
