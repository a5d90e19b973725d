"""The rows of a list in memory: of the record itself, of one it links to, of those that link to it, or all there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from dougong.expressions.state import Frames, Program, State, start_of
from dougong.model.expression import Path, Step, Value

_Keys = tuple[tuple[str, Program], ...]
_HELD = frozenset({"rows", "links"})
"""Lists that a record in memory usually holds itself."""


def items_of(path: Path, frames: Frames = (), keys: _Keys = ()) -> Program:
    """The function that gives the rows of a list, as records or as ids; of `keys` a row must have those values in its fields.

    The keys only narrow what is looked for: rows with other values may be among those that are found.
    """
    start, steps = start_of(path, frames, _around(path.names, frames))
    ends_at_rows = len(path.steps) == len(path.names)
    if ends_at_rows and len(steps) == 1:
        step = steps[0]

        def rows(state: State) -> Value:
            record = start(state)
            return () if record is None else _rows(state, record, step, keys)

        return rows
    return _walk(start, steps, "" if ends_at_rows else path.names[-1], keys)


def _walk(
    start: Callable[[State], Mapping[str, Value] | None], steps: tuple[Step, ...], last: str, keys: _Keys
) -> Program:
    """The rows at the end of a longer road, or what a list of values there holds."""

    def found(state: State) -> Value:
        origin = start(state)
        records = [] if origin is None else [origin]
        following: list[Value] = []
        for position, step in enumerate(steps, start=1):
            following = []
            for record in records:
                if step.is_many:
                    following += _rows(state, record, step, keys if position == len(steps) else ())
                else:
                    following.append(record.get(step.name))
            following = [each for each in following if each is not None]
            state.spend(len(following))
            if position < len(steps) or last:
                linked = (state.linked(each, step.entity) for each in following)
                records = [each for each in linked if each is not None]
        return tuple(item for each in records for item in each.get(last) or ()) if last else tuple(following)

    return found


def _rows(state: State, record: Mapping[str, Value], step: Step, keys: _Keys) -> Sequence[Value]:
    if step.kind in _HELD and step.name in record:
        return record[step.name] or ()
    values = tuple((name, value(state)) for name, value in keys)
    if any(value is None for _, value in values):
        return ()
    return state.context.listed(step, record, values)


def _around(names: tuple[str, ...], frames: Frames) -> int | None:
    """Of which of the lists around it a list stands in the rows."""
    for index in range(len(frames) - 1, -1, -1):
        prefix = frames[index].names
        if len(names) > len(prefix) and names[: len(prefix)] == prefix:
            return index
    return None
