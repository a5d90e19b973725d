"""Import and export over HTTP: the same as on the command line."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from werkzeug.wrappers import Response

from dougong.records.call import Call
from dougong.records.files import clean_name
from dougong.records.habits import EVERY
from dougong.records.import_options import HABITS, MODES, ColumnHabits, Options, column_habits
from dougong.records.query import Query
from dougong.records.reading import Layout
from dougong.web.api.import_once import Wanted, import_once
from dougong.web.api.records import entity_key, query_from
from dougong.web.api.viewing import through
from dougong.web.catalogue import refuse
from dougong.web.exchange import Exchange
from dougong.web.pages.transfer import exported
from dougong.web.parameters import names, one_of

EXPORT_PARAMETERS = ("filter", "q", "sort", "fields", "format", "view")
IMPORT_PARAMETERS = (
    "mode",
    "match",
    "dry_run",
    "keep_empty",
    "keep_numbers",
    "keep_origin",
    "skip_cells",
    "encoding",
    "delimiter",
    "sheet",
    "dates",
    "decimal",
)


def import_(exchange: Exchange, app: str, entity: str) -> Response:
    """POST /{app}/{entity}/import: a CSV or XLSX file (multipart `file`).

    `files` is a ZIP archive with the files that cells name; `map` is JSON of header to
    field, `set` JSON of field to the text that every record gets there. Sent again under
    its Idempotency-Key, an import that was cut off goes on, and one that is done is answered.
    """
    given, file = exchange.parameters, exchange.request.files.get("file")
    if file is None or not file.filename:
        raise refuse("malformed", "W312", "file", name="file")
    match = names(given, "match")
    options = Options(
        mode=one_of(given, "mode", MODES) if given.get("mode") else ("upsert" if match else "add"),
        match=match,
        mapping=_texts(exchange, "map", (str, type(None))),
        dry_run=_is_true(given, "dry_run"),
        layout=Layout(given.get("encoding", ""), given.get("delimiter", ""), given.get("sheet", "")),
        habits={EVERY: _habits(given)},
        constants=_texts(exchange, "set", (str,)),
        keep_empty=_is_true(given, "keep_empty"),
        keep_numbers=_is_true(given, "keep_numbers"),
        keep_origin=_is_true(given, "keep_origin"),
        skip_cells=_is_true(given, "skip_cells"),
    )
    archive = exchange.request.files.get("files")
    with exchange.reading() as call:
        key = entity_key(call, app, entity)
    with tempfile.TemporaryDirectory(prefix="dougong-import-") as folder:
        path, packed = Path(folder) / "upload", Path(folder) / "files.zip"
        file.save(path)
        if archive is not None and archive.filename:
            archive.save(packed)
            options = replace(options, attachments=str(packed))
        name = clean_name(file.filename) or "upload.csv"
        return import_once(exchange, Wanted(call.release, key, path, options, name))


def _is_true(given: Mapping[str, str], name: str) -> bool:
    return one_of(given, name, ("false", "true")) == "true"


def _habits(given: Mapping[str, str]) -> ColumnHabits:
    date_order, decimal_mark = (
        one_of(given, name, HABITS[habit]) if given.get(name) else ""
        for name, habit in (("dates", "date_order"), ("decimal", "decimal_mark"))
    )
    return column_habits({"date_order": date_order, "decimal_mark": decimal_mark})


def _texts(exchange: Exchange, name: str, kinds: tuple[type, ...]) -> dict[str, Any]:
    """A part of the form that is a JSON object of texts."""
    try:
        found: Any = json.loads(exchange.request.form.get(name, "{}"))
    except (ValueError, RecursionError) as error:
        raise refuse(
            "malformed", "W313", name, name=name, expected="a JSON object of header and field"
        ) from error
    if not isinstance(found, dict) or not all(isinstance(value, kinds) for value in found.values()):
        raise refuse("malformed", "W313", name, name=name, expected="a JSON object of header and field")
    return found


def export(exchange: Exchange, app: str, entity: str) -> Response:
    """GET /{app}/{entity}/export?format=csv: the list as a file."""

    def ask(call: Call) -> tuple[str, Query]:
        key = entity_key(call, app, entity)
        query = through(call, key, query_from(exchange), exchange.parameters)
        return key, replace(query, count="none", named=True)

    return exported(exchange, ask, exchange.parameters.get("format", "csv"))
