"""The designer's page of conditions and measures: which records views, roles and reports take, and what reports add up."""

from __future__ import annotations

from dataclasses import dataclass

from dougong.screens.shape.conditions import ConditionBuilder
from dougong.screens.shape.parts import Notice, Problem
from dougong.screens.shape.rules import DesignerHead


@dataclass(frozen=True, slots=True)
class PlaceCard:
    """A place where an expression stands, with what it says in words."""

    label: str
    words: str
    href: str
    icon: str
    active: bool = False
    changed: bool = False


@dataclass(frozen=True, slots=True)
class PlaceGroup:
    """Places of one kind."""

    label: str
    help: str
    cards: tuple[PlaceCard, ...]


@dataclass(frozen=True, slots=True)
class PlaceEditor:
    """A place that is open: a `builder` where it holds a condition, otherwise the `expression` of a measure."""

    title: str
    help: str
    hidden: tuple[tuple[str, str], ...]
    cancel_href: str
    builder: ConditionBuilder | None = None
    expression: str = ""
    check: str = ""
    purpose: str = ""
    problem: str = ""
    look: str = ""
    """Takes the whole form by POST and answers what is wrong and, for conditions, the expression they make."""


@dataclass(frozen=True, slots=True)
class PlacesScreen:
    """Every change is a POST to `action` with `operation`: set_place (`place`, `was` and the inputs of the editor) · undo · redo ·
    discard.
    """

    head: DesignerHead
    title: str
    action: str
    groups: tuple[PlaceGroup, ...]
    editor: PlaceEditor | None = None
    problems: tuple[Problem, ...] = ()
    notices: tuple[Notice, ...] = ()
