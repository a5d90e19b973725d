"""A dashboard's page: numbers, charts, tables and lists, each as this reader may see it."""

from __future__ import annotations

from decimal import Decimal

from dougong.policy.offers import may_open_report
from dougong.records.call import Call
from dougong.records.record import Page
from dougong.reports.dashboard import CardFigures, DashboardFigures, NumberFigure
from dougong.screens.addresses import entity_path, report_path, with_query
from dougong.screens.columns import column_ids, columns_for, row_for
from dougong.screens.figures import chart_of, compact, drill, plain, table_of
from dougong.screens.shape import ChartCard, DashboardScreen, Empty, ListCard, NumberCard, Table, TableCard
from dougong.screens.showing import moment
from dougong.screens.texts import text

LIST_COLUMNS = 4
TABLE_ROWS = 10
Card = NumberCard | ChartCard | TableCard | ListCard


def dashboard_screen(call: Call, found: DashboardFigures) -> DashboardScreen:
    """The page of a dashboard that was computed."""
    language = call.language
    cards = tuple(_card(call, found.app, each) for each in found.cards)
    note = text("as_of", language, time=moment(found.at, call))
    empty = None if cards else Empty(text("no_figures", language))
    return DashboardScreen(found.label, cards, note, empty=empty)


def _card(call: Call, app: str, found: CardFigures) -> Card:
    card = found.card
    if card.kind == "list":
        return _list(call, app, found)
    href = (
        report_path(app, card.report) if may_open_report(call.release, call.actor, app, card.report) else ""
    )
    if card.kind == "number":
        return _number(call, found, href)
    if found.figures is None:
        return TableCard(card.id, found.label, Table((), ()), card.width, problem=found.problem)
    chart = chart_of(call, found.figures) if card.kind == "chart" else None
    if chart is not None:
        return ChartCard(card.id, found.label, chart, card.width, href)
    return TableCard(card.id, found.label, table_of(call, found.figures, TABLE_ROWS), card.width, href)


def _number(call: Call, found: CardFigures, href: str) -> NumberCard:
    card, number, figures = found.card, found.number, found.figures
    if number is None or figures is None:
        return NumberCard(card.id, found.label, "—", width=card.width, problem=found.problem)
    language = call.language
    words, unit = compact(number.figure, language)
    behind = drill(call, figures.entity, number.figure.filter) if number.figure.filter else href
    comparison, trend, tone = _comparison(number, language)
    return NumberCard(
        card.id,
        f"{found.label} · {number.period}" if number.period else found.label,
        words or "—",
        unit,
        card.width,
        behind,
        text("target", language, value=number.target_text) if number.target is not None else "",
        -1 if number.share is None else int(number.share * 100),
        comparison,
        trend,
        tone,
        tuple(plain(each.value) for each in number.spark),
    )


def _comparison(number: NumberFigure, language: str) -> tuple[str, str, str]:
    change = number.figure.change
    if change is None:
        return "", "", ""
    words = text("versus_before", language, change=change.text)
    if change.difference == Decimal(0):
        return words, "", ""
    return (words, "up", "ok") if change.difference > 0 else (words, "down", "bad")


def _list(call: Call, app: str, found: CardFigures) -> ListCard:
    card = found.card
    if found.view is None or found.page is None:
        return ListCard(card.id, found.label, Table((), ()), card.width, problem=found.problem)
    key, page = f"{app}.{card.entity}", found.page
    href = with_query(entity_path(key), [("view", card.view)])
    count = f"{page.count or 0:,}"
    return ListCard(
        card.id,
        found.label,
        _rows(call, key, found, page),
        card.width,
        href,
        count,
        text("no_related", call.language),
    )


def _rows(call: Call, key: str, found: CardFigures, page: Page) -> Table:
    entity = call.release.entity(key)
    names = column_ids(call, entity, found.view)[:LIST_COLUMNS]
    return Table(
        columns_for(call, entity, names), tuple(row_for(call, entity, each, names) for each in page.rows)
    )
