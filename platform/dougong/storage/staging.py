"""What was made ahead of an apply: converted columns under names of their own and indexes, with how far each has come.

The notes stand in `dg_sequence`, so that work which was interrupted goes on where it stopped, and whatever nobody used is
found again and dropped.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Table, delete, func, insert, or_, select, update

from dougong.model.field import Field
from dougong.storage import ddl, names, tables
from dougong.storage.schema import Schema, TableSpec
from dougong.storage.system import SEQUENCE

_COLUMN, _SINCE, _INDEX = "coming", "coming-since", "coming-index"
_MARGIN = timedelta(hours=1)
"""Clocks of several servers differ; what was written shortly before counts as written meanwhile."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Staged:
    """A column that is filled ahead: its name, the last record it was filled for, and since when it is."""

    name: str
    last: int
    since: datetime


def staging_name(uid: str, source: object, new: Field) -> str:
    """The name of the column that holds what a source (a field, an expression, a constant) becomes in a field: other ones, another name."""
    digest = hashlib.sha256(f"{uid}\0{source!r}\0{new!r}".encode()).hexdigest()[:16]
    return f"_coming_{digest}"


def is_dated(spec: TableSpec | None) -> bool:
    """Whether rows of a table tell when they were written: records do, and rows by the record they belong to."""
    return spec is not None and (
        spec.kind == "entity" or (spec.kind == "rows" and spec.entity.count("/") == 0)
    )


def written_since(found: Staged, spec: TableSpec) -> Callable[[Table], ColumnElement[bool]]:
    """The rows that were written since a column was filled for them."""
    if spec.kind == "entity":
        return lambda table: or_(table.c.id > found.last, table.c.updated_at >= found.since)
    owner = tables.table(TableSpec(spec.entity, "entity", names.table_name(spec.entity), spec.entity))
    touched = select(owner.c.id).where(owner.c.updated_at >= found.since)
    return lambda table: or_(table.c.id > found.last, table.c.parent_id.in_(touched))


def staged(connection: Connection, app: str, table: str, name: str) -> Staged | None:
    """How far a column has come, or nothing when it was never begun."""
    last, since = (
        _value(connection, _key(_COLUMN, app, table, name)),
        _value(connection, _key(_SINCE, app, table, name)),
    )
    if last is None or since is None:
        return None
    return Staged(name, last, _EPOCH + timedelta(seconds=since) - _MARGIN)


def is_begun(connection: Connection, app: str, before: TableSpec | None, name: str) -> bool:
    """Whether a column of a recorded table is filled ahead."""
    return bool(name) and before is not None and staged(connection, app, before.name, name) is not None


def begin(connection: Connection, app: str, table: str, name: str, now: datetime) -> None:
    """Note that a column is being filled from now on."""
    seconds = int((now - _EPOCH).total_seconds())
    rows = [(_key(_COLUMN, app, table, name), 0), (_key(_SINCE, app, table, name), seconds)]
    connection.execute(insert(SEQUENCE), [{"name": key, "value": value} for key, value in rows])


def advance(connection: Connection, app: str, table: str, name: str, last: int) -> None:
    """Note how far a column has come, in the transaction that filled it so far."""
    key = _key(_COLUMN, app, table, name)
    connection.execute(update(SEQUENCE).where(SEQUENCE.c.name == key).values(value=last))


def note_index(connection: Connection, app: str, name: str) -> None:
    """Note that an index is made ahead."""
    key = _key(_INDEX, app, name)
    if _value(connection, key) is None:
        connection.execute(insert(SEQUENCE), [{"name": key, "value": 0}])


def known_columns(connection: Connection, app: str) -> set[tuple[str, str]]:
    """Table and name of every column that is made ahead."""
    return {(parts[0], parts[1]) for parts in _parts(connection, _COLUMN, app)}


def known_indexes(connection: Connection, app: str) -> set[str]:
    """The names of the indexes that are made ahead."""
    return {parts[0] for parts in _parts(connection, _INDEX, app)}


def tidy(connection: Connection, schema: Schema, columns: dict[str, set[str]], indexes: set[str]) -> None:
    """Drop what was made ahead and not used: `columns` and `indexes` are what the database holds."""
    app, dialect = schema.app, connection.dialect
    for table, name in known_columns(connection, app):
        if name in columns.get(table, set()):
            connection.exec_driver_sql(ddl.drop_column(dialect, table, name))
    used = {each.name for table in schema.tables for each in table.indexes}
    for name in known_indexes(connection, app) - used:
        if name in indexes:
            connection.exec_driver_sql(ddl.drop_index_named(dialect, name))
    for kind in (_COLUMN, _SINCE, _INDEX):
        own = _key(kind, app, "")
        connection.execute(delete(SEQUENCE).where(func.substr(SEQUENCE.c.name, 1, len(own)) == own))


def forget(connection: Connection) -> None:
    """Forget what was made ahead: a database that was restored from a backup has none of it."""
    connection.execute(delete(SEQUENCE).where(SEQUENCE.c.name.like(f"{_COLUMN}%")))


def _key(kind: str, *parts: str) -> str:
    return ":".join((kind, *parts))


def _value(connection: Connection, key: str) -> int | None:
    return connection.execute(select(SEQUENCE.c.value).where(SEQUENCE.c.name == key)).scalar_one_or_none()


def _parts(connection: Connection, kind: str, app: str) -> list[list[str]]:
    own = _key(kind, app, "")
    found = select(SEQUENCE.c.name).where(func.substr(SEQUENCE.c.name, 1, len(own)) == own)
    return [name[len(own) :].split(":") for name in connection.execute(found).scalars()]
