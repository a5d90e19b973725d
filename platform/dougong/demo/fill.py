"""Makes the people and the rows of a demonstration, all of them through the one door to data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from dougong.demo.description import CopiedRows, Description, Moves, Rows, Source, Step
from dougong.demo.draws import Draw
from dougong.demo.moments import Clock
from dougong.demo.people import Login, MakePassword, add_people
from dougong.demo.read import read_description
from dougong.demo.world import Person, Row, World
from dougong.diagnostics import Refusal
from dougong.fieldtypes import TYPES
from dougong.fieldtypes.base import Invalid
from dougong.model.entity import Entity
from dougong.model.expression import Value
from dougong.people.actor import SYSTEM
from dougong.records.batch import Operation, batch
from dougong.records.call import Call
from dougong.records.create import create_many
from dougong.records.evaluation import Evaluation
from dougong.records.read import read
from dougong.records.scope import condition
from dougong.storage.database import Database
from dougong.storage.release import Release

Progress = Callable[[str, int], None]
Values = dict[str, Value]


@dataclass(frozen=True, slots=True)
class Filled:
    """What was made: how many rows of each entity, and the accounts to show to a visitor."""

    rows: Mapping[str, int]
    logins: Sequence[Login]


def fill(
    database: Database,
    release: Release,
    app_id: str,
    as_of: datetime,
    password: MakePassword | None = None,
    progress: Progress | None = None,
) -> Filled:
    """Fill an app with its demonstration as it looks at a moment, in one transaction; the same moment gives the same rows.

    `password` makes one for every account that is shown to visitors; nobody can sign in to the others.
    """
    with database.writing() as connection:
        call = Call(release, connection, SYSTEM, "demo", as_of)
        description = read_description(call, release.app(app_id))
        call = replace(call, timezone=description.timezone)
        people, logins = add_people(connection, description, app_id, password)
        made: dict[str, int] = {}
        for step in description.steps:
            count = _Filling(call, description, people, step).run()
            made[step.key] = made.get(step.key, 0) + count
            if progress is not None:
                progress(step.key, count)
        return Filled(made, logins)


class _Filling:
    """Makes the rows of one step, in the order of the moments at which they were made."""

    def __init__(
        self, call: Call, description: Description, people: Mapping[str, Person], step: Step
    ) -> None:
        self.call, self.description, self.step = call, description, step
        self.entity: Entity = call.release.entity(step.key)
        clock = Clock(call.at, ZoneInfo(description.timezone), description.opens, description.closes)
        self.world = World(call, clock, people, description.lists, Evaluation(call))
        self.people = {person.id: person for person in people.values()}
        self.member = next((name for name, field in self.entity.fields.items() if field.type == "member"), "")

    def run(self) -> int:
        """Draw everything, then write it from the oldest to the newest."""
        rows = [self._draw(place, *base) for place, base in enumerate(self._bases())]
        rows.sort(key=lambda row: row.values["created_at"])
        ids = [self._write(row) for row in rows]
        for row, identifier in zip(rows, ids, strict=True):
            self._write_later(row, identifier)
        return len(rows)

    def _bases(self) -> list[tuple[int, Values]]:
        """What the rows begin with: nothing, or that for which each is made; and their number, which counts within it."""
        source = self.step.source
        if source is None:
            return [(number, {}) for number in range(1, self.step.rows + 1)]
        found: list[tuple[int, Values]] = []
        for identifier in self._sources(source):
            row = self._row(0, f"for/{identifier}")
            row.values[source.field] = identifier
            count = source.count.take(row)
            found += [
                (n + 1, {source.field: identifier}) for n in range(count if isinstance(count, int) else 0)
            ]
        return found

    def _sources(self, source: Source) -> list[int]:
        if not source.key:
            return [person.id for person in self.people.values() if source.people.fits(person)]
        where = condition(self.call, source.key, source.where, "where") if source.where else None
        return [record["id"] for record in self.world.records(source.key, where, ())]

    def _row(self, number: int, stream: str) -> Row:
        random = Random(f"{self.description.seed}/{self.step.id}/{stream}")  # nosec B311 - rows, not secrets
        return Row(self.world, self.entity, random, number)

    def _draw(self, place: int, number: int, base: Values) -> Row:
        row = self._row(number, str(place))
        row.values.update(base)
        if "created_at" not in self.step.values:
            row.values["created_at"] = self._some_time(row)
        for name, draw in self.step.variables.items():
            row.variables[name] = draw.take(row)
        for name, way in self.step.values.items():
            if name == "created_at" and isinstance(way, Draw):
                row.values[name] = self._created(way.take(row), row)
            elif name == "created_by" and isinstance(way, Draw):
                row.values[name] = way.take(row)
            else:
                row.values[name] = self._value(row, name, way)
        return row

    def _some_time(self, row: Row) -> datetime:
        """A moment of the whole span; with growth the later ones are more frequent."""
        days = self.description.span.days
        place = days * row.random.random() ** (1 / self.description.growth)
        clock = self.world.clock
        return clock.time(row.random, clock.now - timedelta(days=days - place), (0, 0), clock.now)

    def _created(self, drawn: object, row: Row) -> datetime:
        if isinstance(drawn, date):
            return min(self.world.clock.start_of(drawn).astimezone(UTC), self.call.at)
        return self._some_time(row)

    def _value(self, row: Row, name: str, way: Draw | Rows | CopiedRows) -> Value:
        if isinstance(way, Rows):
            return self._rows(row, name, way)
        if isinstance(way, CopiedRows):
            return self._copies(row, way)
        return self._typed(self.entity, name, way.take(row))

    def _rows(self, row: Row, name: str, way: Rows) -> list[Values]:
        entity = self.call.release.entity(f"{self.step.key}/{name}")
        found: dict[object, Values] = {}
        count = way.count.take(row)
        for number in range(1, (count if isinstance(count, int) else 0) + 1):
            line = Row(self.world, entity, row.random, number, {"parent": row.values}, row.variables)
            for field, draw in way.values.items():
                line.values[field] = self._typed(entity, field, draw.take(line))
            kept = {field: line.values[field] for field in way.values if line.values[field] is not None}
            found.setdefault(tuple(kept.get(each) for each in way.different) or number, kept)
        return list(found.values())

    def _copies(self, row: Row, way: CopiedRows) -> list[Values]:
        entity, identifier = self.entity, row.values.get(way.links[0])
        for place, link in enumerate(way.links):
            target = entity.fields[link].target
            if target is None or not isinstance(identifier, int):
                return []
            record = read(self.call, target.key, identifier)
            entity = self.call.release.entity(target.key)
            identifier = record.values.get(way.links[place + 1]) if place + 1 < len(way.links) else None
        lines: Sequence[Mapping[str, Value]] = record.values[way.table] or ()
        return [{name: line[name] for name in way.fields if line.get(name) is not None} for line in lines]

    def _typed(self, entity: Entity, name: str, value: object) -> Value:
        """A drawn value in the form that its field gives it, so that expressions can look at it."""
        field = entity.fields[name]
        try:
            if isinstance(value, str | bool | list | dict) or value is None:
                return TYPES[field.type].coerce(value, field)
            return TYPES[field.type].assign(value, field)
        except Invalid as error:
            path = f"rows/{entity.id}/values/{name}"
            raise Refusal("invalid", [error.problem.diagnostic(path, "en")]) from error

    def _write(self, row: Row) -> int:
        """Create one record as it was on the day it was made, then let it go its way; returns its id."""
        moves, written = self.step.moves, dict(row.values)
        moment = written.pop("created_at")
        actor = self._author(written.pop("created_by", None), written)
        written = {name: value for name, value in written.items() if value is not None}
        way = self._way(moves, written)
        call = replace(self.call, at=moment, actor=actor)
        [identifier] = create_many(call, self.step.key, [written])
        if moves is not None and way:
            self._move(row, call, identifier, moves, way)
        return identifier

    def _author(self, given: Value, written: Values) -> Any:
        """Who makes the record: as described, else the person of its first member field, else the platform."""
        identifier = given if given is not None else written.get(self.member)
        person = self.people.get(identifier) if isinstance(identifier, int) else None
        return person.actor if person else self.call.actor

    def _way(self, moves: Moves | None, written: Values) -> list[tuple[str, Values]]:
        """Takes what comes later out of what is written first; returns the moves with what is written together with each."""
        final = written.get(moves.field) if moves else None
        if moves is None or not isinstance(final, str) or not moves.ways.get(final):
            return []
        first, *rest = moves.ways[final]
        written[moves.field] = first
        return [
            (value, {name: written.pop(name) for name in moves.together.get(value, ()) if name in written})
            for value in (*rest, final)
        ]

    def _move(
        self, row: Row, call: Call, identifier: int, moves: Moves, way: Sequence[tuple[str, Values]]
    ) -> None:
        clock, start = self.world.clock, call.at
        drawn = moves.until.take(row) if moves.until else None
        end = (
            clock.start_of(drawn)
            if isinstance(drawn, date)
            else clock.time(row.random, start, (1, 90), clock.now)
        )
        if isinstance(drawn, date) and not isinstance(drawn, datetime):
            end += timedelta(seconds=row.random.randrange(8 * 3600))
        end = min(end.astimezone(UTC), clock.now)
        moments = clock.between(row.random, start, max(end, start), len(way))
        for (value, extra), moment in zip(way, moments, strict=True):
            at = replace(call, at=moment.astimezone(UTC))
            self._change(at, identifier, {moves.field: value, **extra})

    def _change(self, call: Call, identifier: int, changes: Values) -> None:
        batch(call, self.step.key, [Operation("update", identifier, changes)])

    def _write_later(self, row: Row, identifier: int) -> None:
        """Write what could only be drawn when all rows existed, such as links among them."""
        if not self.step.later:
            return
        row.values["id"] = identifier
        drawn = {
            name: self._typed(self.entity, name, draw.take(row)) for name, draw in self.step.later.items()
        }
        changes = {name: value for name, value in drawn.items() if value is not None and value != identifier}
        if changes:
            moment = self.world.clock.time(row.random, row.values["created_at"], (0, 5), self.call.at)
            actor = self._author(row.values.get("created_by"), row.values)
            self._change(replace(self.call, at=moment, actor=actor), identifier, changes)
