"""A chart's figures: along one dimension, and in series by a second one, each computed over the records themselves."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from dougong.model.expression import Value
from dougong.model.report import Chart, Dimension, Measure
from dougong.records.aggregate import Aggregate
from dougong.records.titles import Titles
from dougong.reports import periods
from dougong.reports.changes import ratio_text, share
from dougong.reports.drill import both, measure_condition
from dougong.reports.figures import Category, ChartFigures, Figure, Figures, Series
from dougong.reports.labels import Shown, dimension_filter, dimension_text, measure_text
from dougong.reports.plan import Plan


def chart_of(made: Plan, figures: Figures, titles: Titles) -> ChartFigures | None:
    """The chart of a report; nothing when it has none or the reader may not see what it is drawn from."""
    chart = made.report.chart
    if chart is None or chart.kind == "table":
        return None
    measure = made.measure(chart.value) or (made.measures[0] if made.measures and not chart.value else None)
    by = made.dimension(chart.by)
    series = made.dimension(chart.series) if chart.series else None
    if measure is None or (chart.by and by is None) or (chart.series and series is None):
        return None
    if by is None:
        return _single(chart, made, measure, figures)
    if [by] == list(made.dimensions):
        return _along_lines(chart, made, by, measure, figures)
    return _pivoted(chart, made, by, series, measure, figures.filter)


def _single(chart: Chart, made: Plan, measure: Measure, figures: Figures) -> ChartFigures:
    label = measure.label.get(made.call.language)
    figure = figures.totals[figures.place(measure.id)]
    return ChartFigures(
        chart.kind,
        "",
        measure.id,
        label,
        (),
        (Series(measure.id, label, (figure,)),),
        (),
        made.shown(measure).unit,
    )


def _along_lines(chart: Chart, made: Plan, by: Dimension, measure: Measure, figures: Figures) -> ChartFigures:
    """A report by one dimension is its own chart."""
    place = figures.place(measure.id)
    categories = tuple(
        Category(line.figures[0].value, line.figures[0].text, line.filter) for line in figures.lines
    )
    series = Series(
        measure.id,
        measure.label.get(made.call.language),
        tuple(line.figures[place] for line in figures.lines),
    )
    return _finished(chart, made, by, measure, categories, (series,))


def _pivoted(
    chart: Chart, made: Plan, by: Dimension, series: Dimension | None, measure: Measure, base: str
) -> ChartFigures:
    """Asked for anew by the dimensions of the chart alone, so that a mean is a mean of records, not of lines."""
    dimensions = [by] if series is None else [by, series]
    found = made.ask(dimensions, [measure])
    cells = {row[: len(dimensions)]: row[len(dimensions)] for row in found.rows}
    along = _axis(by, [row[0] for row in found.rows])
    across: list[Value] = [None] if series is None else _ordered(found, 1)
    shown = made.shown(by)
    categories = tuple(
        Category(
            value,
            dimension_text(made.call, shown, value, found.titles),
            both(base, dimension_filter(by, shown, value)),
        )
        for value in along
    )
    drawn = [_one_series(made, found, base, (by, series), measure, cells, along, key) for key in across]
    return _finished(chart, made, by, measure, categories, tuple(drawn))


def _one_series(
    made: Plan,
    found: Aggregate,
    base: str,
    dimensions: tuple[Dimension, Dimension | None],
    measure: Measure,
    cells: dict[tuple[Value, ...], Value],
    along: Sequence[Value],
    key: Value,
) -> Series:
    by, series = dimensions
    call, condition = made.call, measure_condition(measure.value)
    shown_by, shown_measure = made.shown(by), made.shown(measure)
    shown_series: Shown | None = made.shown(series) if series is not None else None
    across = (
        dimension_filter(series, shown_series, key) if series is not None and shown_series is not None else ""
    )
    figures = []
    for value in along:
        figure = cells.get((value,) if series is None else (value, key))
        behind = both(base, dimension_filter(by, shown_by, value), across, condition)
        figures.append(
            Figure(figure, "" if figure is None else measure_text(call, shown_measure, figure), behind)
        )
    label = measure.label.get(call.language)
    if shown_series is not None:
        label = dimension_text(call, shown_series, key, found.titles)
    return Series(measure.id if series is None else str(key), label, tuple(figures))


def _axis(by: Dimension, found: Sequence[Value]) -> list[Value]:
    """The categories in order, with the periods in which nothing happened."""
    known = list(dict.fromkeys(found))
    if not by.grain:
        return known
    days: list[Value] = [*periods.filled([day for day in known if day is not None], by.grain)]
    return [*days, None] if None in known else days


def _ordered(found: Aggregate, place: int) -> list[Value]:
    """The values of the second dimension in their own order."""
    known = list(dict.fromkeys(row[place] for row in found.rows))
    order = {option: rank for rank, option in enumerate(found.columns[place].type.options)}
    filled = sorted(
        (value for value in known if value is not None), key=lambda value: order.get(value, value)
    )
    return [*filled, None] if None in known else filled


def _finished(
    chart: Chart,
    made: Plan,
    by: Dimension,
    measure: Measure,
    categories: tuple[Category, ...],
    series: tuple[Series, ...],
) -> ChartFigures:
    label = measure.label.get(made.call.language)
    notes = _notes(chart.kind, series, made.call.language)
    return ChartFigures(
        chart.kind, by.id, measure.id, label, categories, series, notes, made.shown(measure).unit
    )


def _notes(kind: str, series: Sequence[Series], language: str) -> tuple[str, ...]:
    """Beside a funnel's stages the part that came from the stage before, beside a pie's slices their share."""
    if len(series) != 1 or kind not in ("funnel", "pie"):
        return ()
    values = [
        figure.value if isinstance(figure.value, Decimal) else Decimal(0) for figure in series[0].figures
    ]
    if kind == "pie":
        whole = sum(values, Decimal(0))
        return tuple(ratio_text(share(value, whole), language) for value in values)
    before = [None, *values][: len(values)]
    return tuple(
        "" if base is None else ratio_text(share(value, base), language)
        for value, base in zip(values, before, strict=True)
    )
