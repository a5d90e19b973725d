"""The audit trail and what is shown before something is taken back."""

from __future__ import annotations

from dataclasses import dataclass

from dougong.screens.shape.parts import Action, Link, Notice, Piece
from dougong.screens.shape.record import Change


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One thing that was done: who, what (`text`, after the name), to what (`about`), when, from where (`note`)."""

    icon: str
    text: str
    day: str
    time: str
    at: str
    person: Piece | None = None
    about: Link | None = None
    changes: tuple[Change, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    note: str = ""
    action: Action | None = None


@dataclass(frozen=True, slots=True)
class AuditInput:
    """An input of the filter: `kind` text, date or select; `options` are value and label."""

    name: str
    label: str
    value: str = ""
    kind: str = "text"
    options: tuple[tuple[str, str], ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class AuditScreen:
    """What was done, newest first; `seal` says how far the chain goes."""

    title: str
    text: str
    inputs: tuple[AuditInput, ...]
    lines: tuple[AuditLine, ...]
    seal: str
    seal_hash: str = ""
    is_filtered: bool = False
    more_href: str = ""
    newest_href: str = ""
    actions: tuple[Action, ...] = ()
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class RevertScreen:
    """What taking back would do, and what is in the way of it."""

    title: str
    crumbs: tuple[Link, ...]
    tabs: tuple[Link, ...]
    """The change alone or its whole batch; the one that is shown has no address."""
    text: str
    conflicts_title: str = ""
    conflicts: tuple[Link, ...] = ()
    actions: tuple[Action, ...] = ()
    notices: tuple[Notice, ...] = ()
