"""The list and the board of an entity, and what is done to chosen rows."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

from werkzeug.wrappers import Response

from dougong.diagnostics import Refusal
from dougong.records.batch import Operation, batch
from dougong.records.batches import in_batch
from dougong.records.call import Call
from dougong.records.messages import refuse as refuse_verb
from dougong.records.view_settings import MOST_COLUMNS
from dougong.screens.addresses import entity_path, with_query
from dougong.screens.held import LEAVE
from dougong.screens.kanban import group_field, kanban_screen
from dougong.screens.list import list_screen
from dougong.screens.list_filter import with_added_condition
from dougong.screens.list_request import NO_FILTER, PAGE_SIZES, ListRequest
from dougong.screens.list_views import Opened, opened
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
    filter_text = given.get("filter", "").strip()
    is_sized = size in [str(each) for each in PAGE_SIZES]
    return ListRequest(
        view=given.get("view", "")[:100],
        filter="" if filter_text == NO_FILTER else filter_text,
        q=given.get("q", "").strip()[:200],
        sort=given.get("sort", "")[:200],
        cursor=given.get("cursor", ""),
        page=min(int(page), 100_000)
        if page.isascii() and page.isdigit() and 0 < len(page) < 8 and int(page) > 0
        else 1,
        size=int(size) if is_sized else PAGE_SIZES[0],
        kind=given.get("kind", "") if given.get("kind", "") in ("grid", "kanban") else "",
        added=(given.get("add_field", ""), given.get("add_operator", ""), given.get("add_value", "")),
        columns=tuple(dict.fromkeys(filter(None, given.get("columns", "").split(","))))[:MOST_COLUMNS],
        given=(*(("filter",) if "filter" in given else ()), *(("size",) if is_sized else ())),
    )


def settled(call: Call, key: str, asked: ListRequest) -> Opened:
    """The list that is exported or changed as a whole; a view that the reader does not have stands for nothing at all."""
    look = opened(call, call.release.entity(key), asked)
    if look.is_lost:
        refuse_verb("missing", call.language, "unknown_view", "view")
    return look


def list_(exchange: Exchange, app: str, entity: str) -> Response:
    """GET /{app}/{entity}: the list, or the board where the view or the reader asks for one."""
    asked = asked_for(exchange)
    with exchange.reading() as call:
        key = entity_key(call, app, entity)
        found = call.release.entity(key)
        look = opened(call, found, asked)
        if asked.added[0]:
            try:
                narrowed = with_added_condition(call, found, look.asked)
            except Refusal:
                narrowed = replace(look.asked, added=("", "", ""))
            return exchange.redirect(with_query(entity_path(key), narrowed.parameters()))
        kind = look.asked.kind or (look.view.kind if look.view else "grid")
        board = kind == "kanban" and group_field(call, found, look.view) is not None
        try:
            screen = kanban_screen(call, key, look) if board else list_screen(call, key, look)
        except Refusal as refusal:
            if not asked.cursor or refusal.kind != "invalid":
                raise
            look = replace(look, asked=replace(look.asked, cursor=""))
            screen = list_screen(call, key, look)
        return show(exchange, call, screen)


def columns(exchange: Exchange, app: str, entity: str) -> Response:
    """POST /{app}/{entity}/columns: the same list with the chosen columns, in the order in which they are sent."""
    data = form_data(exchange)
    with exchange.reading() as call:
        path = entity_path(entity_key(call, app, entity))
    back = urlsplit(local_path(first(data, "next"), path))
    chosen = ",".join(dict.fromkeys(data.get("column", [])[:MOST_COLUMNS]))
    sent = parse_qsl(back.query, keep_blank_values=True)
    said = [(name, value or (NO_FILTER if name == "filter" else "")) for name, value in sent]
    kept = [pair for pair in said if pair[0] not in ("columns", "cursor", "page")]
    return exchange.redirect(with_query(path, [*kept, ("columns", chosen)]))


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
