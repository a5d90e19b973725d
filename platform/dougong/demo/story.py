"""What happens to one row over time: how it is made, and the changes that follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from dougong.demo.description import Moves, Step
from dougong.demo.world import Row
from dougong.model.expression import Value
from dougong.records.draft import Stamp

Values = dict[str, Value]
_HOURS = 8 * 3600


@dataclass(frozen=True, slots=True)
class Event:
    """Values that are written at a moment by somebody."""

    values: Values
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class Story:
    """A row with the event that makes it and those that change it, in their order."""

    row: Row
    made: Event
    changes: Sequence[Event]


def story_of(row: Row, step: Step) -> Story:
    """The events of a row: made with the first of the values on the way, moved on until it is what was drawn."""
    values = {name: value for name, value in row.values.items() if value is not None}
    moment, author = values.pop("created_at"), author_of(row)
    values.pop("created_by", None)
    way = _way(step.moves, values)
    moments = _moments(row, step.moves, moment, len(way)) if step.moves and way else []
    changes = [Event(each, Stamp(at, author)) for each, at in zip(way, moments, strict=True)]
    return Story(row, Event(values, Stamp(moment, author)), changes)


def author_of(row: Row) -> int:
    """Who makes a row: as drawn, else the person of its first member field, else the platform."""
    member = next((name for name, field in row.entity.fields.items() if field.type == "member"), "")
    found = row.values.get("created_by")
    found = found if found is not None else row.values.get(member)
    return found if isinstance(found, int) else row.world.call.actor.id


def _way(moves: Moves | None, values: Values) -> list[Values]:
    """Takes what is written later out of the values; returns what each move writes."""
    final = values.get(moves.field) if moves else None
    if moves is None or not isinstance(final, str) or not moves.ways.get(final):
        return []
    first, *rest = moves.ways[final]
    values[moves.field] = first
    found: list[Values] = []
    for value in (*rest, final):
        together = {name: values.pop(name) for name in moves.together.get(value, ()) if name in values}
        found.append({moves.field: value, **together})
    return found


def _moments(row: Row, moves: Moves, start: datetime, count: int) -> list[datetime]:
    clock = row.world.clock
    drawn = moves.until.take(row) if moves.until else None
    if isinstance(drawn, date):
        end = clock.start_of(drawn)
        if not isinstance(drawn, datetime):
            end += timedelta(seconds=row.random.randrange(_HOURS))
    else:
        end = clock.time(row.random, start, (1, 90), clock.now)
    end = max(start, min(end, clock.now))
    return [moment.astimezone(UTC) for moment in clock.between(row.random, start, end, count)]
