"""Numbering the records of a serial field again at the screen: shown first, then done."""

from __future__ import annotations

from werkzeug.wrappers import Response

from dougong.records.batches import in_batch
from dougong.records.renumber import preview, renumber
from dougong.screens.addresses import entity_path
from dougong.screens.numbering import numbering_screen
from dougong.screens.texts import text
from dougong.web.exchange import Exchange
from dougong.web.pages.frame import entity_key, go, show


def numbering_page(exchange: Exchange, app: str, entity: str, field: str) -> Response:
    """GET /{app}/{entity}/renumber/{field}: what would change."""
    with exchange.reading() as call:
        key = entity_key(call, app, entity)
        found = preview(call, key, field)
        return show(
            exchange, call, numbering_screen(call, key, call.release.entity(key).fields[field], found)
        )


def number_again(exchange: Exchange, app: str, entity: str, field: str) -> Response:
    """POST /{app}/{entity}/renumber/{field}: all records get their numbers again."""
    with exchange.writing() as call:
        key = entity_key(call, app, entity)
        done = renumber(in_batch(call, "renumber"), key, field)
    said = text("renumbered", exchange.language, changed=f"{len(done.changed):,}")
    return go(exchange, entity_path(key), said)
