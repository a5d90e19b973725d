"""Imports records from a file: streaming, in chunks that commit one by one, with a file of the lines that failed."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, update

from dougong.diagnostics import Refusal, nearest
from dougong.fieldtypes.base import Habits
from dougong.people.actor import Actor
from dougong.records.call import Call
from dougong.records.cells import CellReader, Entry, date_order
from dougong.records.doors import open_door
from dougong.records.failed_lines import FailedLines
from dougong.records.importer import Counts, Failure, Importer, chunked, settle, take
from dougong.records.mapping import ColumnMap, map_columns
from dougong.records.matching import Matcher
from dougong.records.messages import refuse
from dougong.records.reading import Line, Reading, open_table
from dougong.records.rehearsal import Rehearsal
from dougong.records.resolving import Resolver
from dougong.storage.database import Database
from dougong.storage.release import Release
from dougong.storage.system import IMPORT

__all__ = ["MODES", "Counts", "Failure", "Options", "Progress", "Result", "run"]

MODES: tuple[str, ...] = ("add", "update", "upsert")
_SAMPLED = 20_000
_ATTEMPTS = 3

Progress = Callable[["Counts"], None]


@dataclass(frozen=True, slots=True)
class Options:
    """How to import. `mapping`: header → field path (None leaves the column out); headers not named there are found by themselves.

    `match`: the fields by which lines find the records that they update; `failed`: where the lines that failed are written.
    """

    mode: str = "add"
    match: tuple[str, ...] = ()
    mapping: Mapping[str, str | None] = field(default_factory=dict)
    dry_run: bool = False
    failed: Path | None = None
    habits: Habits | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What an import did. `id` and `batch` undo it; `failures` are the first ones, `ignored` the headers that were left out."""

    id: int
    batch: str
    counts: Counts
    failures: tuple[Failure, ...]
    ignored: tuple[str, ...]
    dry_run: bool


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
) -> Result:
    """Import a CSV or XLSX file (`name` tells which, default: the file's own name).

    Each chunk commits by itself, so that an interrupted import keeps what it has done and can be undone or repeated with
    `match`. Empty cells are empty values; defaults fill only fields that the file does not have.
    """
    batch = f"import-{secrets.token_hex(8)}"
    call_of = _CallMaker(release, actor, batch, language or actor.language)
    with ExitStack() as stack:
        reading = stack.enter_context(open_table(path, name or path.name, call_of.language))
        with database.reading() as connection:
            importer = _prepare(
                call_of(connection), key, reading, options, partial(_sample, path, name or path.name)
            )
        with database.writing() as connection:
            identity = _begin(call_of(connection), key, name or path.name, options, importer.columns)
        failed = stack.enter_context(FailedLines(options.failed, reading.header, call_of.language))
        try:
            for entries in chain(chunked(importer.reader.group(reading.lines)), importer.postponed()):
                failed.write(_one_chunk(database, call_of, importer, entries, options, identity))
                if progress is not None:
                    progress(importer.counts)
        except Refusal as refusal:
            with database.writing() as connection:
                _finish(call_of(connection), identity, importer.counts, options, str(refusal))
            raise
    with database.writing() as connection:
        _finish(call_of(connection), identity, importer.counts, options)
    return Result(
        identity, batch, importer.counts, tuple(importer.failures), importer.columns.ignored, options.dry_run
    )


@dataclass(frozen=True, slots=True)
class _CallMaker:
    release: Release
    actor: Actor
    batch: str
    language: str

    def __call__(self, connection: Any) -> Call:
        actor = self.actor
        return Call(
            self.release,
            connection,
            actor,
            "import",
            datetime.now(UTC),
            self.language,
            actor.timezone,
            self.batch,
        )


def _prepare(
    call: Call, key: str, reading: Reading, options: Options, sample: Callable[[str], list[Line]]
) -> Importer:
    shape = open_door(call, key, "import")
    if options.mode not in MODES:
        refuse("invalid", call.language, "import_mode", "mode", nearest(options.mode, MODES))
    for action in {"add": ["create"], "update": ["update"], "upsert": ["create", "update"]}[options.mode]:
        open_door(call, key, action)
    columns = map_columns(call, shape, reading.header, options.mapping)
    habits = options.habits or Habits(
        language=call.language,
        timezone=ZoneInfo(call.timezone),
        date_order=date_order(columns.columns, sample(call.language)),
    )
    resolver = Resolver()
    reader = CellReader(columns.columns, habits, resolver)
    matcher = Matcher(call, shape, columns, options.mode, options.match)
    rehearsal = Rehearsal(shape) if options.dry_run else None
    return Importer(shape, columns, reader, matcher, resolver, len(reading.header), rehearsal=rehearsal)


def _sample(path: Path, name: str, language: str) -> list[Line]:
    with open_table(path, name, language) as reading:
        return list(islice(reading.lines, _SAMPLED))


def _one_chunk(
    database: Database,
    call_of: _CallMaker,
    importer: Importer,
    entries: list[Entry],
    options: Options,
    identity: int,
) -> list[Entry]:
    """Import some entries in a transaction of their own; a race lost against another writer is tried again.

    Returns the entries that are settled; others come again when the whole file was read.
    """
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            with database.writing() as connection:
                call = call_of(connection)
                seen = importer.matcher.mark()
                counts = take(call, importer, entries, write_them=not options.dry_run)
                if options.dry_run:
                    connection.rollback()
                else:
                    _note(call, identity, counts)
            break
        except Refusal as refusal:
            if refusal.kind != "conflict" or attempt == _ATTEMPTS:
                raise
            importer.matcher.forget(seen)
            entries = [Entry(entry.lines) for entry in entries]
    return settle(importer, entries, counts)


def _begin(call: Call, key: str, name: str, options: Options, columns: ColumnMap) -> int:
    row = {
        "at": call.at,
        "actor_id": call.actor.id,
        "entity": key,
        "name": name[:255],
        "mode": options.mode,
        "mapping": {column.header: f"{column.table}.{column.name}".strip(".") for column in columns.columns},
        "match": list(options.match),
        "dry_run": options.dry_run,
        "state": "running",
        "batch": call.batch,
    }
    identity: int = call.connection.execute(insert(IMPORT).values(row).returning(IMPORT.c.id)).scalar_one()
    return identity


def _figures(counts: Counts) -> dict[str, int]:
    return {name: getattr(counts, name) for name in ("total", "added", "updated", "unchanged", "failed")}


def _note(call: Call, identity: int, counts: Counts) -> None:
    call.connection.execute(update(IMPORT).where(IMPORT.c.id == identity).values(_figures(counts)))


def _finish(call: Call, identity: int, counts: Counts, options: Options, error: str = "") -> None:
    values = {
        **_figures(counts),
        "state": "failed" if error else "done",
        "finished_at": call.at,
        "error": error or None,
    }
    if options.failed is not None and counts.failed:
        values["failed_key"] = options.failed.name
    call.connection.execute(update(IMPORT).where(IMPORT.c.id == identity).values(values))
