"""Runs a report for one reader: lines in order, gaps in time filled, everything in words, each figure with its records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import NoReturn

from dougong.diagnostics import Diagnostic, Refusal, nearest
from dougong.expressions.context import EvaluationContext
from dougong.expressions.evaluate import evaluate
from dougong.model.expression import Call as Operation
from dougong.model.expression import Expression, Literal, Node, Value
from dougong.model.report import Dimension, Measure, Report
from dougong.policy.offers import may_open_report
from dougong.records.aggregate import Aggregate
from dougong.records.call import Call
from dougong.records.day import today_of
from dougong.records.titles import Titles
from dougong.reports import periods
from dougong.reports.changes import change
from dougong.reports.chart import chart_of
from dougong.reports.drill import both, measure_condition
from dougong.reports.figures import Column, Figure, Figures, Line
from dougong.reports.labels import dimension_filter, dimension_text, measure_text
from dougong.reports.plan import Plan, plan
from dougong.reports.words import say


def run(call: Call, app_id: str, report_id: str, filters: str = "") -> Figures:
    """The figures of a report within the reader's rights; `filters` narrows it by an expression over what the reader may see.

    Refuses as missing what is not there or not for this reader, as invalid a filter with a mistake."""
    report = find_report(call, app_id, report_id)
    return run_report(call, report, filters)


def find_report(call: Call, app_id: str, report_id: str) -> Report:
    """The definition of a report that the reader may open."""
    app = call.release.apps.get(app_id)
    if app is None:
        missing(call, "unknown_app", app_id, call.release.apps)
    offered = [each for each in app.reports if may_open_report(call.release, call.actor, app_id, each)]
    if report_id not in offered:
        missing(call, "unknown_report", report_id, offered)
    return app.reports[report_id]


def missing(call: Call, code: str, name: str, names: Sequence[str] | Mapping[str, object]) -> NoReturn:
    """Refuses what is not there, in the reader's language."""
    message = say(code, call.language, name=name)
    problem = Diagnostic(code, message, hint=nearest(name, names), parameters=(("name", name),))
    raise Refusal("missing", [problem])


def run_report(call: Call, report: Report, filters: str = "") -> Figures:
    """The same for a report at hand."""
    made = plan(call, report, filters)
    kept = {each.id for each in made.parts}
    sort = tuple((name, descending) for name, descending in report.sort if name in kept)
    found = made.ask(made.dimensions, made.measures, sort, report.limit + 1 if report.limit else 0)
    whole = found if not made.dimensions else made.ask((), made.measures)
    base = both(report.filter.text if report.filter else "", filters)
    rows = _with_gaps(made, found.rows, sort)
    more = bool(report.limit) and len(rows) > report.limit
    lines = [_line(made, found.titles, base, row) for row in rows[: report.limit or None]]
    figures = Figures(
        app=report.app,
        id=report.id,
        label=report.label.get(call.language),
        entity=made.entity,
        columns=tuple(_columns(made)),
        lines=tuple(_compared(made, lines)),
        totals=_totals(made, whole, base),
        count=int(whole.rows[0][-1]),
        at=call.at,
        filter=base,
        withheld=made.withheld,
        more=more,
        help=report.help.get(call.language),
    )
    return replace(figures, chart=chart_of(made, figures, found.titles))


def _columns(made: Plan) -> list[Column]:
    language = made.call.language
    columns = []
    for part in made.parts:
        shown = made.shown(part)
        kind = "dimension" if isinstance(part, Dimension) else "measure"
        columns.append(Column(part.id, kind, part.label.get(language), shown.type, shown.grain, shown.unit))
    return columns


def _line(made: Plan, titles: Titles, base: str, row: tuple[Value, ...]) -> Line:
    """One row of figures; its last value, the number of records, is not shown."""
    call = made.call
    keys = row[: len(made.dimensions)]
    conditions, figures = [], []
    for dimension, value in zip(made.dimensions, keys, strict=True):
        shown = made.shown(dimension)
        condition = dimension_filter(dimension, shown, value)
        conditions.append(condition)
        figures.append(Figure(value, dimension_text(call, shown, value, titles), both(base, condition)))
    selected = both(base, *conditions)
    for measure, value in zip(made.measures, row[len(keys) : -1], strict=True):
        behind = both(selected, measure_condition(measure.value))
        figures.append(Figure(value, measure_text(call, made.shown(measure), value), behind))
    return Line(tuple(figures), selected)


def _totals(made: Plan, whole: Aggregate, base: str) -> tuple[Figure, ...]:
    blank = [Figure(None, "", base) for _ in made.dimensions]
    values = whole.rows[0][-1 - len(made.measures) : -1]
    figures = [
        Figure(
            value,
            measure_text(made.call, made.shown(measure), value),
            both(base, measure_condition(measure.value)),
        )
        for measure, value in zip(made.measures, values, strict=True)
    ]
    return (*blank, *figures)


# ——— time ———


def single_grain(dimensions: Sequence[Dimension]) -> Dimension | None:
    """The dimension of a report that goes along time and along nothing else."""
    return dimensions[0] if len(dimensions) == 1 and dimensions[0].grain else None


def _with_gaps(
    made: Plan, rows: Sequence[tuple[Value, ...]], sort: Sequence[tuple[str, bool]]
) -> list[tuple[Value, ...]]:
    """The rows with a line for each period without records, where the lines follow time and are not cut."""
    along = single_grain(made.dimensions)
    if along is None or made.report.limit or any(name != along.id for name, _ in sort):
        return list(rows)
    known = {row[0]: row for row in rows}
    days = periods.filled([day for day in known if day is not None], along.grain)
    nothing = tuple(figure_of_nothing(made.call, each) for each in made.measures)
    filled = [known.get(day, (day, *nothing, Decimal(0))) for day in days]
    if sort and sort[0][1]:
        filled.reverse()
    return [*filled, known[None]] if None in known else filled


def figure_of_nothing(call: Call, measure: Measure) -> Value:
    """What a measure is where there are no records: 0 for counts and sums, nothing for means."""
    value = measure.value
    bare = Expression(value.text, _emptied(value.tree), value.type)
    context = EvaluationContext(
        {}, call.actor, today_of(call), call.at, call.timezone, calendar=call.release.calendar
    )
    return evaluate(bare, context)


def _emptied(node: Node) -> Node:
    if not isinstance(node, Operation):
        return node
    name, _, form = node.name.partition("@")
    if form == "records":
        return Literal(Decimal(0) if name in ("SUM", "COUNT", "COUNTUNIQUE") else None, node.type)
    return replace(node, arguments=tuple(_emptied(argument) for argument in node.arguments))


def _compared(made: Plan, lines: Sequence[Line]) -> list[Line]:
    """Each line beside the one of the period before it."""
    along = single_grain(made.dimensions)
    if along is None:
        return list(lines)
    before = {line.figures[0].value: line for line in lines}
    return [_beside(line, before.get(_previous(line, along.grain)), made.call.language) for line in lines]


def _previous(line: Line, grain: str) -> date | datetime | None:
    start = line.figures[0].value
    return None if start is None else periods.moved(start, grain, -1)


def _beside(line: Line, previous: Line | None, language: str) -> Line:
    if previous is None or previous.figures[0].value is None:
        return line
    pairs = zip(line.figures[1:], previous.figures[1:], strict=True)
    figures = [replace(figure, change=change(figure.value, other.value, language)) for figure, other in pairs]
    return replace(line, figures=(line.figures[0], *figures))
