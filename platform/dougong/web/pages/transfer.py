"""Bringing records in from a file and taking them out."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from typing import BinaryIO, cast

from flask import send_file as flask_send_file
from werkzeug.wrappers import Response

from dougong.diagnostics import Refusal
from dougong.policy.access import may
from dougong.records.call import Call
from dougong.records.export import export as export_records
from dougong.records.files import disposition
from dougong.records.import_ import MODES
from dougong.records.query import Query
from dougong.records.undo import undo as undo_import
from dougong.screens.addresses import entity_path
from dougong.screens.import_ import ImportState, field_choices, import_screen, upload_screen
from dougong.screens.list import query_of
from dougong.screens.list_head import view_of
from dougong.screens.texts import text
from dougong.web import importing
from dougong.web.catalogue import refuse
from dougong.web.exchange import Exchange
from dougong.web.importing import Upload
from dougong.web.pages.frame import entity_key, first, form_data, go, show
from dougong.web.pages.lists import asked_for
from dougong.web.problems import message_of

FORMATS = ("csv", "xlsx", "jsonl")
IN_MEMORY = 4 * 1024 * 1024


def upload_page(exchange: Exchange, app: str, entity: str) -> Response:
    """GET /{app}/{entity}/import: choose a file."""
    with exchange.reading() as call:
        return show(exchange, call, upload_screen(call, _importable(call, app, entity)))


def _importable(call: Call, app: str, entity: str) -> str:
    key = entity_key(call, app, entity)
    if not may(call.release, call.actor, key, "import"):
        raise refuse("forbidden", "W426")
    return key


def upload(exchange: Exchange, app: str, entity: str) -> Response:
    """POST /{app}/{entity}/import: keep the file and go on to its columns."""
    file = exchange.request.files.get("file")
    try:
        if file is None or not file.filename:
            raise refuse("invalid", "W312", "file", name="file")
        with exchange.writing() as call:
            key = _importable(call, app, entity)
            kept = importing.begin(
                call, exchange.runtime.files_folder, key, file.filename, cast(BinaryIO, file.stream)
            )
    except Refusal as refusal:
        if refusal.kind not in ("invalid", "too_large"):
            raise
        messages = [message_of(each, exchange.language) for each in refusal.problems]
        with exchange.reading() as call:
            return show(exchange, call, upload_screen(call, _importable(call, app, entity), messages), 422)
    return exchange.redirect(f"{entity_path(key)}/import/{kept.token}")


def step(exchange: Exchange, app: str, entity: str, token: str) -> Response:
    """GET …/import/{token}: the step the upload is at."""
    with exchange.reading() as call:
        key = _importable(call, app, entity)
        kept = importing.load(call.connection, call.actor.id, key, token)
        return show(exchange, call, import_screen(call, key, _state(call, kept)))


def _state(call: Call, kept: Upload) -> ImportState:
    progress = importing.progress_of(call.connection, kept)
    return ImportState(
        kept.token,
        kept.name,
        kept.header,
        kept.sample,
        kept.found,
        kept.mapping,
        kept.mode,
        kept.match,
        kept.tried,
        progress.state if progress else "",
        progress.done if progress else 0,
        kept.error or (progress.error if progress and progress.state == "failed" else ""),
        kept.result,
    )


def try_out(exchange: Exchange, app: str, entity: str, token: str) -> Response:
    """POST …/import/{token}/try: keep what was chosen and see what would happen."""
    return _start(exchange, app, entity, token, dry_run=True)


def run(exchange: Exchange, app: str, entity: str, token: str) -> Response:
    """POST …/import/{token}/run: do it, or try again when the columns were chosen anew."""
    return _start(exchange, app, entity, token, dry_run=False)


def _start(exchange: Exchange, app: str, entity: str, token: str, dry_run: bool) -> Response:
    data = form_data(exchange)
    with exchange.writing() as call:
        key = _importable(call, app, entity)
        kept = importing.load(call.connection, call.actor.id, key, token)
        chosen = _chosen(call, key, kept, data)
        importing.start(call, chosen, dry_run)
    return exchange.redirect(f"{entity_path(key)}/import/{token}")


def _chosen(call: Call, key: str, kept: Upload, data: dict[str, list[str]]) -> Upload:
    known = {each.value for each in field_choices(call, call.release.entity(key))}
    mapping = dict(kept.mapping)
    for index, header in enumerate(kept.header):
        wanted = first(data, f"map-{index}")
        if f"map-{index}" in data and wanted in known:
            mapping[header] = wanted or None
    mode = first(data, "mode") or kept.mode
    match = (
        tuple(each for each in data.get("match", []) if each in known and each)
        if "mode" in data
        else kept.match
    )
    return replace(kept, mapping=mapping, mode=mode if mode in MODES else kept.mode, match=match)


def failed(exchange: Exchange, app: str, entity: str, token: str) -> Response:
    """GET …/import/{token}/failed: the lines that failed, with the reasons."""
    with exchange.reading() as call:
        key = _importable(call, app, entity)
        kept = importing.load(call.connection, call.actor.id, key, token)
    path = kept.failed_file(exchange.runtime.files_folder)
    if not path.is_file():
        raise refuse("missing", "W404")
    response: Response = flask_send_file(path.resolve(), mimetype="text/csv")
    response.headers["Content-Disposition"] = disposition(f"{kept.name}.failed.csv", "text/csv")
    return response


def undo(exchange: Exchange, app: str, entity: str, token: str) -> Response:
    """POST …/import/{token}/undo: take the import back."""
    with exchange.writing() as call:
        key = _importable(call, app, entity)
        kept = importing.load(call.connection, call.actor.id, key, token)
        if kept.result is None or kept.result["dry_run"]:
            raise refuse("missing", "W404")
        undo_import(call, kept.result["id"])
        importing.save(call.connection, call.actor.id, replace(kept, result=None, job=0))
    return go(exchange, entity_path(key), text("import_undone", exchange.language))


def export(exchange: Exchange, app: str, entity: str) -> Response:
    """GET /{app}/{entity}/export: the list as a file, in the order and under the filter that the address says."""
    asked = asked_for(exchange)
    kind = exchange.parameters.get("format", "csv")
    with exchange.reading() as call:
        key = entity_key(call, app, entity)
        view = view_of(call, call.release.entity(key), asked.view)
        return exported(exchange, call, key, replace(query_of(asked, view), count="none", cursor=None), kind)


def exported(exchange: Exchange, call: Call, key: str, query: Query, kind: str) -> Response:
    """The records of a query as a file of one of the formats."""
    if kind not in FORMATS:
        raise refuse("malformed", "W206", "format", name="format", allowed=", ".join(FORMATS))
    tables = exchange.runtime.renderers.tables
    sheet = export_records(call, key, query)
    target = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  # closed with the response
    tables[kind](sheet, cast(BinaryIO, target))
    target.seek(0)
    response = Response(
        target, 200, content_type=exchange.runtime.renderers.media_types[kind], direct_passthrough=True
    )
    response.call_on_close(target.close)
    response.headers["Content-Disposition"] = disposition(f"{sheet.name}.{kind}", "application/octet-stream")
    return response
