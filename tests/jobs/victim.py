"""A worker in a process of its own, for tests that kill it in the middle of a job."""

import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Connection

from dougong.jobs import Job, Task, Tasks, Worker
from dougong.jobs.worker import EngineName
from dougong.storage.database import Database
from dougong.storage.system import AUDIT

STEPS = 6


def tasks(signs: Path, step_seconds: float) -> Tasks:
    """Six steps, each an effect and a note of how far the job is in one transaction; a sign tells when a step begins."""

    def steps(job: Job, arguments: Mapping[str, Any]) -> None:
        for step in range(job.saved or 0, STEPS):
            (signs / f"{step}-{job.attempt}").touch()
            with job.writing() as connection:
                _leave(connection, step)
                time.sleep(step_seconds / 2)
                job.save(connection, step + 1)
                if step + 1 == STEPS:
                    job.complete(connection, "all steps")
            time.sleep(step_seconds / 2)

    return Tasks([Task("steps", steps)])


def _leave(connection: Connection, step: int) -> None:
    connection.execute(AUDIT.insert().values(at=datetime.now(UTC), action="step", subject=str(step)))


def main(url: str, engine: str, signs: str, step_seconds: str, lease: str) -> None:
    database = Database(url)
    seconds = timedelta(seconds=float(lease))
    with Worker(
        database,
        tasks(Path(signs), float(step_seconds)),
        engine=cast(EngineName, engine),
        lease=seconds,
        poll=0.1,
    ):
        time.sleep(120)


if __name__ == "__main__":
    main(*sys.argv[1:])
