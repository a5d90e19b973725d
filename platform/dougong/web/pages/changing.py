"""Changing one field of the chosen rows of a list."""

from __future__ import annotations

from werkzeug.wrappers import Response

from dougong.diagnostics import Refusal
from dougong.fieldtypes import TYPES
from dougong.records.call import Call
from dougong.records.change_many import VALUE, WAYS, Change, change_many
from dougong.screens.addresses import entity_path
from dougong.screens.changing import FIELD, TYPED, WAY, change_form
from dougong.screens.form_entry import read_entry
from dougong.screens.held import LEAVE
from dougong.screens.shape import Submitted
from dougong.screens.texts import counted
from dougong.web.catalogue import refuse
from dougong.web.exchange import Exchange
from dougong.web.pages.confirming import confirming, without_left
from dougong.web.pages.frame import entity_key, first, form_data, go, number, show

MOST = 1000


def choose(exchange: Exchange, app: str, entity: str) -> Response:
    """POST /{app}/{entity}/change: which field of the chosen records changes and how, then what it becomes."""
    data = form_data(exchange)
    with exchange.reading() as call:
        key = entity_key(call, app, entity)
        form = change_form(call, key, _chosen(data), first(data, FIELD), first(data, WAY))
        return show(exchange, call, form)


def save(exchange: Exchange, app: str, entity: str) -> Response:
    """POST …/change/save: change all of the records or none; with problems the form comes back as it was entered."""
    data = form_data(exchange)
    chosen, name, way = _chosen(data), first(data, FIELD), first(data, WAY)
    if way not in WAYS:
        raise refuse("malformed", "W206", WAY, name=WAY, allowed=", ".join(WAYS))
    typed, entered = first(data, TYPED), dict[str, Submitted]()
    try:
        with exchange.writing() as call:
            key = entity_key(call, app, entity)
            form = change_form(call, key, chosen, name, way)
            entered = dict(exchange.runtime.renderers.pages.submitted(form, data))
            value = _value(call, key, name, entered) if way == VALUE else None
            if first(data, "dg_then") == LEAVE:
                chosen = without_left(data, chosen)
            done = change_many(confirming(call, data), key, chosen, Change(name, way, value, typed))
    except Refusal as refusal:
        if refusal.kind not in ("invalid", "conflict"):
            raise
        with exchange.reading() as call:
            key = entity_key(call, app, entity)
            form = change_form(call, key, chosen, name, way, entered, refusal.problems, typed)
            return show(exchange, call, form, 422)
    said = counted("changed_count", len(chosen), exchange.language)
    return go(exchange, entity_path(key), said, undo=done)


def _value(call: Call, key: str, name: str, entered: dict[str, Submitted]) -> object:
    """What was entered, as JSON."""
    values, problems = read_entry(call, key, "update", entered)
    if problems:
        raise Refusal("invalid", problems)
    field = call.release.entity(key).fields.get(name)
    value = values.get(name)
    return value if field is None else TYPES[field.type].to_json(value, field)


def _chosen(data: dict[str, list[str]]) -> list[int]:
    found = list(dict.fromkeys(number(each) for each in data.get("id", [])))
    if not found or len(found) > MOST:
        raise refuse("invalid", "W434")
    return found
