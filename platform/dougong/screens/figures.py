"""Figures of reports as tables and charts, each leading to the records behind it."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from dougong.model.expression import Value
from dougong.policy.access import may
from dougong.records.call import Call
from dougong.reports.figures import ChartFigures, Figure, Figures
from dougong.screens.addresses import entity_path, with_query
from dougong.screens.currency import symbol_of, unit_of
from dougong.screens.list_request import EVERYTHING
from dougong.screens.shape import Chart, ChartSeries, Column, Piece, Row, Shown, Table, Total
from dougong.screens.showing import option_piece, stage_piece
from dougong.screens.texts import text

SCALES = {
    "zh": ((Decimal(10) ** 8, "亿"), (Decimal(10) ** 4, "万")),
    "en": ((Decimal(10) ** 9, "B"), (Decimal(10) ** 6, "M"), (Decimal(10) ** 3, "K")),
}
COMPACT_FROM = Decimal(100_000)
KINDS = {
    "bar": "bar",
    "line": "line",
    "area": "area",
    "pie": "pie",
    "funnel": "funnel",
    "ranking": "rank",
    "rank": "rank",
}


def drill(call: Call, entity: str, condition: str) -> str:
    """The list of the records behind a figure, where the reader may list them."""
    if not may(call.release, call.actor, entity, "read"):
        return ""
    return with_query(entity_path(entity), [("view", EVERYTHING), ("filter", condition)])


def table_of(call: Call, figures: Figures, limit: int = 0) -> Table:
    """The lines of a report as a table with totals."""
    columns = tuple(
        Column(
            column.id,
            column.label,
            "decimal" if column.kind == "measure" else "text",
            "end" if column.kind == "measure" else "start",
            unit_of(column.unit, call.language),
            role="title" if place == 0 else "figure" if column.kind == "measure" else "subtitle",
        )
        for place, column in enumerate(figures.columns)
    )
    lines = figures.lines[: limit or None]
    rows = tuple(
        Row(
            str(place),
            tuple(
                _cell(call, figures, each, column.unit)
                for column, each in zip(figures.columns, line.figures, strict=True)
            ),
            drill(call, figures.entity, line.filter),
        )
        for place, line in enumerate(lines)
    )
    totals = tuple(
        Total(text("sum", call.language), _bare(figure.text, column.unit), column.id)
        for column, figure in zip(figures.columns, figures.totals, strict=True)
        if column.kind == "measure" and figure.text and len(figures.lines) > 1
    )
    return Table(columns, rows, totals)


def _bare(words: str, currency: str) -> str:
    """An amount without its symbol: in a table the unit stands in the head."""
    return words.replace(symbol_of(currency), "", 1).replace("\u00a0", " ").strip() if currency else words


def _cell(call: Call, figures: Figures, figure: Figure, currency: str) -> Shown:
    change = figure.change
    tone = "" if change is None or not change.difference else "ok" if change.difference > 0 else "bad"
    return Shown(
        _bare(figure.text, currency),
        raw=plain(figure.value),
        href=drill(call, figures.entity, figure.filter) if figure.filter else "",
        note=change.text if change is not None else "",
        tone=tone,
    )


def plain(value: Value) -> str:
    """A number for a script; nothing for anything else."""
    return format(value, "f") if isinstance(value, Decimal) else str(value) if isinstance(value, int) else ""


def chart_of(call: Call, figures: Figures) -> Chart | None:
    """The chart of a report, or nothing where it has none to draw."""
    found = figures.chart
    if found is None or found.kind not in KINDS or not found.categories:
        return None
    return Chart(
        kind=KINDS[found.kind],
        categories=tuple(each.text for each in found.categories),
        series=tuple(
            ChartSeries(
                series.label,
                tuple(plain(each.value) for each in series.figures),
                tuple(each.text for each in series.figures),
                tuple(drill(call, figures.entity, each.filter) for each in series.figures),
            )
            for series in found.series
        ),
        table=table_of(call, figures),
        unit=unit_of(found.unit, call.language),
        highlight=_latest(figures, found),
        pieces=_pieces(call, figures, found),
        notes=found.notes,
    )


def _latest(figures: Figures, chart: ChartFigures) -> int:
    """Bars over time mark the last of them; others have none to mark."""
    over_time = any(column.id == chart.by and column.grain for column in figures.columns)
    return len(chart.categories) - 1 if over_time and chart.kind == "bar" and len(chart.series) == 1 else -1


def _pieces(call: Call, figures: Figures, chart: ChartFigures) -> tuple[Piece, ...]:
    """The categories as stages or options, where the dimension is such a field of the entity itself."""
    dimension = next(
        (
            each
            for each in call.release.app(figures.app).reports[figures.id].dimensions
            if each.id == chart.by
        ),
        None,
    )
    entity = call.release.entity(figures.entity)
    field = entity.fields.get(dimension.path.text) if dimension is not None else None
    if field is None or field.type not in ("stage", "choice"):
        return ()
    found = []
    for each in chart.categories:
        if not isinstance(each.value, str):
            found.append(Piece(each.text, "option"))
        elif field.type == "stage":
            found.append(stage_piece(entity, field, each.value, call.language))
        else:
            found.append(option_piece(field, each.value, call.language))
    return tuple(found)


def compact(figure: Figure, language: str) -> tuple[str, str]:
    """A figure for a card: its text and unit apart, large amounts in 万 and 亿, or K, M and B."""
    value = figure.value
    if not isinstance(value, Decimal) or abs(value) < COMPACT_FROM:
        return figure.text, ""
    for scale, unit in SCALES["zh" if language == "zh" else "en"]:
        if abs(value) >= scale:
            digits = (
                Decimal("0.01")
                if abs(value / scale) < 10
                else Decimal("0.1")
                if abs(value / scale) < 1000
                else Decimal(1)
            )
            return f"{(value / scale).quantize(digits, ROUND_HALF_UP):,}", unit
    return figure.text, ""
