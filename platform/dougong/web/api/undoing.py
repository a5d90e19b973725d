"""Copying, merging, deleting for good and taking back, over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from werkzeug.wrappers import Response

from dougong.records.call import Call
from dougong.records.copy_ import copy_record
from dougong.records.duplicates import duplicates as find_duplicates
from dougong.records.merge import BOTH
from dougong.records.merge import merge as merge_records
from dougong.records.purge import purge as purge_records
from dougong.records.undo import MODES, undo, undo_batch, undo_change
from dougong.web import taking_back
from dougong.web.api.records import entity_key, record_id
from dougong.web.api.values import record_document
from dougong.web.api.work import accepted
from dougong.web.bodies import an_object
from dougong.web.catalogue import refuse
from dougong.web.conditions import etag
from dougong.web.exchange import Exchange
from dougong.web.once import Answer, change_once
from dougong.web.undone import undone_document

_LONGEST_BATCH = 100


def copy(exchange: Exchange, app: str, entity: str, identifier: str) -> Response:
    """POST …/{id}/copy: a new record like this one; `values` say what is different, `rows` false leaves sub-tables out."""
    has_body = bool(exchange.request.content_length)
    body = exchange.an_object("values", "rows") if has_body else {}
    values, rows = an_object(body.get("values", {})), body.get("rows", True)
    if not isinstance(rows, bool):
        raise refuse("malformed", "W313", "rows", name="rows", expected="true or false")

    def change(call: Call) -> Answer:
        key, store = entity_key(call, app, entity), exchange.runtime.files
        made = copy_record(call, store, key, record_id(identifier), values, rows)
        headers = {"Location": f"/api/v1/{app}/{entity}/{made.id}", "ETag": etag(made.version)}
        return Answer(201, record_document(call, made), headers)

    return change_once(exchange, change, dict(body))


def merge(exchange: Exchange, app: str, entity: str) -> Response:
    """POST /{app}/{entity}/merge: several records become one; what is chosen names a record for each field."""
    body = exchange.an_object("survivor", "records", "choices", "versions")
    survivor = identifier_in(body.get("survivor"), "survivor")
    losers = identifiers_in(body.get("records"), "records")
    choices = {
        name: value if value == BOTH else identifier_in(value, f"choices/{name}")
        for name, value in an_object(body.get("choices", {})).items()
    }
    versions = {
        identifier_in(name, "versions"): _whole(value, f"versions/{name}")
        for name, value in an_object(body.get("versions", {})).items()
    }

    def change(call: Call) -> Answer:
        done = merge_records(call, entity_key(call, app, entity), survivor, losers, choices, versions)
        document = {"batch": done.batch, "record": record_document(call, done.record)}
        return Answer(200, document, {"ETag": etag(done.record.version)})

    return change_once(exchange, change, body)


def duplicates(exchange: Exchange, app: str, entity: str, identifier: str) -> Response:
    """GET …/{id}/duplicates: records that may be the same, with the fields that say so."""
    with exchange.reading() as call:
        found = find_duplicates(call, entity_key(call, app, entity), record_id(identifier))
        data = [
            {"id": str(each.record.id), "title": each.record.title, "fields": list(each.fields)}
            for each in found
        ]
    return exchange.json({"data": data})


def purge(exchange: Exchange, app: str, entity: str) -> Response:
    """POST /{app}/{entity}/purge: records of the recycle bin, for good."""
    body = exchange.an_object("records")
    identifiers = identifiers_in(body.get("records"), "records")

    def change(call: Call) -> Answer:
        history = exchange.runtime.settings.bin_history
        return Answer(
            200, {"purged": purge_records(call, entity_key(call, app, entity), identifiers, history)}
        )

    return change_once(exchange, change, body)


def undo_all(exchange: Exchange) -> Response:
    """POST /undo: everything of a batch, or an import by its id."""
    body = exchange.an_object("batch", "import", "conflicts", "dry_run")
    batch, import_id = body.get("batch"), body.get("import")
    if (batch is None) == (import_id is None):
        raise refuse("malformed", "W313", "batch", name="batch", expected="given, or else 'import'")
    if batch is not None and not (
        isinstance(batch, str) and 0 < len(batch) <= _LONGEST_BATCH and batch.isascii()
    ):
        raise refuse("malformed", "W313", "batch", name="batch", expected="the name of a batch")
    number = identifier_in(import_id, "import") if import_id is not None else 0
    mode, rehearse = _mode(body, "refuse" if batch else "skip"), _dry_run(body)

    def change(call: Call) -> Answer:
        if not rehearse and batch and taking_back.is_long_batch(call, batch):
            return accepted(call, taking_back.order_undoing(call, batch, mode, "/"))
        if not rehearse and number and taking_back.is_long_import(call, number):
            return accepted(call, taking_back.order_undoing_of_import(call, number, mode, "/"))
        done = undo_batch(call, batch, mode, rehearse) if batch else undo(call, number, mode, rehearse)
        return Answer(200, undone_document(call, done))

    return change_once(exchange, change, body)


def undo_one(exchange: Exchange, app: str, entity: str, identifier: str, entry: str) -> Response:
    """POST …/{id}/history/{entry}/undo: one event of the history."""
    has_body = bool(exchange.request.content_length)
    body = exchange.an_object("conflicts", "dry_run") if has_body else {}
    mode, rehearse = _mode(body, "refuse"), _dry_run(body)

    def change(call: Call) -> Answer:
        key, number = entity_key(call, app, entity), record_id(identifier)
        done = undo_change(call, key, number, record_id(entry), mode, rehearse)
        return Answer(200, undone_document(call, done))

    return change_once(exchange, change, dict(body))


def _mode(body: Mapping[str, Any], default: str) -> str:
    mode = body.get("conflicts", default)
    if mode not in MODES:
        raise refuse("malformed", "W206", "conflicts", name="conflicts", allowed=", ".join(MODES))
    return str(mode)


def _dry_run(body: Mapping[str, Any]) -> bool:
    found = body.get("dry_run", False)
    if not isinstance(found, bool):
        raise refuse("malformed", "W313", "dry_run", name="dry_run", expected="true or false")
    return found


def identifier_in(value: object, name: str) -> int:
    """An id that a body gives as text."""
    if not (isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 19):
        raise refuse("malformed", "W313", name[:80], name=name[:80], expected="the id of a record as text")
    return int(value)


def identifiers_in(value: object, name: str) -> list[int]:
    """A list of ids that a body gives."""
    if not isinstance(value, list) or len(value) > 1000:
        raise refuse("malformed", "W313", name, name=name, expected="a list of at most 1000 ids")
    return [identifier_in(each, name) for each in value]


def _whole(value: object, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise refuse("malformed", "W313", name[:80], name=name[:80], expected="a whole number")
    return value
