"""Inserts many rows fast, column by column: only the columns that hold anything, each value made ready once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import repeat
from typing import Any

from sqlalchemy import Column, Connection, Table, bindparam, insert
from sqlalchemy.engine import Dialect

from dougong.storage.statements import Statement, copy_rows

FEW = 20
"""Below this number of rows, PostgreSQL's COPY costs more than it saves."""


class Same:
    """A column that holds one value in all rows."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


ColumnValues = Mapping[str, Sequence[Any] | Same]


def insert_columns(connection: Connection, table: Table, columns: ColumnValues, count: int) -> None:
    """Insert `count` rows, given by columns; a column that is not named stays empty, or takes its default."""
    dialect = connection.dialect
    written = {
        column.key: ready
        for column in table.columns
        if column.key in columns and (ready := _written(column, columns[column.key], dialect)) is not None
    }
    values = (repeat(each.value, count) if isinstance(each, Same) else each for each in written.values())
    rows = zip(*values, strict=True)
    if count >= FEW and dialect.name == "postgresql":
        copy_rows(connection, table, list(written), rows)
    else:
        inserting(table, tuple(written), dialect.name).run_written(connection, list(rows))


def inserting(table: Table, names: tuple[str, ...], dialect: str) -> Statement:
    """The statement that inserts one row with these columns, kept with the table; parameters stand in the table's order."""
    kept: dict[tuple[str, ...], Statement] = table.info.setdefault(f"inserting on {dialect}", {})
    found = kept.get(names)
    if found is None:
        values = {name: bindparam(name, type_=table.c[name].type) for name in names}
        found = kept[names] = Statement(insert(table).values(values).inline(), dialect)
    return found


def _written(
    column: Column[Any], values: Sequence[Any] | Same, dialect: Dialect
) -> Sequence[Any] | Same | None:
    """The values as the driver takes them; nothing for a column that is empty in all rows."""
    if isinstance(values, Same):
        if values.value is None:
            return None
        write = column.type.dialect_impl(dialect).bind_processor(dialect)
        return values if write is None else Same(write(values.value))
    if all(value is None for value in values):
        return None
    write = column.type.dialect_impl(dialect).bind_processor(dialect)
    return values if write is None else [None if value is None else write(value) for value in values]
