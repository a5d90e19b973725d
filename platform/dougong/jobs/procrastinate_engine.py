"""The engine for PostgreSQL: Procrastinate wakes the workers; what a job is and what became of it stands in `dg_job` all the same.

A deferral is made in the transaction that adds the job (`wake`). LISTEN/NOTIFY brings it to a worker at once; its locks keep
jobs with the same lock apart; a worker that died is noticed by its heartbeat, and its deferrals are put back.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import procrastinate
from sqlalchemy import select, text

from dougong.jobs import periodic, queue, wake
from dougong.jobs.embedded import run_and_reschedule
from dougong.jobs.tasks import Tasks
from dougong.storage.database import Database
from dougong.storage.system import JOB

LOG = logging.getLogger("dougong.jobs")
_INSTALL_LOCK = 0x646F7567_70726F63  # the letters "dougproc"


def install(database: Database) -> None:
    """Set up Procrastinate's tables and announce jobs that were waiting before; does nothing when they are there."""
    with database.writing() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _INSTALL_LOCK})
        if wake.is_installed(connection):
            return
        schema = procrastinate.schema.SchemaManager.get_schema()
        connection.exec_driver_sql(schema.replace("%", "%%"))
        waiting = select(JOB.c.id, JOB.c.due, JOB.c.lock, JOB.c.priority).where(JOB.c.state == queue.WAITING)
        for row in connection.execute(waiting).all():
            wake.announce(connection, row.id, row.due, row.lock, row.priority)


ASK_AGAIN = 5.0
"""Seconds after which a worker that still runs is asked again to stop."""


class ProcrastinateEngine:
    """Runs Procrastinate's worker in a thread with an event loop of its own; tasks run in threads beside it."""

    def __init__(
        self, database: Database, tasks: Tasks, owner: str, concurrency: int, lease: timedelta, poll: float
    ) -> None:
        self._database = database
        self._tasks = tasks
        self._owner = owner
        self._concurrency = concurrency
        self._lease = lease
        self._poll = poll
        self._loop: asyncio.AbstractEventLoop | None = None
        self._work: asyncio.Task[None] | None = None
        self._ready = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="jobs-procrastinate", daemon=True)

    def start(self) -> None:
        """Set up the tables if need be and start the worker."""
        install(self._database)
        with self._database.writing() as connection:
            periodic.ensure(connection, self._tasks)
        self._thread.start()
        self._ready.wait(30)

    def stop(self, timeout: float | None = None) -> None:
        """Take no further job and wait for those under way.

        Asking once is not enough: before Python 3.12 `asyncio.wait_for`, on which the library polls, may swallow a
        cancellation that comes in the very moment in which what it waits for arrives.
        """
        self._stop.set()
        until = None if timeout is None else time.monotonic() + timeout
        while self._thread.is_alive() and (until is None or time.monotonic() < until):
            if self._loop is not None and self._work is not None:
                with suppress(RuntimeError):  # the loop has closed meanwhile: that is what is wanted
                    self._loop.call_soon_threadsafe(self._work.cancel)
            self._thread.join(
                ASK_AGAIN if until is None else min(ASK_AGAIN, max(0.0, until - time.monotonic()))
            )

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                asyncio.run(self._serve())
            except Exception:
                LOG.warning("the job worker stopped and starts again", exc_info=True)
                self._ready.set()
                self._stop.wait(1)

    async def _serve(self) -> None:
        app = procrastinate.App(
            connector=procrastinate.PsycopgConnector(conninfo=self._conninfo(), min_size=1)
        )
        app.task(name=wake.TASK, queue=wake.QUEUE)(self._run_job)
        async with app.open_async():
            self._loop = asyncio.get_running_loop()
            rescuer = asyncio.create_task(self._rescue(app))
            self._work = asyncio.create_task(
                app.run_worker_async(
                    queues=[wake.QUEUE],
                    concurrency=self._concurrency,
                    fetch_job_polling_interval=self._poll,
                    abort_job_polling_interval=60,
                    install_signal_handlers=False,
                    update_heartbeat_interval=self._lease.total_seconds() / 3,
                    stalled_worker_timeout=self._lease.total_seconds(),
                    delete_jobs="always",  # dg_job remembers what became of them
                )
            )
            self._ready.set()
            try:
                await self._work
            except asyncio.CancelledError:
                if not self._stop.is_set():
                    raise
            finally:
                rescuer.cancel()
                await asyncio.gather(rescuer, return_exceptions=True)

    async def _rescue(self, app: procrastinate.App) -> None:
        """Put back the deferrals of workers whose heart no longer beats, and see to the periodic tasks."""
        while True:
            await asyncio.sleep(self._lease.total_seconds() / 2)
            try:
                lost = await app.job_manager.get_stalled_jobs(
                    seconds_since_heartbeat=self._lease.total_seconds()
                )
                for job in lost:
                    await app.job_manager.retry_job(job)
                await asyncio.to_thread(self._ensure_periodic)
            except Exception:
                LOG.warning("lost jobs could not be looked for now", exc_info=True)

    def _ensure_periodic(self) -> None:
        with self._database.writing() as connection:
            periodic.ensure(connection, self._tasks)

    def _run_job(self, job: int) -> None:
        """Run one job; when it cannot be had yet, be woken for it again."""
        with self._database.writing() as connection:
            owner = f"{self._owner}-{threading.get_ident()}"
            held = queue.claim(connection, owner, self._lease, job)
            if held is None:
                self._try_later(connection, job)
        if held is not None:
            run_and_reschedule(self._database, self._tasks, held, self._lease)

    def _try_later(self, connection: Any, job: int) -> None:
        """Something holds the job or its lock: look again when its lease has run out. Ended jobs need nothing."""
        row = connection.execute(select(JOB).where(JOB.c.id == job)).one_or_none()
        if row is None or row.state not in (queue.WAITING, queue.RUNNING):
            return
        soon = datetime.now(UTC) + timedelta(seconds=1)
        due = max(soon, row.due if row.state == queue.WAITING else row.lease_until or soon)
        wake.announce(connection, job, due, row.lock, row.priority)

    def _conninfo(self) -> str:
        """The address as libpq spells it, without what is meant for SQLAlchemy alone."""
        url = self._database.url
        query = {name: value for name, value in url.query.items() if name != "prepare_threshold"}
        return url.set(drivername="postgresql", query=query).render_as_string(hide_password=False)
