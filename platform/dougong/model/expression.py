"""An expression, checked and typed: the tree that every back end walks."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Property:
    """A constant of each option of a choice, such as the probability of a stage: option id → value, None where it has none."""

    name: str
    type: Type
    values: tuple[tuple[str, str | Decimal | None], ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a road from a record to others, of the entity with the key `entity`.

    `kind` is link (the field `field` of the record holds one of them), links (it holds many), rows (they stand in the sub-table
    `field`), parent (from a row to its record), inverse (the link `field` of theirs holds the record), inverse_links (their
    links `field` have it among them) or all (every record of the entity, whatever it has to do with this one). `name` is how an
    expression calls it, `origin` the key of the entity it leads from.
    """

    kind: str
    name: str
    entity: str
    field: str = ""
    origin: str = ""

    @property
    def is_many(self) -> bool:
        """Whether it leads to any number of records."""
        return self.kind not in ("link", "parent")


@dataclass(frozen=True, slots=True)
class Road:
    """Where an expression reads something: the steps from its own record, and the field of the records that they lead to.

    The field is empty where the records themselves are what is asked for, as in `COUNT(orders)`.
    """

    steps: tuple[Step, ...]
    field: str = ""

    @property
    def written(self) -> str:
        """The road as an expression writes it."""
        names = [step.name for step in self.steps]
        return ".".join([*names, self.field] if self.field else names)


@dataclass(frozen=True, slots=True)
class Type:
    """The type of a value. `kind`: text | number | boolean | date | datetime | choice | record | member | department | file | json | empty.

    `many` makes it a list of that kind (choices, links, a column of a sub-table). `decimals` is the scale of a number (None = any).
    `entity` is the key of the record's entity. `options` are the ids of a choice; on a text, the only values it can have.
    """

    kind: str
    many: bool = False
    decimals: int | None = None
    entity: str = ""
    options: tuple[str, ...] = ()
    properties: tuple[Property, ...] = field(default=(), compare=False)
    """What can be read of an option with a dot (`stage.probability`)."""
    computed: bool = field(default=False, compare=False)
    """Whether a formula gives the value; an empty number that a person left blank counts as 0 in arithmetic, this one does not."""
    step: Step | None = field(default=None, compare=False)
    """How a name of kind record leads to its records."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant: text, Decimal, bool, date, datetime, or None for empty."""

    value: str | Decimal | bool | date | datetime | None
    type: Type
    position: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Path:
    """A name or a road over links: ("amount",), ("account", "owner"), ("lines", "subtotal").

    `steps` are where the names lead that stand for other records: all but the last, and the last too if it is a list of records."""

    names: tuple[str, ...]
    type: Type
    position: int = field(default=0, compare=False)
    steps: tuple[Step, ...] = field(default=(), compare=False)

    @property
    def road(self) -> Road:
        """What is read."""
        return Road(self.steps, "" if len(self.steps) == len(self.names) else self.names[-1])


@dataclass(frozen=True, slots=True)
class Call:
    """A function or operator with its arguments; operators are functions with the names +, -, *, /, &, =, <>, <, <=, >, >=,
    AND, OR, NOT, IN, LIKE, BETWEEN, IS_EMPTY, NEGATE.

    `SUM@rows` and its like go over the rows of a list: the first argument is the path of the list, the others are computed
    for each row. `SUM@records` and its like, in measures, go over the records of a group."""

    name: str
    arguments: tuple[Node, ...]
    type: Type
    position: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class ListOf:
    """A literal list, as on the right of IN."""

    items: tuple[Node, ...]
    type: Type
    position: int = field(default=0, compare=False)


Node = Literal | Path | Call | ListOf


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression: its text as written, its tree, its type, and what it reads, as paths and as roads over records."""

    text: str
    tree: Node = field(compare=False)
    type: Type = field(compare=False)
    reads: tuple[tuple[str, ...], ...] = field(default=(), compare=False)
    roads: tuple[Road, ...] = field(default=(), compare=False)
    inlined: tuple[str, ...] = field(default=(), compare=False)
    """The formulas that stand in the tree in place of virtual fields, with the decimals and digits of those."""


Value = Any
"""A value of a record in memory. text, choice, stage: str · number: Decimal · integer: int · boolean: bool · date: date ·
datetime: aware datetime in UTC · link, member, department: int id · choices: tuple[str, ...] ·
links, members, departments: tuple[int, ...] · address: dict[str, str] ·
file: tuple of dict(id, name, size, type) · table: list of row dicts · empty: None (an empty text is None too)."""
