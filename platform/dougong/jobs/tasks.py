"""The registry of what jobs can do: a name for each function that a worker may run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dougong.jobs.running import Job

_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=1)

Run = Callable[["Job", Mapping[str, Any]], Any]
"""What a task is: a function of the job and its arguments; what it returns (JSON) is kept as the result.

It may be run again when a worker dies, so effects inside the database belong into `job.writing()` with `job.complete()` or
`job.save()` in the same transaction, and effects outside carry a key that makes repeating them harmless.
"""


@dataclass(frozen=True, slots=True)
class Task:
    """One task. With `every`, the workers see to it that it runs again and again, never twice at a time.

    After the n-th failure the pause is `first_pause` × 3ⁿ⁻¹, an hour at most.
    """

    name: str
    run: Run
    every: timedelta | None = None
    first_pause: timedelta = FIRST_PAUSE

    def pause(self, attempts: int) -> timedelta:
        """Return how long to wait after so many attempts."""
        factor: int = 3 ** min(max(attempts - 1, 0), 12)
        return min(LONGEST_PAUSE, self.first_pause * factor)


class Tasks:
    """The tasks that a worker knows."""

    def __init__(self, tasks: Iterable[Task] = ()) -> None:
        self._tasks: dict[str, Task] = {}
        for task in tasks:
            self.add(task)

    def add(self, task: Task) -> Task:
        """Register a task; ValueError for a name that is taken or badly formed."""
        if not _NAME.fullmatch(task.name) or task.name in self._tasks:
            raise ValueError(f"'{task.name}' is taken or not the name of a task")
        self._tasks[task.name] = task
        return task

    def get(self, name: str) -> Task | None:
        """Return the task of that name, if the worker knows it."""
        return self._tasks.get(name)

    def __iter__(self) -> Iterator[Task]:
        return iter(self._tasks.values())
