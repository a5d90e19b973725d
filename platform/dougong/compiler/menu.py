"""The menu of an app; everything in it where no menu is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dougong.compiler.context import Context
from dougong.compiler.item import Item
from dougong.model.app import MenuItem
from dougong.model.report import Dashboard, Report
from dougong.model.text import Text

_DASHBOARD = "layout-dashboard"
_REPORT = "chart-bar"
_REPORTS = Text.of({"zh": "报表", "en": "Reports"})


def compile_menu(
    context: Context, item: Item, reports: Mapping[str, Report], dashboards: Mapping[str, Dashboard]
) -> tuple[MenuItem, ...]:
    """The menu as written, or dashboards, entities and reports."""
    if item.get("menu") is None:
        return tuple(_everything(context, reports, dashboards))
    return tuple(_items(context, item, "menu", reports, dashboards))


def _everything(
    context: Context, reports: Mapping[str, Report], dashboards: Mapping[str, Dashboard]
) -> Iterator[MenuItem]:
    for dashboard in dashboards.values():
        yield MenuItem("dashboard", dashboard.label, dashboard.id, _DASHBOARD)
    for entity in context.entities.values():
        if not entity.parent:
            yield MenuItem("entity", entity.plural, entity.id, entity.icon)
    if reports:
        inner = tuple(MenuItem("report", report.label, report.id, _REPORT) for report in reports.values())
        yield MenuItem("group", _REPORTS, icon=_REPORT, items=inner)


def _items(
    context: Context,
    parent: Item,
    name: str,
    reports: Mapping[str, Report],
    dashboards: Mapping[str, Dashboard],
) -> Iterator[MenuItem]:
    for item in parent.items(name):
        if item.get("items") is not None:
            inner = tuple(_items(context, item, "items", reports, dashboards))
            yield MenuItem("group", context.text(item, "label"), icon=item.string("icon"), items=inner)
            continue
        found = _target(context, item, reports, dashboards)
        if found is not None:
            yield found


def _target(
    context: Context, item: Item, reports: Mapping[str, Report], dashboards: Mapping[str, Dashboard]
) -> MenuItem | None:
    entity, report, dashboard = item.get("entity"), item.get("report"), item.get("dashboard")
    if entity is not None:
        found = context.named_entity(entity)
        return (
            _entry(context, item, "entity", found.id, found.plural, found.icon) if found is not None else None
        )
    if report is not None:
        shown = reports.get(report.text)
        if shown is None:
            _unknown(context, "D308", report, "reports", reports)
            return None
        return _entry(context, item, "report", shown.id, shown.label, _REPORT)
    if dashboard is None:
        return None
    page = dashboards.get(dashboard.text)
    if page is None:
        _unknown(context, "D309", dashboard, "dashboards", dashboards)
        return None
    return _entry(context, item, "dashboard", page.id, page.label, _DASHBOARD)


def _unknown(context: Context, code: str, item: Item, folder: str, known: Mapping[str, object]) -> None:
    if not context.checked.is_damaged(f"{folder}/{item.text}"):
        context.unknown(code, item, item.text, known)


def _entry(context: Context, item: Item, kind: str, target: str, label: Text, icon: str) -> MenuItem:
    return MenuItem(kind, context.text(item, "label", label), target, item.string("icon", icon))
