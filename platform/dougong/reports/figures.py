"""What a report gives: values with their display texts, and for each figure the filter that selects the records behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from dougong.model.expression import Type, Value


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table: `kind` is dimension or measure. `unit` is the currency of amounts of money, or empty."""

    id: str
    kind: str
    label: str
    type: Type
    grain: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A figure beside that of the period before; `ratio` is empty when that one was 0 or nothing. `text` is the ratio in words."""

    previous: Decimal
    difference: Decimal
    ratio: Decimal | None
    text: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One value: what it is, how it is shown, and an expression that selects exactly the records behind it ("" = all there are)."""

    value: Value
    text: str
    filter: str = ""
    change: Change | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One group: its dimensions and measures in the order of the columns. `filter` selects its records."""

    figures: tuple[Figure, ...]
    filter: str = ""


@dataclass(frozen=True, slots=True)
class Category:
    """One place along a chart."""

    value: Value
    text: str
    filter: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """One series of a chart, with a figure for each category."""

    id: str
    label: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class ChartFigures:
    """A chart's figures. `notes` stand beside the categories: the conversion from the stage before in a funnel, the share in a pie."""

    kind: str
    by: str
    measure: str
    label: str
    categories: tuple[Category, ...]
    series: tuple[Series, ...]
    notes: tuple[str, ...] = ()
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """A report as one reader sees it, as of `at`.

    `entity` is the key of the records it is about, `count` how many they are, `filter` the expression that selects them all.
    `totals` has a figure for each column (empty texts under dimensions), computed over the records and not over the lines, as a
    mean of means is none. `withheld` are ids of dimensions and measures left out because the reader may not see what they read.
    `more` says that lines were cut by the report's limit.
    """

    app: str
    id: str
    label: str
    entity: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    totals: tuple[Figure, ...]
    count: int
    at: datetime
    filter: str = ""
    chart: ChartFigures | None = None
    withheld: tuple[str, ...] = ()
    more: bool = False
    help: str = ""

    def column(self, identifier: str) -> Column | None:
        """The column with that id, or nothing."""
        return next((each for each in self.columns if each.id == identifier), None)

    def place(self, identifier: str) -> int:
        """Where the column with that id stands; -1 when there is none."""
        return next((place for place, each in enumerate(self.columns) if each.id == identifier), -1)
