"""What happened to records and what may still be done about it: the history, the recycle bin, the merging of records."""

from __future__ import annotations

from dataclasses import dataclass

from dougong.screens.shape.parts import Action, Link, Notice, Shown, Table
from dougong.screens.shape.record import Timeline


@dataclass(frozen=True, slots=True)
class HistoryScreen:
    """Everything that happened to a record, page after page; `newest_href` leads back to the first."""

    title: str
    crumbs: tuple[Link, ...]
    timeline: Timeline
    newest_href: str = ""
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class BinScreen:
    """Deleted records of an entity: found, chosen and brought back, or deleted for good. `chosen` are actions on chosen rows."""

    title: str
    crumbs: tuple[Link, ...]
    text: str
    table: Table
    search_href: str
    q: str = ""
    chosen: tuple[Action, ...] = ()
    more_href: str = ""
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class NumberingScreen:
    """What numbering the records of an entity again would change; no `table` and no `action` where nothing would."""

    title: str
    crumbs: tuple[Link, ...]
    text: str
    counts: str
    back: Action
    action: Action | None = None
    table: Table | None = None
    table_note: str = ""
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class MergeRecord:
    """One of the records side by side."""

    id: str
    title: str
    href: str
    version: int
    note: str = ""
    survives: bool = False


@dataclass(frozen=True, slots=True)
class MergeChoice:
    """A value that can be kept: of one record, or of all (`value` both)."""

    value: str
    shown: Shown
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class MergeRow:
    """A field in which the records differ; `choices` are as many as there are records, `both` where lists can be joined."""

    field: str
    label: str
    choices: tuple[MergeChoice, ...]
    both: MergeChoice | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record that may be the same: choosing it leads to the comparison."""

    title: str
    href: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class MergeScreen:
    """First the choice of the other record, then the comparison: which one survives, and whose value of every field."""

    title: str
    crumbs: tuple[Link, ...]
    action: Action
    back: Action
    records: tuple[MergeRecord, ...] = ()
    rows: tuple[MergeRow, ...] = ()
    same: tuple[str, ...] = ()
    """The labels of the fields in which the records agree."""
    candidates: tuple[Candidate, ...] = ()
    search_href: str = ""
    q: str = ""
    notices: tuple[Notice, ...] = ()
