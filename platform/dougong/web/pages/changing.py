"""Changing one field of the chosen rows of a list, or of all that it shows."""

from __future__ import annotations

from dataclasses import replace

from werkzeug.wrappers import Response

from dougong.diagnostics import Refusal
from dougong.fieldtypes import TYPES
from dougong.records.call import Call
from dougong.records.change_many import VALUE, WAYS, Change, all_changeable, change_many
from dougong.screens.addresses import entity_path
from dougong.screens.changing import ALL, FIELD, TYPED, WAY, Meant, change_form
from dougong.screens.form_entry import read_entry
from dougong.screens.held import LEAVE
from dougong.screens.list import query_of
from dougong.screens.list_request import ListRequest
from dougong.screens.shape import Submitted
from dougong.screens.texts import counted
from dougong.web import changing_many
from dougong.web.catalogue import refuse
from dougong.web.exchange import Exchange
from dougong.web.pages.confirming import confirming, without_left
from dougong.web.pages.frame import entity_key, first, form_data, go, number, show
from dougong.web.pages.lists import asked_for, settled
from dougong.web.pages.work import work_path

MOST = 1000


def choose_all(exchange: Exchange, app: str, entity: str) -> Response:
    """GET /{app}/{entity}/change: which field of all records of the list that the address says changes and how."""
    with exchange.reading() as call:
        key = entity_key(call, app, entity)
        return show(exchange, call, change_form(call, key, _listed(call, key, asked_for(exchange))))


def choose(exchange: Exchange, app: str, entity: str) -> Response:
    """POST /{app}/{entity}/change: which field of the chosen records changes and how, then what it becomes."""
    data = form_data(exchange)
    with exchange.reading() as call:
        key = entity_key(call, app, entity)
        meant = _meant(exchange, call, key, data)
        return show(exchange, call, change_form(call, key, meant, first(data, FIELD), first(data, WAY)))


def save(exchange: Exchange, app: str, entity: str) -> Response:
    """POST …/change/save: change all of the records or none; with problems the form comes back as it was entered.

    Many are changed in the background.
    """
    data = form_data(exchange)
    name, way = first(data, FIELD), first(data, WAY)
    if way not in WAYS:
        raise refuse("malformed", "W206", WAY, name=WAY, allowed=", ".join(WAYS))
    typed, entered = first(data, TYPED), dict[str, Submitted]()
    try:
        with exchange.writing() as call:
            key = entity_key(call, app, entity)
            meant = _meant(exchange, call, key, data)
            form = change_form(call, key, meant, name, way)
            entered = dict(exchange.runtime.renderers.pages.submitted(form, data))
            value = _value(call, key, name, entered) if way == VALUE else None
            change = Change(name, way, value, typed)
            _check_unchanged(meant, data)
            if first(data, "dg_then") == LEAVE:
                meant = replace(meant, identifiers=without_left(data, meant.identifiers))
            if len(meant.identifiers) > changing_many.MANY:
                return exchange.redirect(
                    work_path(changing_many.order_change(call, key, meant.identifiers, change))
                )
            done = change_many(confirming(call, data), key, meant.identifiers, change)
    except Refusal as refusal:
        if refusal.kind not in ("invalid", "conflict"):
            raise
        with exchange.reading() as call:
            key = entity_key(call, app, entity)
            meant = _meant(exchange, call, key, data)
            form = change_form(call, key, meant, name, way, entered, refusal.problems, typed)
            return show(exchange, call, form, 422)
    said = counted("changed_count", len(meant.identifiers), exchange.language)
    return go(exchange, meant.address(entity_path(key)), said, undo=done)


def _value(call: Call, key: str, name: str, entered: dict[str, Submitted]) -> object:
    """What was entered, as JSON."""
    values, problems = read_entry(call, key, "update", entered)
    if problems:
        raise Refusal("invalid", problems)
    field = call.release.entity(key).fields.get(name)
    value = values.get(name)
    return value if field is None else TYPES[field.type].to_json(value, field)


def _meant(exchange: Exchange, call: Call, key: str, data: dict[str, list[str]]) -> Meant:
    return _listed(call, key, asked_for(exchange)) if ALL in data else Meant(_chosen(data))


def _listed(call: Call, key: str, asked: ListRequest) -> Meant:
    """All records of a list that the one who asks may change."""
    look = settled(call, key, asked)
    found = all_changeable(call, key, query_of(look.asked, look.view))
    if not found:
        raise refuse("invalid", "W437")
    return Meant(found, look.asked)


def _check_unchanged(meant: Meant, data: dict[str, list[str]]) -> None:
    """Refuse to change another number of records than was shown; the form that comes back shows the new one."""
    if meant.asked is not None and first(data, ALL) != str(len(meant.identifiers)):
        raise refuse("conflict", "W436", count=f"{len(meant.identifiers):,}")


def _chosen(data: dict[str, list[str]]) -> list[int]:
    found = list(dict.fromkeys(number(each) for each in data.get("id", [])))
    if not found or len(found) > MOST:
        raise refuse("invalid", "W434")
    return found
