"""What draws can look at while rows are made: the clock, people, lists, and the records that exist already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random

from dougong.demo.moments import Clock
from dougong.fieldtypes import TYPES
from dougong.model.entity import Entity
from dougong.model.expression import Expression, Value
from dougong.people.actor import Actor
from dougong.records.call import Call
from dougong.records.evaluation import Evaluation
from dougong.records.query import LIMIT, Query, list_records


@dataclass(frozen=True, slots=True)
class Person:
    """A member of the demonstration's organisation; who weighs more is drawn more often."""

    id: int
    login: str
    actor: Actor
    roles: frozenset[str]
    department: str
    weight: float


@dataclass(slots=True)
class World:
    """Everything around the rows of one entity. `call` sees everything and has the present of the clock."""

    call: Call
    clock: Clock
    people: Mapping[str, Person]
    lists: Mapping[str, Sequence[object]]
    evaluation: Evaluation
    _candidates: dict[tuple[str, str, tuple[str, ...]], dict[tuple[Value, ...], list[int]]] = field(
        default_factory=dict
    )
    _tables: dict[tuple[str, str], dict[int, Sequence[Mapping[str, Value]]]] = field(default_factory=dict)
    _taken: dict[str, set[object]] = field(default_factory=dict)

    def candidates(
        self, key: str, where: Expression | None, same: tuple[str, ...]
    ) -> Mapping[tuple[Value, ...], Sequence[int]]:
        """The records that a link may be drawn from, oldest first, grouped by the values of some fields."""
        name = (key, where.text if where else "", same)
        if name not in self._candidates:
            groups: dict[tuple[Value, ...], list[int]] = {}
            for record in self.records(key, where, same):
                groups.setdefault(tuple(record[each] for each in same), []).append(record["id"])
            self._candidates[name] = groups
        return self._candidates[name]

    def records(self, key: str, where: Expression | None, fields: Sequence[str]) -> list[dict[str, Value]]:
        """The ids and some fields of all records that meet a condition, oldest first."""
        found: list[dict[str, Value]] = []
        query = Query(filter=where, sort="id", fields=tuple(fields), limit=LIMIT)
        while True:
            page = list_records(self.call, key, query)
            found += [{**record.values, "id": record.id} for record in page.rows]
            if page.next_cursor is None:
                return found
            query = replace(query, cursor=page.next_cursor)

    def tables(self, key: str, table: str) -> Mapping[int, Sequence[Mapping[str, Value]]]:
        """The rows of a sub-table of all records, by the id of their record."""
        if (key, table) not in self._tables:
            self._tables[key, table] = {
                each["id"]: each[table] or () for each in self.records(key, None, (table,))
            }
        return self._tables[key, table]

    def is_new(self, path: str, value: object) -> bool:
        """Whether a value that must not repeat is drawn for the first time; it counts as drawn from then on."""
        taken = self._taken.setdefault(path, set())
        if value in taken:
            return False
        taken.add(value)
        return True

    def person(self, identifier: Value) -> Person | None:
        """The member with that id, or nothing."""
        return next((each for each in self.people.values() if each.id == identifier), None)


@dataclass(slots=True)
class Row:
    """One row while it is drawn: its own stream of random numbers, the values so far, and names that only templates know."""

    world: World
    entity: Entity
    random: Random
    number: int
    values: dict[str, Value] = field(default_factory=dict)
    variables: dict[str, object] = field(default_factory=dict)

    def compute(self, expression: Expression) -> Value:
        """The value of an expression over what is drawn so far."""
        return self.world.evaluation.value(expression, self.values)

    def holds(self, expression: Expression) -> bool:
        """Whether a condition is true of what is drawn so far."""
        return self.compute(expression) is True

    def word(self, names: Sequence[str]) -> str:
        """What a place in a template stands for: a variable, a field, a field of a linked record, or a draw from a list."""
        first, rest = names[0], names[1:]
        if first == "number":
            return str(self.number)
        if first in self.variables:
            return _inside(self.variables[first], rest)
        if first in self.entity.fields:
            return self._field(first, rest)
        return _inside(self.random.choice(self.world.lists[first]), rest)

    def value(self, names: Sequence[str]) -> str:
        """The same, but of a field the raw value instead of what a person reads."""
        if len(names) == 1 and names[0] in self.values:
            return str(self.values[names[0]])
        return self.word(names)

    def _field(self, name: str, rest: Sequence[str]) -> str:
        spec, value = self.entity.fields[name], self.values.get(name)
        if rest and spec.target is not None:
            linked = self.world.evaluation.related(spec.target.key, value) if isinstance(value, int) else {}
            return "" if linked.get(rest[0]) is None else str(linked[rest[0]])
        return "" if value is None else TYPES[spec.type].to_text(value, spec, self.world.call.language)


def _inside(value: object, names: Sequence[str]) -> str:
    for name in names:
        value = value.get(name, "") if isinstance(value, Mapping) else ""
    return "" if value is None else str(value)
