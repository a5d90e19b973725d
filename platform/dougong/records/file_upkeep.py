"""Looks after the store of files as a whole: what is missing, altered or left over, and the move to another store."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, BinaryIO

from sqlalchemy import Connection, select

from dougong.diagnostics import Diagnostic
from dougong.jobs import Job, Task
from dougong.records.files import SMALL_ENDING
from dougong.records.retention import UPLOADS_KEPT
from dougong.storage.database import Database
from dougong.storage.problems import problem
from dougong.storage.stores.base import Absent, Store
from dougong.storage.system import FILE

_BLOCK = 1 << 20
_AT_ONCE = 500
_TOLD = 100
Told = Callable[[int], None]


@dataclass(slots=True)
class Looked:
    """What a look at the store found: how many files are as they should be, what is wrong, and what nobody knows of."""

    sound: int = 0
    problems: list[Diagnostic] = field(default_factory=list)
    orphans: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Moved:
    """What a move did: files that were brought over, those that were there already, and those that are missing here."""

    moved: int = 0
    known: int = 0
    missing: int = 0


def look_over(database: Database, store: Store, *, deep: bool = True, told: Told | None = None) -> Looked:
    """Compare what the database knows with what the store has; `deep` reads every file and compares its digest."""
    found = Looked()
    kept = set(store.names())
    known: set[str] = set()
    for count, row in enumerate(_files(database), 1):
        known |= {row.key, f"{row.key}{SMALL_ENDING}"}
        if row.deleted_at is None:
            _look_at(store, row, kept, deep, found)
        if told is not None:
            told(count)
    found.orphans = sorted(kept - known)
    return found


def _look_at(store: Store, row: Any, kept: set[str], deep: bool, found: Looked) -> None:
    path = f"{row.entity}/{row.record_id}.{row.field}" if row.entity else row.key
    if row.key not in kept:
        _tell(found, problem("V130/missing", path, name=row.name))
    elif store.size(row.key) != row.size or (deep and _digest(store, row.key) != row.sha256):
        _tell(found, problem("V130/altered", path, name=row.name))
    else:
        found.sound += 1


def _tell(found: Looked, one: Diagnostic) -> None:
    if len(found.problems) < _TOLD:
        found.problems.append(one)


def _files(database: Database) -> Iterator[Any]:
    """Every file that is known, some hundred in a transaction."""
    after = 0
    while True:
        with database.reading() as connection:
            rows = _page(connection, after)
        yield from rows
        if len(rows) < _AT_ONCE:
            return
        after = rows[-1].id


def _page(connection: Connection, after: int) -> list[Any]:
    statement = select(FILE).where(FILE.c.id > after).order_by(FILE.c.id).limit(_AT_ONCE)
    return list(connection.execute(statement))


def _digest(store: Store, name: str) -> str:
    try:
        with store.opened(name) as content:
            return _digest_of(content)
    except Absent:
        return ""


def _digest_of(content: BinaryIO) -> str:
    digest = hashlib.sha256()
    while block := content.read(_BLOCK):
        digest.update(block)
    return digest.hexdigest()


def sweep_orphans(database: Database, store: Store, now: datetime, dry_run: bool = False) -> int:
    """Take away content that no file in the database stands for, and that was put days ago: an upload is noted after its content."""
    old = set(store.names(before=now - UPLOADS_KEPT))
    for row in _files(database):
        old -= {row.key, f"{row.key}{SMALL_ENDING}"}
    if not dry_run:
        for name in sorted(old):
            store.delete(name)
    return len(old)


def task(database: Database, store: Store) -> Task:
    """The daily task that takes orphans away."""

    def run(job: Job, arguments: Mapping[str, Any]) -> dict[str, Any]:
        return {"orphans": sweep_orphans(database, store, datetime.now(UTC))}

    return Task("files.orphans", run, every=timedelta(days=1))


def move(database: Database, source: Store, target: Store, told: Told | None = None) -> Moved:
    """Bring every file from one store to another; what was brought is compared by its digest, what is there already is left.

    Nothing is taken away from the source, so a move can be broken off and begun again, and the way back is open.
    """
    done = Moved()
    there = set(target.names())
    for count, row in enumerate(_files(database), 1):
        if row.deleted_at is None:
            _move_one(source, target, row, there, done)
        if told is not None:
            told(count)
    return done


def _move_one(source: Store, target: Store, row: Any, there: set[str], done: Moved) -> None:
    if row.key in there and target.size(row.key) == row.size:
        done.known += 1
        return
    try:
        _bring(source, target, row.key, row.sha256)
    except Absent:
        done.missing += 1
        return
    with suppress(Absent):  # a thumbnail is made again when it is asked for
        _bring(source, target, f"{row.key}{SMALL_ENDING}", "")
    done.moved += 1


def _bring(source: Store, target: Store, name: str, digest: str) -> None:
    """Copy one; what is not what the database knows of it counts as not there."""
    with target.workspace() as folder:
        path = folder / name
        with source.opened(name) as content, path.open("wb") as made:
            shutil.copyfileobj(content, made, _BLOCK)
        if digest:
            with path.open("rb") as made:
                if _digest_of(made) != digest:
                    raise Absent(name)
        target.put(name, path)
