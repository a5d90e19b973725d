"""Records over HTTP: list, read, create, change, delete, batch and aggregate."""

from __future__ import annotations

from typing import Any

from werkzeug.wrappers import Response

from dougong.diagnostics import Refusal
from dougong.records.aggregate import Aggregate
from dougong.records.aggregate import aggregate as run_aggregate
from dougong.records.batch import KINDS, MOST, Operation
from dougong.records.batch import Outcome as BatchOutcome
from dougong.records.batch import batch as run_batch
from dougong.records.batch_references import position_of
from dougong.records.batches import in_batch
from dougong.records.call import Call
from dougong.records.create import create as create_record
from dougong.records.delete import delete as delete_record
from dougong.records.delete import restore as restore_record
from dougong.records.messages import problem
from dougong.records.query import Query, list_records
from dougong.records.read import read as read_record
from dougong.records.record import Record
from dougong.records.unmerge import forward_of
from dougong.records.update import update as update_record
from dougong.web.api.values import figure, record_document, record_documents
from dougong.web.api.viewing import through, view_condition
from dougong.web.bodies import an_object
from dougong.web.catalogue import refuse
from dougong.web.conditions import etag, expected_version, is_fresh
from dougong.web.exchange import Exchange
from dougong.web.once import Answer, change_once
from dougong.web.parameters import names, one_of, whole_number
from dougong.web.problems import problem_document

LIST_PARAMETERS = (
    "filter",
    "q",
    "sort",
    "fields",
    "expand",
    "limit",
    "cursor",
    "offset",
    "count",
    "deleted",
    "view",
)
AGGREGATE_PARAMETERS = ("group", "measures", "filter", "having", "sort", "q", "limit", "view")
MAX_OFFSET = 10_000_000


def entity_key(call: Call, app: str, entity: str) -> str:
    """The key of an entity that exists in an installed app; rows of sub-tables have no address of their own."""
    found = call.release.apps.get(app)
    if found is None or "/" in entity or entity not in found.entities:
        raise refuse("missing", "W404")
    return f"{app}.{entity}"


def record_id(text: str) -> int:
    """A record's id from an address."""
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise refuse("missing", "W404")
    return int(text)


def query_from(exchange: Exchange) -> Query:
    """The query that the parameters of a list describe."""
    given = exchange.parameters
    return Query(
        filter=given.get("filter") or None,
        q=given.get("q") or None,
        sort=given.get("sort", ""),
        fields=names(given, "fields") or None,
        expand=names(given, "expand"),
        limit=whole_number(given, "limit", 50, 1, 1000),
        cursor=given.get("cursor") or None,
        offset=whole_number(given, "offset", 0, 0, MAX_OFFSET),
        count=one_of(given, "count", ("none", "exact")),
        deleted=one_of(given, "deleted", ("false", "true")) == "true",
        named=False,
    )


def list_(exchange: Exchange, app: str, entity: str) -> Response:
    """GET /{app}/{entity}: one page of records."""
    query = query_from(exchange)
    with exchange.reading() as call:
        key = entity_key(call, app, entity)
        page = list_records(call, key, through(call, key, query, exchange.parameters))
        data = record_documents(call, key, page.rows, tuple(query.expand))
    return exchange.json({"data": data, "page": {"next": page.next_cursor, "count": page.count}})


def read(exchange: Exchange, app: str, entity: str, identifier: str) -> Response:
    """GET /{app}/{entity}/{id}: one record with its version as ETag."""
    expand = names(exchange.parameters, "expand")
    with exchange.reading() as call:
        key, number = entity_key(call, app, entity), record_id(identifier)
        try:
            record = read_record(call, key, number, expand, named=False, last=True)
        except Refusal as found:
            refusal = found
        else:
            if is_fresh(exchange.request, record.version):
                return Response("", 304, {"ETag": etag(record.version)})
            document = record_document(call, record, expand)
            return exchange.json(document, headers={"ETag": etag(record.version)})
    if refusal.kind == "missing":
        with exchange.reading() as call:
            survivor = forward_of(call, entity_key(call, app, entity), number)
        if survivor is not None:
            return _moved(exchange, app, entity, survivor)
    raise refusal


def _moved(exchange: Exchange, app: str, entity: str, survivor: int) -> Response:
    """The answer for a record that was merged: where it is now. A merge can be taken back, so nobody should remember it."""
    told = [problem(exchange.language, "merged", id=survivor)]
    document = problem_document("missing", told, exchange.language, exchange.request_id)
    response = exchange.json(document | {"status": 307}, 307)
    response.headers["Location"] = f"/api/v1/{app}/{entity}/{survivor}"
    response.content_type = "application/problem+json"
    return response


def create(exchange: Exchange, app: str, entity: str) -> Response:
    """POST /{app}/{entity}: a new record; the same Idempotency-Key again gives the same answer."""
    values = exchange.an_object()

    def change(call: Call) -> Answer:
        record = create_record(call, entity_key(call, app, entity), values, named=False)
        headers = {"Location": f"/api/v1/{app}/{entity}/{record.id}", "ETag": etag(record.version)}
        return Answer(201, record_document(call, record), headers)

    return change_once(exchange, change, values)


def update(exchange: Exchange, app: str, entity: str, identifier: str) -> Response:
    """PATCH /{app}/{entity}/{id}: change some fields; If-Match makes it fail when somebody was faster."""
    values, version = exchange.an_object(), expected_version(exchange.request)

    def change(call: Call) -> Answer:
        key, number = entity_key(call, app, entity), record_id(identifier)
        return _record_answer(call, update_record(call, key, number, values, version, named=False))

    return change_once(exchange, change, values)


def delete(exchange: Exchange, app: str, entity: str, identifier: str) -> Response:
    """DELETE /{app}/{entity}/{id}: into the recycle bin."""
    version = expected_version(exchange.request)

    def change(call: Call) -> Answer:
        batch = delete_record(call, entity_key(call, app, entity), record_id(identifier), version)
        return Answer(204, None, {"Dougong-Batch": batch})

    return change_once(exchange, change)


def restore(exchange: Exchange, app: str, entity: str, identifier: str) -> Response:
    """POST /{app}/{entity}/{id}/restore: out of the recycle bin."""

    def change(call: Call) -> Answer:
        return _record_answer(
            call, restore_record(call, entity_key(call, app, entity), record_id(identifier))
        )

    return change_once(exchange, change)


def _record_answer(call: Call, record: Record) -> Answer:
    return Answer(200, record_document(call, record), {"ETag": etag(record.version)})


def batch(exchange: Exchange, app: str, entity: str) -> Response:
    """POST /{app}/{entity}/batch: up to 10 000 operations, all or each for itself."""
    body = exchange.an_object("atomic", "operations")
    atomic = body.get("atomic", True)
    if not isinstance(atomic, bool):
        raise refuse("malformed", "W313", "atomic", name="atomic", expected="true or false")
    operations = _operations(body.get("operations"), app)

    def change(call: Call) -> Answer:
        call = in_batch(call, "batch")
        outcomes = run_batch(call, entity_key(call, app, entity), operations, atomic)
        pairs = zip(operations, outcomes, strict=True)
        results = [_result(call, exchange, *pair) for pair in pairs]
        status = 207 if any(outcome.refused for outcome in outcomes) else 200
        return Answer(status, {"batch": call.batch, "results": results})

    return change_once(exchange, change, body)


def _operations(given: Any, app: str) -> list[Operation]:
    if not isinstance(given, list):
        raise refuse("malformed", "W313", "operations", name="operations", expected="a list")
    if len(given) > MOST:
        raise refuse("too_large", "W418", "operations", limit=MOST)
    return [read_operation(each, app, f"operations/{index}") for index, each in enumerate(given)]


def read_operation(given: Any, app: str, path: str) -> Operation:
    """One operation of a batch as it is written in JSON; `app` is the one of entities that are named without it."""
    each = an_object(given, ("action", "entity", "id", "values", "version"))
    kind, identifier, version = each.get("action"), each.get("id"), each.get("version")
    if kind not in KINDS:
        raise refuse("malformed", "W206", f"{path}/action", name="action", allowed=", ".join(KINDS))
    whose = _named(identifier)
    if kind != "create" and whose is None:
        raise refuse("malformed", "W313", f"{path}/id", name="id", expected="the id of a record as text")
    if version is not None and (isinstance(version, bool) or not isinstance(version, int)):
        raise refuse("malformed", "W313", f"{path}/version", name="version", expected="a whole number")
    values = an_object(each.get("values", {}))
    return Operation(kind, whose, values, version, key=_key(each.get("entity"), app, path))


def _named(identifier: Any) -> int | str | None:
    """The record of an operation: its id, or the position of the operation that makes it."""
    if not isinstance(identifier, str):
        return None
    if identifier.isascii() and identifier.isdigit() and len(identifier) < 19:
        return int(identifier)
    return identifier if position_of(identifier) is not None else None


def _key(given: Any, app: str, path: str) -> str:
    """The entity of an operation: of the same app by its id alone, of any by its whole key; nothing for that of the address."""
    if given is None:
        return ""
    if not (isinstance(given, str) and 0 < len(given) <= 100):
        raise refuse("malformed", "W313", f"{path}/entity", name="entity", expected="the id of an entity")
    return given if "." in given else f"{app}.{given}"


def _result(call: Call, exchange: Exchange, operation: Operation, outcome: BatchOutcome) -> dict[str, Any]:
    if outcome.refused:
        document = problem_document(outcome.refused, outcome.problems, call.language, exchange.request_id)
        return {
            "status": document["status"],
            "id": None if outcome.id is None else str(outcome.id),
            "problem": document,
        }
    status = {"create": 201, "delete": 204}.get(operation.kind, 200)
    return {"status": status, "id": str(outcome.id)}


def aggregate(exchange: Exchange, app: str, entity: str) -> Response:
    """GET /{app}/{entity}/aggregate: grouped figures over the records the caller may read."""
    given = exchange.parameters
    measures = _measures(given.get("measures", "COUNT()"))
    with exchange.reading() as call:
        key = entity_key(call, app, entity)
        figures = run_aggregate(
            call,
            key,
            group=names(given, "group"),
            measures=measures,
            filter=given.get("filter") or None,
            having=given.get("having") or None,
            sort=given.get("sort", ""),
            query=Query(view=view_condition(call, key, given["view"])[0]) if given.get("view") else None,
        )
        return exchange.json(aggregate_document(call, figures))


def aggregate_document(call: Call, figures: Aggregate) -> dict[str, Any]:
    """Aggregated figures as data: one object a group, keyed by the names of groups and measures."""
    names = [column.id for column in figures.columns]
    data = [
        {
            name: figure(value, column.type, call.timezone)
            for name, value, column in zip(names, row, figures.columns, strict=True)
        }
        for row in figures.rows
    ]
    return {"data": data}


def _measures(text: str) -> dict[str, str]:
    """`COUNT(), total: SUM(amount)`: expressions by name; one without a name is called by its own text."""
    found: dict[str, str] = {}
    for part in split_outside_brackets(text):
        name, colon, expression = part.partition(":")
        if colon and name.strip().isidentifier():
            found[name.strip()] = expression.strip()
        else:
            found[part.strip()] = part.strip()
    return found


def split_outside_brackets(text: str) -> list[str]:
    """The parts between commas that stand in no bracket and no quotes; empty parts are refused."""
    parts, depth, quote, start = [], 0, "", 0
    for position, letter in enumerate(text):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        elif letter in "([":
            depth += 1
        elif letter in ")]":
            depth -= 1
        elif letter == "," and depth == 0:
            parts.append(text[start:position])
            start = position + 1
    parts.append(text[start:])
    if not all(part.strip() for part in parts):
        raise refuse("malformed", "W207", "measures", name="measures")
    return parts
