"""Views that people save: from the list as it stands, in a form, and what else may be done with them."""

from __future__ import annotations

from typing import Any

from werkzeug.wrappers import Response

from dougong.diagnostics import Refusal
from dougong.records.saved_views import (
    change_view,
    choose_default,
    duplicate_view,
    move_view,
    remove_view,
    save_view,
    saved_view,
)
from dougong.screens.addresses import entity_path, with_query
from dougong.screens.saved_views import view_form, views_screen
from dougong.screens.shape import Problem
from dougong.screens.texts import text
from dougong.web.exchange import Exchange
from dougong.web.pages.frame import entity_key, first, form_data, go, number, show, version_from
from dougong.web.problems import message_of


def views(exchange: Exchange, app: str, entity: str) -> Response:
    """GET /{app}/{entity}/views: all that one has."""
    with exchange.reading() as call:
        return show(exchange, call, views_screen(call, entity_key(call, app, entity)))


def save(exchange: Exchange, app: str, entity: str) -> Response:
    """POST /{app}/{entity}/views: keep the list as it stands under a name."""
    data = form_data(exchange)
    with exchange.writing() as call:
        key = entity_key(call, app, entity)
        made = save_view(call, key, {**_standing(data), "name": first(data, "name"), "shared": _shared(data)})
    said = text("view_saved", exchange.language, name=made.name)
    return go(exchange, _list(key, made.id, first(data, "q")), said)


def edit(exchange: Exchange, app: str, entity: str, view: str) -> Response:
    """GET /{app}/{entity}/views/{view}: the form of a view."""
    with exchange.reading() as call:
        key = entity_key(call, app, entity)
        return show(exchange, call, view_form(call, key, saved_view(call, key, number(view))))


def change(exchange: Exchange, app: str, entity: str, view: str) -> Response:
    """POST /{app}/{entity}/views/{view}: what the form says; with problems it comes back as it was entered."""
    data = form_data(exchange)
    entered: dict[str, Any] = {each: first(data, each) for each in ("name", "filter", "sort", "group")}
    entered |= {"size": first(data, "size"), "kind": first(data, "kind") or "grid"}
    entered |= {"columns": _names(data, "columns"), "shared": _names(data, "shared")}
    try:
        with exchange.writing() as call:
            key = entity_key(call, app, entity)
            found = saved_view(call, key, number(view))
            columns = _in_order(found.columns, entered["columns"])
            changes = entered | {"columns": columns, "size": _size(entered["size"])}
            if "shared" not in data:
                del changes["shared"]
            changed = change_view(call, key, found.id, changes, version_from(data))
    except Refusal as refusal:
        if refusal.kind not in ("invalid", "stale"):
            raise
        with exchange.reading() as call:
            key = entity_key(call, app, entity)
            told = [
                Problem(message_of(each, call.language), each.path, code=each.code)
                for each in refusal.problems
            ]
            form = view_form(call, key, saved_view(call, key, number(view)), entered, told)
            return show(exchange, call, form, 412 if refusal.kind == "stale" else 422)
    return go(exchange, _list(key, changed.id), text("view_saved", exchange.language, name=changed.name))


def update(exchange: Exchange, app: str, entity: str, view: str) -> Response:
    """POST …/views/{view}/update: the view becomes the list as it stands."""
    data = form_data(exchange)
    with exchange.writing() as call:
        key = entity_key(call, app, entity)
        changed = change_view(call, key, number(view), _standing(data), version_from(data))
    said = text("view_saved", exchange.language, name=changed.name)
    return go(exchange, _list(key, changed.id, first(data, "q")), said)


def duplicate(exchange: Exchange, app: str, entity: str, view: str) -> Response:
    """POST …/views/{view}/duplicate: a copy of one's own, and its form."""
    with exchange.writing() as call:
        key = entity_key(call, app, entity)
        made = duplicate_view(call, key, number(view))
    said = text("view_saved", exchange.language, name=made.name)
    return go(exchange, f"{entity_path(key)}/views/{made.id}", said)


def move(exchange: Exchange, app: str, entity: str, view: str) -> Response:
    """POST …/views/{view}/move: to another place among one's own."""
    to = first(form_data(exchange), "to")
    with exchange.writing() as call:
        key = entity_key(call, app, entity)
        move_view(call, key, number(view), number(to))
    return exchange.redirect(f"{entity_path(key)}/views")


def remove(exchange: Exchange, app: str, entity: str, view: str) -> Response:
    """POST …/views/{view}/delete."""
    with exchange.writing() as call:
        key = entity_key(call, app, entity)
        name = saved_view(call, key, number(view)).name
        remove_view(call, key, number(view))
    return go(exchange, f"{entity_path(key)}/views", text("view_deleted", exchange.language, name=name))


def begin(exchange: Exchange, app: str, entity: str) -> Response:
    """POST /{app}/{entity}/views/begin: the list begins with that view, or as it does for everybody."""
    view = first(form_data(exchange), "view")
    with exchange.writing() as call:
        key = entity_key(call, app, entity)
        choose_default(call, key, view)
    said = text("view_begins_now" if view else "view_begins_plain", exchange.language)
    return go(exchange, with_query(entity_path(key), [("view", view)]), said)


def _standing(data: dict[str, list[str]]) -> dict[str, Any]:
    """The list as it stands, as its page sends it."""
    found: dict[str, Any] = {each: first(data, each) for each in ("filter", "sort", "group")}
    columns = first(data, "columns")
    return found | {
        "columns": [each for each in columns.split(",") if each],
        "kind": first(data, "kind") or "grid",
        "size": _size(first(data, "size")),
    }


def _size(text_: str) -> int:
    return int(text_) if text_.isascii() and text_.isdigit() and len(text_) < 6 else 0


def _names(data: dict[str, list[str]], name: str) -> list[str]:
    return [each for each in data.get(name, []) if each]


def _shared(data: dict[str, list[str]]) -> list[str]:
    return _names(data, "shared")


def _in_order(before: tuple[str, ...], chosen: list[str]) -> list[str]:
    """The chosen columns in the order that the view had, new ones behind."""
    return [*(each for each in before if each in chosen), *(each for each in chosen if each not in before)]


def _list(key: str, view: int, q: str = "") -> str:
    return with_query(entity_path(key), [("view", str(view)), ("q", q)])
