"""What the database knows of an import: how it is done, how far it is, and which lines are not in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update

from dougong.diagnostics import Diagnostic
from dougong.records.call import Call
from dougong.records.cells import Entry
from dougong.records.chunks import chunks
from dougong.records.import_options import Options
from dougong.records.importer import Counts, Failure, Taken
from dougong.records.mapping import ColumnMap
from dougong.records.messages import refuse
from dougong.storage.system import IMPORT, IMPORT_LINE

FAILED, WAITING, PARTIAL = "failed", "waiting", "partial"
"""Lines that are not in, that wait for others, and that are in without some of their cells."""
RUNNING, DONE, BROKEN, CANCELLED = "running", "done", "failed", "cancelled"
SHOWN = 100
_FIGURES = ("total", "added", "updated", "unchanged", "failed")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why records of a file were refused, and how many of them."""

    path: str
    code: str
    message: str
    count: int


def begin(call: Call, key: str, name: str, file: str, options: Options, columns: ColumnMap) -> int:
    """Note an import that is about to begin, and return its id. `file` says where it lies, for going on with it."""
    row = {
        "at": call.at,
        "actor_id": call.actor.id,
        "entity": key,
        "name": name[:255],
        "file_key": file,
        "mode": options.mode,
        "mapping": placed(columns),
        "match": list(options.match),
        "options": {**options.document(), "language": call.language},
        "dry_run": options.dry_run,
        "state": RUNNING,
        "batch": call.batch,
    }
    identity: int = call.connection.execute(insert(IMPORT).values(row).returning(IMPORT.c.id)).scalar_one()
    return identity


def placed(columns: ColumnMap) -> dict[str, str]:
    """Where each column goes: header → field path."""
    return {column.header: column.path for column in columns.columns}


def noted(connection: Connection, import_id: int, actor_id: int | None = None) -> RowMapping | None:
    """The note of an import (of that person)."""
    statement = select(IMPORT).where(IMPORT.c.id == import_id)
    if actor_id is not None:
        statement = statement.where(IMPORT.c.actor_id == actor_id)
    return connection.execute(statement).mappings().first()


def take_up(call: Call, import_id: int) -> None:
    """Let an interrupted import run again; a trial begins anew, as it has written nothing."""
    values: dict[str, Any] = {"state": RUNNING, "error": None, "finished_at": None}
    row = noted(call.connection, import_id)
    if row is not None and row["dry_run"]:
        call.connection.execute(delete(IMPORT_LINE).where(IMPORT_LINE.c.import_id == import_id))
        values |= {"position": 0, **dict.fromkeys(_FIGURES, 0)}
    call.connection.execute(update(IMPORT).where(IMPORT.c.id == import_id).values(values))


def counts_of(row: RowMapping) -> Counts:
    """The figures of a noted import."""
    return Counts(*(row[name] for name in _FIGURES))


def waiting_lines(connection: Connection, import_id: int) -> set[int]:
    """The first lines of the entries that wait for others."""
    statement = select(IMPORT_LINE.c.line).where(
        IMPORT_LINE.c.import_id == import_id, IMPORT_LINE.c.state == WAITING
    )
    return set(connection.execute(statement).scalars())


def note_chunk(
    call: Call, import_id: int, position: tuple[int, int], taken: Taken, again: Sequence[Entry] = ()
) -> None:
    """Note, in the transaction of a chunk, what it did: the import moves from one position to the next.

    The entries in `again` waited before. Somebody else who went on with the same import meanwhile makes it a conflict, so that no line is
    taken twice.
    """
    before, after = position
    moved = call.connection.execute(
        update(IMPORT)
        .where(IMPORT.c.id == import_id, IMPORT.c.position == before, IMPORT.c.state == RUNNING)
        .values(position=after, **figures(taken.counts))
    )
    if moved.rowcount != 1:
        refuse("conflict", call.language, "import_elsewhere")
    waited = 0
    for chunk in chunks([entry.lines[0].number for entry in again]):
        where = (IMPORT_LINE.c.import_id == import_id, IMPORT_LINE.c.line.in_(chunk))
        waited += call.connection.execute(delete(IMPORT_LINE).where(*where)).rowcount
    if waited != len(again):
        refuse("conflict", call.language, "import_elsewhere")
    rows = [_row(import_id, entry, FAILED) for entry in taken.failed]
    rows += [_row(import_id, entry, WAITING) for entry in taken.waiting]
    rows += [_row(import_id, entry, PARTIAL) for entry in taken.partial]
    if rows:
        call.connection.execute(insert(IMPORT_LINE), rows)


def _row(import_id: int, entry: Entry, state: str) -> dict[str, Any]:
    return {
        "import_id": import_id,
        "line": entry.lines[0].number,
        "last": entry.lines[-1].number,
        "state": state,
        "problems": [
            {
                "code": each.code,
                "message": each.message,
                "path": each.path,
                "parameters": dict(each.parameters),
            }
            for each in (*entry.problems, *entry.skipped)
        ]
        if state != WAITING
        else None,
    }


def figures(counts: Counts) -> dict[str, int]:
    """The figures of an import by name."""
    return {name: getattr(counts, name) for name in _FIGURES}


def finish(call: Call, import_id: int, state: str, error: str = "") -> None:
    """Note that an import has come to an end, or was broken off."""
    values = {"state": state, "finished_at": call.at, "error": error or None}
    call.connection.execute(
        update(IMPORT).where(IMPORT.c.id == import_id, IMPORT.c.state == RUNNING).values(values)
    )


def stop(connection: Connection, import_id: int) -> None:
    """Note that somebody has stopped an import; it can be taken up again."""
    values = {"state": CANCELLED, "finished_at": datetime.now(UTC)}
    connection.execute(
        update(IMPORT).where(IMPORT.c.id == import_id, IMPORT.c.state == RUNNING).values(values)
    )


def failures(
    connection: Connection, import_id: int, limit: int | None = SHOWN, state: str = FAILED
) -> Iterator[tuple[int, Failure]]:
    """The entries that failed (or are in a part), in order: the last line of each, and what is wrong with it."""
    statement = (
        select(IMPORT_LINE.c.line, IMPORT_LINE.c.last, IMPORT_LINE.c.problems)
        .where(IMPORT_LINE.c.import_id == import_id, IMPORT_LINE.c.state == state)
        .order_by(IMPORT_LINE.c.line)
        .limit(limit)
    )
    for line, last, problems in connection.execute(statement.execution_options(yield_per=1000)):
        yield last, Failure(line, tuple(map(_diagnostic, problems)))


def _diagnostic(document: Mapping[str, Any]) -> Diagnostic:
    return Diagnostic(
        document["code"],
        document["message"],
        document["path"],
        parameters=tuple(document["parameters"].items()),
    )


def count_of(connection: Connection, import_id: int, state: str) -> int:
    """How many entries failed, or are in without some of their cells."""
    statement = select(func.count()).where(IMPORT_LINE.c.import_id == import_id, IMPORT_LINE.c.state == state)
    count: int = connection.execute(statement).scalar_one()
    return count


def reasons(connection: Connection, import_id: int, state: str = FAILED) -> tuple[Reason, ...]:
    """Why entries failed (or cells were skipped), by field and kind, most frequent first; the message is that of the first one."""
    found: Counter[tuple[str, str]] = Counter()
    words: dict[tuple[str, str], str] = {}
    for _, failure in failures(connection, import_id, None, state):
        for each in {(each.path, each.code): each for each in reversed(failure.problems)}.values():
            found[each.path, each.code] += 1
            words.setdefault((each.path, each.code), each.message)
    return tuple(Reason(*key, words[key], count) for key, count in found.most_common(SHOWN))
