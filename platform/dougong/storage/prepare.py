"""Large tables are changed ahead of an apply, while everybody goes on writing: expand and backfill here, contract in the apply.

Columns of another type are added under a name of their own and filled a chunk at a time, each in a short transaction; indexes are
made without holding writers (PostgreSQL). What was written meanwhile is caught up with by the apply, under its lock. Nothing of
it can be seen before, and whoever is interrupted goes on by asking again.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import Connection, select, text

from dougong.fieldtypes.base import Invalid
from dougong.storage import catalogue, convert, counting, ddl, staging, tables
from dougong.storage.apply import LOCK_SECONDS
from dougong.storage.database import Database
from dougong.storage.operations import AddIndex, ChangeType
from dougong.storage.plan import Plan
from dougong.storage.problems import refusal

LARGE = 50_000
"""Rows from which on a table is changed ahead; a smaller one is changed in a moment."""
_ATTEMPTS = 3

Progress = Callable[[str, int, int], None]
"""Called with a field or index, how many rows are done, and how many there are."""


def prepare(plan: Plan, database: Database, *, large: int = LARGE, progress: Progress | None = None) -> None:
    """Do ahead what can be done without being seen; does nothing for small tables, and goes on where it was interrupted."""
    for step in plan.steps:
        operation = step.operation
        if isinstance(operation, ChangeType) and operation.can_be_staged:
            _fill_ahead(operation, database, large, progress)
    changed = {each.operation.column.uid for each in plan.steps if isinstance(each.operation, ChangeType)}
    for step in plan.steps:
        if isinstance(step.operation, AddIndex) and database.dialect == "postgresql":
            _index_ahead(step.operation, database, large, changed, progress)


# ------------------------------------------------------------------ columns
def _fill_ahead(operation: ChangeType, database: Database, large: int, progress: Progress | None) -> None:
    before = operation.before
    assert before is not None
    with database.reading() as connection:
        total = counting.rows(connection, before)
    if total < large:
        return
    name = operation.staging
    with database.writing() as connection:
        if staging.staged(connection, operation.app, before.name, name) is None:
            _set_timeout(connection)
            kind = operation.column.kind
            connection.exec_driver_sql(ddl.add_column(connection.dialect, before.name, name, kind))
            staging.begin(connection, operation.app, before.name, name, datetime.now(UTC))
    done = 0
    while True:
        with database.writing() as connection:
            count = _fill_chunk(connection, operation, name)
        if not count:
            return
        done += count
        if progress is not None:
            progress(f"{before.key}.{operation.former.field}", min(done, total), total)


def _fill_chunk(connection: Connection, operation: ChangeType, name: str) -> int:
    """Convert the next rows and note how far it is; returns how many rows that were."""
    before = operation.before
    assert before is not None
    position = staging.staged(connection, operation.app, before.name, name)
    assert position is not None
    table = tables.table(convert.with_columns(before, operation.former))
    wanted = (
        select(table.c.id, table.c[operation.former.field])
        .where(table.c.id > position.last)
        .order_by(table.c.id)
        .limit(convert.CHUNK)
    )
    if connection.dialect.name == "postgresql":
        wanted = wanted.with_for_update()
    rows = [(int(row[0]), row[1]) for row in connection.execute(wanted)]
    if not rows:
        return 0
    change = operation.change()
    values = []
    for identifier, value in rows:
        try:
            values += [] if value is None else [(identifier, change(value))]
        except Invalid as error:
            if not operation.mended:
                raise refusal("conflict", "P133/data") from error
    target = replace(operation.column, name=name)
    convert.write(connection, before, target, [each for each in values if each[1] is not None])
    staging.advance(connection, operation.app, before.name, name, rows[-1][0])
    return len(rows)


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
