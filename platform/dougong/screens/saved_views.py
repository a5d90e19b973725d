"""The pages of saved views: all that one has of an entity, and the form of one of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dougong.model.entity import Entity
from dougong.records.call import Call
from dougong.records.order import parse_sort
from dougong.records.saved_views import SavedView, default_view, may_change, may_share, saved_views
from dougong.records.view_settings import (
    KINDS,
    LONGEST_FILTER,
    LONGEST_NAME,
    SIZES,
    SYSTEM_COLUMNS,
    groupable,
    readable,
    sortable,
)
from dougong.screens.addresses import entity_path, with_query
from dougong.screens.columns import UNLISTED
from dougong.screens.shape import (
    Action,
    Choice,
    Column,
    FormField,
    FormScreen,
    FormSection,
    Link,
    Notice,
    Problem,
    Row,
    SettingsScreen,
    SettingsSection,
    Shown,
    Table,
)
from dougong.screens.texts import text
from dougong.screens.view_menu import begin_action, delete_action, sharing_choices, sharing_text


def views_screen(call: Call, key: str) -> SettingsScreen:
    """The views that the reader has of an entity: own ones in their order, then those that others share."""
    entity, language, path = call.release.entity(key), call.language, entity_path(key)
    views = saved_views(call, key)
    own = [each for each in views if each.owner_id == call.actor.id]
    others = [each for each in views if each.owner_id != call.actor.id]
    sections = [_section(call, entity, "own", own)]
    if others:
        sections.append(_section(call, entity, "shared", others))
    label = entity.plural.get(language)
    back = Action("list", text("view_back", language, label=label), path, icon="list")
    return SettingsScreen(text("views_title", language, label=label), tuple(sections), actions=(back,))


def _section(call: Call, entity: Entity, kind: str, views: Sequence[SavedView]) -> SettingsSection:
    language = call.language
    heads = ("view_head_name", "view_head_filter", "view_head_order", "view_head_who")
    columns = tuple(Column(name, text(name, language)) for name in heads)
    begins = default_view(call, entity.key)
    rows = tuple(_row(call, entity, each, begins) for each in views)
    actions = tuple(_row_actions(call, entity, views, place, begins) for place in range(len(views)))
    said = text(f"views_{kind}_text" if views else "views_none_text", language)
    return SettingsSection(
        f"views-{kind}",
        text(f"views_{kind}", language),
        said,
        table=Table(columns, rows) if views else None,
        row_actions=actions,
    )


def _row(call: Call, entity: Entity, view: SavedView, begins: str) -> Row:
    note = text("view_begins", call.language) if begins == str(view.id) else ""
    condition = Shown(view.filter)
    if view.problems:
        condition = Shown(view.filter, tone="bad", note=text("view_unreadable", call.language))
    cells = (
        Shown(view.name, note=note),
        condition,
        Shown(_order_words(entity, view.sort, call.language)),
        Shown(sharing_text(call, entity, view)),
    )
    return Row(str(view.id), cells, with_query(entity_path(entity.key), [("view", str(view.id))]))


def _order_words(entity: Entity, sort: str, language: str) -> str:
    words = []
    for each in parse_sort(sort):
        found = entity.fields.get(each.field)
        label = each.field if each.field not in SYSTEM_COLUMNS else text(each.field, language)
        label = found.label.get(language) if found else label
        words.append(f"{label} {'↓' if each.descending else '↑'}")
    return " · ".join(words)


def _row_actions(
    call: Call, entity: Entity, views: Sequence[SavedView], place: int, begins: str
) -> tuple[Action, ...]:
    view, language, base = views[place], call.language, f"{entity_path(entity.key)}/views"
    path, found = f"{base}/{view.id}", []
    if view.owner_id == call.actor.id:
        for name, to, glyph in (("up", place - 1, "arrow-up"), ("down", place + 1, "arrow-down")):
            if 0 <= to < len(views):
                label, fields = text(f"view_{name}", language), (("to", str(to)),)
                found.append(Action(name, label, f"{path}/move", "post", glyph, "quiet", fields))
    if may_change(call, view):
        found.append(Action("edit", text("view_edit_short", language), path, icon="pencil"))
    label = text("view_duplicate", language)
    found.append(Action("duplicate", label, f"{path}/duplicate", "post", "copy"))
    found.append(begin_action(call, base, str(view.id), begins == str(view.id)))
    return (*found, delete_action(call, view, base)) if may_change(call, view) else tuple(found)


# ------------------------------------------------------------------ the form of one
Entered = Mapping[str, Any]


def view_form(
    call: Call, key: str, view: SavedView, entered: Entered | None = None, problems: Sequence[Problem] = ()
) -> FormScreen:
    """The form of a view; `entered` is what was sent, when it comes back with problems."""
    entity, language, path = call.release.entity(key), call.language, entity_path(key)
    given: Entered = entered if entered is not None else values_of(view)
    notices = [Notice(each.message, "bad") for each in view.problems] if entered is None else []
    sections = (
        FormSection("what", text("view_what", language), _what(call, entity, given, problems), 2),
        FormSection("how", text("view_how", language), _how(call, entity, given, problems), 2),
    )
    return FormScreen(
        key=f"{key}:view:{view.id}:{view.version}:{call.release.generation}:{language}",
        title=view.name,
        action=f"{path}/views/{view.id}",
        sections=sections,
        save_label=text("view_save", language),
        cancel_href=with_query(path, [("view", str(view.id))]),
        version=view.version,
        problems=tuple(problems),
        notices=tuple(notices),
        crumbs=(
            Link(entity.plural.get(language), path),
            Link(text("views", language), f"{path}/views"),
        ),
    )


def values_of(view: SavedView) -> dict[str, Any]:
    """What the form of a view begins with."""
    return {
        "name": view.name,
        "filter": view.filter,
        "shared": view.shared,
        "columns": view.columns,
        "sort": view.sort,
        "kind": view.kind,
        "group": view.group,
        "size": str(view.size or SIZES[0]),
    }


def _what(call: Call, entity: Entity, given: Entered, problems: Sequence[Problem]) -> tuple[FormField, ...]:
    language = call.language
    said = _said(problems)
    name = FormField(
        "name",
        "text",
        text("view_name", language),
        given["name"],
        required=True,
        max_length=LONGEST_NAME,
        problems=said("name"),
    )
    filter_ = FormField(
        "filter",
        "expression",
        text("view_filter", language),
        given["filter"],
        width=2,
        max_length=LONGEST_FILTER,
        problems=said("filter"),
        check=f"/api/v1{entity_path(entity.key)}/check",
        purpose="filter",
        help=text("view_filter_help", language),
    )
    if not may_share(call, entity.key):
        return (name, filter_)
    shared = FormField(
        "shared",
        "choices",
        text("view_shared", language),
        tuple(given["shared"]),
        width=2,
        options=sharing_choices(call, entity),
        problems=said("shared"),
        help=text("view_shared_help", language),
    )
    return (name, filter_, shared)


def _how(call: Call, entity: Entity, given: Entered, problems: Sequence[Problem]) -> tuple[FormField, ...]:
    language, said = call.language, _said(problems)
    piles = groupable(call, entity)
    fields = [
        FormField(
            "columns",
            "choices",
            text("view_columns", language),
            tuple(given["columns"]),
            width=2,
            options=_column_choices(call, entity, given["columns"]),
            problems=said("columns"),
        ),
        _choice("sort", given, _orders(call, entity, given["sort"]), said, language),
        _choice("size", given, tuple(Choice(str(each), str(each)) for each in SIZES), said, language),
    ]
    if piles:
        labels = {name: entity.fields[name].label.get(language) for name in piles}
        kinds = tuple(Choice(each, text(each, language)) for each in KINDS)
        groups = tuple(Choice(name, label) for name, label in labels.items())
        fields += [
            _choice("kind", given, kinds, said, language),
            _choice("group", given, groups, said, language),
        ]
    return tuple(fields)


def _choice(name: str, given: Entered, options: tuple[Choice, ...], said: Any, language: str) -> FormField:
    label = text(f"view_{name}", language)
    required = name == "kind"
    return FormField(
        name, "choice", label, given[name], required=required, options=options, problems=said(name)
    )


def _said(problems: Sequence[Problem]) -> Any:
    return lambda name: tuple(each.text for each in problems if each.field == name)


def _column_choices(call: Call, entity: Entity, chosen: Sequence[str]) -> tuple[Choice, ...]:
    """Chosen ones first, in their order."""
    known = readable(call, entity)
    listed = [name for name, each in known.items() if each.type not in UNLISTED]
    names = dict.fromkeys([*(each for each in chosen if each in known), *listed, *SYSTEM_COLUMNS])
    first = [name for name in chosen if name in names]
    return tuple(
        Choice(name, known[name].label.get(call.language) if name in known else text(name, call.language))
        for name in dict.fromkeys([*first, *names])
    )


def _orders(call: Call, entity: Entity, chosen: str) -> tuple[Choice, ...]:
    language, known = call.language, readable(call, entity)
    found = [
        Choice(spelled, _order_words(entity, spelled, language))
        for name in sortable(call, entity)
        if name != "version"
        for spelled in (name, f"-{name}")
    ]
    if chosen and chosen not in {each.value for each in found}:
        readable_names = {*known, *SYSTEM_COLUMNS}
        if all(each.field in readable_names for each in parse_sort(chosen)):
            found.insert(0, Choice(chosen, _order_words(entity, chosen, language)))
    return tuple(found)
