"""Bringing records in from a file and taking them out."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable
from dataclasses import replace
from typing import BinaryIO, cast

from werkzeug.wrappers import Response

from dougong.diagnostics import Refusal
from dougong.jobs import cancel
from dougong.model.sheet import Sheet
from dougong.people.audit import noted
from dougong.policy.access import may
from dougong.records import import_log
from dougong.records.call import Call
from dougong.records.export import export as export_records
from dougong.records.export import fitting
from dougong.records.failed_lines import failed_lines
from dougong.records.files import disposition
from dougong.records.import_options import HABITS, MODES, ColumnHabits, column_habits
from dougong.records.query import Query
from dougong.records.reading import Layout
from dougong.records.undo import undo as undo_import
from dougong.screens.addresses import entity_path
from dougong.screens.import_ import ImportState, field_choices, import_screen, upload_screen
from dougong.screens.list import query_of
from dougong.screens.texts import text
from dougong.web import importing, new_options, taking_back
from dougong.web.catalogue import refuse
from dougong.web.exchange import Exchange
from dougong.web.importing import Looked, Upload
from dougong.web.pages.frame import entity_key, first, form_data, go, show
from dougong.web.pages.lists import asked_for, settled
from dougong.web.pages.work import work_path
from dougong.web.problems import message_of
from dougong.web.streaming import sent_while_written

FORMATS = ("csv", "xlsx", "jsonl")
WHOLE = ("xlsx",)
"""Formats of which the first byte is known when the last row is."""
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
    with exchange.reading() as call:
        key = _importable(call, app, entity)
    folder = exchange.runtime.files_folder
    try:
        if file is None or not file.filename:
            raise refuse("invalid", "W312", "file", name="file")
        zipped = exchange.request.files.get("attachments")
        archive = cast(BinaryIO, zipped.stream) if zipped is not None and zipped.filename else None
        kept = importing.keep(folder, file.filename, cast(BinaryIO, file.stream), archive)
        try:
            looked = importing.look(kept.file(folder), kept.name, exchange.language)
            with exchange.writing() as call:
                kept = importing.begin(call, key, kept, looked)
        except BaseException:
            importing.forget(folder, kept)
            raise
    except Refusal as refusal:
        if refusal.kind not in ("invalid", "too_large"):
            raise
        messages = [message_of(each, exchange.language) for each in refusal.problems]
        with exchange.reading() as call:
            return show(exchange, call, upload_screen(call, key, messages), 422)
    return exchange.redirect(f"{entity_path(key)}/import/{kept.token}")


def step(exchange: Exchange, app: str, entity: str, token: str) -> Response:
    """GET …/import/{token}: the step the upload is at."""
    with exchange.reading() as call:
        key = _importable(call, app, entity)
        kept = importing.load(call.connection, call.actor.id, key, token)
        return show(exchange, call, import_screen(call, key, _state(call, kept)))


def _state(call: Call, kept: Upload, problems: tuple[str, ...] = ()) -> ImportState:
    progress = importing.progress_of(call.connection, kept)
    error = kept.error or (progress.error if progress and progress.state == "failed" else "")
    row = import_log.noted(call.connection, kept.identity) if kept.identity and not kept.tried else None
    return ImportState(
        token=kept.token,
        name=kept.name,
        columns=kept.columns,
        mode=kept.mode,
        match=kept.match,
        layout=kept.layout,
        sheets=kept.sheets,
        constants=kept.constants,
        keep_empty=kept.keep_empty,
        keep_numbers=kept.keep_numbers,
        keep_origin=kept.keep_origin,
        skip_cells=kept.skip_cells,
        remembered=kept.remembered,
        tried=kept.tried,
        state=progress.state if progress else "",
        done=progress.done if progress else 0,
        total=kept.total,
        error="\n".join((*problems, error)).strip(),
        result=kept.result,
        options=new_options.missing_options(call, kept),
        broken=dict(import_log.figures(import_log.counts_of(row)))
        if row is not None and row["state"] in (import_log.BROKEN, import_log.CANCELLED)
        else None,
    )


def reread(exchange: Exchange, app: str, entity: str, token: str) -> Response:
    """POST …/import/{token}/read: read the file as it was chosen now, and show what that gives."""
    data = form_data(exchange)
    with exchange.reading() as call:
        key = _importable(call, app, entity)
        kept = importing.load(call.connection, call.actor.id, key, token)
        chosen = _chosen(call, key, kept, data)
    layout = Layout(first(data, "encoding"), _delimiter(first(data, "delimiter")), first(data, "sheet"))
    try:
        looked = _looked(exchange, chosen, layout)
    except Refusal as refusal:
        if refusal.kind not in ("invalid", "too_large"):
            raise
        messages = tuple(message_of(each, exchange.language) for each in refusal.problems)
        with exchange.reading() as call:
            return show(exchange, call, import_screen(call, key, _state(call, kept, messages)), 422)
    with exchange.writing() as call:
        fresh = replace(chosen, result=None, job=0, error="", tried=False)
        importing.save(call.connection, call.actor.id, importing.seen(call, fresh, looked))
    return exchange.redirect(f"{entity_path(key)}/import/{token}")


def _delimiter(name: str) -> str:
    return "\t" if name == "tab" else name


def _looked(exchange: Exchange, kept: Upload, layout: Layout) -> Looked:
    path = kept.file(exchange.runtime.files_folder)
    if not path.is_file():
        raise refuse("missing", "W404")
    return importing.look(path, kept.name, exchange.language, layout)


def try_out(exchange: Exchange, app: str, entity: str, token: str) -> Response:
    """POST …/import/{token}/try: keep what was chosen and see what would happen."""
    return _start(exchange, app, entity, token, dry_run=True)


def add_options(exchange: Exchange, app: str, entity: str, token: str) -> Response:
    """POST …/import/{token}/options: give the definition the options that the trial met, and try again."""
    with exchange.writing() as call:
        key = _importable(call, app, entity)
        kept = importing.load(call.connection, call.actor.id, key, token)
        new_options.add_options(call, kept, exchange.runtime.afterwards)
    with exchange.writing() as call:
        importing.start(call, kept, dry_run=True)
    return exchange.redirect(f"{entity_path(key)}/import/{token}")


def run(exchange: Exchange, app: str, entity: str, token: str) -> Response:
    """POST …/import/{token}/run: do it; a trial that is still under way is ended for it."""
    return _start(exchange, app, entity, token, dry_run=False)


def _start(exchange: Exchange, app: str, entity: str, token: str, dry_run: bool) -> Response:
    data = form_data(exchange)
    with exchange.reading() as call:
        key = _importable(call, app, entity)
        kept = importing.load(call.connection, call.actor.id, key, token)
        chosen = _chosen(call, key, kept, data)
    looked = _looked(exchange, chosen, chosen.layout) if data.keys() - {"csrf_token", "dg_form"} else None
    with exchange.writing() as call:
        now = importing.load(call.connection, call.actor.id, key, token)
        if _is_under_way(call, now) and (dry_run or not now.tried or now.result is not None):
            return exchange.redirect(f"{entity_path(key)}/import/{token}")
        if now.job and now.tried:
            cancel(call.connection, now.job)
        if looked is not None:
            chosen = importing.seen(call, chosen, looked)
        importing.start(call, chosen, dry_run)
    return exchange.redirect(f"{entity_path(key)}/import/{token}")


def _is_under_way(call: Call, kept: Upload) -> bool:
    """Whether it is being done, or was done: the same file is not taken in twice by a second press of the button."""
    progress = importing.progress_of(call.connection, kept)
    ended = kept.result is not None and not kept.result["dry_run"]
    return ended or (progress is not None and progress.state in ("waiting", "running"))


def _chosen(call: Call, key: str, kept: Upload, data: dict[str, list[str]]) -> Upload:
    known = {each.value for each in field_choices(call, call.release.entity(key))}
    mapping = {column.header: column.target or None for column in kept.columns}
    habits = dict(kept.habits)
    for index, header in enumerate(kept.header):
        wanted = first(data, f"map-{index}")
        if f"map-{index}" in data and wanted in known:
            mapping[header] = wanted or None
        if f"habit-{index}" in data:
            habits[header] = _habit(first(data, f"habit-{index}"))
    if "mode" not in data:
        return replace(kept, mapping=mapping, habits=habits)
    mode = first(data, "mode")
    pairs = zip(data.get("constant-field", []), data.get("constant-text", []), strict=False)
    return replace(
        kept,
        mapping=mapping,
        habits=habits,
        mode=mode if mode in MODES else kept.mode,
        match=tuple(each for each in data.get("match", []) if each in known and each),
        constants={name: text for name, text in pairs if name in known and name and text.strip()},
        keep_empty=first(data, "keep_empty") == "true",
        keep_numbers=first(data, "keep_numbers") == "true",
        keep_origin=first(data, "keep_origin") == "true",
        skip_cells=first(data, "skip_cells") == "true",
    )


def _habit(chosen: str) -> ColumnHabits:
    """One choice of a form, `date_order:mdy`; nothing for "found out"."""
    name, _, value = chosen.partition(":")
    try:
        return column_habits({name: value} if name else {})
    except ValueError as error:
        raise refuse("malformed", "W206", "habit", name="habit", allowed=", ".join(HABITS)) from error


def go_on(exchange: Exchange, app: str, entity: str, token: str) -> Response:
    """POST …/import/{token}/continue: go on with an import that was stopped or broken off."""
    with exchange.writing() as call:
        key = _importable(call, app, entity)
        kept = importing.load(call.connection, call.actor.id, key, token)
        if not kept.identity or kept.tried or _is_under_way(call, kept):
            raise refuse("missing", "W404")
        importing.start(call, kept, dry_run=False, go_on=True)
    return exchange.redirect(f"{entity_path(key)}/import/{token}")


def stop(exchange: Exchange, app: str, entity: str, token: str) -> Response:
    """POST …/import/{token}/cancel: stop what runs; what was done stays until it is undone."""
    with exchange.writing() as call:
        key = _importable(call, app, entity)
        kept = importing.load(call.connection, call.actor.id, key, token)
        if kept.job:
            cancel(call.connection, kept.job)
    return exchange.redirect(f"{entity_path(key)}/import/{token}")


def failed(exchange: Exchange, app: str, entity: str, token: str) -> Response:
    """GET …/import/{token}/failed: the lines that failed (or are in without some cells), with the reasons, as a file."""
    kind = exchange.parameters.get("format", "xlsx")
    if kind not in ("csv", "xlsx"):
        raise refuse("malformed", "W206", "format", name="format", allowed="csv, xlsx")
    state = exchange.parameters.get("lines", import_log.FAILED)
    if state not in (import_log.FAILED, import_log.PARTIAL):
        raise refuse("malformed", "W206", "lines", name="lines", allowed="failed, partial")
    with exchange.reading() as call:
        key = _importable(call, app, entity)
        kept = importing.load(call.connection, call.actor.id, key, token)
        row = import_log.noted(call.connection, kept.identity, call.actor.id)
        if row is None or not import_log.count_of(call.connection, kept.identity, state):
            raise refuse("missing", "W404")
        path = kept.file(exchange.runtime.files_folder)
        sheet = failed_lines(call.connection, call.release, kept.identity, path, call.language, state)
        stem = kept.name.rpartition(".")[0] or kept.name
        return sent(exchange, replace(sheet, name=f"{stem}.{state}"), kind)


def undo(exchange: Exchange, app: str, entity: str, token: str) -> Response:
    """POST …/import/{token}/undo: take the import back."""
    with exchange.writing() as call:
        key = _importable(call, app, entity)
        kept = importing.load(call.connection, call.actor.id, key, token)
        if not kept.identity or kept.tried:
            raise refuse("missing", "W404")
        if taking_back.is_long_import(call, kept.identity):
            back = entity_path(key)
            job = taking_back.order_undoing_of_import(call, kept.identity, "skip", back, kept)
            return exchange.redirect(work_path(job))
        undone = undo_import(call, kept.identity)
        importing.begin_anew(call, key, token)
    counts = {name: f"{getattr(undone, name):,}" for name in ("deleted", "restored", "skipped")}
    return go(exchange, entity_path(key), text("import_undone", exchange.language, **counts))


def export(exchange: Exchange, app: str, entity: str) -> Response:
    """GET /{app}/{entity}/export: the list as a file, in the order and under the filter that the address says."""

    def ask(call: Call) -> tuple[str, Query]:
        key = entity_key(call, app, entity)
        look = settled(call, key, asked_for(exchange))
        return key, replace(query_of(look.asked, look.view), count="none", cursor=None)

    return exported(exchange, ask, exchange.parameters.get("format", "csv"))


def exported(exchange: Exchange, ask: Callable[[Call], tuple[str, Query]], kind: str) -> Response:
    """The records of a query as a file of one of the formats, sent while it is written unless it must be whole."""
    if kind not in FORMATS:
        raise refuse("malformed", "W206", "format", name="format", allowed=", ".join(FORMATS))
    with exchange.reading() as call:
        key, query = ask(call)
        sheet = export_records(call, key, query)
        _note_export(exchange, key, query, kind)
        if kind in WHOLE:
            return sent(exchange, sheet, kind)
    write = exchange.runtime.renderers.tables[kind]

    def written(target: io.RawIOBase) -> None:
        with exchange.reading_apart() as apart, fitting(exchange.language):
            write(export_records(apart, *ask(apart)), cast(BinaryIO, target))

    stream = sent_while_written(written)
    response = Response(stream.pieces, 200, content_type=exchange.runtime.renderers.media_types[kind])
    response.call_on_close(stream.close)
    if stream.size is not None:
        response.content_length = stream.size
    response.headers["Content-Disposition"] = disposition(f"{sheet.name}.{kind}", "application/octet-stream")
    return response


def _note_export(exchange: Exchange, key: str, query: Query, kind: str) -> None:
    """Data that leave in masses are kept in mind, before the first of them leaves."""
    narrowed = query.filter if isinstance(query.filter, str | None) else query.filter.text
    asked = {"filter": narrowed, "q": query.q}
    told = {name: value for name, value in asked.items() if value}
    with exchange.runtime.database.writing() as connection:
        noted(connection, "records.export", f"entity:{key}", format=kind, actor_id=None, **told)


def sent(exchange: Exchange, sheet: Sheet, kind: str) -> Response:
    """A table as a file of one of the formats."""
    tables = exchange.runtime.renderers.tables
    target = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  # closed with the response
    try:
        with fitting(exchange.language):
            tables[kind](sheet, cast(BinaryIO, target))
    except BaseException:
        target.close()
        raise
    target.seek(0)
    response = Response(
        target, 200, content_type=exchange.runtime.renderers.media_types[kind], direct_passthrough=True
    )
    response.call_on_close(target.close)
    response.headers["Content-Disposition"] = disposition(f"{sheet.name}.{kind}", "application/octet-stream")
    return response
