"""A whole app: from the tree of its files to the frozen thing that the runtime runs, or to everything that is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from zoneinfo import available_timezones

import dougong
from dougong.compiler import (
    dashboards,
    entities,
    forms,
    formulas,
    indexes,
    linkage,
    menu,
    ownership,
    relations,
    renames,
    reports,
    reserved,
    roles,
    rows,
    settling,
    standing,
    translations,
    views,
    virtual,
    workflows,
)
from dougong.compiler.context import Context
from dougong.compiler.item import Item
from dougong.definitions.check import Checked, check
from dougong.definitions.collection import collection_paused
from dougong.definitions.load import load_sources
from dougong.definitions.nodes import Document, MappingNode, Source, Span
from dougong.definitions.tree import Tree
from dougong.diagnostics import Diagnostic, Severity
from dougong.model.app import App
from dougong.model.text import LANGUAGES

NONE: Mapping[str, App] = MappingProxyType({})
_CURRENCY = "CNY"
_NUMBER = re.compile(r"[0-9]+")


def compile_app(tree: Tree, installed: Mapping[str, App] = NONE) -> App | list[Diagnostic]:
    """The app, or every finding of every file; `installed` are the apps that it may build on, by id."""
    with collection_paused():
        return _compiled(tree, installed)


def _compiled(tree: Tree, installed: Mapping[str, App]) -> App | list[Diagnostic]:
    checked = check(tree)
    root = checked.documents.get("app")
    item = Item.of(root) if root is not None else _empty(tree)
    context = _context(tree, checked, item, installed)
    context.problems.extend((*tree.problems, *checked.problems))
    app = _compile(context, item, tree)
    errors = [each for each in context.problems if each.severity is Severity.ERROR]
    return ordered(context.problems) if errors else app


def check_sources(
    sources: Mapping[str, str], installed: Mapping[str, App] = NONE, name: str = ""
) -> App | list[Diagnostic]:
    """The app given as texts by path, exactly as if they stood in a folder; `name` stands for it in places (default: its id)."""
    with collection_paused():
        return compile_app(load_sources(sources, name), installed)


def ordered(problems: list[Diagnostic]) -> list[Diagnostic]:
    """Findings by file and place, each said once."""
    unique = {(str(each.place), each.code, each.path, each.message): each for each in problems}
    return sorted(unique.values(), key=_position)


def _position(finding: Diagnostic) -> tuple[str, int, int, str, str]:
    place = finding.place
    where = (place.file, place.line, place.column) if place is not None else ("", 0, 0)
    return (*where, finding.code, finding.path)


def _empty(tree: Tree) -> Item:
    """What stands for app.yaml where there is none that could be used."""
    source = Source(f"{tree.name}/app.yaml")
    return Item.of(Document("app", MappingNode((), Span(0, 0, 1, 1), source)))


def _context(tree: Tree, checked: Checked, item: Item, installed: Mapping[str, App]) -> Context:
    requires = item.get("requires")
    apps = tuple(each.text for each in requires.items("apps")) if requires is not None else ()
    context = Context(
        app=item.string("id", tree.name),
        checked=checked,
        installed=installed,
        languages=tuple(each.text for each in item.items("languages")) or LANGUAGES,
        currency=item.string("currency", _CURRENCY),
        requires=apps,
    )
    for document, paths in checked.damaged.items():
        context.damaged.update(str(path[-1]) if path else document.rpartition("/")[2] for path in paths)
    if requires is not None:
        _check_requirements(context, requires)
    return context


def _check_requirements(context: Context, item: Item) -> None:
    for each in item.items("apps"):
        if each.text not in context.installed:
            context.unknown("D312", each, each.text, context.installed)
    needed = item.get("platform")
    if needed is not None and _version(needed.text) > _version(dougong.__version__):
        context.report("D513", needed, needed=needed.text, found=dougong.__version__)


def _timezone(context: Context, item: Item) -> str:
    named = item.get("timezone")
    if named is None or named.text in available_timezones():
        return item.string("timezone")
    context.unknown("D315", named, named.text, available_timezones())
    return ""


def _version(text: str) -> tuple[int, ...]:
    numbers = [int(number) for number in _NUMBER.findall(text)[:3]]
    return tuple(numbers + [0] * (3 - len(numbers)))


def _compile(context: Context, item: Item, tree: Tree) -> App:
    named = item.get("id")
    if named is not None and named.text in reserved.APPS:
        context.report("D211", named, name=named.text, suggestion=f"{named.text}_app")
    translations.read(context)
    label = context.label(item, context.app)
    written = entities.shells(context)
    renames.check(context, written)
    standing.check(context, written)
    relations.resolve(context, written)
    for key, entry in written.items():
        context.entities[key] = entities.complete(context, context.entities[key], entry)
    ownership.complete(context, written)
    if not formulas.arrange(context, written):
        virtual.put_in(context, written)
    linkage.arrange(context, written)
    settling.arrange(context, written)
    all_forms = forms.compile_forms(context)
    all_views = views.compile_views(context)
    all_workflows = workflows.compile_workflows(context)
    all_reports = reports.compile_reports(context)
    all_dashboards = dashboards.compile_dashboards(context, all_reports, all_views)
    all_roles = roles.compile_roles(context)
    entries = menu.compile_menu(context, item, all_reports, all_dashboards)
    app = App(
        id=context.app,
        version=item.string("version", "0.0.0"),
        label=label,
        icon=item.string("icon", "apps"),
        languages=context.languages,
        entities=MappingProxyType({entity.id: entity for entity in context.entities.values()}),
        forms=MappingProxyType(all_forms),
        views=MappingProxyType(all_views),
        workflows=MappingProxyType(all_workflows),
        reports=MappingProxyType(all_reports),
        dashboards=MappingProxyType(all_dashboards),
        roles=MappingProxyType(all_roles),
        menu=entries,
        currency=context.currency,
        timezone=_timezone(context, item),
        help=context.text(item, "help"),
        requires=context.requires,
        colour=item.string("colour"),
        sources=MappingProxyType(dict(tree.sources)),
    )
    translations.check(context)
    rows.check(context, tree.rows, tree.name)
    return _with_indexes(app)


def _with_indexes(app: App) -> App:
    known = {
        key: indexes.indexed(
            entity,
            app.views.get(key, ()),
            app.roles.values(),
            [report for report in app.reports.values() if report.entity == key],
        )
        for key, entity in app.entities.items()
    }
    return replace(app, entities=MappingProxyType(known))
