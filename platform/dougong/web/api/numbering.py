"""Numbering the records of a serial field again, over HTTP."""

from __future__ import annotations

from typing import Any

from werkzeug.wrappers import Response

from dougong.records.batches import in_batch
from dougong.records.renumber import Renumbering, preview
from dougong.records.renumber import renumber as renumber_records
from dougong.web.api.records import entity_key
from dougong.web.exchange import Exchange
from dougong.web.parameters import one_of


def renumber(exchange: Exchange, app: str, entity: str, field: str) -> Response:
    """POST /{app}/{entity}/renumber/{field}: all records by creation; with `dry_run=true` only what would change is told."""
    if one_of(exchange.parameters, "dry_run", ("false", "true")) == "true":
        with exchange.reading() as call:
            return exchange.json(renumbering_document(preview(call, entity_key(call, app, entity), field)))
    with exchange.writing() as call:
        call = in_batch(call, "renumber")
        done = renumber_records(call, entity_key(call, app, entity), field)
        return exchange.json(renumbering_document(done, call.batch))


def renumbering_document(found: Renumbering, batch: str | None = None) -> dict[str, Any]:
    """What changes, with the first changes, and the batch under which they stand in the history."""
    first = [{"id": str(each.id), "before": each.before, "after": each.after} for each in found.first]
    return {"records": found.records, "changed": len(found.changed), "first": first, "batch": batch}
