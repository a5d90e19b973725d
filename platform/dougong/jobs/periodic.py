"""Tasks that run again and again: each has one waiting job, and a job that ends leaves the next one behind."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, select

from dougong.jobs import queue
from dougong.jobs.tasks import Task, Tasks
from dougong.storage.system import JOB


def ensure(connection: Connection, tasks: Tasks) -> None:
    """See to it that every periodic task has a job that waits or runs."""
    for task in tasks:
        if task.every is None:
            continue
        alive = select(JOB.c.id).where(
            JOB.c.key == key_of(task), JOB.c.state.in_([queue.WAITING, queue.RUNNING])
        )
        if connection.execute(alive.limit(1)).first() is None:
            schedule(connection, task, task.every)


def schedule(connection: Connection, task: Task, every: timedelta) -> int:
    """Add the next job of a periodic task, at the next full multiple of its period, unless one waits already."""
    seconds = every.total_seconds()
    now = datetime.now(UTC)
    slot = (now.timestamp() // seconds + 1) * seconds
    due = datetime.fromtimestamp(slot, UTC)
    return queue.enqueue(connection, task.name, {}, due, key_of(task), key_of(task), max_attempts=3)


def key_of(task: Task) -> str:
    """Return the key, and the lock, of a periodic task's jobs."""
    return f"periodic:{task.name}"
