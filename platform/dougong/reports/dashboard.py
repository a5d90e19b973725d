"""A dashboard's cards for one reader: a card that the reader may not see says so and leaves the others alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from dougong.diagnostics import Refusal
from dougong.expressions.context import EvaluationContext
from dougong.expressions.evaluate import evaluate
from dougong.model.form import View
from dougong.model.report import Card, Dashboard, Measure
from dougong.policy.offers import may_open_report, offered_views
from dougong.records.call import Call
from dougong.records.day import today_of
from dougong.records.query import Query, list_records
from dougong.records.record import Page
from dougong.reports.changes import change, share
from dougong.reports.drill import both
from dougong.reports.figures import Figure, Figures
from dougong.reports.labels import Shown, measure_shown, measure_text
from dougong.reports.periods import first_day, moved, period_filter, period_text
from dougong.reports.run import figure_of_nothing, find_report, missing, run_report
from dougong.reports.words import say

LIST_ROWS = 8
SPARK = 12


@dataclass(frozen=True, slots=True)
class NumberFigure:
    """One number: the measure over everything, or, of a report along time, that of the present period with the ones before.

    `share` is the part of the target that is reached (1 = all), `spark` the last figures up to now."""

    figure: Figure
    target: Decimal | None = None
    target_text: str = ""
    share: Decimal | None = None
    spark: tuple[Figure, ...] = ()
    period: str = ""


@dataclass(frozen=True, slots=True)
class CardFigures:
    """One card: `figures` for number, chart and table, `number` for number, `page` with the first rows of `view` for list.

    `problem` is the reason, in the reader's language, why there is nothing."""

    card: Card
    label: str
    figures: Figures | None = None
    number: NumberFigure | None = None
    view: View | None = None
    page: Page | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class DashboardFigures:
    """A page of cards as of one moment."""

    app: str
    id: str
    label: str
    cards: tuple[CardFigures, ...]
    at: datetime


def dashboard(call: Call, app_id: str, dashboard_id: str) -> DashboardFigures:
    """The cards of a dashboard within the reader's rights; refuses as missing what is not there or not for this reader."""
    app = call.release.apps.get(app_id)
    if app is None:
        missing(call, "unknown_app", app_id, call.release.apps)
    offered = [each for each in app.dashboards if may_open_report(call.release, call.actor, app_id, each)]
    if dashboard_id not in offered:
        missing(call, "unknown_dashboard", dashboard_id, offered)
    found: Dashboard = app.dashboards[dashboard_id]
    known: dict[str, Figures] = {}

    def figures(report_id: str) -> Figures:
        if report_id not in known:
            known[report_id] = run_report(call, find_report(call, app_id, report_id))
        return known[report_id]

    cards = tuple(_card(call, app_id, each, figures) for each in found.cards)
    return DashboardFigures(app_id, found.id, found.label.get(call.language), cards, call.at)


def _card(call: Call, app_id: str, card: Card, figures: Callable[[str], Figures]) -> CardFigures:
    label = card.label.get(call.language)
    try:
        if card.kind == "list":
            return _list(call, app_id, card, label)
        found = figures(card.report)
        if card.kind != "number":
            return CardFigures(card, label, found)
        report = call.release.app(app_id).reports[card.report]
        measure = next((each for each in report.measures if each.id == card.measure), None)
        if measure is None or found.place(card.measure) < 0:
            return CardFigures(card, label, problem=say("withheld", call.language))
        return CardFigures(card, label, found, _number(call, card, found, measure))
    except Refusal as refusal:
        code = "too_large" if refusal.kind == "too_large" else "withheld"
        return CardFigures(card, label, problem=say(code, call.language))


def _list(call: Call, app_id: str, card: Card, label: str) -> CardFigures:
    views = offered_views(call.release, call.actor, call.release.entity(f"{app_id}.{card.entity}"))
    view = next((each for each in views if each.id == card.view), None)
    if view is None:
        return CardFigures(card, label, problem=say("withheld", call.language))
    query = Query(view=view.filter, sort=view.sort, limit=LIST_ROWS, count="exact")
    return CardFigures(card, label, view=view, page=list_records(call, f"{app_id}.{card.entity}", query))


def _number(call: Call, card: Card, figures: Figures, measure: Measure) -> NumberFigure:
    place = figures.place(card.measure)
    shown = measure_shown(call, figures.entity, measure)
    target = _target(call, card)
    made = NumberFigure(
        figures.totals[place], target, measure_text(call, shown, target) if target is not None else ""
    )
    if [column.kind for column in figures.columns].count("dimension") == 1 and figures.columns[0].grain:
        made = _along_time(call, figures, measure, shown, made)
    value = made.figure.value
    return replace(made, share=share(value, target) if isinstance(value, Decimal) and target else None)


def _along_time(
    call: Call, figures: Figures, measure: Measure, shown: Shown, made: NumberFigure
) -> NumberFigure:
    """The figure of the period that today lies in, beside the one before, and the row of figures up to it."""
    place, grain = figures.place(measure.id), figures.columns[0].grain
    now = first_day(today_of(call), grain)
    past = [
        line for line in figures.lines if line.figures[0].value is not None and line.figures[0].value <= now
    ]
    past.sort(key=lambda line: line.figures[0].value)
    by_start = {line.figures[0].value: line.figures[place] for line in past}
    figure = by_start.get(now)
    if figure is None:
        nothing = figure_of_nothing(call, measure)
        before = by_start.get(moved(now, grain, -1))
        beside = change(nothing, before.value, call.language) if before is not None else None
        path = call.release.app(figures.app).reports[figures.id].dimensions[0].path.text
        behind = both(figures.filter, period_filter(path, now, grain))
        figure = Figure(nothing, measure_text(call, shown, nothing), behind, beside)
    spark = tuple(line.figures[place] for line in past[-SPARK:])
    return replace(made, figure=figure, spark=spark, period=period_text(now, grain, call.language))


def _target(call: Call, card: Card) -> Decimal | None:
    if card.target is None:
        return None
    context = EvaluationContext(
        {}, call.actor, today_of(call), call.at, call.timezone, calendar=call.release.calendar
    )
    value = evaluate(card.target, context)
    return value if isinstance(value, Decimal) else None
