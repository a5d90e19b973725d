"""Large tables are changed ahead of an apply, while everybody goes on writing: expand and backfill here, contract in the apply.

Columns of another type, and new ones with a default or a backfill, are added under a name of their own and filled a chunk at a
time, each in a short transaction; indexes are made without holding writers (PostgreSQL). What was written meanwhile is caught up
with by the apply, under its lock. Nothing of it can be seen before, and whoever is interrupted goes on by asking again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, select, text, update

from dougong.fieldtypes.base import Invalid
from dougong.model.expression import Value
from dougong.storage import catalogue, convert, counting, ddl, staging, tables
from dougong.storage.apply import LOCK_SECONDS
from dougong.storage.conversion import Change
from dougong.storage.database import Database
from dougong.storage.fill import LARGE
from dougong.storage.operations import AddColumn, AddIndex, ChangeType, FillValues, Operation
from dougong.storage.plan import Plan
from dougong.storage.problems import refusal
from dougong.storage.schema import ColumnSpec, TableSpec

_ATTEMPTS = 3

Progress = Callable[[str, int, int], None]
"""Called with a field or index, how many rows are done, and how many there are."""


def prepare(plan: Plan, database: Database, *, large: int = LARGE, progress: Progress | None = None) -> None:
    """Do ahead what can be done without being seen; does nothing for small tables, and goes on where it was interrupted."""
    for step in plan.steps:
        coming = _coming(step.operation)
        if coming is not None:
            _fill_ahead(coming, database, large, progress)
    changed = {each.operation.column.uid for each in plan.steps if isinstance(each.operation, ChangeType)}
    for step in plan.steps:
        if isinstance(step.operation, AddIndex) and database.dialect == "postgresql":
            _index_ahead(step.operation, database, large, changed, progress)


# ------------------------------------------------------------------ columns
@dataclass(frozen=True, slots=True)
class _Coming:
    """A column that can be filled ahead: its name until then, what it is filled from, and how some rows are."""

    app: str
    before: TableSpec
    field: str
    kind: str
    name: str
    sources: tuple[ColumnSpec, ...]
    fill: Callable[[Connection, Sequence[tuple[Any, ...]]], None]

    @property
    def told(self) -> str:
        """What people are told of."""
        return f"{self.before.key}.{self.field}"


def _coming(operation: Operation) -> _Coming | None:
    """What a step can do ahead, if anything."""
    before = operation.before
    if before is None:
        return None
    if isinstance(operation, ChangeType) and operation.can_be_staged:
        change, mended = operation.change(), operation.mended
        target = replace(operation.column, name=operation.staging)
        return _Coming(
            operation.app,
            before,
            operation.former.field,
            operation.column.kind,
            operation.staging,
            (operation.former,),
            lambda connection, rows: _convert(connection, before, target, change, mended, rows),
        )
    if isinstance(operation, AddColumn) and operation.coming and operation.default is not None:
        column, default = replace(operation.column, name=operation.coming), operation.default
        return _Coming(
            operation.app,
            before,
            operation.column.field,
            operation.column.kind,
            operation.coming,
            (),
            lambda connection, rows: _give(connection, before, column, default, rows),
        )
    if isinstance(operation, FillValues) and operation.coming:
        return _Coming(
            operation.app,
            before,
            operation.column.field,
            operation.column.kind,
            operation.coming,
            operation.recorded_sources(),
            lambda connection, rows: operation.fill_ahead(connection, before, rows),
        )
    return None


def _fill_ahead(coming: _Coming, database: Database, large: int, progress: Progress | None) -> None:
    before, name = coming.before, coming.name
    with database.reading() as connection:
        total = counting.rows(connection, before)
    if total < large:
        return
    with database.writing() as connection:
        if staging.staged(connection, coming.app, before.name, name) is None:
            _set_timeout(connection)
            connection.exec_driver_sql(ddl.add_column(connection.dialect, before.name, name, coming.kind))
            staging.begin(connection, coming.app, before.name, name, datetime.now(UTC))
    done = 0
    while True:
        with database.writing() as connection:
            count = _fill_chunk(connection, coming)
        if not count:
            return
        done += count
        if progress is not None:
            progress(coming.told, min(done, total), total)


def _fill_chunk(connection: Connection, coming: _Coming) -> int:
    """Fill the next rows and note how far it is; returns how many rows that were."""
    before = coming.before
    position = staging.staged(connection, coming.app, before.name, coming.name)
    assert position is not None
    table = tables.table(convert.with_columns(before, *coming.sources))
    read = [table.c[each.field] for each in coming.sources]
    wanted = (
        select(table.c.id, *read).where(table.c.id > position.last).order_by(table.c.id).limit(convert.CHUNK)
    )
    if connection.dialect.name == "postgresql":
        wanted = wanted.with_for_update()
    rows = [tuple(row) for row in connection.execute(wanted)]
    if not rows:
        return 0
    try:
        coming.fill(connection, rows)
    except Invalid as error:
        raise refusal("conflict", "P133/data") from error
    staging.advance(connection, coming.app, before.name, coming.name, rows[-1][0])
    return len(rows)


def _convert(
    connection: Connection,
    before: TableSpec,
    target: ColumnSpec,
    change: Change,
    mended: bool,
    rows: Sequence[tuple[Any, ...]],
) -> None:
    """Convert the values of some rows; what does not fit is left out where it is mended later."""
    values: list[tuple[int, Value]] = []
    for identifier, value in rows:
        try:
            values += [] if value is None else [(identifier, change(value))]
        except Invalid:
            if not mended:
                raise
    convert.write(connection, before, target, [each for each in values if each[1] is not None])


def _give(
    connection: Connection,
    before: TableSpec,
    column: ColumnSpec,
    value: object,
    rows: Sequence[tuple[Any, ...]],
) -> None:
    """One value for some rows, which follow each other."""
    table = tables.table(convert.with_columns(before, column))
    among = table.c.id.between(rows[0][0], rows[-1][0])
    connection.execute(update(table).where(among).values({column.field: value}))


# ------------------------------------------------------------------ indexes
def _index_ahead(
    operation: AddIndex, database: Database, large: int, changed: set[str], progress: Progress | None
) -> None:
    before, former = operation.before, operation.former
    if before is None or former is None or operation.mended:
        return
    own = {each.uid for each in before.columns if each.field in former.reads}
    with database.reading() as connection:
        total = counting.rows(connection, before)
        is_there = operation.index.name in catalogue.read(connection).indexes
    if total < large or own & changed or is_there:
        return
    with database.writing() as connection:
        staging.note_index(connection, operation.app, operation.index.name)
    named = replace(former, name=operation.index.name)
    statement = ddl.create_index(database.engine.dialect, before, named, concurrently=True)
    for attempt in range(1, _ATTEMPTS + 1):
        if _made_concurrently(database, operation.index.name, statement):
            break
        if attempt == _ATTEMPTS:
            raise refusal("unavailable", "P134")
    if progress is not None:
        progress(f"{before.key}: {', '.join(former.fields)}", total, total)


def _made_concurrently(database: Database, name: str, statement: str) -> bool:
    """Make an index outside of any transaction; what a failed attempt leaves behind is dropped. False: no lock was to be had."""
    dropping = ddl.drop_index_named(database.engine.dialect, name, concurrently=True)
    errors = database.engine.dialect.loaded_dbapi.Error
    with database.engine.connect() as connection, closing(connection.connection.cursor()) as cursor:
        cursor.execute(f"SET lock_timeout = '{LOCK_SECONDS}s'")
        try:
            cursor.execute(dropping)
            cursor.execute(statement)
        except errors as error:
            state = getattr(error, "sqlstate", "")
            cursor.execute(dropping)
            if state == "23505":
                raise refusal("conflict", "P133/data") from error
            if state != "55P03":
                raise
            return False
        finally:
            cursor.execute("RESET lock_timeout")
    return True


def _set_timeout(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'"))
