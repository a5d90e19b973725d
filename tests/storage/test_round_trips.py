"""Statements made ready once: every kind of value, lists and keys as one parameter, shared round trips, savepoints and errors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import (
    BigInteger,
    Column,
    Insert,
    MetaData,
    Table,
    bindparam,
    event,
    func,
    insert,
    select,
    union_all,
)
from sqlalchemy.exc import DBAPIError, IntegrityError

from dougong.fieldtypes.columns import Characters, Day, Instant, JsonValue, Scaled, Whole
from dougong.storage.database import Database
from dougong.storage.statements import Statement, among, holding_keys, kept, key_values, savepoint, together

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


def inserting(names: Sequence[str]) -> Insert:
    return insert(THING).values({name: bindparam(name, type_=THING.c[name].type) for name in names})


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A database with a table of every column type, filled by a statement made ready."""
    opened = Database(database_url)
    with opened.writing() as connection:
        THING.metadata.create_all(connection)
        Statement(inserting(list(EMPTY)), opened.dialect).run_many(connection, [*SOME, EMPTY])
    yield opened
    opened.dispose()


def test_values_come_back_as_they_were(database: Database) -> None:
    statement = select(THING).order_by(THING.c.id)
    ready = Statement(statement, database.dialect)
    with database.reading() as connection:
        found = [dict(zip(EMPTY, row, strict=True)) for row in ready.rows(connection)]
        assert found == [*SOME, EMPTY]
        assert found == [dict(row) for row in connection.execute(statement).mappings()]


@pytest.mark.parametrize("name", ["id", "name", "price", "count", "day", "at"])
def test_a_list_of_any_length_is_one_parameter(database: Database, name: str) -> None:
    column = THING.c[name]
    condition = among(column, "wanted", database.dialect)
    ready = Statement(select(THING.c.id).where(condition).order_by(THING.c.id), database.dialect)
    with database.reading() as connection:
        for wanted in ([], [SOME[2]], [SOME[2], SOME[5]], SOME):
            values = [each[name] for each in wanted]
            expected = connection.execute(select(THING.c.id).where(column.in_(values)).order_by(THING.c.id))
            assert [row[0] for row in ready.rows(connection, {"wanted": values})] == expected.scalars().all()


def test_many_statements_share_a_round_trip(database: Database) -> None:
    one = Statement(select(THING.c.name).where(among(THING.c.id, "ids", database.dialect)), database.dialect)
    count = Statement(select(func.count()).select_from(THING), database.dialect)
    add = Statement(inserting(["id", "name"]), database.dialect)
    with database.writing() as connection:
        found = together(
            connection,
            [(one, {"ids": [3]}), (add, {"id": 500, "name": "new"}), (count, {}), (one, {"ids": [500, 77]})],
        )
    assert [[tuple(row) for row in each] for each in found] == [[(SOME[2]["name"],)], [], [(22,)], [("new",)]]


def test_literals_of_a_statement_stay(database: Database) -> None:
    wanted = select(THING.c.id).where(THING.c.price == Decimal("0.75"), THING.c.name.like("名 %"))
    with database.reading() as connection:
        assert [tuple(row) for row in Statement(wanted, database.dialect).rows(connection)] == [(3,)]


@pytest.mark.parametrize("place", [0, 1, 2])
def test_an_error_is_one_of_sqlalchemy_and_can_be_rolled_back(
    database: Database, place: int, caplog: pytest.LogCaptureFixture
) -> None:
    add = Statement(inserting(["id"]), database.dialect)
    steps = [(add, {"id": 700 + number}) for number in range(3)]
    steps[place] = (add, {"id": 3})
    with database.writing() as connection:
        with pytest.raises(IntegrityError), connection.begin_nested():
            together(connection, steps)
        assert not caplog.records
        with pytest.raises(IntegrityError), connection.begin_nested():
            add.rows(connection, {"id": 3})
        with pytest.raises(IntegrityError), connection.begin_nested():
            add.run_many(connection, [values for _, values in steps])
        assert connection.execute(select(func.count()).select_from(THING)).scalar_one() == 21


@pytest.mark.parametrize("in_one_trip", [False, True])
def test_a_savepoint_takes_back_what_failed_and_keeps_the_rest(database: Database, in_one_trip: bool) -> None:
    add = Statement(inserting(["id"]), database.dialect)
    count = Statement(select(func.count()).select_from(THING), database.dialect)

    def ids_after(*identifiers: int) -> int:
        with savepoint(connection, in_one_trip):
            for identifier in identifiers:
                add.rows(connection, {"id": identifier})
            found: int = count.rows(connection)[0][0]
        return found

    with database.writing() as connection:
        assert ids_after(301, 302) == 23
        with pytest.raises(IntegrityError):
            ids_after(303, 3)
        with pytest.raises(IntegrityError):
            ids_after(3, 304)
        with pytest.raises(TypeError), savepoint(connection, in_one_trip):
            ids_after(305, len(None))  # type: ignore[arg-type]
        with pytest.raises(IntegrityError), savepoint(connection), savepoint(connection, in_one_trip):
            add.rows(connection, {"id": 301})
        assert ids_after(306) == 24
    with database.reading() as connection:
        found = connection.execute(select(THING.c.id).where(THING.c.id > 300)).scalars().all()
        assert sorted(found) == [301, 302, 306]


def test_a_lost_connection_is_told_apart(postgresql_url: str) -> None:
    opened = Database(postgresql_url)
    with opened.reading() as connection:
        pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        with opened.writing() as other:
            other.exec_driver_sql(f"SELECT pg_terminate_backend({pid})")
        with pytest.raises(DBAPIError) as caught:
            Statement(select(func.now()), "postgresql").rows(connection)
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
        first = kept(cache, "all", database.dialect, lambda: select(THING.c.id))
        assert kept(cache, "all", database.dialect, lambda: select(THING.c.name)) is first
        first.rows(connection)
        together(connection, [(first, {}), (first, {})])
        Statement(inserting(["id"]), database.dialect).run_many(connection, [{"id": 801}, {"id": 802}])
    assert [text.split()[0] for text in heard if text != "COMMIT"] == ["SELECT", "SELECT", "SELECT", "INSERT"]


def test_every_kind_of_statement_tells_its_columns(database: Database) -> None:
    one, two = (select(THING.c.day).where(THING.c.id == number) for number in (1, 2))
    returned = inserting(["id", "price"]).returning(THING.c.price, THING.c.id)
    with database.writing() as connection:
        days = Statement(union_all(one, two), database.dialect).rows(connection)
        assert sorted(row[0] for row in days) == [SOME[0]["day"], SOME[1]["day"]]
        added = Statement(returned, database.dialect).rows(connection, {"id": 950, "price": Decimal("9.99")})
        assert [tuple(row) for row in added] == [(Decimal("9.99"), 950)]


def test_bad_values_are_refused_before_the_database_sees_them(database: Database) -> None:
    add = Statement(inserting(["id", "price"]), database.dialect)
    with database.writing() as connection:
        with pytest.raises(ValueError, match="exact number"):
            add.rows(connection, {"id": 900, "price": Decimal("0.001")})
        with pytest.raises(ValueError, match="exact number"):
            add.run_many(connection, [{"id": 900, "price": None}, {"id": 901, "price": 1.5}])
        with pytest.raises(KeyError, match="price"):
            add.rows(connection, {"id": 900})
        add.run_many(connection, [])
        assert connection.execute(select(func.max(THING.c.id))).scalar_one() == 99


def test_a_wrong_statement_is_refused(database: Database) -> None:
    missing = Table("missing", MetaData(), Column("id", BigInteger))
    with database.reading() as connection, pytest.raises(DBAPIError, match="missing"):
        Statement(select(missing), database.dialect).rows(connection)


@pytest.mark.parametrize("names", [("name",), ("id", "name"), ("price", "day", "at"), ("count", "id")])
def test_keys_of_several_columns_are_found_together(database: Database, names: tuple[str, ...]) -> None:
    columns = [THING.c[name] for name in names]
    wanted = holding_keys(select(THING.c.id), columns, "keys", database.dialect)
    ready = Statement(wanted.order_by(THING.c.id), database.dialect)
    whole = [tuple(each[name] for name in names) for each in SOME]
    mixed = [(*whole[3][:-1], whole[5][-1])]
    with database.reading() as connection:
        for keys in ([whole[4]], whole[2:9], [*whole[:2], *mixed]):
            expected = [number for number, key in enumerate(whole, 1) if key in keys]
            found = ready.rows(connection, key_values("keys", keys, database.dialect))
            assert [row[0] for row in found] == expected


def test_keys_are_looked_up_in_an_index(sqlite_url: str) -> None:
    opened = Database(sqlite_url)
    with opened.writing() as connection:
        THING.metadata.create_all(connection)
        connection.exec_driver_sql("CREATE UNIQUE INDEX pairs ON thing (count, name) WHERE day IS NULL")
        wanted = select(THING.c.id).where(THING.c.day.is_(None))
        ready = Statement(holding_keys(wanted, [THING.c.count, THING.c.name], "keys", "sqlite"), "sqlite")
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {ready.text}", ("[[1, 2]]",)).all()
    assert "INDEX pairs (count=? AND name=?)" in plan[1][-1]
    opened.dispose()
