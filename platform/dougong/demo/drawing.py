"""Draws the rows of one step: whole records in memory, before anything is written."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random

from dougong.demo.description import CopiedRows, Description, Rows, Source, Step
from dougong.demo.draws import Draw
from dougong.demo.story import Event, author_of
from dougong.demo.world import Row, World
from dougong.diagnostics import Refusal
from dougong.fieldtypes import TYPES
from dougong.fieldtypes.base import Invalid
from dougong.model.entity import Entity
from dougong.model.expression import Value
from dougong.records.draft import Stamp
from dougong.records.scope import condition

Values = dict[str, Value]


class Drawing:
    """Draws the rows of one step; each row has its own stream of random numbers, so that one never shifts another."""

    def __init__(self, world: World, description: Description, step: Step) -> None:
        self.world, self.description, self.step = world, description, step
        self.call = world.call
        self.entity: Entity = world.call.release.entity(step.key)

    def rows(self) -> list[Row]:
        """All rows, from the oldest to the newest."""
        rows = [self._draw(place, *base) for place, base in enumerate(self._bases())]
        rows.sort(key=lambda row: row.values["created_at"])
        return rows

    def later(self, row: Row, identifier: int) -> Event | None:
        """What can only be drawn when all rows exist, such as links among them."""
        row.values["id"] = identifier
        drawn = {name: _typed(self.entity, name, draw.take(row)) for name, draw in self.step.later.items()}
        values = {name: value for name, value in drawn.items() if value is not None and value != identifier}
        if not values:
            return None
        moment = self.world.clock.time(row.random, row.values["created_at"], (0, 5), self.call.at)
        return Event(values, Stamp(moment, author_of(row)))

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
            return [person.id for person in self.world.people.values() if source.people.fits(person)]
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
        return _typed(self.entity, name, way.take(row))

    def _rows(self, row: Row, name: str, way: Rows) -> list[Values]:
        entity = self.call.release.entity(f"{self.step.key}/{name}")
        found: dict[object, Values] = {}
        count = way.count.take(row)
        for number in range(1, (count if isinstance(count, int) else 0) + 1):
            line = Row(self.world, entity, row.random, number, {"parent": row.values}, row.variables)
            for field, draw in way.values.items():
                line.values[field] = _typed(entity, field, draw.take(line))
            kept = {field: line.values[field] for field in way.values if line.values[field] is not None}
            found.setdefault(tuple(kept.get(each) for each in way.different) or number, kept)
        return list(found.values())

    def _copies(self, row: Row, way: CopiedRows) -> list[Values]:
        entity, identifier = self.entity, row.values.get(way.links[0])
        for place, link in enumerate(way.links):
            target = entity.fields[link].target
            if target is None or not isinstance(identifier, int):
                return []
            entity = self.call.release.entity(target.key)
            if place + 1 < len(way.links):
                identifier = self.world.evaluation.related(target.key, identifier).get(way.links[place + 1])
        lines = (
            self.world.tables(entity.key, way.table).get(identifier, ())
            if isinstance(identifier, int)
            else ()
        )
        return [{name: line[name] for name in way.fields if line.get(name) is not None} for line in lines]


def _typed(entity: Entity, name: str, value: object) -> Value:
    field = entity.fields[name]
    try:
        if isinstance(value, str | bool | list | dict) or value is None:
            return TYPES[field.type].coerce(value, field)
        return TYPES[field.type].assign(value, field)
    except Invalid as error:
        path = f"rows/{entity.id}/values/{name}"
        raise Refusal("invalid", [error.problem.diagnostic(path, "en")]) from error
