"""What random versions of an app are made of: entities, fields, conditions, rights; each known by a number, whatever it is called."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Part:
    """A field; `settings` as a definition writes them, but that entities and fields are numbers.

    `rows` are the columns of a sub-table. `uses` are the fields that its formula reads.
    """

    number: int
    name: str
    settings: dict[str, Any]
    was: str = ""
    is_new: bool = False
    is_changed: bool = False
    rows: list[Part] = field(default_factory=list)
    uses: tuple[int, ...] = ()

    @property
    def type(self) -> str:
        """The id of its type."""
        return str(self.settings["type"])

    @property
    def is_settled(self) -> bool:
        """Whether nothing was done to it yet on the way to the next version."""
        return not (self.is_new or self.is_changed or self.was)


@dataclass(frozen=True, slots=True)
class Condition:
    """An expression over one field, written with § in its place; it goes when the field goes or gets another type."""

    field: int
    type: str
    text: str


@dataclass(frozen=True, slots=True)
class Rule:
    """Fields that are unique together, among the records that meet a condition; it goes with its fields."""

    fields: tuple[tuple[int, str], ...]
    where: Condition | None = None
    ignore_case: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """A view: what it shows, and how that is sorted."""

    filter: Condition | None
    sort: tuple[int, str] | None


@dataclass(frozen=True, slots=True)
class Grant:
    """What a role may do with the records of an entity, among which, and but for which fields."""

    rows: Condition | None = None
    kept_back: tuple[int, ...] = ()


@dataclass(slots=True)
class Whole:
    """An entity. `standing` is what its `was_table` says; `is_fixed` keeps it from being renamed or removed."""

    number: int
    name: str
    fields: list[Part] = field(default_factory=list)
    was: str = ""
    was_table: str = ""
    is_new: bool = False
    is_fixed: bool = False
    search: tuple[int, ...] = ()
    unique: list[Rule] = field(default_factory=list)
    views: list[Listing] = field(default_factory=list)

    def part(self, number: int) -> Part | None:
        """The field of a number."""
        return next((each for each in self.fields if each.number == number), None)


@dataclass(slots=True)
class Definition:
    """A version of an app. `taken` are names that stood in the version before: a new thing under one of them would be the old one."""

    app: str
    version: int = 1
    entities: list[Whole] = field(default_factory=list)
    roles: dict[str, dict[int, dict[str, Grant]]] = field(default_factory=dict)
    taken: frozenset[str] = frozenset()
    counter: int = 0

    def next_number(self) -> int:
        """A number that nothing has."""
        self.counter += 1
        return self.counter

    def entity(self, number: int) -> Whole:
        """The entity of a number."""
        return next(each for each in self.entities if each.number == number)

    def holders(self) -> Iterator[tuple[Whole, list[Part]]]:
        """The fields of every entity, and the columns of every sub-table."""
        for entity in self.entities:
            yield entity, entity.fields
            yield from ((entity, each.rows) for each in entity.fields if each.type == "table")
