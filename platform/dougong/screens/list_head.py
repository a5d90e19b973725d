"""What stands above a list or a board: views, search, filter, order and the actions over all records."""

from __future__ import annotations

from dougong.fieldtypes import TYPES
from dougong.model.entity import Entity
from dougong.model.form import View
from dougong.policy.access import may
from dougong.policy.offers import may_design, may_open_report, offered_views
from dougong.records.call import Call
from dougong.screens.addresses import designer_path, entity_path, report_path, with_query
from dougong.screens.columns import SYSTEM, UNLISTED, column_ids, visible_fields
from dougong.screens.filters import conjunction
from dougong.screens.list_filter import chips, filter_fields
from dougong.screens.list_request import EVERYTHING, NO_FILTER, ListRequest, is_saved
from dougong.screens.list_views import Opened
from dougong.screens.numbering import numbering_actions
from dougong.screens.recycle_bin import bin_action
from dougong.screens.rights import may_many
from dougong.screens.shape import (
    Action,
    ColumnChoice,
    Filter,
    ListHead,
    Notice,
    SortChoice,
    Tab,
)
from dougong.screens.texts import counted, listed, text
from dougong.screens.view_menu import view_menu


def list_head(call: Call, entity: Entity, look: Opened, count: int | None, problem: str) -> ListHead:
    """The head of a list; `problem` says why the filter could not be read."""
    asked, view, language = look.asked, look.view, call.language
    path = entity_path(entity.key)
    active_sort, descending = asked.sort.lstrip("-"), asked.sort.startswith("-")
    return ListHead(
        title=entity.plural.get(language),
        filter=_filter(call, entity, asked, view, problem),
        count=f"{count:,}" if count is not None else "",
        views=_views(call, entity, look),
        saving=view_menu(call, entity, look, problem),
        kinds=_kinds(entity, view, asked, language),
        search=asked.q,
        sort_label=_sort_label(entity, asked, language),
        sorts=tuple(
            SortChoice(
                each.label.get(language),
                with_query(
                    path,
                    asked.parameters(sort=f"-{name}" if active_sort == name and not descending else name),
                ),
                active_sort == name,
                active_sort == name and descending,
            )
            for name, each in visible_fields(call, entity).items()
            if TYPES[each.type].sortable
        ),
        actions=_actions(call, entity),
        menu=_menu(call, entity, look),
        columns=_columns(call, entity, view),
        columns_action=f"{path}/columns",
        notices=_notices(call, look, problem),
        help=view.help.get(language) if view else "",
    )


def _views(call: Call, entity: Entity, look: Opened) -> tuple[Tab, ...]:
    """The views of the definition, then those that people saved; the one that is looked at stands among them."""
    path, active = entity_path(entity.key), look.view
    defined = tuple(
        Tab(
            view.id,
            view.label.get(call.language),
            with_query(path, [("view", view.id)]),
            icon="layout-kanban" if view.kind == "kanban" else "",
            active=look.saved is None and active is not None and view.id == active.id,
        )
        for view in offered_views(call.release, call.actor, entity)
    )
    saved = tuple(
        Tab(
            str(each.id),
            each.name,
            with_query(path, [("view", str(each.id))]),
            icon="bookmark" if each.owner_id == call.actor.id else "users",
            active=look.saved is each,
        )
        for each in look.offered
    )
    tabs = (*defined, *saved)
    if look.asked.view != EVERYTHING:
        return tabs
    href = with_query(path, [("view", EVERYTHING)])
    return (*tabs, Tab(EVERYTHING, text("all_records", call.language), href, active=True))


def _columns(call: Call, entity: Entity, view: View | None) -> tuple[ColumnChoice, ...]:
    """The columns one may show: those that are shown in their order, then the others."""
    fields = visible_fields(call, entity)
    shown = column_ids(call, entity, view)
    others = (name for name, each in fields.items() if name not in shown and each.type not in UNLISTED)
    system = (name for name in SYSTEM if name not in shown)
    return tuple(
        ColumnChoice(
            name,
            fields[name].label.get(call.language) if name in fields else text(name, call.language),
            name in shown,
        )
        for name in (*shown, *others, *system)
    )


def _notices(call: Call, look: Opened, problem: str) -> tuple[Notice, ...]:
    """What is wrong with the list, and what can be done about it."""
    language, found = call.language, []
    if look.is_lost:
        found.append(Notice(text("view_lost", language), "warn"))
    if look.saved is not None and look.saved.problems and problem:
        found.append(Notice(text("view_broken", language, reason=problem), "bad"))
    elif problem:
        found.append(Notice(text("bad_filter", language, reason=problem), "bad"))
    if look.left_out:
        found.append(Notice(text("view_left_out", language, names=listed(look.left_out, language)), "warn"))
    return tuple(found)


def _kinds(entity: Entity, view: View | None, asked: ListRequest, language: str) -> tuple[Tab, ...]:
    """Grid or board: an entity with a stage can be seen as both."""
    if entity.stage_field is None and (view is None or view.kind != "kanban"):
        return ()
    kind = asked.kind or (view.kind if view else "grid")
    path = entity_path(entity.key)
    return tuple(
        Tab(
            each,
            text(each, language),
            with_query(path, asked.parameters(kind=each)),
            icon=icon,
            active=kind == each,
        )
        for each, icon in (("grid", "table"), ("kanban", "layout-kanban"))
    )


def _sort_label(entity: Entity, asked: ListRequest, language: str) -> str:
    name = asked.sort.lstrip("-").split(",")[0]
    if not name:
        return text("default_sort", language)
    known = entity.fields.get(name)
    label = (
        known.label.get(language)
        if known
        else text(name, language)
        if name in ("created_at", "updated_at")
        else name
    )
    return text("sorted_by", language, label=label)


def _actions(call: Call, entity: Entity) -> tuple[Action, ...]:
    path, language = entity_path(entity.key), call.language
    actions = []
    if may(call.release, call.actor, entity.key, "import"):
        actions.append(Action("import", text("import", language), f"{path}/import", icon="upload"))
    if may(call.release, call.actor, entity.key, "create"):
        label = text("new", language, label=entity.label.get(language))
        actions.append(Action("new", label, f"{path}/new", icon="plus", kind="primary", shortcut="C"))
    return tuple(actions)


def _reports(call: Call, entity: Entity, look: Opened) -> list[Action]:
    """The reports over these records, narrowed as the list is."""
    view, language = look.view, call.language
    narrowed = view.filter.text if view is not None and view.filter is not None else ""
    asked = [("filter", conjunction((narrowed, look.asked.filter)))]
    return [
        Action(
            f"report-{name}",
            text("view_report", language, label=each.label.get(language)),
            with_query(report_path(entity.app, name), asked),
            icon="chart-bar",
        )
        for name, each in call.release.app(entity.app).reports.items()
        if each.entity == entity.id and may_open_report(call.release, call.actor, entity.app, name)
    ]


def _menu(call: Call, entity: Entity, look: Opened) -> tuple[Action, ...]:
    path, language, asked = entity_path(entity.key), call.language, look.asked
    menu = []
    if may(call.release, call.actor, entity.key, "export"):
        for kind in ("csv", "xlsx"):
            href = with_query(f"{path}/export", [*asked.parameters(), ("format", kind)])
            menu.append(Action(f"export-{kind}", text(f"export_{kind}", language), href, icon="download"))
        href = with_query(f"{path}/export/new", asked.parameters())
        menu.append(Action("export", text("export_more", language), href, icon="download"))
    if may_many(call, entity.key, "update"):
        href = with_query(f"{path}/change", asked.parameters())
        menu.append(Action("change-all", text("change_all", language), href, icon="pencil"))
    menu += _reports(call, entity, look)
    if may(call.release, call.actor, entity.key, "delete"):
        menu.append(bin_action(entity.key, language))
    menu += numbering_actions(call, entity)
    if may_design(call.release, call.actor, entity.app):
        menu.append(
            Action("design", text("design", language), designer_path(entity.app, entity.id), icon="tools")
        )
    return tuple(menu)


def _filter(call: Call, entity: Entity, asked: ListRequest, view: View | None, problem: str) -> Filter:
    path = entity_path(entity.key)
    savable = bool(asked.filter) and not problem and may_design(call.release, call.actor, entity.app)
    base = view.id if view is not None and not is_saved(view.id) else ""
    saved = (("filter", asked.filter), ("sort", asked.sort), ("view", base))
    others = asked.parameters(filter="", q="")
    kept = tuple(pair for pair in others if pair[1] and pair[0] != "filter")
    return Filter(
        action=path,
        expression=asked.filter,
        stated=asked.filter or (NO_FILTER if is_saved(asked.view) else ""),
        chips=chips(
            call, entity, asked.filter, problem, lambda left: with_query(path, asked.parameters(filter=left))
        ),
        fields=kept,
        choices=filter_fields(call, entity),
        problem=problem,
        clear_href=with_query(path, asked.parameters(filter="", q="")) if asked.filter or asked.q else "",
        check=f"/api/v1{path}/check",
        save_action=designer_path(entity.app, entity.id) if savable else "",
        save_fields=(("operation", "add_view"), *saved) if savable else (),
    )


def count_text(count: int, language: str) -> str:
    """How many records there are, in words."""
    return counted("count", count, language)
