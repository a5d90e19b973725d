"""A limit to how long one statement of SQLite may work; PostgreSQL has one of its own (statement_timeout)."""

from __future__ import annotations

import time
from collections.abc import Callable

from dougong.diagnostics import Refusal
from dougong.storage.problems import refusal

STEPS = 50_000
"""After how many steps of its machine SQLite asks whether to go on; a few milliseconds."""

_LONGEST_STEP = 0.1
"""What passes beyond that between two questions is time in which nobody asked for the next row."""


class Watch:
    """Counts the time one connection works on its present statement."""

    __slots__ = ("_asked_at", "_clock", "_worked", "seconds")

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self._clock = clock
        self.restart()

    def restart(self) -> None:
        """A new statement begins."""
        self._worked = 0.0
        self._asked_at = self._clock()

    def is_over(self) -> bool:
        """Whether the statement has worked for too long; SQLite asks, and ends it when the answer is yes."""
        now = self._clock()
        self._worked += min(now - self._asked_at, _LONGEST_STEP)
        self._asked_at = now
        return self._worked > self.seconds


def was_stopped(error: BaseException) -> bool:
    """Whether a statement was ended because it took too long."""
    cause = getattr(error, "orig", error)
    return getattr(cause, "sqlstate", "") == "57014" or str(cause) == "interrupted"


def too_costly(seconds: float) -> Refusal:
    """The refusal of a request whose statement took too long."""
    return refusal("invalid", "P108", seconds=f"{seconds:g}")
