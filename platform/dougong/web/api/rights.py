"""Explanations of rights over HTTP."""

from __future__ import annotations

from werkzeug.wrappers import Response

from dougong.screens.why import document
from dougong.web.asking_why import answered
from dougong.web.catalogue import refuse
from dougong.web.exchange import Exchange


def why(exchange: Exchange) -> Response:
    """GET /why: may somebody do it, and which rules say so."""
    given = exchange.parameters
    if not given.get("entity"):
        raise refuse("malformed", "W312", "entity", name="entity")
    with exchange.reading() as call:
        _, _, found, told = answered(call, given)
        asked = {name: given.get(name) or None for name in ("person", "entity", "record", "field")}
        return exchange.json({**asked, "action": given.get("action") or "read", **document(found, told)})
