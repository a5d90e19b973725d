"""A record on its way into the database: what stood there, what was asked for, what it becomes, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from dougong.diagnostics import Diagnostic
from dougong.model.expression import Value

Values = dict[str, Value]


@dataclass(frozen=True, slots=True)
class Stamp:
    """When something was done and by whom, where that is not now and not the actor of the call."""

    at: datetime
    by: int


@dataclass(slots=True)
class Draft:
    """One create (`before` is None) or update.

    `values` is the whole record as it will be; `written` the fields that the caller or a default set; `path` goes before the
    field in every problem (`` for a single record, `12/` in a batch, `lines/2/` for a row). `rows` holds the drafts of those
    sub-tables that were read or written.
    """

    path: str
    values: Values
    written: set[str] = field(default_factory=set)
    before: Values | None = None
    id: int = 0
    rows: dict[str, Rows] = field(default_factory=dict)
    problems: list[Diagnostic] = field(default_factory=list)
    warnings: list[Diagnostic] = field(default_factory=list)
    """What rules warn of and was confirmed, or nobody is there to confirm."""
    given: frozenset[str] = frozenset()
    """The fields that the caller set, before defaults and rules."""
    hidden: frozenset[str] = frozenset()
    """The fields that rules hide, known once everything is computed."""
    assigned: set[str] = field(default_factory=set)
    """The fields to which rules gave their value."""
    changed: tuple[str, ...] = ()
    """The fields whose value differs from `before`, known once everything is computed."""
    tokens: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """What the search index holds of fields, where that was worked out ahead."""
    stamp: Stamp | None = None
    """Only the platform itself says so, when it writes what happened earlier."""
    origin: Stamp | None = None
    """When and by whom a new record was created elsewhere; that it comes in now, and by whom, stands in the history all the same."""

    @property
    def is_new(self) -> bool:
        """Whether the record does not exist yet."""
        return self.before is None


@dataclass(slots=True)
class Rows:
    """The rows of one sub-table of one record: those that will stand there, in order, and those that go.

    `written` says whether the caller gave the table; otherwise the rows were only loaded for formulas that read them.
    """

    drafts: list[Draft]
    removed: list[Values] = field(default_factory=list)
    written: bool = True

    @property
    def touched(self) -> bool:
        """Whether any row was added, changed, moved or removed."""
        return bool(self.removed) or any(
            row.before is None or row.changed or row.before["position"] != position
            for position, row in enumerate(self.drafts)
        )
