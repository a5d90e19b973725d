"""Import and export over HTTP: the same as on the command line."""

from __future__ import annotations

import json
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from werkzeug.wrappers import Response

from dougong.records.files import clean_name
from dougong.records.import_ import MODES, Options
from dougong.records.import_ import run as run_import
from dougong.web.api.records import entity_key, query_from
from dougong.web.catalogue import refuse
from dougong.web.exchange import Exchange
from dougong.web.importing import result_document
from dougong.web.pages.transfer import exported
from dougong.web.parameters import names, one_of

EXPORT_PARAMETERS = ("filter", "q", "sort", "fields", "format")
IMPORT_PARAMETERS = ("mode", "match", "dry_run")


def import_(exchange: Exchange, app: str, entity: str) -> Response:
    """POST /{app}/{entity}/import: a CSV or XLSX file (multipart `file`, and `map` as JSON of header to field)."""
    given, file = exchange.parameters, exchange.request.files.get("file")
    if file is None or not file.filename:
        raise refuse("malformed", "W312", "file", name="file")
    match = names(given, "match")
    options = Options(
        mode=one_of(given, "mode", MODES) if given.get("mode") else ("upsert" if match else "add"),
        match=match,
        mapping=_mapping(exchange.request.form.get("map", "{}")),
        dry_run=one_of(given, "dry_run", ("false", "true")) == "true",
    )
    with exchange.reading() as call:
        key, release, actor, language = entity_key(call, app, entity), call.release, call.actor, call.language
    with tempfile.TemporaryDirectory(prefix="dougong-import-") as folder:
        path = Path(folder) / "upload"
        file.save(path)
        name = clean_name(file.filename) or "upload.csv"
        result = run_import(exchange.runtime.database, release, actor, key, path, options, name, language)
    return exchange.json(result_document(result, language))


def _mapping(text: str) -> dict[str, str | None]:
    try:
        found: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise refuse(
            "malformed", "W313", "map", name="map", expected="a JSON object of header and field"
        ) from error
    if not isinstance(found, dict) or not all(isinstance(value, str | None) for value in found.values()):
        raise refuse("malformed", "W313", "map", name="map", expected="a JSON object of header and field")
    return found


def export(exchange: Exchange, app: str, entity: str) -> Response:
    """GET /{app}/{entity}/export?format=csv: the list as a file."""
    kind = exchange.parameters.get("format", "csv")
    with exchange.reading() as call:
        query = query_from(exchange)
        return exported(exchange, call, entity_key(call, app, entity), replace(query, count="none"), kind)
