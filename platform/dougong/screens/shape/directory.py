"""A page of people that are searched for and narrowed down."""

from __future__ import annotations

from dataclasses import dataclass

from dougong.screens.shape.form import Choice
from dougong.screens.shape.list import Paging
from dougong.screens.shape.parts import Action, Empty, Notice, Table


@dataclass(frozen=True, slots=True)
class Narrowing:
    """One way to narrow the list down: a parameter of its address, and what it may be; `value` is what is chosen."""

    name: str
    label: str
    value: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class DirectoryScreen:
    """A page of people. `action` is asked by GET with `q` and the narrowings; `count` is display text."""

    title: str
    count: str
    action: str
    search: str
    search_label: str
    narrowings: tuple[Narrowing, ...]
    table: Table
    paging: Paging
    actions: tuple[Action, ...] = ()
    empty: Empty | None = None
    notices: tuple[Notice, ...] = ()
