"""Counts of rows that a change would touch, lose or fail on, with the ids of the first ones."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, and_, func, inspect, literal, select, tuple_
from sqlalchemy import table as plain_table

from dougong.storage import tables
from dougong.storage.conditions import predicates
from dougong.storage.schema import ColumnSpec, IndexSpec, TableSpec

FIRST = 10
SAMPLES = 3


def rows(connection: Connection, spec: TableSpec, *, live: bool = False) -> int:
    """How many rows a table has; `live` leaves out the recycle bin."""
    table = tables.table(spec)
    statement = select(func.count()).select_from(table)
    return _number(connection, statement.where(live_rows(table)) if live else statement)


def rows_of(connection: Connection, name: str) -> int:
    """How many rows there are in the table of a physical name."""
    return _number(connection, select(func.count()).select_from(plain_table(name)))


def has_at_least(connection: Connection, name: str, number: int) -> bool:
    """Whether the table of a physical name has so many rows; more of them are not counted."""
    some = select(literal(1)).select_from(plain_table(name)).limit(number).subquery()
    return _number(connection, select(func.count()).select_from(some)) >= number


def exists(connection: Connection, name: str) -> bool:
    """Whether there is a table of a physical name."""
    return inspect(connection).has_table(name)


def first_ids(connection: Connection, spec: TableSpec) -> tuple[int, ...]:
    """The ids of the first records outside the recycle bin."""
    table = tables.table(spec)
    return _ids(connection, select(table.c.id).where(live_rows(table)))


def filled(connection: Connection, spec: TableSpec, column: ColumnSpec) -> int:
    """How many rows hold a value in a column."""
    table = tables.table(replace(spec, columns=(column,)))
    return _number(
        connection, select(func.count()).select_from(table).where(table.c[column.field].is_not(None))
    )


def empty(connection: Connection, spec: TableSpec, column: ColumnSpec) -> tuple[int, tuple[int, ...]]:
    """How many records outside the recycle bin hold nothing in a column, and the first of them."""
    table = tables.table(replace(spec, columns=(column,)))
    condition = and_(table.c[column.field].is_(None), live_rows(table))
    number = _number(connection, select(func.count()).select_from(table).where(condition))
    return number, _ids(connection, select(table.c.id).where(condition)) if number else ()


def holding(
    connection: Connection, spec: TableSpec, column: ColumnSpec, values: tuple[str, ...]
) -> tuple[int, tuple[int, ...]]:
    """How many rows hold one of some options in a column, or among the several of a column, and the first of them."""
    table = tables.table(replace(spec, columns=(column,)))
    held = table.c[column.field]
    if column.kind == "json":
        rows = connection.execute(select(table.c.id, held).where(held.is_not(None)).order_by(table.c.id))
        found = [row[0] for row in rows if not set(values).isdisjoint(row[1])]
        return len(found), tuple(found[:FIRST])
    number = _number(connection, select(func.count()).select_from(table).where(held.in_(values)))
    return number, _ids(connection, select(table.c.id).where(held.in_(values))) if number else ()


def duplicates(connection: Connection, spec: TableSpec, index: IndexSpec) -> tuple[int, tuple[int, ...]]:
    """How many records share with another record what a unique index would cover, and the first of them."""
    table = tables.table(spec)
    columns, condition = _covered(table, spec, index)
    repeated = _repeated(table, columns, condition)
    among = and_(condition, tuple_(*columns).in_(repeated))
    number = _number(connection, select(func.count()).select_from(table).where(among))
    return number, _ids(connection, select(table.c.id).where(among)) if number else ()


def later_doubles(connection: Connection, spec: TableSpec, index: IndexSpec) -> frozenset[int]:
    """The ids of records that share with an earlier record what a unique index would cover."""
    table = tables.table(spec)
    columns, condition = _covered(table, spec, index)
    place = func.row_number().over(partition_by=columns, order_by=table.c.id).label("place")
    numbered = select(table.c.id, place).where(condition).subquery()
    return frozenset(connection.execute(select(numbered.c.id).where(numbered.c.place > 1)).scalars())


def _covered(
    table: Table, spec: TableSpec, index: IndexSpec
) -> tuple[list[ColumnElement[Any]], ColumnElement[bool]]:
    """What a unique index compares, and which records it looks at."""
    columns: list[ColumnElement[Any]] = [
        func.lower(table.c[each]) if each in index.folded else table.c[each] for each in index.fields
    ]
    conditions: list[ColumnElement[bool]] = [each.is_not(None) for each in columns]
    conditions += [live_rows(table)] if index.live else []
    return columns, and_(*conditions, *predicates(index.where, spec.kind_of, lambda field: table.c[field]))


def _repeated(table: Table, columns: list[ColumnElement[Any]], condition: ColumnElement[bool]) -> Select[Any]:
    return select(*columns).where(condition).group_by(*columns).having(func.count() > 1).correlate(None)


def live_rows(table: Table) -> ColumnElement[bool]:
    """The rows outside the recycle bin."""
    return table.c.deleted_at.is_(None) if "deleted_at" in table.c else table.c.id.is_not(None)


def _number(connection: Connection, statement: Select[int]) -> int:
    number: int = connection.execute(statement).scalar_one()
    return number


def _ids(connection: Connection, statement: Select[int]) -> tuple[int, ...]:
    return tuple(connection.execute(statement.order_by("id").limit(FIRST)).scalars())
