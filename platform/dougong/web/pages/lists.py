"""The list and the board of an entity, and what is done to chosen rows."""

from __future__ import annotations

from dataclasses import replace

from werkzeug.wrappers import Response

from dougong.diagnostics import Refusal
from dougong.records.batch import Operation, batch
from dougong.records.batches import in_batch
from dougong.screens.addresses import entity_path, with_query
from dougong.screens.held import LEAVE
from dougong.screens.kanban import group_field, kanban_screen
from dougong.screens.list import list_screen
from dougong.screens.list_head import PAGE_SIZES, ListRequest, view_of, with_added_condition
from dougong.screens.texts import counted
from dougong.web.catalogue import refuse
from dougong.web.exchange import Exchange
from dougong.web.pages.confirming import confirming, deletion_held, without_left
from dougong.web.pages.frame import entity_key, first, form_data, go, number, show
from dougong.web.security import local_path


def asked_for(exchange: Exchange) -> ListRequest:
    """What the address of a list asks for; what cannot be understood is left at its default."""
    given = exchange.parameters
    page, size = given.get("page", ""), given.get("size", "")
    return ListRequest(
        view=given.get("view", "")[:100],
        filter=given.get("filter", "").strip(),
        q=given.get("q", "").strip()[:200],
        sort=given.get("sort", "")[:200],
        cursor=given.get("cursor", ""),
        page=min(int(page), 100_000)
        if page.isascii() and page.isdigit() and 0 < len(page) < 8 and int(page) > 0
        else 1,
        size=int(size) if size in [str(each) for each in PAGE_SIZES] else PAGE_SIZES[0],
        kind=given.get("kind", "") if given.get("kind", "") in ("grid", "kanban") else "",
        added=(given.get("add_field", ""), given.get("add_operator", ""), given.get("add_value", "")),
    )


def list_(exchange: Exchange, app: str, entity: str) -> Response:
    """GET /{app}/{entity}: the list, or the board where the view or the reader asks for one."""
    asked = asked_for(exchange)
    with exchange.reading() as call:
        key = entity_key(call, app, entity)
        found = call.release.entity(key)
        if asked.added[0]:
            try:
                narrowed = with_added_condition(call, found, asked)
            except Refusal:
                narrowed = replace(asked, added=("", "", ""))
            return exchange.redirect(with_query(entity_path(key), narrowed.parameters()))
        view = view_of(call, found, asked.view)
        board = (asked.kind or (view.kind if view else "grid")) == "kanban" and group_field(
            call, found, view
        ) is not None
        try:
            screen = kanban_screen(call, key, asked) if board else list_screen(call, key, asked)
        except Refusal as refusal:
            if not asked.cursor or refusal.kind != "invalid":
                raise
            screen = list_screen(call, key, replace(asked, cursor=""))
        return show(exchange, call, screen)


def delete_chosen(exchange: Exchange, app: str, entity: str) -> Response:
    """POST /{app}/{entity}/delete: the chosen records go to the recycle bin, all or none."""
    data = form_data(exchange)
    ids = list(dict.fromkeys(number(each) for each in data.get("id", [])))
    back = local_path((data.get("next") or [""])[0], f"/{app}/{entity}")
    if len(ids) > 1000:
        raise refuse("too_large", "W418", limit=1000)
    if first(data, "dg_then") == LEAVE:
        ids = without_left(data, ids)
    try:
        with exchange.writing() as call:
            key = entity_key(call, app, entity)
            call = in_batch(confirming(call, data), "delete" if len(ids) == 1 else "batch")
            batch(call, key, [Operation("delete", each) for each in ids], atomic=True)
            message = counted("deleted", len(ids), call.language)
    except Refusal as refusal:
        if refusal.kind not in ("invalid", "conflict"):
            raise
        action = f"/{app}/{entity}/delete"
        return deletion_held(exchange, app, entity, action, ids, refusal.problems, back)
    return go(exchange, back, message, undo=call.batch or "")
