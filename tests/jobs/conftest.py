"""Every engine on every database it works with."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from dougong.jobs import Tasks, Worker, queue
from dougong.jobs.procrastinate_engine import install as install_procrastinate
from dougong.jobs.worker import EngineName
from dougong.storage.database import Database
from dougong.storage.install import install

ENGINES = ["embedded-sqlite", "embedded-postgresql", "procrastinate-postgresql"]


@dataclass
class Bench:
    """A database and the engine that serves it."""

    database: Database
    engine: EngineName
    url: str

    def enqueue(self, task: str, arguments: dict[str, Any] | None = None, **options: Any) -> int:
        with self.database.writing() as connection:
            return queue.enqueue(connection, task, arguments, **options)

    def worker(self, tasks: Tasks, lease: float = 3, concurrency: int = 2) -> Worker:
        return Worker(
            self.database,
            tasks,
            engine=self.engine,
            lease=timedelta(seconds=lease),
            poll=0.1,
            concurrency=concurrency,
        )

    def state(self, job_id: int) -> queue.JobState:
        with self.database.reading() as connection:
            found = queue.get(connection, job_id)
        assert found is not None
        return found

    def wait(self, job_id: int, *states: str, seconds: float = 30) -> queue.JobState:
        """Wait until the job is in one of the states (any in which it has ended, if none is named)."""
        wanted = states or (queue.DONE, queue.FAILED, queue.CANCELLED)
        self.until(lambda: self.state(job_id).state in wanted, seconds)
        return self.state(job_id)

    def until(self, condition: Callable[[], Any], seconds: float = 30) -> Any:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = condition()
            if found:
                return found
            time.sleep(0.05)
        raise AssertionError("it did not happen in time")


@pytest.fixture(params=ENGINES)
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    engine, dialect = request.param.split("-")
    url = request.getfixturevalue(f"{dialect}_url")
    database = Database(url)
    install(database)
    if engine == "procrastinate":
        install_procrastinate(database)
    yield Bench(database, engine, url)
    database.dispose()
