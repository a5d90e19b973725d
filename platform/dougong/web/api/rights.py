"""Explanations of rights over HTTP."""

from __future__ import annotations

from werkzeug.wrappers import Response

from dougong.records.who_can import who_can
from dougong.screens.seeing import access_document
from dougong.screens.why import document
from dougong.web.api.records import entity_key, record_id
from dougong.web.asking_why import answered, wanted_of
from dougong.web.catalogue import refuse
from dougong.web.exchange import Exchange


def access(exchange: Exchange, app: str, entity: str, identifier: str) -> Response:
    """GET …/{id}/access: who can see the record."""
    wanted = wanted_of(exchange.parameters)
    with exchange.reading() as call:
        found = who_can(call, entity_key(call, app, entity), record_id(identifier))
        return exchange.json(access_document(call, found, found.people(), wanted))


def why(exchange: Exchange) -> Response:
    """GET /why: may somebody do it, and which rules say so."""
    given = exchange.parameters
    if not given.get("entity"):
        raise refuse("malformed", "W312", "entity", name="entity")
    with exchange.reading() as call:
        _, _, found, told = answered(call, given)
        asked = {name: given.get(name) or None for name in ("person", "entity", "record", "field")}
        return exchange.json({**asked, "action": given.get("action") or "read", **document(found, told)})
