"""A page of records as a grid, under its head, with totals, paging and what may be done with chosen rows."""

from __future__ import annotations

from dougong.definitions.catalogue import say
from dougong.diagnostics import Refusal
from dougong.model.entity import Entity
from dougong.model.form import View
from dougong.policy.access import may
from dougong.records.aggregate import totals
from dougong.records.call import Call
from dougong.records.query import Query, list_records
from dougong.records.record import Page
from dougong.screens.addresses import entity_path, with_query
from dougong.screens.columns import SYSTEM, column_ids, columns_for, row_for, visible_fields
from dougong.screens.list_head import count_text, list_head
from dougong.screens.list_request import PAGE_SIZES, ListRequest
from dougong.screens.list_views import Opened, sort_text
from dougong.screens.rights import may_many
from dougong.screens.shape import Action, Column, Confirm, Empty, ListScreen, Paging, Tab, Total
from dougong.screens.showing import shown
from dougong.screens.texts import text


def list_screen(call: Call, key: str, look: Opened) -> ListScreen:
    """The list of an entity as it was opened; a filter that cannot be read is said at the head and shows no rows."""
    entity, asked, view = call.release.entity(key), look.asked, look.view
    names = column_ids(call, entity, view)
    page, problem = _records(call, entity, asked, view)
    first = (asked.page - 1) * asked.size + 1
    return ListScreen(
        head=list_head(call, entity, look, page.count, problem),
        columns=columns_for(call, entity, names, lambda name: _sort_link(entity, asked, view, name)),
        rows=tuple(row_for(call, entity, record, names) for record in page.rows),
        paging=_paging(entity, asked, page, first, call.language),
        totals=_totals(call, entity, asked, view, problem),
        count_text=count_text(page.count or 0, call.language),
        selection=_selection(call, entity),
        empty=None if page.rows else _empty(call, entity, asked, view),
    )


def query_of(asked: ListRequest, view: View | None) -> Query:
    """The query that a list's address means; the view's filter and the reader's must both hold."""
    return Query(
        view=view.filter if view else None,
        filter=asked.filter or None,
        q=asked.q or None,
        sort=asked.sort or sort_text(view.sort if view else ()),
        limit=asked.size,
        cursor=asked.cursor or None,
        offset=0 if asked.cursor else (asked.page - 1) * asked.size,
        count="exact",
    )


def _records(call: Call, entity: Entity, asked: ListRequest, view: View | None) -> tuple[Page, str]:
    try:
        return list_records(call, entity.key, query_of(asked, view)), ""
    except Refusal as refusal:
        if refusal.kind != "invalid" or not refusal.problems:
            raise
        return Page((), None, 0), say(refusal.problems[0], call.language)[0]


def _sort_link(entity: Entity, asked: ListRequest, view: View | None, name: str) -> tuple[str, str]:
    current = (asked.sort or sort_text(view.sort if view else ())).split(",")[0]
    direction = "" if current.lstrip("-") != name else "desc" if current.startswith("-") else "asc"
    wanted = f"-{name}" if direction == "asc" else name
    return with_query(entity_path(entity.key), asked.parameters(sort=wanted)), direction


def _paging(entity: Entity, asked: ListRequest, page: Page, first: int, language: str) -> Paging:
    path = entity_path(entity.key)
    count = page.count or 0
    last = first + len(page.rows) - 1
    previous = with_query(path, asked.parameters(page=asked.page - 1)) if asked.page > 1 else ""
    following = ""
    if page.next_cursor:
        following = with_query(path, asked.parameters(page=asked.page + 1, cursor=page.next_cursor))
    words = (
        text("range", language, first=f"{first:,}", last=f"{last:,}", count=f"{count:,}")
        if page.rows
        else text("range_zero", language)
    )
    sizes = tuple(
        Tab(
            str(size),
            text("page_size", language, size=size),
            with_query(path, asked.parameters(size=size)),
            active=size == asked.size,
        )
        for size in PAGE_SIZES
    )
    return Paging(words, previous, following, sizes)


def _totals(
    call: Call, entity: Entity, asked: ListRequest, view: View | None, problem: str
) -> tuple[Total, ...]:
    fields = visible_fields(call, entity)
    names = [name for name in (view.totals if view else ()) if name in fields]
    if not names or problem:
        return ()
    sums = totals(call, entity.key, query_of(asked, view), names)
    return tuple(
        Total(
            fields[name].label.get(call.language),
            shown(call, entity, fields[name], sums[name], {}).text,
            name,
        )
        for name in names
        if sums.get(name) is not None
    )


def _selection(call: Call, entity: Entity) -> tuple[Action, ...]:
    """What may be done with chosen rows."""
    language, may_change = call.language, may_many(call, entity.key, "update")
    change = Action(
        "change", text("change_selected", language), f"{entity_path(entity.key)}/change", "post", "pencil"
    )
    export = Action(
        "export",
        text("export_selected", language),
        f"{entity_path(entity.key)}/export/chosen",
        "post",
        "download",
    )
    open_ = ((change,) if may_change else ()) + (
        (export,) if may(call.release, call.actor, entity.key, "export") else ()
    )
    if not may_many(call, entity.key, "delete"):
        return open_
    confirm = Confirm(
        text("delete_selected_title", language),
        text("delete_text", language),
        text("delete_selected", language),
    )
    href = f"{entity_path(entity.key)}/delete"
    delete = Action(
        "delete", text("delete_selected", language), href, "post", "trash", "danger", confirm=confirm
    )
    if not may_change:
        return (*open_, delete)
    path = f"{entity_path(entity.key)}/merge"
    merge = Action("merge", text("merge_selected", language), path, "post", "arrows-join")
    return (*open_, merge, delete)


def _empty(call: Call, entity: Entity, asked: ListRequest, view: View | None) -> Empty:
    language, path = call.language, entity_path(entity.key)
    label = entity.plural.get(language)
    if asked.filter or asked.q or asked.page > 1 or (view is not None and view.filter is not None):
        clear = Action(
            "clear",
            text("clear_filter", language),
            with_query(path, asked.parameters(filter="", q="", sort="")),
            icon="filter-off",
        )
        actions = (clear,) if asked.filter or asked.q or asked.page > 1 else ()
        return Empty(
            text("nothing_found", language, label=label), text("nothing_found_text", language), actions
        )
    actions = ()
    if may(call.release, call.actor, entity.key, "create"):
        new = text("new", language, label=entity.label.get(language))
        actions = (Action("new", new, f"{path}/new", icon="plus", kind="primary"),)
    if may(call.release, call.actor, entity.key, "import"):
        actions = (*actions, Action("import", text("import", language), f"{path}/import", icon="upload"))
    return Empty(
        text("nothing_here", language, label=label),
        text("nothing_here_text", language) if actions else "",
        actions,
    )


def view_table(
    call: Call, view: View, key: str, limit: int, columns: int = 4
) -> tuple[tuple[Column, ...], Page, tuple[str, ...]]:
    """The first rows of a view, for a dashboard's card."""
    entity = call.release.entity(key)
    names = tuple(name for name in column_ids(call, entity, view) if name in entity.fields or name in SYSTEM)[
        :columns
    ]
    asked = ListRequest(view=view.id, size=limit)
    return columns_for(call, entity, names), list_records(call, key, query_of(asked, view)), names
