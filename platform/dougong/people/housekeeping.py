"""What is swept away every hour: ended sessions, counts of failed sign-ins, and jobs that were done long ago."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from dougong.jobs import Job, Task, queue
from dougong.people import challenges, devices, limits, links, sessions


def task() -> Task:
    """Return the periodic task; its result says how many rows of each kind are gone."""
    return Task("people.housekeeping", _sweep, every=timedelta(hours=1))


def _sweep(job: Job, arguments: Mapping[str, Any]) -> None:
    with job.writing() as connection:
        gone = {
            "sessions": sessions.forget_old(connection),
            "challenges": challenges.forget_old(connection),
            "browsers": devices.forget_old(connection),
            "attempts": limits.forget_old(connection),
            "links": links.forget_old(connection),
            "jobs": queue.forget_old(connection),
        }
        job.complete(connection, gone)
