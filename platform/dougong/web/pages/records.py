"""The page of a record and what is done from it: move a stage, comment, delete."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from werkzeug.wrappers import Response

from dougong.diagnostics import Refusal
from dougong.model.expression import Value
from dougong.records.call import Call
from dougong.records.comments import add_comment
from dougong.records.create import create
from dougong.records.delete import delete, restore
from dougong.records.read import read
from dougong.records.record import Record
from dougong.records.reveal import reveal
from dougong.records.unmerge import forward_of
from dougong.records.update import update
from dougong.screens.addresses import entity_path, record_path
from dougong.screens.approval import approval_of
from dougong.screens.kanban import group_field
from dougong.screens.list_request import ListRequest
from dougong.screens.list_views import opened
from dougong.screens.record import record_screen
from dougong.screens.texts import counted, text
from dougong.web.answers import problem_answer
from dougong.web.catalogue import refuse
from dougong.web.exchange import Exchange
from dougong.web.pages.confirming import confirming, deletion_held
from dougong.web.pages.forms import edit_again
from dougong.web.pages.frame import entity_key, first, form_data, go, number, show, version_from
from dougong.workflow.act import withdraw_record
from dougong.workflow.submit import submit

__all__ = ["comment", "create", "move", "remove", "show_record"]


def show_record(exchange: Exchange, app: str, entity: str, identifier: str) -> Response:
    """GET /{app}/{entity}/{id}: the record's page."""
    with exchange.reading() as call:
        key, which = entity_key(call, app, entity), number(identifier)
        try:
            record = read(call, key, which)
        except Refusal as refusal:
            survivor = forward_of(call, key, which) if refusal.kind == "missing" else None
            if survivor is None:
                raise
            return go(exchange, record_path(key, survivor), text("was_merged", exchange.language))
        return _page(exchange, call, record)


def _page(exchange: Exchange, call: Call, record: Record) -> Response:
    approval = approval_of(call, record)
    screen = record_screen(call, record, approval.box, approval.actions, approval.locked, approval.events)
    return show(exchange, call, screen)


def reveal_one(exchange: Exchange, app: str, entity: str, identifier: str) -> Response:
    """POST …/{id}/reveal: a masked value whole; a script gets the value, a browser the page with it."""
    data = form_data(exchange)
    name, row = first(data, "field"), first(data, "row")
    with exchange.writing() as call:
        key = entity_key(call, app, entity)
        value = reveal(call, key, number(identifier), name, number(row) if row else None)
    if "text/html" not in exchange.request.headers.get("Accept", ""):
        return exchange.json({"field": name, "value": value})
    with exchange.reading() as call:
        record = read(call, key, number(identifier))
        return _page(exchange, call, replace(record, values=_with(record.values, name, row, value)))


def _with(values: Mapping[str, Value], path: str, row: str, value: Value) -> dict[str, Value]:
    """The values of a record with one in its place that was asked for: a field's, or that of a column of a row."""
    table, _, column = path.rpartition(".")
    if not table:
        return {**values, path: value}
    rows = [{**each, column: value} if str(each["id"]) == row else each for each in values[table] or ()]
    return {**values, table: rows}


def move(exchange: Exchange, app: str, entity: str, identifier: str) -> Response:
    """POST …/{id}/move: to another stage or column; a script gets 204 or problem details, a browser a page."""
    data = form_data(exchange)
    target = first(data, "to")
    scripted = "text/html" not in exchange.request.headers.get("Accept", "")
    try:
        with exchange.writing() as call:
            key = entity_key(call, app, entity)
            found = call.release.entity(key)
            look = opened(call, found, ListRequest(view=exchange.parameters.get("view", "")))
            field = group_field(call, found, look.view)
            if field is None:
                raise refuse("missing", "W404")
            changes = {field.id: target or None}
            record = update(confirming(call, data), key, number(identifier), changes, version_from(data))
    except Refusal as refusal:
        if scripted:
            return problem_answer(exchange, refusal.kind, refusal.problems)
        if refusal.kind == "invalid" and field is not None:
            return edit_again(exchange, app, entity, identifier, {field.id: target}, refusal.problems)
        raise
    if scripted:
        return Response("", 204, {"ETag": f'"{record.version}"'})
    return go(exchange, record_path(key, record.id), text("saved", exchange.language))


def comment(exchange: Exchange, app: str, entity: str, identifier: str) -> Response:
    """POST …/{id}/comments: a comment at the timeline."""
    words = first(form_data(exchange), "text")
    with exchange.writing() as call:
        key = entity_key(call, app, entity)
        add_comment(call, key, number(identifier), words)
    return go(exchange, record_path(f"{app}.{entity}", identifier))


def remove(exchange: Exchange, app: str, entity: str, identifier: str) -> Response:
    """POST …/{id}/delete: into the recycle bin."""
    data = form_data(exchange)
    path, version = record_path(f"{app}.{entity}", identifier), version_from(data)
    try:
        with exchange.writing() as call:
            key = entity_key(call, app, entity)
            batch = delete(confirming(call, data), key, number(identifier), version)
    except Refusal as refusal:
        if refusal.kind != "invalid":
            raise
        found = [replace(each, path="0") for each in refusal.problems]
        action, ids = f"{path}/delete", [number(identifier)]
        return deletion_held(exchange, app, entity, action, ids, found, path, version)
    said = counted("deleted", 1, exchange.language)
    return go(exchange, entity_path(f"{app}.{entity}"), said, undo=batch)


def bring_back(exchange: Exchange, app: str, entity: str, identifier: str) -> Response:
    """POST …/{id}/restore: out of the recycle bin."""
    form_data(exchange)
    with exchange.writing() as call:
        key = entity_key(call, app, entity)
        record = restore(call, key, number(identifier))
    return go(exchange, record_path(key, record.id), text("restored", exchange.language, title=record.title))


def submit_one(exchange: Exchange, app: str, entity: str, identifier: str) -> Response:
    """POST …/{id}/submit: begin an approval."""
    data = form_data(exchange)
    with exchange.writing() as call:
        key = entity_key(call, app, entity)
        submit(call, key, number(identifier), first(data, "workflow"), first(data, "dg_comment"))
    return go(exchange, record_path(key, identifier), text("submitted_done", exchange.language))


def withdraw_one(exchange: Exchange, app: str, entity: str, identifier: str) -> Response:
    """POST …/{id}/withdraw: take back the approval that one started."""
    data = form_data(exchange)
    with exchange.writing() as call:
        key = entity_key(call, app, entity)
        withdraw_record(call, key, number(identifier), first(data, "workflow"), first(data, "dg_comment"))
    return go(exchange, record_path(key, identifier), text("withdrawn_done", exchange.language))
