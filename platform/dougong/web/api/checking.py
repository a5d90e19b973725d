"""Looks over an expression over HTTP, as the filter bar does while a person types."""

from __future__ import annotations

from werkzeug.wrappers import Response

from dougong.records.typed import PURPOSES, look_over
from dougong.web.api.records import entity_key
from dougong.web.exchange import Exchange
from dougong.web.typed import document, typing_of


def check(exchange: Exchange, app: str, entity: str) -> Response:
    """POST …/check: what is wrong with an expression, what it gives, and what may follow; nothing is changed."""
    asked = typing_of(exchange.an_object("text", "purpose", "caret"), PURPOSES)
    with exchange.reading() as call:
        key = entity_key(call, app, entity)
        found = look_over(call, key, asked.text, asked.purpose, asked.caret)
        return exchange.json(document(asked.text, found, call.language))
