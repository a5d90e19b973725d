"""Imports records from a file: streaming, in chunks that commit one by one, with a file of the lines that failed."""

from __future__ import annotations

import csv
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, update

from dougong.diagnostics import Diagnostic, Refusal, nearest
from dougong.fieldtypes.base import Habits
from dougong.people.actor import Actor
from dougong.records.call import Call
from dougong.records.cells import CellReader, Entry, date_order
from dougong.records.doors import open_door
from dougong.records.draft import Draft
from dougong.records.escape import escaped
from dougong.records.mapping import ColumnMap, map_columns
from dougong.records.matching import Matcher
from dougong.records.messages import refuse
from dougong.records.pipeline import complete, has_problems, problems_in, write
from dougong.records.reading import Line, Reading, open_table
from dougong.records.rehearsal import Rehearsal
from dougong.records.resolving import Resolver
from dougong.records.shape import Shape
from dougong.storage.database import Database
from dougong.storage.release import Release
from dougong.storage.system import IMPORT

CHUNK = 2000
MODES: tuple[str, ...] = ("add", "update", "upsert")
_SHOWN_PROBLEMS = 100
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
class Counts:
    """How far an import is: records read, added, updated, found equal, and failed."""

    total: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class Failure:
    """A record that was not imported: its first line in the file and why."""

    line: int
    problems: tuple[Diagnostic, ...]


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
            importer = _prepare(call_of(connection), key, reading, options, partial(_sample, path, name or path.name))
        with database.writing() as connection:
            identity = _begin(call_of(connection), key, name or path.name, options, importer.columns)
        failed = stack.enter_context(_FailedLines(options.failed, reading.header, call_of.language))
        for entries in chain(_chunked(importer.reader.group(reading.lines)), importer.postponed()):
            _one_chunk(database, call_of, importer, entries, options, identity)
            failed.write(entries)
            if progress is not None:
                progress(importer.counts)
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
            self.release, connection, actor, "import", datetime.now(UTC), self.language, actor.timezone, self.batch
        )


@dataclass(slots=True)
class _Importer:
    """The state of one import from chunk to chunk."""

    shape: Shape
    columns: ColumnMap
    reader: CellReader
    matcher: Matcher
    resolver: Resolver
    width: int
    counts: Counts = Counts()
    failures: list[Failure] = field(default_factory=list)
    later: list[Entry] = field(default_factory=list)
    """Entries that name records of the same entity which were not there yet: they may follow further down in the file."""
    is_last: bool = False
    rehearsal: Rehearsal | None = None
    """In a dry run, what the file would have written."""

    def postponed(self) -> Iterator[list[Entry]]:
        """The postponed entries, again and again as long as any of them got in; the last time they count as failed."""
        while self.later:
            waiting, self.later = self.later, []
            yield from _chunked(iter(waiting))
            if len(self.later) == len(waiting):
                waiting, self.later, self.is_last = self.later, [], True
                yield from _chunked(iter(waiting))


def _prepare(
    call: Call, key: str, reading: Reading, options: Options, sample: Callable[[str], list[Line]]
) -> _Importer:
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
    return _Importer(shape, columns, reader, matcher, resolver, len(reading.header), rehearsal=rehearsal)


def _sample(path: Path, name: str, language: str) -> list[Line]:
    with open_table(path, name, language) as reading:
        return list(islice(reading.lines, _SAMPLED))


def _chunked(entries: Iterator[Entry]) -> Iterator[list[Entry]]:
    while chunk := list(islice(entries, CHUNK)):
        yield chunk


def _one_chunk(
    database: Database, call_of: _CallMaker, importer: _Importer, entries: list[Entry], options: Options, identity: int
) -> None:
    """Import some entries in a transaction of their own; a race lost against another writer is tried again."""
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            with database.writing() as connection:
                call = call_of(connection)
                seen = importer.matcher.mark()
                counts = _import(call, importer, entries, write_them=not options.dry_run)
                if options.dry_run:
                    connection.rollback()
                else:
                    _note(call, identity, counts)
            break
        except Refusal as refusal:
            if refusal.kind != "conflict" or attempt == _ATTEMPTS:
                raise
            importer.matcher.forget(seen)
            for entry in entries:
                entry.problems.clear()
    importer.counts = counts
    entries[:] = _without_postponed(importer, entries)
    for entry in entries:
        if entry.problems and len(importer.failures) < _SHOWN_PROBLEMS:
            importer.failures.append(Failure(entry.lines[0].number, tuple(entry.problems)))
    importer.resolver.forget_records(importer.shape.key)


def _without_postponed(importer: _Importer, entries: Sequence[Entry]) -> list[Entry]:
    """Put the entries aside that only miss a record of the same entity, and return the others."""
    kept: list[Entry] = []
    for entry in entries:
        if not importer.is_last and _waits(importer, entry):
            importer.later.append(Entry(entry.lines))
        else:
            kept.append(entry)
    return kept


def _only_misses_own(shape: Shape, entry: Entry) -> bool:
    own = {field.id for field in (*shape.links, *shape.lists) if field.target is not None and field.target.key == shape.key}
    return all(found.code == "unknown_target" and found.path in own for found in entry.problems)


def _import(call: Call, importer: _Importer, entries: Sequence[Entry], write_them: bool) -> Counts:
    importer.reader.read(call, entries, importer.width)
    pairs = importer.matcher.drafts(call, [entry for entry in entries if not entry.problems])
    drafts = [draft for _, draft in pairs]
    complete(call, importer.shape, drafts)
    if importer.rehearsal is not None:
        importer.rehearsal.rehearse(call, [draft for draft in drafts if not has_problems(draft)])
    for entry, draft in pairs:
        if has_problems(draft):
            entry.problems.extend(problems_in([draft]))
    good = [draft for draft in drafts if not has_problems(draft)]
    write(call, importer.shape, good, dry_run=not write_them)
    done = entries if importer.is_last else [each for each in entries if not _waits(importer, each)]
    counts = _counted(importer.counts, done, good)
    rehearsed = _rehearsed(call, importer, done)
    return replace(counts, added=counts.added + rehearsed, failed=counts.failed - rehearsed)


def _waits(importer: _Importer, entry: Entry) -> bool:
    return bool(entry.problems) and _only_misses_own(importer.shape, entry)


def _rehearsed(call: Call, importer: _Importer, entries: Sequence[Entry]) -> int:
    """How many entries miss nothing but records which the dry run would have written; their problems are taken back."""
    waiting = [entry for entry in entries if importer.rehearsal is not None and _waits(importer, entry)]
    count = 0
    while importer.rehearsal is not None:
        known = [each for each in waiting if all(importer.rehearsal.knows(_missed(found)) for found in each.problems)]
        if not known:
            break
        for entry in known:
            draft = Draft("", entry.values)
            importer.rehearsal.rehearse(call, [draft])
            entry.problems[:] = draft.problems
        count += sum(not entry.problems for entry in known)
        finished = {id(entry) for entry in known}
        waiting = [entry for entry in waiting if id(entry) not in finished]
    return count


def _missed(found: Diagnostic) -> str:
    return dict(found.parameters).get("value", "")


def _counted(before: Counts, entries: Sequence[Entry], good: Sequence[Draft]) -> Counts:
    added = sum(draft.is_new for draft in good)
    updated = sum(bool(draft.changed) for draft in good if not draft.is_new)
    return Counts(
        total=before.total + len(entries),
        added=before.added + added,
        updated=before.updated + updated,
        unchanged=before.unchanged + len(good) - added - updated,
        failed=before.failed + sum(bool(entry.problems) for entry in entries),
    )


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


def _finish(call: Call, identity: int, counts: Counts, options: Options) -> None:
    values = {**_figures(counts), "state": "done", "finished_at": call.at}
    if options.failed is not None and counts.failed:
        values["failed_key"] = options.failed.name
    call.connection.execute(update(IMPORT).where(IMPORT.c.id == identity).values(values))


class _FailedLines:
    """The file of the lines that failed: as they came, with the reasons in a column of their own."""

    def __init__(self, path: Path | None, header: Sequence[str], language: str) -> None:
        self._path, self._header = path, header
        self._reason = "失败原因" if language == "zh" else "Reason"
        self._file: Any = None
        self._writer: Any = None

    def __enter__(self) -> _FailedLines:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def write(self, entries: Sequence[Entry]) -> None:
        """Add the lines of the entries that have problems."""
        for entry in entries:
            if entry.problems and self._path is not None:
                if self._writer is None:
                    self._file = self._path.open("w", encoding="utf-8-sig", newline="")
                    self._writer = csv.writer(self._file)
                    self._writer.writerow([*map(escaped, self._header), self._reason])
                for position, line in enumerate(entry.lines):
                    self._writer.writerow([*self._cells(line), _reasons(entry) if position == 0 else ""])

    def _cells(self, line: Line) -> list[str]:
        cells = ["" if cell is None else escaped(str(cell)) for cell in line.cells[: len(self._header)]]
        return cells + [""] * (len(self._header) - len(cells))


def _reasons(entry: Entry) -> str:
    return escaped("; ".join(f"{found.path}: {found.message}" if found.path else found.message for found in entry.problems))
