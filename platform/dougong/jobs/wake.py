"""Tells a worker on PostgreSQL that there is a job: a deferral through Procrastinate, in the same transaction.

Where Procrastinate's tables are not installed (SQLite, or a PostgreSQL that is served by embedded workers), workers look for
themselves and nothing needs to be told.
"""

from __future__ import annotations

from datetime import datetime
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, func, select, text

QUEUE = "dougong"
TASK = "dougong.run"
DEFER_FUNCTION = "procrastinate_defer_jobs_v1"

_DEFER = text(
    "SELECT unnest(procrastinate_defer_jobs_v1(ARRAY[ROW("
    ":queue, :task, :priority, :lock, NULL, jsonb_build_object('job', CAST(:job AS bigint)), CAST(:at AS timestamptz)"
    ")::procrastinate_job_to_defer_v1]))"
)
_installed: WeakKeyDictionary[Engine, bool] = WeakKeyDictionary()


def is_installed(connection: Connection) -> bool:
    """Say whether Procrastinate serves this database; remembered once it does."""
    if connection.dialect.name != "postgresql":
        return False
    if not _installed.get(connection.engine):
        found = connection.execute(select(func.to_regproc(DEFER_FUNCTION).is_not(None))).scalar_one()
        _installed[connection.engine] = bool(found)
    return _installed[connection.engine]


def announce(connection: Connection, job_id: int, due: datetime, lock: str | None, priority: int) -> None:
    """Defer the running of a job until it is due, unless workers look for themselves."""
    if is_installed(connection):
        parameters = {
            "queue": QUEUE,
            "task": TASK,
            "priority": priority,
            "lock": lock,
            "job": job_id,
            "at": due,
        }
        connection.execute(_DEFER, parameters)
