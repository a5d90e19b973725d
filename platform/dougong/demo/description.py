"""What `data/demo.yaml` says, read and checked against the app that it belongs to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from dougong.demo.draws import Draw, MemberDraw
from dougong.model.expression import Expression


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a sub-table: how many, and how each is drawn."""

    count: Draw
    values: Mapping[str, Draw]
    different: Sequence[str] = ()
    """Fields by which no two rows of a record may be the same."""


@dataclass(frozen=True, slots=True)
class CopiedRows:
    """Rows of a sub-table taken over from the sub-table of a record that is reached over links."""

    links: Sequence[str]
    table: str
    fields: Sequence[str]


@dataclass(frozen=True, slots=True)
class Moves:
    """A field that did not get its value at once: the values it had before, by the value it has now.

    `together` are fields that are filled in with a move, by the value moved to; `until` is the moment of the last move.
    """

    field: str
    ways: Mapping[str, Sequence[str]]
    until: Draw | None
    together: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Approval:
    """A workflow to which rows that meet a condition are submitted; each person who is asked approves, rejects or waits."""

    workflow: str
    condition: Expression | None
    at: Draw
    decision: Draw
    opinion: Draw


@dataclass(frozen=True, slots=True)
class Source:
    """For what some rows each are made: the records that a link of theirs points to, or the people that a member field names."""

    field: str
    key: str
    where: str
    people: MemberDraw
    count: Draw


@dataclass(frozen=True, slots=True)
class Step:
    """How the rows of one entity are made: either a number of them, or some for each record of a source.

    Values are drawn in their order; `created_at` and `created_by` may be among them. `later` is written when all rows exist.
    """

    id: str
    key: str
    rows: int
    source: Source | None
    variables: Mapping[str, Draw]
    values: Mapping[str, Draw | Rows | CopiedRows]
    moves: Moves | None
    later: Mapping[str, Draw]
    approval: Approval | None


@dataclass(frozen=True, slots=True)
class Member:
    """A person of the demonstration."""

    login: str
    name: str
    department: str
    roles: Sequence[str]
    language: str
    weight: float
    is_admin: bool
    is_shown: bool


@dataclass(frozen=True, slots=True)
class Unit:
    """A department of the demonstration."""

    id: str
    name: str
    above: str
    head: str


@dataclass(frozen=True, slots=True)
class Description:
    """The whole of a demonstration."""

    seed: int
    timezone: str
    opens: int
    closes: int
    span: timedelta
    growth: float
    units: Sequence[Unit]
    members: Sequence[Member]
    lists: Mapping[str, Sequence[object]]
    steps: Sequence[Step] = field(default_factory=tuple)
