"""Views over HTTP: those of the definition, one's own, and those that others share."""

from __future__ import annotations

from typing import Any

from werkzeug.wrappers import Response

from dougong.model.form import View
from dougong.policy.offers import offered_views
from dougong.records.call import Call
from dougong.records.saved_views import (
    SETTINGS,
    SavedView,
    change_view,
    choose_default,
    default_view,
    may_change,
    move_view,
    remove_view,
    save_view,
    saved_view,
    saved_views,
)
from dougong.screens.list_views import sort_text
from dougong.web.api.records import entity_key, record_id
from dougong.web.catalogue import refuse
from dougong.web.conditions import etag, expected_version, is_fresh
from dougong.web.exchange import Exchange
from dougong.web.once import Answer, change_once
from dougong.web.problems import message_of

NEW = ("name", "shared", *SETTINGS)
CHANGES = (*NEW, "default", "position")


def views(exchange: Exchange, app: str, entity: str) -> Response:
    """GET /{app}/{entity}/views: all that the caller has, in the order in which they stand above the list."""
    with exchange.reading() as call:
        key = entity_key(call, app, entity)
        begins = default_view(call, key)
        saved = [_document(call, each, begins) for each in saved_views(call, key)]
        defined = offered_views(call.release, call.actor, call.release.entity(key))
        data = [*(_defined(each, call.language, begins) for each in defined), *saved]
        return exchange.json({"data": data})


def read(exchange: Exchange, app: str, entity: str, view: str) -> Response:
    """GET /{app}/{entity}/views/{view}: one saved view with its version as ETag."""
    with exchange.reading() as call:
        key = entity_key(call, app, entity)
        found = saved_view(call, key, record_id(view))
        if is_fresh(exchange.request, found.version):
            return Response("", 304, {"ETag": etag(found.version)})
        document = _document(call, found, default_view(call, key))
        return exchange.json(document, headers={"ETag": etag(found.version)})


def create(exchange: Exchange, app: str, entity: str) -> Response:
    """POST /{app}/{entity}/views: keep a view of one's own."""
    given = exchange.an_object(*NEW)

    def change(call: Call) -> Answer:
        key = entity_key(call, app, entity)
        made = save_view(call, key, given)
        headers = {"Location": f"/api/v1/{app}/{entity}/views/{made.id}", "ETag": etag(made.version)}
        return Answer(201, _document(call, made, default_view(call, key)), headers)

    return change_once(exchange, change, given)


def update(exchange: Exchange, app: str, entity: str, view: str) -> Response:
    """PATCH /{app}/{entity}/views/{view}: change what is named; `default` and `position` are the caller's own."""
    given, version = exchange.an_object(*CHANGES), expected_version(exchange.request)
    default, position = given.get("default"), given.get("position")
    if default is not None and not isinstance(default, bool):
        raise refuse("malformed", "W313", "default", name="default", expected="true or false")
    if position is not None and (isinstance(position, bool) or not isinstance(position, int)):
        raise refuse("malformed", "W313", "position", name="position", expected="a whole number")

    def change(call: Call) -> Answer:
        key, identifier = entity_key(call, app, entity), record_id(view)
        found = saved_view(call, key, identifier)
        changes = {name: value for name, value in given.items() if name in NEW}
        if changes or version is not None:
            found = change_view(call, key, identifier, changes, version)
        if position is not None:
            move_view(call, key, identifier, position)
        if default is not None and default != (default_view(call, key) == str(identifier)):
            choose_default(call, key, str(identifier) if default else "")
        document = _document(call, found, default_view(call, key))
        return Answer(200, document, {"ETag": etag(found.version)})

    return change_once(exchange, change, given)


def delete(exchange: Exchange, app: str, entity: str, view: str) -> Response:
    """DELETE /{app}/{entity}/views/{view}: records stay as they are."""
    version = expected_version(exchange.request)

    def change(call: Call) -> Answer:
        remove_view(call, entity_key(call, app, entity), record_id(view), version)
        return Answer(204)

    return change_once(exchange, change)


def _document(call: Call, view: SavedView, begins: str) -> dict[str, Any]:
    own = view.owner_id == call.actor.id
    return {
        "id": str(view.id),
        "name": view.name,
        "source": "own" if own else "shared",
        "owner": {"id": str(view.owner_id), "title": view.owner},
        **{name: getattr(view, name) for name in SETTINGS},
        "shared": list(view.shared) if own or may_change(call, view) else [],
        "default": begins == str(view.id),
        "version": view.version,
        "problems": [message_of(each, call.language) for each in view.problems],
    }


def _defined(view: View, language: str, begins: str) -> dict[str, Any]:
    return {
        "id": view.id,
        "name": view.label.get(language),
        "source": "definition",
        "owner": None,
        "filter": view.filter.text if view.filter is not None else "",
        "sort": sort_text(view.sort),
        "columns": view.columns,
        "kind": view.kind,
        "group": view.group,
        "size": 0,
        "shared": [],
        "default": begins == view.id,
        "version": None,
        "problems": [],
    }
