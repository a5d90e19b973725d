"""Reports and dashboards."""

from __future__ import annotations

from dataclasses import dataclass, field

from dougong.diagnostics import Place
from dougong.model.expression import Expression
from dougong.model.text import EMPTY, Text


@dataclass(frozen=True, slots=True)
class Dimension:
    """What a report groups by: a field path, and for dates a grain: day | week | month | quarter | year."""

    id: str
    path: Expression
    label: Text
    grain: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """A number of a report: a typed aggregate expression such as SUM(amount) or COUNT()."""

    id: str
    value: Expression
    label: Text


@dataclass(frozen=True, slots=True)
class Chart:
    """How a report is drawn: `kind` bar | line | area | pie | funnel | number | table; `by` a dimension, `series` a second
    one, `value` a measure.
    """

    kind: str
    by: str = ""
    series: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """Grouped measures over one entity, always computed with the viewer's rights."""

    id: str
    app: str
    entity: str
    label: Text
    measures: tuple[Measure, ...]
    dimensions: tuple[Dimension, ...] = ()
    filter: Expression | None = None
    chart: Chart | None = None
    sort: tuple[tuple[str, bool], ...] = ()
    limit: int = 0
    help: Text = EMPTY
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Card:
    """One card of a dashboard: a report as number, chart or table, or a list (a view's first rows). `width` of 12 columns."""

    id: str
    kind: str
    label: Text
    report: str = ""
    measure: str = ""
    target: Expression | None = None
    view: str = ""
    entity: str = ""
    width: int = 6


@dataclass(frozen=True, slots=True)
class Dashboard:
    """A page of cards."""

    id: str
    app: str
    label: Text
    cards: tuple[Card, ...]
    help: Text = EMPTY
    place: Place | None = field(default=None, compare=False)


def card(dashboard: Dashboard, identifier: str) -> Card | None:
    """The card with that id, or nothing."""
    return next((each for each in dashboard.cards if each.id == identifier), None)
