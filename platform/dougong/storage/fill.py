"""Data that move while tables change: constants for new columns, links with and without their foreign keys, search indexes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Table, column, delete, select, text, update
from sqlalchemy import table as plain_table

from dougong.fieldtypes import TYPES
from dougong.storage import counting, ddl, names, tables
from dougong.storage import search as search_index
from dougong.storage.schema import ColumnSpec, TableSpec
from dougong.storage.system import METADATA, SEQUENCE

_CHUNK = 2_000
LARGE = 50_000
"""Rows from which on a table is large: what can be done ahead of an apply, or after it, is not done while everybody waits."""


def constant(connection: Connection, spec: TableSpec, column_: ColumnSpec, value: object) -> None:
    """One value for every row that has none in a new column; most have it already where the column was filled ahead."""
    table = tables.table(replace(spec, columns=(column_,)))
    connection.execute(update(table).where(table.c[column_.field].is_(None)).values({column_.field: value}))


def rename_ids(connection: Connection, old: str, new: str) -> None:
    """The counter of a table's ids under the new name of the table (PostgreSQL renames its sequence instead)."""
    if connection.dialect.name == "sqlite":
        renamed = update(SEQUENCE).where(SEQUENCE.c.name == f"id:{old}").values(name=f"id:{new}")
        connection.execute(renamed)


def rename_entity(connection: Connection, old: str, new: str) -> None:
    """What the platform keeps about records (history, files, comments, approvals) under the new key of their entity."""
    for table in METADATA.sorted_tables:
        if "entity" in table.c and old != new:
            connection.execute(update(table).where(table.c.entity == old).values(entity=new))


def detach(connection: Connection, app: str, spec: TableSpec, column_: ColumnSpec) -> None:
    """Take the foreign key off a link, so that values out of sight keep no record from being purged."""
    reference = ddl.column_reference(app, spec, column_)
    if reference is None:
        return
    dialect = connection.dialect
    if dialect.name == "postgresql":
        connection.exec_driver_sql(ddl.drop_reference(dialect, spec.name, reference))
        return
    _swap(connection, app, spec, column_, None)


def attach(
    connection: Connection, app: str, spec: TableSpec, column_: ColumnSpec, *, held: bool = False
) -> None:
    """Put the foreign key of a link back; links to what has been purged meanwhile become empty, unless one `held` all the time.

    On PostgreSQL the rows of a large table are not looked at while everybody waits: `proving.prove` does so afterwards.
    """
    reference = ddl.column_reference(app, spec, column_)
    if reference is None:
        return
    if not held:
        _clear_dangling(connection, spec, column_, reference)
    if connection.dialect.name == "postgresql":
        is_small = not counting.has_at_least(connection, spec.name, LARGE)
        statement = ddl.add_reference(connection.dialect, spec.name, reference, proven=is_small)
        connection.exec_driver_sql(statement)
        return
    _swap(connection, app, spec, column_, reference)


def _clear_dangling(
    connection: Connection, spec: TableSpec, column_: ColumnSpec, reference: ddl.Reference
) -> None:
    holder = plain_table(spec.name, column(column_.name))
    link = holder.c[column_.name]
    target = plain_table(reference.target, column("id")).alias("target")  # it may be the holder itself
    dangling = link.is_not(None) & ~select(target.c.id).where(target.c.id == link).correlate(holder).exists()
    connection.execute(update(holder).where(dangling).values({column_.name: None}))


def _swap(
    connection: Connection, app: str, spec: TableSpec, column_: ColumnSpec, reference: ddl.Reference | None
) -> None:
    """SQLite cannot alter a foreign key, so the values move to a new column that then takes the name of the old one."""
    dialect, moved = connection.dialect, names.tombstone_column(f"{column_.uid}_moved", column_.field)
    over = [each for each in spec.indexes if column_.field in each.reads]
    standing = [each for each in over if _exists(connection, each.name)]
    for index in standing:
        connection.exec_driver_sql(ddl.drop_index(dialect, index))
    connection.exec_driver_sql(
        ddl.add_column(
            dialect, spec.name, moved, column_.kind, replace(reference, column=moved) if reference else None
        )
    )
    holder = plain_table(spec.name, column(moved), column(column_.name))
    connection.execute(update(holder).values({moved: holder.c[column_.name]}))
    connection.exec_driver_sql(ddl.drop_column(dialect, spec.name, column_.name))
    connection.exec_driver_sql(ddl.rename_column(dialect, spec.name, moved, column_.name))
    for index in standing:
        connection.exec_driver_sql(ddl.create_index(dialect, spec, index))


def _exists(connection: Connection, index: str) -> bool:
    found = connection.execute(
        text("SELECT 1 FROM sqlite_master WHERE type = 'index' AND name = :name"), {"name": index}
    )
    return found.first() is not None


def search(connection: Connection, index_spec: TableSpec, records: TableSpec) -> None:
    """Make the full-text index anew from every record outside the recycle bin."""
    index, table = tables.table(index_spec), tables.table(records)
    connection.execute(delete(index))
    searched = [each for each in records.columns if each.field in index_spec.search]
    last = 0
    while rows := _next_rows(connection, table, searched, last):
        texts = {
            row[0]: [
                TYPES[each.field_type].search_text(value)
                for each, value in zip(searched, row[1:], strict=True)
                if value is not None
            ]
            for row in rows
        }
        search_index.index_rows(connection, index, texts, new=True)
        last = rows[-1][0]


def _next_rows(
    connection: Connection, table: Table, searched: list[ColumnSpec], last: int
) -> list[tuple[Any, ...]]:
    columns = [table.c.id, *(table.c[each.field] for each in searched)]
    wanted = (
        select(*columns)
        .where(table.c.id > last, table.c.deleted_at.is_(None))
        .order_by(table.c.id)
        .limit(_CHUNK)
    )
    return [tuple(row) for row in connection.execute(wanted)]
