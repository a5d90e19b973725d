"""One evaluation while it goes on: the record, the rows that aggregates are at, and where names begin among them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dougong.expressions.context import EvaluationContext
from dougong.model.expression import Path, Step, Value


class State:
    """One evaluation: its surroundings, and the rows that the aggregates inside each other are at."""

    __slots__ = ("context", "record", "rows", "steps", "stop")

    def __init__(self, context: EvaluationContext, steps: int, stop: Callable[[], Any]) -> None:
        self.context = context
        self.record = context.record
        self.rows: list[Value] = []
        self.steps = steps
        self.stop = stop

    def begin(self, record: Mapping[str, Value], steps: int) -> None:
        """Turn to another record in the same surroundings."""
        self.record = record
        if self.rows:
            self.rows.clear()
        self.steps = steps

    def spend(self, steps: int) -> None:
        """Count work; stops when there was too much."""
        self.steps -= steps
        if self.steps < 0:
            self.stop()

    def linked(self, value: Value, entity_key: str) -> Mapping[str, Value] | None:
        """The record behind a link; rows of lists and `parent` are at hand already."""
        if value is None or isinstance(value, Mapping):
            return value
        return self.context.related(entity_key, int(value))


Program = Callable[[State], Value]
Frames = tuple[Path, ...]
"""The lists that the aggregates around a part go over, the outermost first."""


def frame_of(names: tuple[str, ...], frames: Frames) -> int | None:
    """Which of the lists around it a name belongs to: the innermost that it begins with."""
    for index in range(len(frames) - 1, -1, -1):
        prefix = frames[index].names
        if names[: len(prefix)] == prefix:
            return index
    return None


def start_of(
    path: Path, frames: Frames, at: int | None
) -> tuple[Callable[[State], Mapping[str, Value] | None], tuple[Step, ...]]:
    """Where a road begins, and the steps from there."""
    if at is None:
        return (lambda state: state.record), path.steps
    passed = len(frames[at].names)
    origin = path.steps[passed - 1].entity if len(path.steps) >= passed else ""
    return (lambda state: state.linked(state.rows[at], origin)), path.steps[passed:]
