"""A job under way: what a task function sees, the heartbeat that keeps its lease, and what follows its end."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from dougong.diagnostics import Refusal
from dougong.jobs import queue
from dougong.jobs.tasks import Task, Tasks
from dougong.storage.database import Database, is_crossed

LOG = logging.getLogger("dougong.jobs")
PROGRESS_EVERY = 0.5
"""Seconds between two writes of progress, however often a task reports."""


class Cancelled(Exception):
    """Somebody asked for the job to stop; a task lets it pass."""


class LostLease(Exception):
    """Another worker has taken the job over; whatever this one still wanted to write is refused."""


class Job:
    """The job at hand. Its methods raise Cancelled or LostLease when it must not go on."""

    def __init__(self, database: Database, held: queue.Lease, lease: timedelta) -> None:
        self.database = database
        self._held = held
        self._lease = lease
        self._reported_at = 0.0
        self.is_cancelled = threading.Event()
        self.is_lost = threading.Event()
        self.is_complete = False
        self.saved = held.saved

    @property
    def id(self) -> int:
        """The id of the job, also the key that makes its effects outside the database harmless to repeat."""
        return self._held.id

    @property
    def attempt(self) -> int:
        """Which attempt this is, from 1."""
        return self._held.attempts

    @property
    def actor_id(self) -> int | None:
        """Who caused the job: it runs with the rights of that person."""
        return self._held.actor_id

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A writing transaction that commits only while this worker holds the job."""
        self._check_signals()
        with self.database.writing() as connection:
            self._renew(connection)
            yield connection
            if not self.is_complete:
                self._renew(connection)

    def complete(self, connection: Connection, result: Any = None) -> None:
        """End the job well inside the transaction of its effect, so that both happen or neither."""
        if not queue.finish(connection, self._held, queue.DONE, result):
            self.is_lost.set()
            raise LostLease
        self.is_complete = True

    def save(self, connection: Connection, state: Any) -> None:
        """Note how far the job is (JSON) inside the transaction of a step; the next attempt finds it in `saved`."""
        if not queue.report(connection, self._held, result=state):
            self.is_lost.set()
            raise LostLease
        self.saved = state

    def progress(self, done: int, total: int | None = None, note: str = "") -> None:
        """Report progress for people to see, in a transaction of its own; cheap to call often."""
        self._check_signals()
        now = time.monotonic()
        if now - self._reported_at < PROGRESS_EVERY and done != total:
            return
        self._reported_at = now
        with self.database.writing() as connection:
            self.report(connection, done, total, note)

    def report(self, connection: Connection, done: int, total: int | None = None, note: str = "") -> None:
        """Report progress inside a transaction of the task."""
        if not queue.report(connection, self._held, done=done, total=total, note=note[:500]):
            self.is_lost.set()
            raise LostLease

    def heartbeat(self) -> None:
        """Keep the lease; called from beside the task."""
        with self.database.writing() as connection:
            cancelled = queue.renew(connection, self._held, self._lease)
        if cancelled is None:
            self.is_lost.set()
        elif cancelled:
            self.is_cancelled.set()

    def _renew(self, connection: Connection) -> None:
        cancelled = queue.renew(connection, self._held, self._lease)
        if cancelled is None:
            self.is_lost.set()
            raise LostLease
        if cancelled:
            self.is_cancelled.set()
            raise Cancelled

    def _check_signals(self) -> None:
        if self.is_lost.is_set():
            raise LostLease
        if self.is_cancelled.is_set():
            raise Cancelled


def run(database: Database, tasks: Tasks, held: queue.Lease, lease: timedelta) -> str:
    """Run a claimed job to its end and write its fate; return the state it is in then."""
    job = Job(database, held, lease)
    task = tasks.get(held.task)
    if task is None:
        return _close(job, held, queue.FAILED, error=f"no worker knows the task '{held.task}'")
    with _heartbeat(job, lease):
        try:
            result = task.run(job, held.arguments)
        except Cancelled:
            return _close(job, held, queue.CANCELLED)
        except LostLease:
            LOG.warning("job %s was taken over by another worker", held.id)
            return "lost"
        except Refusal as refusal:
            if is_crossed(refusal):
                return _failed(job, task, held, refusal)
            return _close(job, held, queue.FAILED, error=str(refusal))
        except Exception as error:
            LOG.exception("job %s (%s) failed in attempt %s", held.id, held.task, held.attempts)
            return _failed(job, task, held, error)
    return queue.DONE if job.is_complete else _close(job, held, queue.DONE, result)


def _failed(job: Job, task: Task, held: queue.Lease, error: Exception) -> str:
    """Try again later, or give up after the last attempt. A job that is complete stays complete."""
    if job.is_complete:
        return queue.DONE
    reason = reason_of(error)
    if held.attempts >= held.max_attempts:
        return _close(job, held, queue.FAILED, error=reason)
    with job.database.writing() as connection:
        due = datetime.now(UTC) + task.pause(held.attempts)
        return queue.WAITING if queue.put_back(connection, held, due, reason) else "lost"


def reason_of(error: Exception) -> str:
    """Return what an exception says, in characters that every database can keep."""
    return f"{type(error).__name__}: {error}".encode("utf-8", "replace").decode().replace("\0", " ")


def _close(job: Job, held: queue.Lease, state: str, result: Any = None, error: str | None = None) -> str:
    with job.database.writing() as connection:
        return state if queue.finish(connection, held, state, result, error) else "lost"


@contextmanager
def _heartbeat(job: Job, lease: timedelta) -> Iterator[None]:
    """Renew the lease every third of it, from a thread of its own, until the task ends."""
    stop = threading.Event()
    pause = lease.total_seconds() / 3

    def beat() -> None:
        while not stop.wait(pause) and not job.is_lost.is_set():
            try:
                job.heartbeat()
            except (DBAPIError, Refusal):
                LOG.warning("the lease of job %s could not be renewed now", job.id, exc_info=True)

    thread = threading.Thread(target=beat, name=f"heartbeat-{job.id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
