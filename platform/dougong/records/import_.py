"""Imports records from a file: streaming, in chunks that commit one by one together with how far the import is."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from dougong.diagnostics import Refusal, nearest
from dougong.fieldtypes.base import Habits
from dougong.people.actor import Actor
from dougong.records import import_log
from dougong.records.attachments import Attachments, open_attachments
from dougong.records.call import Call
from dougong.records.cells import CellReader, Entry
from dougong.records.doors import open_door
from dougong.records.habits import find_habits, habits_of
from dougong.records.import_chunks import take_all
from dougong.records.import_options import MODES, Options, options_from
from dougong.records.import_run import Begun, Ended, Progress, Result, Run
from dougong.records.importer import Counts, Failure, Importer, chunked
from dougong.records.mapping import ID, Column, add_constants, map_columns
from dougong.records.matching import Matcher
from dougong.records.messages import refuse
from dougong.records.reading import Line, Reading, open_table
from dougong.records.rehearsal import Rehearsal
from dougong.records.resolving import Resolver
from dougong.records.shape import Shape
from dougong.storage import statistics
from dougong.storage.database import Database
from dougong.storage.release import Release
from dougong.storage.stores.base import Store

__all__ = ["MODES", "Counts", "Failure", "Options", "Progress", "Result", "resume", "run"]

SAMPLED = 20_000


def run(
    database: Database,
    release: Release,
    actor: Actor,
    key: str,
    path: Path,
    options: Options,
    name: str = "",
    language: str = "",
    progress: Progress | None = None,
    begun: Begun | None = None,
    files: Store | None = None,
    ended: Ended | None = None,
) -> Result:
    """Import a CSV or XLSX file (`name` tells which, default: the file's own name).

    Each chunk commits by itself, together with how far the import is, so that an interrupted one goes on with `resume`, can be
    undone, or repeated with `match`. `begun` is called in the transaction that notes the import, with its id, `ended` in the one
    that notes its end. `files` is where files of records are kept.
    """
    batch = f"import-{secrets.token_hex(8)}"
    under_way = Run(
        database,
        release,
        actor,
        key,
        path,
        name or path.name,
        options,
        batch,
        language or actor.language,
        progress,
        files,
        ended,
    )
    with _opened(under_way) as (reading, importer):
        with database.writing() as connection:
            call = under_way.call(connection)
            file = str(path.resolve())
            identity = import_log.begin(call, key, under_way.name, file, options, importer.columns)
            if begun is not None:
                begun(connection, identity)
        return _carry_out(under_way, identity, importer, importer.reader.group(reading.lines))


def resume(
    database: Database,
    release: Release,
    actor: Actor,
    import_id: int,
    path: Path | None = None,
    language: str = "",
    progress: Progress | None = None,
    files: Store | None = None,
    ended: Ended | None = None,
    attachments: Path | None = None,
) -> Result:
    """Go on with an import of the actor that was interrupted, from where its last chunk was committed.

    `path` is where the same file lies now, `attachments` where its archive does. An import that is done or undone is refused; a
    dry run begins anew.
    """
    with database.reading() as connection:
        row = import_log.noted(connection, import_id, None if actor.is_admin else actor.id)
    spoken = language or actor.language
    if row is None:
        refuse("missing", spoken, "unknown_import")
    if row["state"] in (import_log.DONE, "undone") or row["options"] is None:
        refuse("conflict", spoken, "import_ended")
    document = dict(row["options"])
    spoken = document.pop("language") or spoken
    options = options_from(document)
    if attachments is not None:
        options = replace(options, attachments=str(attachments))
    file = path or Path(row["file_key"])
    if not file.is_file():
        refuse("missing", spoken, "import_file_gone")
    under_way = Run(
        database,
        release,
        actor,
        row["entity"],
        file,
        row["name"],
        options,
        row["batch"],
        spoken,
        progress,
        files,
        ended,
    )
    with _opened(under_way) as (reading, importer):
        with database.writing() as connection:
            if import_log.placed(importer.columns) != row["mapping"]:
                refuse("invalid", spoken, "import_other_file")
            import_log.take_up(under_way.call(connection), import_id)
            row = import_log.noted(connection, import_id)
            assert row is not None
            waiting = import_log.waiting_lines(connection, import_id)
        importer.counts, importer.position = import_log.counts_of(row), row["position"]
        entries = _skip(under_way, importer, reading.lines, waiting)
        return _carry_out(under_way, import_id, importer, entries)


@contextmanager
def _opened(under_way: Run) -> Iterator[tuple[Reading, Importer]]:
    """The open file, and the importer that knows its columns and how they are written."""
    options = under_way.options
    with open_table(under_way.path, under_way.name, under_way.language, options.layout) as reading:
        head = list(islice(reading.lines, SAMPLED))
        archive = Path(options.attachments) if options.attachments else None
        with open_attachments(archive, None if options.dry_run else under_way.files) as attachments:
            with under_way.database.reading() as connection:
                importer = _prepare(under_way.call(connection), under_way, reading, head, attachments)
            lines = chain(head, reading.lines)
            del head  # the lines let go of it when they were read
            yield replace(reading, lines=lines), importer


def _prepare(
    call: Call,
    under_way: Run,
    reading: Reading,
    head: list[Line],
    attachments: Attachments | None,
) -> Importer:
    options, header = under_way.options, reading.header
    shape = open_door(call, under_way.key, "import")
    if options.mode not in MODES:
        refuse("invalid", call.language, "import_mode", "mode", nearest(options.mode, MODES))
    for name in ("keep_numbers", "keep_origin"):
        if getattr(options, name) and not call.actor.is_admin:
            refuse("forbidden", call.language, "admin_only", name)
    for action in {"add": ["create"], "update": ["update"], "upsert": ["create", "update"]}[options.mode]:
        open_door(call, under_way.key, action)
    columns = map_columns(call, shape, header, options.mapping)
    columns = add_constants(call, shape, columns, options.constants)
    base = Habits(language=call.language, timezone=ZoneInfo(call.timezone))
    habits = habits_of(columns.columns, find_habits(columns.columns, head), options.habits, base)
    resolver = Resolver()
    reader = CellReader(
        columns.columns,
        habits,
        resolver,
        options.keep_empty,
        shape.key,
        attachments,
        reading.marked,
        lambda column: options.skip_cells and _may_be_skipped(shape, column, options),
    )
    matcher = Matcher(call, shape, columns, options.mode, options.match)
    rehearsal = Rehearsal(shape) if options.dry_run else None
    return Importer(
        shape, columns, reader, matcher, resolver, len(header), rehearsal=rehearsal, attachments=attachments
    )


def _may_be_skipped(shape: Shape, column: Column, options: Options) -> bool:
    """Not the cells that tell which record a line is about, nor those whose record may stand further down in the file."""
    target = column.field.target if column.field is not None else None
    return column.path not in (ID, *options.match) and (target is None or target.key != shape.key)


def _skip(under_way: Run, importer: Importer, lines: Iterator[Line], waiting: set[int]) -> Iterator[Entry]:
    """The entries beyond the position; of those before it, the waiting ones are taken up and the matched ones remembered."""
    entries = importer.reader.group(lines)
    for chunk in chunked(entries):
        before = [entry for entry in chunk if entry.lines[-1].number <= importer.position]
        importer.later += [entry for entry in before if entry.lines[0].number in waiting]
        if before and importer.matcher.remembers:
            with under_way.database.reading() as connection:
                copies = [Entry(entry.lines) for entry in before]
                importer.reader.read(under_way.call(connection), copies, importer.width)
                importer.matcher.remember(copies)
        if len(before) < len(chunk):
            yield from chunk[len(before) :]
            yield from entries


def _carry_out(under_way: Run, identity: int, importer: Importer, entries: Iterator[Entry]) -> Result:
    """Take everything that is left; what a refusal breaks off can be taken up again."""
    try:
        take_all(under_way, identity, importer, entries)
    except Refusal as refusal:
        if all(each.code != "import_elsewhere" for each in refusal.problems):
            with under_way.database.writing() as connection:
                import_log.finish(under_way.call(connection), identity, import_log.BROKEN, str(refusal))
        raise
    with under_way.database.writing() as connection:
        import_log.finish(under_way.call(connection), identity, import_log.DONE)
        result = _result(under_way, connection, identity, importer)
        if under_way.ended is not None:
            under_way.ended(connection, result)
    if not result.dry_run and result.counts.added + result.counts.updated >= statistics.MANY:
        statistics.refresh(under_way.database, importer.shape.table)
    return result


def _result(under_way: Run, connection: Connection, identity: int, importer: Importer) -> Result:
    return Result(
        identity,
        under_way.batch,
        importer.counts,
        tuple(failure for _, failure in import_log.failures(connection, identity)),
        importer.columns.ignored,
        under_way.options.dry_run,
        import_log.reasons(connection, identity),
        tuple(importer.differences),
        import_log.count_of(connection, identity, import_log.PARTIAL),
        import_log.reasons(connection, identity, import_log.PARTIAL),
    )
