"""Dashboards: cards that show reports and lists."""

from __future__ import annotations

from collections.abc import Mapping

from dougong.compiler.context import NUMBER, Context
from dougong.compiler.item import Item
from dougong.expressions.scope import Scope
from dougong.model.form import View
from dougong.model.report import Card, Dashboard, Report
from dougong.model.text import Text

_WIDTHS: Mapping[str, int] = {"number": 3, "chart": 6, "table": 6, "list": 6}


def compile_dashboards(
    context: Context, reports: Mapping[str, Report], views: Mapping[str, tuple[View, ...]]
) -> dict[str, Dashboard]:
    """The dashboards of the app by id."""
    dashboards = {}
    for identifier, document in context.checked.folder("dashboards").items():
        item = Item.of(document)
        cards = (_card(context, card, reports, views) for _, card in item.entries("cards"))
        dashboards[identifier] = Dashboard(
            id=identifier,
            app=context.app,
            label=context.label(item, identifier),
            cards=tuple(card for card in cards if card is not None),
            help=context.text(item, "help"),
            place=item.place,
        )
    return dashboards


def _card(
    context: Context, item: Item, reports: Mapping[str, Report], views: Mapping[str, tuple[View, ...]]
) -> Card | None:
    kind = item.string("type")
    for other in ("report", "measure", "target") if kind == "list" else ("view",):
        extra = item.get(other)
        if extra is not None:
            context.report_at_key("D451", extra, first=f"type: {kind}", second=other)
    if kind == "list":
        return _list(context, item, views)
    return _figures(context, item, reports)


def _list(context: Context, item: Item, views: Mapping[str, tuple[View, ...]]) -> Card | None:
    named = item.get("view")
    if named is None:
        context.report_at_key("D202", item, key="view")
        return None
    entity, _, identifier = named.text.partition(".")
    if context.named_entity(named, entity) is None:
        return None
    found = {view.id: view for view in views.get(entity, ())}
    if identifier not in found:
        if not context.checked.is_damaged(f"views/{entity}", ("views", identifier)):
            context.unknown("D310", named, identifier, found, entity)
        return None
    label = context.text(item, "label", found[identifier].label)
    return Card(
        item.name, "list", label, view=identifier, entity=entity, width=item.number("width", _WIDTHS["list"])
    )


def _figures(context: Context, item: Item, reports: Mapping[str, Report]) -> Card | None:
    named = item.get("report")
    if named is None:
        context.report_at_key("D202", item, key="report")
        return None
    report = reports.get(named.text)
    if report is None:
        if not context.checked.is_damaged(f"reports/{named.text}"):
            context.unknown("D308", named, named.text, reports)
        return None
    measure = item.get("measure")
    names = [each.id for each in report.measures]
    if measure is not None and measure.text not in names:
        context.unknown("D311", measure, measure.text, names, report.id)
    chosen = measure.text if measure is not None else (names[0] if names else "")
    kind = item.string("type")
    label: Text = context.text(item, "label", report.label)
    target = context.optional(item, "target", Scope({}, app=context.app), NUMBER)
    width = item.number("width", _WIDTHS[kind])
    return Card(item.name, kind, label, report.id, chosen, target, width=width)
