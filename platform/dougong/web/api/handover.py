"""Handing over through HTTP, for administrators."""

from __future__ import annotations

from typing import Any

from werkzeug.wrappers import Response

from dougong.people import accounts
from dougong.records.call import Call
from dougong.records.handover import PARTS, Wish, belongings
from dougong.web.api.given import a_flag, a_list, an_id, identifier_of
from dougong.web.api.work import work_document
from dougong.web.catalogue import refuse
from dougong.web.exchange import Exchange
from dougong.web.handing_over import order_handover, order_taking_back
from dougong.web.once import Answer, change_once
from dougong.web.routes import Route, administration_api
from dougong.web.working import state_of


def read(exchange: Exchange, identifier: str) -> Response:
    """GET /people/{id}/handover: what somebody holds."""
    with exchange.reading() as call:
        found = belongings(call, identifier_of(identifier))
        records = [{"field": f"{each.key}.{each.field}", "count": each.count} for each in found.records]
        parts = {name: getattr(found, name) for name in PARTS}
        return exchange.json({"records": records, **parts, "tokens": found.tokens})


def hand_over(exchange: Exchange, identifier: str) -> Response:
    """POST /people/{id}/handover: order it; without `fields` and `parts` everything but roles goes."""
    given = exchange.an_object("to", "fields", "parts", "disable")
    to, disables = an_id(given.get("to"), "to"), a_flag(given, "disable", False)
    fields, parts = _names(given, "fields"), _names(given, "parts")

    def change(call: Call) -> Answer:
        user_id = identifier_of(identifier)
        accounts.get(call.connection, user_id)
        everything = tuple(f"{each.key}.{each.field}" for each in belongings(call, user_id).records)
        usual = tuple(name for name in PARTS if name != "roles")
        wish = Wish(to, everything if fields is None else fields, usual if parts is None else parts, disables)
        return _ordered(call, order_handover(call, user_id, wish))

    return change_once(exchange, change, given)


def take_back(exchange: Exchange, identifier: str) -> Response:
    """POST /people/{id}/handover/undo: take the last one back."""

    def change(call: Call) -> Answer:
        accounts.get(call.connection, identifier_of(identifier))
        return _ordered(call, order_taking_back(call, identifier_of(identifier)))

    return change_once(exchange, change)


def _ordered(call: Call, job: int) -> Answer:
    return Answer(202, work_document(state_of(call, job)), {"Location": f"/api/v1/jobs/{job}"})


def _names(given: Any, name: str) -> tuple[str, ...] | None:
    if name not in given:
        return None
    found = a_list(given, name)
    if not all(isinstance(each, str) for each in found):
        raise refuse("malformed", "W313", name, name=name, expected="a list of names")
    return tuple(found)


ROUTES: tuple[Route, ...] = (
    administration_api("GET", "/people/<identifier>/handover", read),
    administration_api("POST", "/people/<identifier>/handover", hand_over),
    administration_api("POST", "/people/<identifier>/handover/undo", take_back),
)
