"""Inserts many rows fast: only the columns that hold anything, each value made ready once, without a statement per row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Column, Connection, Table, insert
from sqlalchemy.engine import Dialect

from dougong.model.expression import Value

FEW = 20
"""Below this number of rows, building the statement costs more than it saves."""

Writer = Callable[[Any], Any]


def insert_rows(
    connection: Connection, table: Table, rows: Sequence[dict[str, Value]], names: Sequence[str]
) -> None:
    """Insert rows, each a mapping that may lack some of the named columns; lacking columns stay empty."""
    if len(rows) < FEW or connection.dialect.name != "sqlite":
        filled = [name for name in names if any(row.get(name) is not None for row in rows)]
        connection.execute(insert(table), [{name: row.get(name) for name in filled} for row in rows])
        return
    columns: list[list[Any]] = []
    filled = []
    for name in names:
        values = [row.get(name) for row in rows]
        if any(value is not None for value in values):
            filled.append(name)
            columns.append(_written(table.c[name], values, connection.dialect))
    statement = insert(table).compile(dialect=connection.dialect, column_keys=filled)
    order = [filled.index(name) for name in statement.positiontup or ()]
    parameters = list(zip(*(columns[place] for place in order), strict=True))
    connection.exec_driver_sql(str(statement), parameters)


def _written(column: Column[Any], values: list[Any], dialect: Dialect) -> list[Any]:
    """The values as the driver takes them."""
    write: Writer | None = column.type.dialect_impl(dialect).bind_processor(dialect)
    return values if write is None else [None if value is None else write(value) for value in values]
