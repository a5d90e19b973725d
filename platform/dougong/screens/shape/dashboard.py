"""A dashboard: cards with numbers, charts, tables and lists."""

from __future__ import annotations

from dataclasses import dataclass

from dougong.screens.shape.figures import Chart
from dougong.screens.shape.list import FilterChip
from dougong.screens.shape.parts import Action, Empty, Notice, Table


@dataclass(frozen=True, slots=True)
class NumberCard:
    """One figure: `text` and `unit` apart ("4,268", "万元"); `share` is how much of the target is reached
    (0–100+, -1 = no target). `spark` are the last values as plain decimals. `tone` colours `comparison`;
    `trend` is up, down or "".
    """

    id: str
    label: str
    text: str
    unit: str = ""
    width: int = 3
    href: str = ""
    target: str = ""
    share: int = -1
    comparison: str = ""
    trend: str = ""
    tone: str = ""
    spark: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ChartCard:
    """A chart of a report; `href` opens the report."""

    id: str
    label: str
    chart: Chart
    width: int = 6
    href: str = ""
    note: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class TableCard:
    """A report as a table."""

    id: str
    label: str
    table: Table
    width: int = 6
    href: str = ""
    note: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ListCard:
    """The first rows of a view; `href` opens the whole list. `empty` is said when there are none."""

    id: str
    label: str
    table: Table
    width: int = 6
    href: str = ""
    count: str = ""
    empty: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class DashboardScreen:
    """A page of cards on a grid of 12 columns. `note` says as of when and over which records."""

    title: str
    cards: tuple[NumberCard | ChartCard | TableCard | ListCard, ...]
    note: str = ""
    chips: tuple[FilterChip, ...] = ()
    actions: tuple[Action, ...] = ()
    notices: tuple[Notice, ...] = ()
    empty: Empty | None = None
