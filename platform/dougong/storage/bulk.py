"""Inserts, changes and deletes rows of a table, one or many, by statements that are kept with the table.

Many new rows are written column by column: only the columns that hold anything, each value made ready once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import repeat
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, func, insert, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Dialect
from sqlalchemy.sql import ClauseElement

from dougong.fieldtypes.columns import JsonValue
from dougong.storage.postgresql_text import blocks, column_text, escaped
from dougong.storage.statements import Listed, Statement, among, copy_blocks, copy_rows

FEW = 20
"""Below this number of rows, PostgreSQL's COPY costs more than it saves."""


class Same:
    """A column that holds one value in all rows."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


class Made:
    """A column whose values are worked out while the rows are sent, so that PostgreSQL stores the first ones meanwhile.

    All of them are texts for the driver, none may be empty, and they can be gone through only once. Those that hold no control
    characters nor backslashes are `plain`.
    """

    __slots__ = ("plain", "values")

    def __init__(self, values: Iterable[Any], *, plain: bool = False) -> None:
        self.values = values
        self.plain = plain


Writer = Callable[[Any], Any] | None
Column = Sequence[Any] | Same | Made
ColumnValues = Mapping[str, Column]


def insert_columns(connection: Connection, table: Table, columns: ColumnValues, count: int) -> None:
    """Insert `count` rows, given by columns; a column that is not named stays empty, or takes its default."""
    dialect = connection.dialect
    if count == 1:
        _insert_one(connection, table, columns)
        return
    written = {
        name: ready
        for name, write in _writers(table, dialect)
        if name in columns and (ready := _written(write, columns[name])) is not None
    }
    if count >= FEW and dialect.name == "postgresql":
        _copy(connection, table, written, count)
        return
    rows = zip(*(_each(column, count) for column in written.values()), strict=True)
    _inserting(table, tuple(written), dialect.name).insert_written(connection, list(rows))


def _copy(connection: Connection, table: Table, written: Mapping[str, Column], count: int) -> None:
    """Insert by COPY; the driver writes the values only where one of them has no plain form."""
    texts = {name: _copied(column, count) for name, column in written.items()}
    columns = [column for column in texts.values() if column is not None]
    if len(columns) == len(written):
        copy_blocks(connection, table, list(written), lambda encoding: blocks(columns, encoding))
    else:
        rows = zip(*(_each(column, count) for column in written.values()), strict=True)
        copy_rows(connection, table, list(written), rows)


def _copied(column: Column, count: int) -> Iterable[str] | None:
    if isinstance(column, Made):
        return column.values if column.plain else map(escaped, column.values)
    if isinstance(column, Same):
        one = column_text([column.value])
        return None if one is None else repeat(one[0], count)
    return column_text(column)


def _insert_one(connection: Connection, table: Table, columns: ColumnValues) -> None:
    names, row = [], []
    for name, write in _writers(table, connection.dialect):
        given = columns.get(name)
        if isinstance(given, Same):
            value = given.value
        elif isinstance(given, Made):
            value = next(iter(given.values))
        else:
            value = given[0] if given is not None else None
        if value is not None:
            names.append(name)
            row.append(value if write is None else write(value))
    _inserting(table, tuple(names), connection.dialect.name).run_written(connection, [row])


def put_row(connection: Connection, table: Table, values: Mapping[str, Any]) -> None:
    """Insert one row with an id and some columns, in place of the one that has this id."""
    dialect = connection.dialect.name
    _kept(table, ("put", *values), dialect, lambda: _putting(table, tuple(values), dialect)).rows(
        connection, values
    )


def _putting(table: Table, names: Sequence[str], dialect: str) -> ClauseElement:
    given = {name: bindparam(name, type_=table.c[name].type) for name in names}
    if dialect == "sqlite":
        return insert(table).prefix_with("OR REPLACE").values(given).inline()
    put = postgresql.insert(table).values(given).inline()
    return put.on_conflict_do_update(
        index_elements=[table.c.id], set_={name: put.excluded[name] for name in names if name != "id"}
    )


def update_rows(
    connection: Connection, table: Table, names: Sequence[str], rows: Iterable[tuple[int, Mapping[str, Any]]]
) -> None:
    """Set the named columns of rows, each given by its id and a mapping that may lack some: those become empty."""
    if connection.dialect.name == "postgresql":
        rows = list(rows)
        if len(rows) >= FEW and not any(isinstance(table.c[name].type, JsonValue) for name in names):
            _update_together(connection, table, names, rows)
            return
    statement = _kept(
        table,
        ("update", *names),
        connection.dialect.name,
        lambda: (
            update(table)
            .where(table.c.id == bindparam("which", type_=table.c.id.type))
            .values({name: bindparam(f"new_{name}", type_=table.c[name].type) for name in names})
        ),
    )
    statement.run_many(
        connection,
        ({"which": which, **{f"new_{name}": values.get(name) for name in names}} for which, values in rows),
    )


def _update_together(
    connection: Connection, table: Table, names: Sequence[str], rows: Sequence[tuple[int, Mapping[str, Any]]]
) -> None:
    """The same by one statement, to which the values come as a list for each column."""
    statement = _kept(table, ("update together", *names), "postgresql", lambda: _updating(table, names))
    values = {f"new_{name}": [each.get(name) for _, each in rows] for name in names}
    statement.rows(connection, {"which": [which for which, _ in rows], **values})


def _updating(table: Table, names: Sequence[str]) -> ClauseElement:
    columns = {"which": table.c.id, **{f"new_{name}": table.c[name] for name in names}}
    lists = [bindparam(name, type_=Listed(column.type)) for name, column in columns.items()]
    given = func.unnest(*lists).table_valued(*columns).render_derived()
    return (
        update(table)
        .where(table.c.id == given.c.which)
        .values({name: given.c[f"new_{name}"] for name in names})
    )


def delete_rows(connection: Connection, table: Table, name: str, values: Sequence[int]) -> None:
    """Delete the rows of which a column holds one of the values."""
    dialect, column = connection.dialect.name, table.c[name]
    if len(values) == 1:  # SQLite takes one row out of a full-text index four times as fast as a list of one
        one = _kept(
            table,
            ("delete one", name),
            dialect,
            lambda: delete(table).where(column == bindparam("value", type_=column.type)),
        )
        one.rows(connection, {"value": values[0]})
    elif values:
        several = _kept(
            table, ("delete", name), dialect, lambda: delete(table).where(among(column, "values", dialect))
        )
        several.rows(connection, {"values": values})


def _inserting(table: Table, names: tuple[str, ...], dialect: str) -> Statement:
    """The statement that inserts one row with these columns; its parameters stand in the order of the table."""
    return _kept(
        table,
        ("insert", *names),
        dialect,
        lambda: (
            insert(table).values({name: bindparam(name, type_=table.c[name].type) for name in names}).inline()
        ),
    )


def _kept(table: Table, key: tuple[str, ...], dialect: str, build: Callable[[], ClauseElement]) -> Statement:
    """A statement about a table, kept with it; tables of the platform itself are used with both databases."""
    statements: dict[tuple[str, ...], Statement] = table.info.setdefault(f"statements of {dialect}", {})
    found = statements.get(key)
    if found is None:
        found = statements[key] = Statement(build(), dialect)
    return found


def _writers(table: Table, dialect: Dialect) -> list[tuple[str, Writer]]:
    """The columns of a table in order, each with what makes its values ready for the driver."""
    key = f"writers of {dialect.name}"
    found: list[tuple[str, Writer]] | None = table.info.get(key)
    if found is None:
        types = ((column.key, column.type.dialect_impl(dialect)) for column in table.columns)
        found = table.info[key] = [(name, type_.bind_processor(dialect)) for name, type_ in types]
    return found


def _each(column: Column, count: int) -> Iterable[Any]:
    """The values of a column, one for each of `count` rows."""
    if isinstance(column, Same):
        return repeat(column.value, count)
    return column.values if isinstance(column, Made) else column


def _written(write: Writer, values: Column) -> Column | None:
    """The values as the driver takes them; nothing for a column that is empty in all rows."""
    if isinstance(values, Made):
        return values if write is None else Made(map(write, values.values), plain=values.plain)
    if isinstance(values, Same):
        if values.value is None:
            return None
        return values if write is None else Same(write(values.value))
    if all(value is None for value in values):
        return None
    return values if write is None else [None if value is None else write(value) for value in values]
