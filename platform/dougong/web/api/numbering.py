"""Numbering the records of a serial field again, over HTTP."""

from __future__ import annotations

from werkzeug.wrappers import Response

from dougong.records.batches import in_batch
from dougong.records.call import Call
from dougong.records.renumber import field_to_number, preview
from dougong.records.renumber import renumber as renumber_records
from dougong.web import taking_back
from dougong.web.api.records import entity_key
from dougong.web.api.work import accepted
from dougong.web.exchange import Exchange
from dougong.web.once import Answer, change_once
from dougong.web.parameters import one_of
from dougong.web.undone import renumbering_document


def renumber(exchange: Exchange, app: str, entity: str, field: str) -> Response:
    """POST /{app}/{entity}/renumber/{field}: all records by creation; with `dry_run=true` only what would change is told."""
    only_preview = one_of(exchange.parameters, "dry_run", ("false", "true")) == "true"

    def change(call: Call) -> Answer:
        key = entity_key(call, app, entity)
        field_to_number(call, key, field)
        if taking_back.has_many(call, key):
            return accepted(call, taking_back.order_numbering(call, key, field, only_preview=only_preview))
        if only_preview:
            return Answer(200, renumbering_document(preview(call, key, field)))
        call = in_batch(call, "renumber")
        return Answer(200, renumbering_document(renumber_records(call, key, field), call.batch))

    return change_once(exchange, change)
