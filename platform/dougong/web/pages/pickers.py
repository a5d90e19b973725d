"""What forms ask for while they are filled in: records and people to choose, files to keep and to give back."""

from __future__ import annotations

from typing import BinaryIO, cast

from werkzeug.wrappers import Response

from dougong.records.call import Call
from dougong.records.choose import Choice, field_at
from dougong.records.choose import choose as choose_from
from dougong.records.files import download, keep, receive, thumbnail
from dougong.records.suggest import is_labelled, suggest
from dougong.records.tree import level, tree_of
from dougong.screens.live import linked_record
from dougong.web.catalogue import refuse
from dougong.web.exchange import Exchange
from dougong.web.pages.frame import entity_key, form_data, number
from dougong.web.pages.live import values_at
from dougong.web.sending import send_file

SHOWN = 20


def choose(exchange: Exchange, app: str, entity: str, field: str) -> Response:
    """GET /{app}/{entity}/choose/{field}?q=: what one may choose; ?below= gives one level of a tree."""
    words = exchange.parameters.get("q", "").strip()[:200]
    with exchange.reading() as call:
        key = entity_key(call, app, entity)
        if is_labelled(call, key, field):
            labels = suggest(call, key, field, words, SHOWN + 1)
            offered = [{"id": each, "label": each, "note": ""} for each in labels[:SHOWN]]
            return exchange.json({"results": offered, "more": len(labels) > SHOWN})
        below = exchange.parameters.get("below")
        if below is not None and not words:
            return exchange.json({"results": _level(call, key, field, below), "more": False})
        found = choose_from(call, key, field, words, SHOWN + 1)
        results = [_result(each) for each in found[:SHOWN]]
    return exchange.json({"results": results, "more": len(found) > SHOWN})


def choose_fitting(exchange: Exchange, app: str, entity: str, field: str) -> Response:
    """POST /{app}/{entity}/choose/{field}?q=: what one may choose for the record as the form has it so far."""
    words = exchange.parameters.get("q", "").strip()[:200]
    data = form_data(exchange)
    with exchange.reading() as call:
        key = entity_key(call, app, entity)
        field_at(call, key, field)
        values = values_at(exchange, call, key, field, data)
        found = choose_from(call, key, field, words, SHOWN + 1, values)
    return exchange.json({"results": [_result(each) for each in found[:SHOWN]], "more": len(found) > SHOWN})


def live(exchange: Exchange, app: str, entity: str, field: str) -> Response:
    """GET /{app}/{entity}/live/{field}?id=: the values behind a link that a form computes with once it is chosen."""
    with exchange.reading() as call:
        found = linked_record(
            call, entity_key(call, app, entity), field, number(exchange.parameters.get("id", ""))
        )
    if found is None:
        raise refuse("missing", "W404")
    return exchange.json({"values": found})


def _level(call: Call, key: str, path: str, below: str) -> list[dict[str, object]]:
    """The records directly below one, or at the top where none is named."""
    field = field_at(call, key, path)
    if not tree_of(field):
        raise refuse("missing", "W404")
    at = number(below) if below else None
    return [
        {"id": str(each.id), "label": each.title, "note": "", "inside": each.is_parent}
        for each in level(call, field, at)
    ]


def _result(choice: Choice) -> dict[str, object]:
    return {"id": str(choice.id), "label": choice.title, "note": choice.detail}


def keep_file(exchange: Exchange, app: str, entity: str, field: str) -> Response:
    """POST /{app}/{entity}/files/{field}: keep one file for a form that is being filled in."""
    file = exchange.request.files.get("file")
    if file is None or not file.filename:
        raise refuse("malformed", "W312", "file", name="file")
    with exchange.reading() as call:  # nobody who writes waits for the content to be stored
        key, store = entity_key(call, app, entity), exchange.runtime.files
        stored = receive(call, store, key, field, file.filename, cast(BinaryIO, file.stream))
    with exchange.writing() as call:
        keep(call, stored)
    return exchange.json({"id": stored.id, "name": stored.name, "size": stored.size}, 201)


def give_small(exchange: Exchange, identifier: str) -> Response:
    """GET /files/{id}/small: the thumbnail of a picture of a record that the reader may see."""
    with exchange.reading() as call:
        found = thumbnail(call, exchange.runtime.files, identifier)
    return send_file(exchange.request, found)


def give_file(exchange: Exchange, identifier: str) -> Response:
    """GET /files/{id}: a file of a record that the reader may see."""
    with exchange.reading() as call:
        found = download(call, exchange.runtime.files, identifier)
    return send_file(exchange.request, found)
