"""A consistent copy of everything in one file, and the way back into an empty database, of the same engine or the other.

The file is an archive of JSON lines, one file a table, read in one transaction: it holds one state of the database and depends
neither on the engine nor on its tools. Uploaded files are packed beside the tables.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

import msgspec
import sqlalchemy
from sqlalchemy import Connection, func, select

from dougong import __version__
from dougong.diagnostics import Refusal
from dougong.storage import ddl, fill, ledger, portable, schema, staging
from dougong.storage.archive import BACKUP, CHUNK, Reader, open_archive, write_archive
from dougong.storage.database import Database
from dougong.storage.drift import verify
from dougong.storage.install import SCHEMA_VERSION, install
from dougong.storage.operations import execute
from dougong.storage.portable import Kept
from dougong.storage.problems import problem, refusal
from dougong.storage.schema import Schema
from dougong.storage.stores.base import NAME, Store
from dougong.storage.system import STATE, USER, VERSION

FORMAT = 1
_MANIFEST = "manifest.json"
_ROWS = "tables/"
_FILES = "files/"


@dataclass(frozen=True, slots=True)
class Summary:
    """What a backup holds."""

    at: str
    tables: int
    rows: int
    files: int


def backup(
    database: Database, target: Path, files_folder: Path | None = None, store: Store | None = None
) -> Summary:
    """Write everything into one file, which is there wholly or not at all, readable by its owner only.

    The files of records are those of the store, wherever that is; what else lies in the folder comes along.
    """
    manifest: dict[str, Any] = {"format": FORMAT, "made_by": __version__, "schema_version": SCHEMA_VERSION}
    manifest |= {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "tables": {},
        "counters": {},
        "files": {},
    }
    handle, temporary = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file, database.reading() as connection:
            write_archive(file, _contents(connection, manifest, files_folder, store))
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return _summary(manifest)


def _summary(manifest: dict[str, Any]) -> Summary:
    rows = sum(each["rows"] for each in manifest["tables"].values())
    return Summary(manifest["at"], len(manifest["tables"]), rows, len(manifest["files"]))


def _contents(
    connection: Connection, manifest: dict[str, Any], files_folder: Path | None, store: Store | None
) -> Iterator[tuple[str, Iterator[bytes] | bytes]]:
    for table in portable.system_tables():
        yield _ROWS + table.name, _counted(manifest["tables"], table.name, portable.lines(connection, table))
    for kept in _kept(connection):
        manifest["counters"][kept.spec.name] = portable.counter(connection, kept) if _has_ids(kept) else 0
        yield (
            _ROWS + kept.spec.name,
            _counted(manifest["tables"], kept.spec.name, portable.lines(connection, kept.table)),
        )
    packed: set[str] = set()
    for path in sorted(files_folder.rglob("*")) if files_folder and files_folder.is_dir() else ():
        if path.is_file() and not path.is_symlink():
            name = path.relative_to(files_folder).as_posix()  # type: ignore[arg-type]  # the loop runs only with a folder
            packed.add(name)
            yield _FILES + name, _counted(manifest["files"], name, _pieces(path.open("rb")))
    for stored in store.names() if store is not None else ():
        name = f"{stored[:2]}/{stored}"
        if name not in packed and store is not None:
            yield _FILES + name, _counted(manifest["files"], name, _pieces(store.opened(stored)))
    yield _MANIFEST, _encoded(manifest)


def _encoded(manifest: dict[str, Any]) -> Iterator[bytes]:
    """Last, when every other file has been counted."""
    yield msgspec.json.format(msgspec.json.encode(manifest, order="deterministic"), indent=1)


def _kept(connection: Connection) -> list[Kept]:
    versions = [
        ledger.version(connection, app, number) for app, number in ledger.installed(connection).items()
    ]
    return [kept for version in versions for kept in portable.kept_tables(version.tables)]


def _has_ids(kept: Kept) -> bool:
    return kept.spec.kind in {"entity", "rows"}


def _counted(notes: dict[str, Any], name: str, content: Iterator[bytes]) -> Iterator[bytes]:
    digest, rows = hashlib.sha256(), 0
    for piece in content:
        digest.update(piece)
        rows += piece.count(b"\n")
        yield piece
    notes[name] = {"sha256": digest.hexdigest(), "rows": rows}


def _pieces(content: BinaryIO) -> Iterator[bytes]:
    with content as file:
        while piece := file.read(CHUNK):
            yield piece


# ------------------------------------------------------------------ the way back
def restore(
    database: Database, source: Path, files_folder: Path | None = None, store: Store | None = None
) -> Summary:
    """Bring a backup into an empty database; Refusal, with nothing changed, when it is not empty or the file not whole."""
    reader = open_archive(source, BACKUP)
    manifest = _manifest(reader)
    install(database)
    try:
        with database.writing() as connection:
            _refuse_what_is_in_use(connection)
            _restore_tables(connection, reader, manifest)
            problems = verify(connection)
            if problems:
                raise Refusal("invalid", [problem("P150/inconsistent"), *problems[:20]])
            _restore_files(reader, manifest, files_folder, store)
    except (KeyError, TypeError, ValueError, msgspec.DecodeError, sqlalchemy.exc.StatementError) as error:
        raise refusal("invalid", "P150/damaged") from error
    return _summary(manifest)


def _manifest(reader: Reader) -> dict[str, Any]:
    if _MANIFEST not in reader.names:
        raise refusal("invalid", "P150/foreign")
    try:
        manifest: dict[str, Any] = msgspec.json.decode(reader.read(_MANIFEST), type=dict[str, Any])
        known = manifest["format"] == FORMAT and manifest["schema_version"] == SCHEMA_VERSION
    except (msgspec.DecodeError, KeyError, TypeError) as error:
        raise refusal("invalid", "P150/damaged") from error
    if not known:
        raise refusal("invalid", "P150/version")
    return manifest


def _refuse_what_is_in_use(connection: Connection) -> None:
    used = [
        table.name
        for table in (VERSION, USER)
        if connection.execute(select(func.count()).select_from(table)).scalar_one()
    ]
    if used:
        raise refusal("conflict", "P150/used")


def _restore_tables(connection: Connection, reader: Reader, manifest: dict[str, Any]) -> None:
    connection.execute(STATE.delete())
    for table in portable.system_tables():
        portable.load(connection, table, _checked(reader, _ROWS, table.name, manifest["tables"]))
    portable.set_identities(connection)
    staging.forget(connection)
    schemas = [
        ledger.version(connection, app, number).tables for app, number in ledger.installed(connection).items()
    ]
    kept = [each for one in schemas for each in portable.kept_tables(one)]
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    for each in kept:
        execute(connection, ddl.create_table(connection.dialect, each.app, _as_created(each)))
    for each in kept:
        portable.load(connection, each.table, _checked(reader, _ROWS, each.spec.name, manifest["tables"]))
        portable.set_counter(connection, each, manifest["counters"][each.spec.name])
    for each in kept:
        _finish(connection, each)
    for one in schemas:
        _restore_search(connection, one)


def _as_created(kept: Kept) -> schema.TableSpec:
    """Links of a removed table lost their foreign keys when it was removed."""
    if not kept.is_removed:
        return kept.spec
    return replace(kept.spec, columns=tuple(replace(each, references="") for each in kept.spec.columns))


def _finish(connection: Connection, kept: Kept) -> None:
    """Foreign keys and indexes, which are made faster when the rows are there."""
    dialect, spec = connection.dialect, _as_created(kept)
    if dialect.name == "postgresql":
        references = ddl.references(kept.app, spec)
        execute(connection, [ddl.add_reference(dialect, spec.name, each) for each in references])
    execute(connection, [ddl.create_index(dialect, spec, each) for each in spec.indexes])


def _restore_search(connection: Connection, one: Schema) -> None:
    for spec in one.tables:
        records = one.table(spec.entity)
        if spec.kind == "search" and records is not None:
            execute(connection, ddl.create_table(connection.dialect, one.app, spec))
            fill.search(connection, spec, records)


def _restore_files(
    reader: Reader, manifest: dict[str, Any], files_folder: Path | None, store: Store | None
) -> None:
    """Files of records go into the store, whichever it was that they were packed from; everything else into the folder."""
    for name in manifest["files"]:
        stored = PurePosixPath(name).name
        if store is not None and NAME.fullmatch(stored) and name == f"{stored[:2]}/{stored}":
            _restore_file(store, stored, _checked(reader, _FILES, name, manifest["files"]))
            continue
        if files_folder is None:
            raise refusal("invalid", "P150/folder")
        target = files_folder / name
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with target.open("xb") as file:
            for piece in _checked(reader, _FILES, name, manifest["files"]):
                file.write(piece)


def _restore_file(store: Store, name: str, content: Iterator[bytes]) -> None:
    with store.workspace() as folder:
        made = folder / name
        with made.open("wb") as file:
            for piece in content:
                file.write(piece)
        store.put(name, made)


def _checked(reader: Reader, folder: str, name: str, notes: dict[str, Any]) -> Iterator[bytes]:
    digest = hashlib.sha256()
    for piece in reader.chunks(folder + name):
        digest.update(piece)
        yield piece
    if digest.hexdigest() != notes[name]["sha256"]:
        raise refusal("invalid", "P150/altered", name=name)
