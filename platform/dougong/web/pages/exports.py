"""Taking records out of the browser's list with a choice of columns and format, in the background where it takes long."""

from __future__ import annotations

from dataclasses import asdict, replace

from flask import send_file
from werkzeug.wrappers import Response

from dougong.jobs import cancel, queue
from dougong.policy.access import may
from dougong.records.call import Call
from dougong.records.files import disposition
from dougong.records.query import list_records
from dougong.screens.addresses import entity_path, with_query
from dougong.screens.export import ExportState, choose_screen, export_fields, export_screen
from dougong.screens.list import query_of
from dougong.screens.list_request import ListRequest
from dougong.screens.list_views import view_of
from dougong.web import exporting
from dougong.web.catalogue import refuse
from dougong.web.exchange import Exchange
from dougong.web.exporting import Ordered
from dougong.web.pages.frame import entity_key, first, form_data, number, show
from dougong.web.pages.lists import asked_for, settled

MOST_CHOSEN = 200
"""As many as a page of a list can have, twice: their ids travel in an address."""


def _exportable(call: Call, app: str, entity: str) -> str:
    key = entity_key(call, app, entity)
    if not may(call.release, call.actor, key, "export"):
        raise refuse("forbidden", "W403")
    return key


def choose(exchange: Exchange, app: str, entity: str) -> Response:
    """GET /{app}/{entity}/export/new: choose columns and format for the list that the address says."""
    with exchange.reading() as call:
        key = _exportable(call, app, entity)
        asked = settled(call, key, asked_for(exchange)).asked
        return show(exchange, call, choose_screen(call, key, asked, _count(call, key, asked)))


def choose_chosen(exchange: Exchange, app: str, entity: str) -> Response:
    """POST …/export/chosen: choose columns and format for the chosen rows of a list."""
    chosen = list(dict.fromkeys(number(each) for each in form_data(exchange).get("id", [])))
    if not chosen or len(chosen) > MOST_CHOSEN:
        raise refuse("invalid", "W434")
    condition = f"id IN ({', '.join(map(str, chosen))})"
    return exchange.redirect(with_query(f"/{app}/{entity}/export/new", [("filter", condition)]))


def _count(call: Call, key: str, asked: ListRequest) -> int:
    view = view_of(call, call.release.entity(key), asked.view)
    query = replace(query_of(asked, view), limit=1, cursor=None, offset=0, count="exact", action="export")
    return list_records(call, key, query).count or 0


def start(exchange: Exchange, app: str, entity: str) -> Response:
    """POST /{app}/{entity}/export: have the file written."""
    data = form_data(exchange)
    kind = first(data, "format") or "csv"
    if kind not in (*exchange.runtime.renderers.tables, exporting.PACKED):
        raise refuse("malformed", "W206", "format", name="format", allowed="csv, xlsx, jsonl, zip")
    with exchange.writing() as call:
        key = _exportable(call, app, entity)
        known = {each.value for each in export_fields(call, key)}
        fields = tuple(each for each in data.get("field", []) if each in known)
        asked = settled(call, key, asked_for(exchange)).asked
        total = _count(call, key, asked)
        ordered = exporting.order(
            call, Ordered("", key, kind, asdict(asked), fields, first(data, "rows") == "true", total=total)
        )
    return exchange.redirect(f"{entity_path(key)}/export/{ordered.token}")


def step(exchange: Exchange, app: str, entity: str, token: str) -> Response:
    """GET …/export/{token}: how far it is, and the file when it is done."""
    with exchange.reading() as call:
        key = _exportable(call, app, entity)
        ordered = exporting.load(call.connection, call.actor.id, key, token)
        job = queue.get(call.connection, ordered.job)
        state = ExportState(
            token,
            job.state if job else "",
            job.done if job else 0,
            ordered.total,
            ordered.count,
            ordered.error or (job.error or "" if job and job.state == "failed" else ""),
            ordered.name,
        )
        return show(exchange, call, export_screen(call, key, state))


def stop(exchange: Exchange, app: str, entity: str, token: str) -> Response:
    """POST …/export/{token}/cancel: stop writing it."""
    with exchange.writing() as call:
        key = _exportable(call, app, entity)
        cancel(call.connection, exporting.load(call.connection, call.actor.id, key, token).job)
    return exchange.redirect(f"{entity_path(key)}/export/{token}")


def give(exchange: Exchange, app: str, entity: str, token: str) -> Response:
    """GET …/export/{token}/file: the file."""
    with exchange.reading() as call:
        key = _exportable(call, app, entity)
        ordered = exporting.load(call.connection, call.actor.id, key, token)
    path = ordered.file(exchange.runtime.files_folder)
    if ordered.count is None or not path.is_file():
        raise refuse("missing", "W404")
    media = exchange.runtime.renderers.media_types.get(ordered.kind, "application/zip")
    response: Response = send_file(path.resolve(), mimetype=media.partition(";")[0])
    response.headers["Content-Disposition"] = disposition(ordered.name, "application/octet-stream")
    return response
