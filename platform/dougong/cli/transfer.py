"""`dougong import` and `dougong export`: records from and into files."""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from pathlib import Path
from typing import Any

from dougong import assembly
from dougong.cli.command import Command, takes_database, takes_format
from dougong.cli.console import Console, documents, finding_line
from dougong.cli.opening import acting_as, calling, database_of, entity_key_of, settings_of
from dougong.diagnostics import Diagnostic, Refusal
from dougong.people import audit
from dougong.records.delimited import ENCODINGS
from dougong.records.export import export, fitting
from dougong.records.failed_lines import failed_lines
from dougong.records.habits import EVERY
from dougong.records.import_ import MODES, Counts, Options, Result, resume, run
from dougong.records.import_log import noted
from dougong.records.import_options import HABITS, column_habits
from dougong.records.packed import write_packed
from dougong.records.query import Query
from dougong.records.reading import Layout
from dougong.records.undo import undo
from dougong.storage.database import Database
from dougong_renderers.tables import WRITERS


def _configure_import(parser: argparse.ArgumentParser, console: Console) -> None:
    parser.add_argument("entity", metavar="APPID.ENTITY", nargs="?", help=console.say("opt_entity"))
    parser.add_argument("file", metavar="FILE", nargs="?", help=console.say("opt_file"))
    parser.add_argument("--map", metavar="FILE", help=console.say("opt_map"))
    parser.add_argument(
        "--match", metavar="FIELD", action="append", default=[], help=console.say("opt_match")
    )
    parser.add_argument("--mode", choices=MODES, help=console.say("opt_mode"))
    parser.add_argument("--dry-run", action="store_true", help=console.say("opt_dry_run"))
    parser.add_argument("--failed", metavar="FILE", help=console.say("opt_failed"))
    parser.add_argument("--as", dest="login", metavar="LOGIN", help=console.say("opt_as"))
    parser.add_argument("--undo", metavar="ID", type=int, help=console.say("opt_undo"))
    parser.add_argument("--continue", dest="resume", metavar="ID", type=int, help=console.say("opt_continue"))
    parser.add_argument(
        "--set", metavar="FIELD=TEXT", action="append", default=[], help=console.say("opt_set")
    )
    parser.add_argument("--files", metavar="ZIP", default="", help=console.say("opt_files"))
    parser.add_argument("--keep-empty", action="store_true", help=console.say("opt_keep_empty"))
    parser.add_argument("--keep-numbers", action="store_true", help=console.say("opt_keep_numbers"))
    parser.add_argument("--keep-origin", action="store_true", help=console.say("opt_keep_origin"))
    parser.add_argument("--skip-cells", action="store_true", help=console.say("opt_skip_cells"))
    parser.add_argument("--encoding", choices=ENCODINGS, default="", help=console.say("opt_encoding"))
    parser.add_argument("--delimiter", metavar="SIGN", default="", help=console.say("opt_delimiter"))
    parser.add_argument("--sheet", metavar="NAME", default="", help=console.say("opt_sheet"))
    parser.add_argument("--dates", choices=HABITS["date_order"], default="", help=console.say("opt_dates"))
    parser.add_argument(
        "--decimal", choices=HABITS["decimal_mark"], default="", help=console.say("opt_decimal")
    )
    takes_database(parser, console)
    takes_format(parser, console)


def _run_import(options: argparse.Namespace, console: Console) -> int:
    database = database_of(options)
    if options.undo is not None:
        with calling(database, settings_of(options), console, options.login, "import", write=True) as call:
            undone = undo(call, options.undo)
        console.result(
            console.say("import_undone", id=options.undo), {"id": options.undo, "undone": str(undone)}
        )
        return 0
    if options.file is None and options.resume is None:
        raise Refusal("invalid", [Diagnostic("C131", console.say("no_file", file="FILE", reason="-"))])
    path = None if options.file is None else Path(options.file)
    with database.reading() as connection:
        release = assembly.releases(database).pinned(connection)
        key = "" if options.resume is not None else entity_key_of(release, options.entity)
        actor = acting_as(connection, options.login)

    def progress(counts: Counts) -> None:
        console.progress(console.say("import_progress", count=f"{counts.total:,}"))

    language = console.language
    files = assembly.file_store(settings_of(options), database)
    if options.resume is not None:
        result = resume(database, release, actor, options.resume, path, language, progress, files)
        path = path or _file_of(database, result.id)
    else:
        assert path is not None
        result = run(
            database,
            release,
            actor,
            key,
            path,
            _chosen(options),
            language=language,
            progress=progress,
            files=files,
        )
    console.progress(console.say("import_progress", count=f"{result.counts.total:,}"), final=True)
    failed = Path(options.failed) if options.failed else path.with_name(f"{path.stem}.failed.csv")
    if result.counts.failed:
        _write_failed(database, result.id, path, failed, language)
    return _report(console, result, failed)


def _chosen(options: argparse.Namespace) -> Options:
    """How to import, as the command line says."""
    matches = tuple(name.strip() for each in options.match for name in each.split(",") if name.strip())
    constants = {}
    for each in options.set:
        name, sign, text = each.partition("=")
        if not sign:
            raise Refusal("invalid", [Diagnostic("C132", f"--set {each} is not FIELD=TEXT")])
        constants[name.strip()] = text
    habits = column_habits({"date_order": options.dates, "decimal_mark": options.decimal})
    return Options(
        mode=options.mode or ("upsert" if matches else "add"),
        match=matches,
        mapping=_mapping(options.map),
        dry_run=options.dry_run,
        layout=Layout(options.encoding, options.delimiter.replace("\\t", "\t"), options.sheet),
        habits={EVERY: habits},
        constants=constants,
        keep_empty=options.keep_empty,
        keep_numbers=options.keep_numbers,
        keep_origin=options.keep_origin,
        skip_cells=options.skip_cells,
        attachments=str(Path(options.files).resolve()) if options.files else "",
    )


def _file_of(database: Database, import_id: int) -> Path:
    with database.reading() as connection:
        row = noted(connection, import_id)
    assert row is not None
    return Path(row["file_key"])


def _write_failed(database: Database, import_id: int, path: Path, target: Path, language: str) -> None:
    kind = target.suffix.lower().removeprefix(".")
    if kind not in ("csv", "xlsx"):
        raise Refusal("invalid", [Diagnostic("C133", f"{target.name}: .csv, .xlsx")])
    with database.reading() as connection, target.open("wb") as file, fitting(language):
        release = assembly.releases(database).pinned(connection)
        WRITERS[kind](failed_lines(connection, release, import_id, path, language), file)


def _mapping(path: str | None) -> dict[str, str | None]:
    if path is None:
        return {}
    try:
        found = json.loads(Path(path).read_text("utf-8"))
    except ValueError as error:
        raise Refusal(
            "invalid", [Diagnostic("C132", f"{path} is not a JSON object of header and field: {error}")]
        ) from error
    if not isinstance(found, dict) or not all(isinstance(value, str | None) for value in found.values()):
        raise Refusal("invalid", [Diagnostic("C132", f"{path} is not a JSON object of header and field")])
    return found


def _report(console: Console, result: Result, failed: Path) -> int:
    counts = result.counts
    numbers: dict[str, Any] = {
        "added": counts.added,
        "updated": counts.updated,
        "unchanged": counts.unchanged,
        "failed": counts.failed,
    }
    words = console.say("import_dry" if result.dry_run else "import_result", id=result.id, **numbers)
    failures = [
        {"line": each.line, "errors": documents(each.problems, console.language)} for each in result.failures
    ]
    document = {
        "id": result.id,
        "batch": result.batch,
        "total": counts.total,
        **numbers,
        "dry_run": result.dry_run,
        "partial": result.partial,
    }
    file = str(failed) if counts.failed else None
    console.result(
        words, document | {"failed_file": file, "ignored": list(result.ignored), "failures": failures}
    )
    for failure in result.failures[:20]:
        for problem in failure.problems:
            console.note(f"{failure.line}: {finding_line(problem, console.language)}")
    for reason in result.skipped:
        skipped = {"path": reason.path, "message": reason.message, "count": f"{reason.count:,}"}
        console.note(console.say("import_skipped", **skipped))
    if counts.failed:
        console.note(console.say("import_failed_file", file=file))
    return 1 if counts.failed else 0


def _configure_export(parser: argparse.ArgumentParser, console: Console) -> None:
    parser.add_argument("entity", metavar="APPID.ENTITY", help=console.say("opt_entity"))
    parser.add_argument("--to", metavar="FILE", required=True, help=console.say("opt_to_file"))
    parser.add_argument("--filter", metavar="EXPRESSION", help=console.say("opt_filter"))
    parser.add_argument("--fields", metavar="FIELD,…", help=console.say("opt_fields"))
    parser.add_argument("--no-rows", action="store_true", help=console.say("opt_no_rows"))
    parser.add_argument("--as", dest="login", metavar="LOGIN", help=console.say("opt_as"))
    takes_database(parser, console)
    takes_format(parser, console)


def _run_export(options: argparse.Namespace, console: Console) -> int:
    target = Path(options.to)
    kind = target.suffix.lower().removeprefix(".")
    is_packed = kind == "zip"
    if kind not in WRITERS and not is_packed:
        raise Refusal("invalid", [Diagnostic("C133", console.say("bad_extension"))])
    fields = None if options.fields is None else [each.strip() for each in options.fields.split(",")]
    database = database_of(options)
    with calling(database, settings_of(options), console, options.login) as call:
        key = entity_key_of(call.release, options.entity)
        query = Query(filter=options.filter, sort="id")
        sheet = export(call, key, query, fields, tables=not options.no_rows, files=is_packed)
        handle, partial = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(handle, "wb") as file, fitting(console.language):
                if is_packed:
                    store = assembly.file_store(settings_of(options), database)
                    count = write_packed(sheet, WRITERS["csv"], f"{target.stem}.csv", file, store)
                else:
                    count = WRITERS[kind](sheet, file)
            Path(partial).chmod(0o644)
            Path(partial).replace(target)
        except BaseException:
            Path(partial).unlink(missing_ok=True)
            raise
    with database.writing() as connection:
        audit.noted(connection, "records.export", f"entity:{key}", format=kind, count=count)
    console.result(
        console.say("exported", count=f"{count:,}", file=target), {"count": count, "file": str(target)}
    )
    return 0


IMPORT = Command("import", "import", _configure_import, _run_import)
EXPORT = Command("export", "export", _configure_export, _run_export)
