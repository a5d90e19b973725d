"""What verbs return: a record as one actor may see it, and a page of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from dougong.model.expression import Value

MEMBER = "dg.user"
"""The key under which `Record.titles` holds the names of people."""

DEPARTMENT = "dg.department"
"""The key under which `Record.titles` holds the names of departments."""

SYSTEM_COLUMNS: tuple[str, ...] = ("created_at", "created_by", "updated_at", "updated_by")
"""System columns that every reader may see, filter and sort by, besides id and version."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record: `values` holds every field the actor may see of it (and only those), `titles` what its links show.

    A link whose target the actor may not read keeps its id and has no title.
    """

    key: str
    id: int
    version: int
    values: Mapping[str, Value]
    title: str
    titles: Mapping[tuple[str, int], str] = field(default_factory=dict)
    created_at: datetime | None = None
    created_by: int | None = None
    updated_at: datetime | None = None
    updated_by: int | None = None
    deleted_at: datetime | None = None

    def title_of(self, key: str, identifier: int) -> str | None:
        """What a link of this record shows, or nothing when the actor may not see the target."""
        return self.titles.get((key, identifier))


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list; `count` is the number of all matches when it was asked for."""

    rows: tuple[Record, ...]
    next_cursor: str | None = None
    count: int | None = None
