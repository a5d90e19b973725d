"""Why somebody may or may not do something, and who can see a record."""

from __future__ import annotations

from dataclasses import dataclass

from dougong.screens.shape.form import Choice
from dougong.screens.shape.parts import Link, Notice, Problem, Shown, Tab


@dataclass(frozen=True, slots=True)
class WhyPart:
    """One condition of a rule: `outcome` is yes, no or empty. `joined` is said where it is made of those that follow deeper;
    `values` are what stands in the record, as far as the reader may see it."""

    text: str
    outcome: str
    outcome_label: str
    depth: int = 0
    joined: str = ""
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class WhyReason:
    """One rule that took part: `speaks` is for, against, or some (it depends on the record). `place` is file and line."""

    text: str
    speaks: str
    kind: str
    action: str = ""
    role: str = ""
    role_label: str = ""
    rule: str = ""
    reading: str = ""
    place: str = ""
    file: str = ""
    line: int = 0
    parts: tuple[WhyPart, ...] = ()


@dataclass(frozen=True, slots=True)
class WhyScreen:
    """A question and its answer: GET to `action` with `person`, `action`, `entity`, `record`, `field`.

    `verdict` is yes, no, or "" as long as nothing was asked; `people` is False for who may ask about themselves only.
    """

    title: str
    action: str
    people: bool
    person: str = ""
    chosen_action: str = ""
    entity: str = ""
    record: str = ""
    field: str = ""
    actions: tuple[Choice, ...] = ()
    entities: tuple[Choice, ...] = ()
    verdict: str = ""
    sentence: str = ""
    subject: Link | None = None
    reasons: tuple[WhyReason, ...] = ()
    problems: tuple[Problem, ...] = ()
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class AccessPerson:
    """One person who can see a record: the best thing they may do with it, why, and where that is explained."""

    person: Shown
    login: str
    action: str
    action_label: str
    reasons: tuple[str, ...]
    why_href: str


@dataclass(frozen=True, slots=True)
class AccessScreen:
    """Who can see a record, page by page; GET to `action` with `q` finds people by name or login."""

    title: str
    crumbs: tuple[Link, ...]
    action: str
    q: str
    best: str
    text: str
    people: tuple[AccessPerson, ...]
    tabs: tuple[Tab, ...] = ()
    previous_href: str = ""
    next_href: str = ""
    range: str = ""
    notices: tuple[Notice, ...] = ()
