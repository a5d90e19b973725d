"""The store as a whole: what is missing or altered is named, orphans go, everything can be moved, packed and brought back."""

from __future__ import annotations

import json
import os
import secrets
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dougong import assembly
from dougong.cli import main
from dougong.records.file_upkeep import look_over, move, sweep_orphans
from dougong.storage.backup import backup, restore
from dougong.storage.stores.base import Store
from dougong.storage.stores.folder import FolderStore
from dougong.storage.stores.s3 import S3Store
from tests.files.conftest import Bench
from tests.files.test_serving import send
from tests.files.test_stores import content_of, put
from tests.servers.databases import Databases
from tests.servers.object_store import ACCESS, BUCKET, SECRET
from tests.web_server import Server


@pytest.fixture
def house(sqlite_server: Server, store: Store) -> Server:
    from dataclasses import replace

    return Server(replace(sqlite_server.runtime, files=store), sqlite_server.tokens)


def filled(house: Server, count: int = 3) -> list[str]:
    api = house.api("hana")
    ids = [send(api, f"cover {number}".encode()).json["id"] for number in range(count)]
    for each in ids:
        api.made("/library/book", title=each, cover=[{"id": each}])
    return ids


def test_missing_and_altered_files_are_named(house: Server) -> None:
    store, ids = house.runtime.files, filled(house)
    assert look_over(house.database, store).problems == []
    store.delete(ids[0])
    put(store, ids[1], b"COVER 1")
    put(store, secrets.token_urlsafe(24), b"nobody's")
    found = look_over(house.database, store)
    assert [(each.code, "altered" in each.message) for each in found.problems] == [
        ("V130", False),
        ("V130", True),
    ]
    assert all(each.path.startswith("library.book/") for each in found.problems)
    assert (found.sound, len(found.orphans)) == (1, 1)
    quick = look_over(house.database, store, deep=False)
    assert len(quick.problems) == 1  # the altered one has its size


def test_orphans_go_but_not_what_has_just_come(house: Server) -> None:
    store, ids = house.runtime.files, filled(house)
    orphan = secrets.token_urlsafe(24)
    put(store, orphan, b"nobody's")
    now = datetime.now(UTC)
    assert sweep_orphans(house.database, store, now) == 0
    later = now + timedelta(days=3)
    assert sweep_orphans(house.database, store, later, dry_run=True) == 1
    assert orphan in set(store.names())
    assert sweep_orphans(house.database, store, later) == 1
    assert set(ids) == set(store.names())


def test_everything_moves_to_another_store_and_a_move_can_go_on(
    house: Server, bench: Bench, tmp_path: Path
) -> None:
    source, ids = house.runtime.files, filled(house)
    there: Store = (
        S3Store(bench.bucket()) if isinstance(source, FolderStore) else FolderStore(tmp_path / "elsewhere")
    )
    put(there, ids[0], content_of(source, ids[0]))
    done = move(house.database, source, there)
    assert (done.moved, done.known, done.missing) == (2, 1, 0)
    assert [content_of(there, each) for each in ids] == [b"cover 0", b"cover 1", b"cover 2"]
    assert look_over(house.database, there).problems == []
    there.delete(ids[1])
    put(source, ids[1], b"COVER 1")  # damaged at the source: it is not spread
    again = move(house.database, source, there)
    assert (again.moved, again.known, again.missing) == (0, 2, 1)
    assert there.size(ids[1]) is None


def test_a_backup_brings_files_into_whatever_store_there_is(
    house: Server, bench: Bench, databases: Databases, tmp_path: Path
) -> None:
    ids = filled(house)
    target = tmp_path / "all.zip"
    work = house.runtime.files_folder
    (work / "imports").mkdir(parents=True, exist_ok=True)
    (work / "imports" / "waiting").write_bytes(b"an import")
    summary = backup(house.database, target, work, house.runtime.files)
    assert summary.files == 4
    for store in (FolderStore(tmp_path / "new" / "files"), S3Store(bench.bucket())):
        url = databases.fresh("sqlite")
        database = assembly.open_database(url)
        folder = tmp_path / secrets.token_hex(4)
        restore(database, target, folder, store)
        assert [content_of(store, each) for each in ids] == [b"cover 0", b"cover 1", b"cover 2"]
        assert (folder / "imports" / "waiting").read_bytes() == b"an import"
        assert look_over(database, store).problems == []
        database.dispose()
        databases.drop(url)


def test_the_command_line_checks_sweeps_and_moves(
    sqlite_server: Server,
    bench: Bench,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = FolderStore(sqlite_server.runtime.files_folder)
    ids = filled(sqlite_server)
    settings = {
        "DATABASE": sqlite_server.runtime.settings.database,
        "FILES": str(folder.folder),
        "S3_ENDPOINT": bench.running.endpoint,
        "S3_ACCESS_KEY": ACCESS,
        "S3_SECRET_KEY": SECRET,
    }
    for name, value in settings.items():
        monkeypatch.setenv(f"DOUGONG_{name}", value)
    bucket = f"s3://{BUCKET}/{secrets.token_hex(6)}"
    assert main(["files", "move", "--from", "folder", "--to", bucket, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"moved": 3, "known": 0, "missing": 0}
    monkeypatch.setenv("DOUGONG_FILE_STORE", bucket)
    assert main(["files", "check", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"clean": True, "sound": 3, "orphans": 0, "errors": []}
    assert main(["verify"]) == 0
    S3Store(bench.bucket(prefix=f"{bucket.rpartition('/')[2]}/")).delete(ids[0])
    assert main(["files", "check"]) == 1
    assert "V130" in capsys.readouterr().err
    monkeypatch.setenv("DOUGONG_FILE_STORE", "")
    path = folder.path(secrets.token_urlsafe(24))
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"nobody's")
    old = time.time() - 3 * 86_400
    os.utime(path, (old, old))
    assert main(["files", "sweep", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["orphans"] == 1
    for wrong in (["--from", "folder", "--to", "folder"], ["--from", "ftp://x", "--to", "folder"]):
        assert main(["files", "move", *wrong]) == 1
    monkeypatch.setenv("DOUGONG_FILE_STORE", "s3://UPPER/../x")
    assert main(["files", "check"]) == 1
