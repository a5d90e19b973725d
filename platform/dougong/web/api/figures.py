"""Reports and dashboards as data."""

from __future__ import annotations

from typing import Any

from werkzeug.wrappers import Response

from dougong.records.call import Call
from dougong.reports import CardFigures, Column, Figure, Figures, run
from dougong.reports import dashboard as compute_dashboard
from dougong.reports.run import find_report
from dougong.screens.filters import conjunction
from dougong.web.api.values import figure, instant, record_document
from dougong.web.api.viewing import view_condition
from dougong.web.exchange import Exchange


def report(exchange: Exchange, app: str, report: str) -> Response:
    """GET /{app}/reports/{report}: its columns, lines and totals; `filter` and `view` narrow them."""
    given = exchange.parameters
    with exchange.reading() as call:
        entity = f"{app}.{find_report(call, app, report).entity}"
        narrowed = view_condition(call, entity, given["view"])[0] if given.get("view") else None
        texts = (narrowed.text if narrowed is not None else "", given.get("filter", ""))
        found = run(call, app, report, conjunction(texts))
        return exchange.json(figures_document(call, found))


def figures_document(call: Call, found: Figures) -> dict[str, Any]:
    """A report as data: values by column, and for each line the filter that selects its records."""
    return {
        "id": found.id,
        "label": found.label,
        "entity": found.entity,
        "at": instant(found.at, call.timezone),
        "count": found.count,
        "columns": [
            {
                "id": each.id,
                "kind": each.kind,
                "label": each.label,
                "grain": each.grain or None,
                "unit": each.unit or None,
            }
            for each in found.columns
        ],
        "data": [_values(call, found, line.figures) | {"filter": line.filter} for line in found.lines],
        "totals": _values(call, found, found.totals)["values"],
        "withheld": list(found.withheld),
        "more": found.more,
    }


def _values(call: Call, found: Figures, figures: tuple[Figure, ...]) -> dict[str, Any]:
    pairs = list(zip(found.columns, figures, strict=True))
    return {
        "values": {column.id: _value(call, column, each) for column, each in pairs},
        "texts": {column.id: each.text for column, each in pairs},
    }


def _value(call: Call, column: Column, each: Figure) -> Any:
    return figure(each.value, column.type, call.timezone)


def dashboard(exchange: Exchange, app: str, dashboard: str) -> Response:
    """GET /{app}/dashboards/{dashboard}: its cards as data."""
    with exchange.reading() as call:
        found = compute_dashboard(call, app, dashboard)
        cards = [_card(call, each) for each in found.cards]
        at = instant(found.at, call.timezone)
        return exchange.json({"id": found.id, "label": found.label, "at": at, "cards": cards})


def _card(call: Call, card: CardFigures) -> dict[str, Any]:
    document: dict[str, Any] = {"id": card.card.id, "kind": card.card.kind, "label": card.label}
    if card.problem:
        return document | {"problem": card.problem}
    if card.number is not None and card.figures is not None:
        column = card.figures.column(card.card.measure)
        kind = column.type if column is not None else card.figures.columns[0].type
        target = card.number.target
        return document | {
            "value": figure(card.number.figure.value, kind, call.timezone),
            "text": card.number.figure.text,
            "target": figure(target, kind, call.timezone) if target is not None else None,
            "filter": card.number.figure.filter,
        }
    if card.page is not None:
        return document | {
            "count": card.page.count,
            "data": [record_document(call, each) for each in card.page.rows],
        }
    return document | (figures_document(call, card.figures) if card.figures is not None else {})
