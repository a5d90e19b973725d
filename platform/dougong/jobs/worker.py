"""A worker: runs the jobs of one database until it is stopped."""

from __future__ import annotations

import os
import secrets
import socket
from datetime import timedelta
from importlib.util import find_spec
from typing import Literal, Protocol

from dougong.jobs.embedded import EmbeddedEngine
from dougong.jobs.tasks import Tasks
from dougong.storage.database import Database

LEASE = timedelta(seconds=30)
POLL = 1.0
EngineName = Literal["embedded", "procrastinate"]


class Engine(Protocol):
    """What brings jobs to their tasks."""

    def start(self) -> None: ...

    def stop(self, timeout: float | None = None) -> None: ...


class Worker:
    """Starts the engine that suits the database: embedded on SQLite, Procrastinate on PostgreSQL where it is installed.

    `lease` is how long a job of a dead worker stays with it; a task may run longer, as its heartbeat renews the lease.
    """

    def __init__(
        self,
        database: Database,
        tasks: Tasks,
        *,
        concurrency: int = 2,
        engine: EngineName | None = None,
        lease: timedelta = LEASE,
        poll: float = POLL,
    ) -> None:
        self.owner = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self.engine_name: EngineName = engine or suitable_engine(database)
        self._engine = _engine(self.engine_name, database, tasks, self.owner, concurrency, lease, poll)

    def start(self) -> None:
        """Begin to run jobs, in threads of this process."""
        self._engine.start()

    def stop(self, timeout: float | None = None) -> None:
        """Take no further job and wait for those under way, or so many seconds."""
        self._engine.stop(timeout)

    def __enter__(self) -> Worker:
        self.start()
        return self

    def __exit__(self, *reason: object) -> None:
        self.stop()


def run_due(database: Database, tasks: Tasks) -> int:
    """Run everything that is due now in the calling thread; return how many jobs that were."""
    return EmbeddedEngine(database, tasks, f"once:{secrets.token_hex(4)}", 1, LEASE, POLL).run_until_empty()


def suitable_engine(database: Database) -> EngineName:
    """Return the engine for a database."""
    if database.dialect == "postgresql" and find_spec("procrastinate") is not None:
        return "procrastinate"
    return "embedded"


def _engine(
    name: EngineName,
    database: Database,
    tasks: Tasks,
    owner: str,
    concurrency: int,
    lease: timedelta,
    poll: float,
) -> Engine:
    if name == "embedded":
        return EmbeddedEngine(database, tasks, owner, concurrency, lease, poll)
    from dougong.jobs.procrastinate_engine import ProcrastinateEngine

    return ProcrastinateEngine(database, tasks, owner, concurrency, lease, poll)
