"""What belongs to a record: its history, comments, files and related lists, and what may be chosen for its fields."""

from __future__ import annotations

import hashlib
from typing import Any, BinaryIO, cast

from werkzeug.wrappers import Response

from dougong.fieldtypes.file import FILES
from dougong.records.call import Call
from dougong.records.choose import choose as choose_from
from dougong.records.comments import Comment, add_comment, list_comments
from dougong.records.files import download, keep, receive, thumbnail
from dougong.records.history import Entry, RowChange
from dougong.records.history import history as read_history
from dougong.records.query import Query
from dougong.records.read import read
from dougong.records.related import related as read_related
from dougong.records.reveal import reveal as reveal_value
from dougong.web.api.records import entity_key, query_from, record_id
from dougong.web.api.values import identifier as as_id
from dougong.web.api.values import instant, record_document
from dougong.web.catalogue import refuse
from dougong.web.exchange import Exchange
from dougong.web.once import Answer, change_once
from dougong.web.parameters import whole_number
from dougong.web.sending import send_file

_BLOCK = 1024 * 1024
RELATED_PARAMETERS = ("filter", "q", "sort", "fields", "expand", "limit", "cursor", "offset", "count")


def history(exchange: Exchange, app: str, entity: str, identifier: str) -> Response:
    """GET …/{id}/history: what happened, newest first."""
    limit = whole_number(exchange.parameters, "limit", 100, 1, 500)
    before = whole_number(exchange.parameters, "cursor", 0, 1, 10**12 - 1)
    with exchange.reading() as call:
        key = entity_key(call, app, entity)
        found = read_history(call, key, record_id(identifier), limit, before or None)
        data = [_entry(each, call.timezone) for each in found.entries]
        return exchange.json({"data": data, "page": {"next": as_id(found.next), "count": None}})


def _entry(entry: Entry, timezone: str) -> dict[str, Any]:
    return {
        "id": str(entry.id),
        "at": instant(entry.at, timezone),
        "actor": {"id": str(entry.actor_id), "title": entry.actor} if entry.actor_id else None,
        "door": entry.door,
        "action": entry.action,
        "version": entry.version,
        "batch": entry.batch,
        "record": str(entry.record_id),
        "merged": [str(each) for each in entry.merged],
        "revealed": list(entry.revealed),
        "changes": {
            name: {"before": before, "after": after} for name, (before, after) in entry.changes.items()
        },
        "rows": {name: [_row_change(each) for each in rows] for name, rows in entry.rows.items()},
    }


def _row_change(change: RowChange) -> dict[str, Any]:
    changes = {name: {"before": before, "after": after} for name, (before, after) in change.changes.items()}
    return {"kind": change.kind, "id": str(change.id), "changes": changes}


def reveal(exchange: Exchange, app: str, entity: str, identifier: str) -> Response:
    """POST …/{id}/reveal: the whole value of a masked field, which is kept in the history."""
    body = exchange.an_object("field", "row")
    path, row = body.get("field"), body.get("row")
    if not isinstance(path, str):
        raise refuse("malformed", "W313", "field", name="field", expected="text")
    if row is not None and not isinstance(row, str):
        raise refuse("malformed", "W313", "row", name="row", expected="the id of a row as text")
    with exchange.writing() as call:
        key = entity_key(call, app, entity)
        value = reveal_value(call, key, record_id(identifier), path, None if row is None else record_id(row))
    return exchange.json({"field": path, "value": value})


def comments(exchange: Exchange, app: str, entity: str, identifier: str) -> Response:
    """GET …/{id}/comments: oldest first."""
    with exchange.reading() as call:
        found = list_comments(call, entity_key(call, app, entity), record_id(identifier))
        return exchange.json({"data": [_comment(each, call.timezone) for each in found]})


def comment(exchange: Exchange, app: str, entity: str, identifier: str) -> Response:
    """POST …/{id}/comments: add one; it may answer another."""
    body = exchange.an_object("text", "answers")
    words, answers = body.get("text"), body.get("answers")
    if not isinstance(words, str):
        raise refuse("malformed", "W313", "text", name="text", expected="text")
    if answers is not None and not (
        isinstance(answers, str) and answers.isascii() and answers.isdigit() and len(answers) < 19
    ):
        raise refuse("malformed", "W313", "answers", name="answers", expected="the id of a comment as text")

    def change(call: Call) -> Answer:
        key = entity_key(call, app, entity)
        made = add_comment(call, key, record_id(identifier), words, int(answers) if answers else None)
        return Answer(201, _comment(made, call.timezone))

    return change_once(exchange, change, body)


def _comment(comment: Comment, timezone: str) -> dict[str, Any]:
    return {
        "id": str(comment.id),
        "at": instant(comment.at, timezone),
        "author": {"id": str(comment.author_id), "title": comment.author} if comment.author_id else None,
        "text": comment.text,
        "mentions": [str(each) for each in comment.mentions],
        "answers": as_id(comment.answers),
    }


def attachments(exchange: Exchange, app: str, entity: str, identifier: str) -> Response:
    """GET …/{id}/attachments: the files of a record that the caller may see, by field."""
    with exchange.reading() as call:
        key = entity_key(call, app, entity)
        record = read(call, key, record_id(identifier))
        fields = call.release.entity(key).fields
        data = [
            {**each, "field": name, "href": f"/api/v1/files/{each['id']}"}
            for name, value in record.values.items()
            if fields[name].type in FILES
            for each in value or ()
        ]
        return exchange.json({"data": data})


def attach(exchange: Exchange, app: str, entity: str) -> Response:
    """POST …/files/{field}: upload one file (multipart `file`); its id then goes into the field."""
    file = exchange.request.files.get("file")
    field = exchange.parameters.get("field", "")
    if file is None or not file.filename:
        raise refuse("malformed", "W312", "file", name="file")
    stream, name = cast(BinaryIO, file.stream), file.filename

    store = exchange.runtime.files
    with exchange.reading() as call:  # nobody who writes waits for the content to be stored
        stored = receive(call, store, entity_key(call, app, entity), field, name, stream)
    stream.seek(0)

    def change(call: Call) -> Answer:
        keep(call, stored)
        document = {"id": stored.id, "name": stored.name, "type": stored.type, "size": stored.size}
        return Answer(201, document, {"Location": f"/api/v1/files/{stored.id}"})

    return change_once(exchange, change, [name, _digest(stream)])


def _digest(stream: BinaryIO) -> str:
    """What a file holds, in short; it can be read again afterwards."""
    found = hashlib.sha256()
    while block := stream.read(_BLOCK):
        found.update(block)
    stream.seek(0)
    return found.hexdigest()


def small_file(exchange: Exchange, identifier: str) -> Response:
    """GET /files/{id}/small: the thumbnail of a picture of a record that the caller may read."""
    with exchange.reading() as call:
        found = thumbnail(call, exchange.runtime.files, identifier)
    return send_file(exchange.request, found)


def file(exchange: Exchange, identifier: str) -> Response:
    """GET /files/{id}: the content of a file of a record that the caller may read."""
    with exchange.reading() as call:
        found = download(call, exchange.runtime.files, identifier)
    return send_file(exchange.request, found)


def related(exchange: Exchange, app: str, entity: str, identifier: str, inverse: str) -> Response:
    """GET …/{id}/related/{inverse}: the records that point here."""
    query: Query = query_from(exchange)
    with exchange.reading() as call:
        key = entity_key(call, app, entity)
        page = read_related(call, key, record_id(identifier), inverse, query)
        data = [record_document(call, each, tuple(query.expand)) for each in page.rows]
    return exchange.json({"data": data, "page": {"next": page.next_cursor, "count": page.count}})


def choose(exchange: Exchange, app: str, entity: str, field: str) -> Response:
    """GET /{app}/{entity}/choose/{field}: records or people to choose from."""
    with exchange.reading() as call:
        key = entity_key(call, app, entity)
        found = choose_from(call, key, field, exchange.parameters.get("q", ""), 20)
        data = [{"id": str(each.id), "title": each.title, "detail": each.detail} for each in found]
    return exchange.json({"data": data})
