"""The engine that needs nothing but the database: workers look for due jobs themselves, on SQLite and PostgreSQL alike."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime, timedelta

from sqlalchemy.exc import DBAPIError

from dougong.diagnostics import Refusal
from dougong.jobs import periodic, queue, running
from dougong.jobs.tasks import Tasks
from dougong.storage.database import Database

LOG = logging.getLogger("dougong.jobs")
ENSURE_EVERY = timedelta(seconds=30)


class EmbeddedEngine:
    """Looks for jobs every `poll` seconds, and at once after one has ended."""

    def __init__(
        self, database: Database, tasks: Tasks, owner: str, concurrency: int, lease: timedelta, poll: float
    ) -> None:
        self._database = database
        self._tasks = tasks
        self._owner = owner
        self._concurrency = concurrency
        self._lease = lease
        self._poll = poll
        self._stop = threading.Event()
        self._ensured_at = datetime.min.replace(tzinfo=UTC)
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Start the threads that run jobs."""
        for number in range(self._concurrency):
            name = f"{self._owner}-{number}"
            thread = threading.Thread(target=self._loop, args=(name,), name=f"jobs-{number}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self, timeout: float | None = None) -> None:
        """Take no further job and wait for those under way."""
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout)

    def run_until_empty(self) -> int:
        """Run what is due in the calling thread until nothing is; return how many jobs were run."""
        count = 0
        while not self._stop.is_set() and self._run_one(f"{self._owner}-0"):
            count += 1
        return count

    def _loop(self, owner: str) -> None:
        while not self._stop.is_set():
            try:
                self._ensure_periodic()
                busy = self._run_one(owner)
            except (DBAPIError, Refusal):
                LOG.warning("the job queue cannot be reached now", exc_info=True)
                busy = False
            if not busy:
                self._stop.wait(self._poll)

    def _run_one(self, owner: str) -> bool:
        """Run one job, if any is due; look in a reading transaction first, so that idle workers never hold up writers."""
        with self._database.reading() as connection:
            due = queue.next_due(connection)
        if due is None or due > datetime.now(UTC):
            return False
        with self._database.writing() as connection:
            held = queue.claim(connection, owner, self._lease)
        if held is None:
            return False
        run_and_reschedule(self._database, self._tasks, held, self._lease)
        return True

    def _ensure_periodic(self) -> None:
        now = datetime.now(UTC)
        if now - self._ensured_at >= ENSURE_EVERY:
            self._ensured_at = now
            with self._database.writing() as connection:
                periodic.ensure(connection, self._tasks)


def run_and_reschedule(database: Database, tasks: Tasks, held: queue.Lease, lease: timedelta) -> str:
    """Run a claimed job; a periodic task that has ended, well or not, gets its next job."""
    state = running.run(database, tasks, held, lease)
    task = tasks.get(held.task)
    if task is not None and task.every is not None and state in (queue.DONE, queue.FAILED, queue.CANCELLED):
        with database.writing() as connection:
            periodic.schedule(connection, task, task.every)
    return state
