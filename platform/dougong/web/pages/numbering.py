"""Numbering the records of a serial field again at the screen: shown first, then done; in the background where there are many."""

from __future__ import annotations

from werkzeug.wrappers import Response

from dougong.records.batches import in_batch
from dougong.records.renumber import field_to_number, preview, renumber
from dougong.screens.addresses import entity_path
from dougong.screens.numbering import numbering_begin, numbering_screen
from dougong.screens.texts import text
from dougong.web import taking_back
from dougong.web.exchange import Exchange
from dougong.web.pages.frame import entity_key, go, number, show
from dougong.web.pages.work import work_path


def numbering_page(exchange: Exchange, app: str, entity: str, field: str) -> Response:
    """GET /{app}/{entity}/renumber/{field}: what would change; with `work`, what was found out in the background."""
    asked = exchange.parameters.get("work", "")
    with exchange.reading() as call:
        key = entity_key(call, app, entity)
        serial = field_to_number(call, key, field)
        if asked:
            found, changed = taking_back.looked_up(call, key, field, number(asked))
            return show(exchange, call, numbering_screen(call, key, serial, found, changed))
        if taking_back.has_many(call, key):
            return show(exchange, call, numbering_begin(call, key, serial))
        return show(exchange, call, numbering_screen(call, key, serial, preview(call, key, field)))


def find_out(exchange: Exchange, app: str, entity: str, field: str) -> Response:
    """POST /{app}/{entity}/renumber/{field}/preview: find out in the background what would change."""
    with exchange.writing() as call:
        key = entity_key(call, app, entity)
        field_to_number(call, key, field)
        job = taking_back.order_numbering(call, key, field, only_preview=True)
    return exchange.redirect(work_path(job))


def number_again(exchange: Exchange, app: str, entity: str, field: str) -> Response:
    """POST /{app}/{entity}/renumber/{field}: all records get their numbers again."""
    with exchange.writing() as call:
        key = entity_key(call, app, entity)
        field_to_number(call, key, field)
        if taking_back.has_many(call, key):
            return exchange.redirect(work_path(taking_back.order_numbering(call, key, field)))
        done = renumber(in_batch(call, "renumber"), key, field)
    said = text("renumbered", exchange.language, changed=f"{len(done.changed):,}")
    return go(exchange, entity_path(key), said)
