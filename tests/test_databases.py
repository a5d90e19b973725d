"""The databases that tests are given are real, empty, apart from each other, and quick to copy."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, make_url, text

from tests.servers import postgresql
from tests.servers.databases import DIALECTS, Databases


def table_names(url: str) -> list[str]:
    engine = create_engine(url)
    try:
        return inspect(engine).get_table_names()
    finally:
        engine.dispose()


def run(url: str, statement: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.mark.parametrize("_again", range(2))
def test_a_database_begins_empty(database_url: str, _again: int) -> None:
    assert table_names(database_url) == []
    run(database_url, "CREATE TABLE left_over (id INTEGER PRIMARY KEY)")
    assert table_names(database_url) == ["left_over"]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_copy_has_the_rows_and_leaves_the_original_alone(databases: Databases, dialect: str) -> None:
    original = databases.fresh(dialect)
    run(original, "CREATE TABLE prepared (id INTEGER PRIMARY KEY)")
    copy = databases.copy_of(original)
    run(copy, "CREATE TABLE added (id INTEGER PRIMARY KEY)")
    assert sorted(table_names(copy)) == ["added", "prepared"]
    assert table_names(original) == ["prepared"]
    for url in (copy, original):
        databases.drop(url)


def test_a_database_is_dropped_even_when_somebody_is_connected(databases: Databases) -> None:
    url = databases.fresh("postgresql")
    engine = create_engine(url)
    connection = engine.connect()
    databases.drop(url)
    connection.invalidate()
    connection.close()
    engine.dispose()
    other = databases.fresh("postgresql")
    assert make_url(other).database != make_url(url).database
    databases.drop(other)


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_the_server_ends_with_its_session(end: signal.Signals) -> None:
    session = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    folder, supervisor = postgresql.launch(session.pid)
    postgresql.await_launch(folder)
    server = int((folder / "data" / "postmaster.pid").read_text().splitlines()[0])
    session.send_signal(end)
    session.communicate()
    os.waitpid(supervisor, 0)
    assert not folder.exists()
    assert not running(server)


@pytest.fixture
def scratch() -> Iterator[Path]:
    """A folder outside pytest's own, which only the present account may enter."""
    with tempfile.TemporaryDirectory(prefix="dougong-") as folder:
        yield Path(folder)


def test_a_server_that_cannot_start_says_why(monkeypatch: pytest.MonkeyPatch, scratch: Path) -> None:
    monkeypatch.setattr(postgresql, "SETTINGS", {"no_such_setting": "on"})
    server = postgresql.start(scratch)
    with pytest.raises(postgresql.NoPostgreSQL, match="no_such_setting"):
        postgresql.wait_until_ready(scratch, server)
    server.wait()


def test_a_server_in_a_private_folder_is_copied_to_where_it_may_run(scratch: Path) -> None:
    """As root the server runs as somebody else, who may not look into root's own folders."""
    who = postgresql.account()
    private = scratch / "private"
    original = postgresql.binaries()
    package = original.parents[1]
    shutil.copytree(original.parent, private / package.name / original.parent.name, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, private / libraries.name, symlinks=True)
    private.chmod(0o700)
    open_folder = scratch / "open"
    open_folder.mkdir(mode=0o755)
    scratch.chmod(0o755)
    hidden = private / package.name / original.parent.name / original.name
    found = postgresql.reachable(hidden, who, open_folder)
    version = subprocess.run(
        [found / "initdb", "--version"],
        user=who.user,
        group=who.group,
        cwd="/",
        capture_output=True,
        text=True,
        check=True,
    )
    assert "PostgreSQL" in version.stdout
    assert found.is_relative_to(open_folder) == (who.user is not None)


def running(process: int) -> bool:
    end = time.monotonic() + 10
    while time.monotonic() < end:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return False
        time.sleep(0.05)
    return True
