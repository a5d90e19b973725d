"""The tables of a database as a backup sees them: everything recorded, removed things included, without what can be made again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, func, insert, select, text, update

from dougong.storage import ddl, names, tables
from dougong.storage.schema import ColumnSpec, Schema, TableSpec
from dougong.storage.system import METADATA, SEQUENCE
from dougong.storage.types import Day, Exact, Instant

ROWS = 2_000
_COUNTER = "id:"


@dataclass(frozen=True, slots=True)
class Kept:
    """One table of an app with its data: as it stands, under the name it has now, with the columns that were removed."""

    app: str
    spec: TableSpec
    is_removed: bool = False

    @property
    def table(self) -> Table:
        """The SQLAlchemy table."""
        return tables.table(self.spec)


def kept_tables(schema: Schema) -> list[Kept]:
    """The tables of an app that hold data; search indexes are made again."""
    live = [Kept(schema.app, _with_removed(schema, each)) for each in schema.tables if each.kind != "search"]
    removed = [
        Kept(schema.app, _with_removed(schema, replace(stone.table, name=stone.name)), is_removed=True)
        for stone in schema.tombstones
        if stone.column is None
    ]
    return live + removed


def _with_removed(schema: Schema, spec: TableSpec) -> TableSpec:
    stones = [each for each in schema.tombstones if each.column is not None and each.table.uid == spec.uid]
    removed = tuple(
        ColumnSpec(stone.name, stone.name, stone.column.kind, stone.column.field_type, uid=stone.uid)
        for stone in stones
        if stone.column is not None
    )
    return replace(spec, columns=spec.columns + removed)


def system_tables() -> list[Table]:
    """The platform's own tables, those that others point to first."""
    return list(METADATA.sorted_tables)


# ------------------------------------------------------------------ rows
def lines(connection: Connection, table: Table) -> Iterator[bytes]:
    """The rows of a table as JSON lines, in the order of their keys."""
    order = list(table.primary_key.columns)
    statement = select(table).order_by(*order)
    if table is SEQUENCE:
        statement = statement.where(SEQUENCE.c.name.not_like(f"{_COUNTER}%"))
    result = connection.execution_options(yield_per=ROWS).execute(statement)
    for rows in result.partitions():
        yield b"".join(msgspec.json.encode(tuple(row)) + b"\n" for row in rows)


def load(connection: Connection, table: Table, content: Iterable[bytes]) -> int:
    """Insert rows from JSON lines; references of a table to itself follow when all its rows are there."""
    own = {key.parent.name for key in table.foreign_keys if key.column.table is table}
    readers = [_reader(column.type) for column in table.c]
    keys = [column.key for column in table.c]
    later: list[dict[str, Any]] = []
    number = 0
    for rows in _chunks(content):
        values = [
            {
                key: read(value) if value is not None else None
                for key, read, value in zip(keys, readers, row, strict=True)
            }
            for row in rows
        ]
        for each in values if own else ():
            if any(each[name] is not None for name in own):
                later.append({"id": each["id"], **{name: each[name] for name in own}})
                each.update(dict.fromkeys(own))
        connection.execute(insert(table), values)
        number += len(values)
    for each in later:
        connection.execute(
            update(table).where(table.c.id == each["id"]).values({name: each[name] for name in own})
        )
    return number


def _chunks(content: Iterable[bytes]) -> Iterator[list[list[Any]]]:
    rest = b""
    rows: list[list[Any]] = []
    for piece in content:
        *whole, rest = (rest + piece).split(b"\n")
        rows += [msgspec.json.decode(each, type=list[Any]) for each in whole if each]
        if len(rows) >= ROWS:
            yield rows
            rows = []
    if rest:
        rows.append(msgspec.json.decode(rest, type=list[Any]))
    if rows:
        yield rows


def _reader(type_: object) -> Callable[[Any], Any]:
    if isinstance(type_, Exact):
        return Decimal
    if isinstance(type_, Instant):
        return datetime.fromisoformat
    if isinstance(type_, Day):
        return date.fromisoformat
    return lambda value: value


# ------------------------------------------------------------------ counters
def counter(connection: Connection, kept: Kept) -> int:
    """The last id that was given in a table."""
    if connection.dialect.name == "sqlite":
        own = select(SEQUENCE.c.value).where(SEQUENCE.c.name == _COUNTER + kept.spec.name)
        return connection.execute(own).scalar_one_or_none() or 0
    name = ddl.quoted(connection.dialect, names.id_sequence(kept.spec.name))
    row = connection.execute(text(f"SELECT last_value, is_called FROM {name}")).one()  # nosec B608 - a generated name
    return int(row[0]) if row[1] else 0


def set_counter(connection: Connection, kept: Kept, value: int) -> None:
    """Give ids after the one given last."""
    if value < 1:
        return
    if connection.dialect.name == "sqlite":
        connection.execute(insert(SEQUENCE), [{"name": _COUNTER + kept.spec.name, "value": value}])
        return
    name = ddl.quoted(connection.dialect, names.id_sequence(kept.spec.name))
    connection.execute(text("SELECT setval(CAST(:name AS regclass), :value)"), {"name": name, "value": value})


def set_identities(connection: Connection) -> None:
    """PostgreSQL does not notice ids that were inserted; SQLite does."""
    if connection.dialect.name == "sqlite":
        return
    for table in system_tables():
        if table.autoincrement_column is not None:
            highest = connection.execute(select(func.max(table.c.id))).scalar_one_or_none()
            if highest:
                given = {"table": table.name, "value": highest}
                connection.execute(text("SELECT setval(pg_get_serial_sequence(:table, 'id'), :value)"), given)
