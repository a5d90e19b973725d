"""A plan done: tables, data, ledger and generation in one transaction, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import sqlalchemy
from sqlalchemy import Connection, text

from dougong.diagnostics import Refusal
from dougong.fieldtypes.base import Invalid
from dougong.storage import catalogue, ledger, staging
from dougong.storage.database import Database
from dougong.storage.ledger import Version
from dougong.storage.plan import Plan, Step, recounted
from dougong.storage.problems import refusal, told

LOCK_SECONDS = 5

Afterwards = Callable[[Connection, Plan], None]
"""Work that belongs to the same transaction and needs layers above this one, such as computing new formula fields."""


def apply(
    plan: Plan,
    database: Database,
    *,
    actor_id: int | None = None,
    note: str = "",
    allow_loss: bool = False,
    afterwards: Afterwards | None = None,
) -> Version:
    """Do exactly what a plan says and record the version; Refusal, with nothing changed, when that cannot be."""
    with database.writing() as connection:
        return apply_in(
            plan, connection, actor_id=actor_id, note=note, allow_loss=allow_loss, afterwards=afterwards
        )


def apply_in(
    plan: Plan,
    connection: Connection,
    *,
    actor_id: int | None = None,
    note: str = "",
    allow_loss: bool = False,
    afterwards: Afterwards | None = None,
) -> Version:
    """The same inside a transaction of the caller, who rolls back on any exception. An empty plan records nothing."""
    with _plainly():
        return _apply(plan, connection, actor_id, note, allow_loss, afterwards)


@contextmanager
def _plainly() -> Iterator[None]:
    """Locks that were not to be had, and data that a constraint of the database refuses, become refusals."""
    try:
        yield
    except sqlalchemy.exc.OperationalError as error:
        if _is_locked(error):
            raise refusal("unavailable", "P134") from error
        if _is_overtaken(error):
            raise refusal("conflict", "P132") from error
        raise
    except sqlalchemy.exc.IntegrityError as error:
        raise refusal("conflict", "P133/data") from error


def _apply(
    plan: Plan,
    connection: Connection,
    actor_id: int | None,
    note: str,
    allow_loss: bool,
    afterwards: Afterwards | None,
) -> Version:
    lock_state(connection)
    if ledger.state(connection, plan.app.id) != plan.state:
        raise refusal("conflict", "P132")
    present = ledger.present(connection, plan.app.id)
    if plan.is_empty and present is not None:
        return present
    _check(plan, connection, allow_loss=allow_loss)
    for step in plan.steps:
        _run(step, connection)
    _tidy(plan, connection)
    if afterwards is not None:
        afterwards(connection, plan)
    return ledger.record(
        connection,
        app=plan.app.id,
        version=plan.app.version,
        sources=plan.app.sources,
        template=plan.template,
        tables=plan.schema,
        operations=plan.describe("en", technical=True),
        actor_id=actor_id,
        note=note,
        at=datetime.now(UTC),
    )


def _tidy(plan: Plan, connection: Connection) -> None:
    """Drop what was made ahead for another plan."""
    app = plan.app.id
    if staging.known_columns(connection, app) or staging.known_indexes(connection, app):
        actual = catalogue.read(connection)
        columns = {name: set(each) for name, each in actual.tables.items()}
        staging.tidy(connection, plan.schema, columns, set(actual.indexes))


def lock_state(connection: Connection) -> None:
    """Wait for requests that read the present generation and keep new ones waiting; give up rather than hold them for long.

    On SQLite the transaction is alone already, and readers keep the state they began with.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'"))
        connection.execute(text("SET LOCAL statement_timeout = 0"))  # an index may take longer than a request
        connection.execute(text("LOCK TABLE dg_state IN ACCESS EXCLUSIVE MODE"))


def _check(plan: Plan, connection: Connection, *, allow_loss: bool) -> None:
    """Count again: what was true when the plan was made may not be true for the data as they are now."""
    for step in plan.steps:
        _lock_table(step, connection)
    steps = tuple(recounted(each, connection, plan.recorded) for each in plan.steps)
    now = replace(plan, steps=steps)
    now = now.without_samples() if plan.is_discreet else now
    problems = now.obstacles() + ([] if allow_loss else now.losses())
    if problems:
        raise Refusal("conflict", problems)


def _lock_table(step: Step, connection: Connection) -> None:
    before = step.operation.before
    if (
        connection.dialect.name == "postgresql"
        and before is not None
        and before.name == step.operation.table.name
    ):
        name = connection.dialect.identifier_preparer.quote_identifier(before.name)
        connection.execute(text(f"LOCK TABLE {name} IN ACCESS EXCLUSIVE MODE"))


def _run(step: Step, connection: Connection) -> None:
    try:
        step.operation.run(connection)
    except Invalid as error:
        step_words = {language: step.operation.describe(language) for language in ("en", "zh")}
        english = {"step": step_words["en"], "reason": error.problem.message("en")}
        chinese = {"step": step_words["zh"], "reason": error.problem.message("zh")}
        found = told("P133/value", step.operation.table.key, english, chinese)
        raise Refusal("conflict", [found]) from error


def _is_overtaken(error: sqlalchemy.exc.OperationalError) -> bool:
    """Whether PostgreSQL let somebody else go first of two who waited for each other (deadlock_detected): both were publishing."""
    return getattr(error.orig, "sqlstate", "") == "40P01"


def _is_locked(error: sqlalchemy.exc.OperationalError) -> bool:
    """Whether PostgreSQL gave up waiting for a lock (lock_not_available); of SQLite `writing` speaks itself."""
    return getattr(error.orig, "sqlstate", "") == "55P03"
