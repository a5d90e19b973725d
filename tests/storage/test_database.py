"""Opening databases: readable refusals for wrong addresses, private files, transactions that hold."""

from __future__ import annotations

import stat
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import PrimaryKeyConstraint, UniqueConstraint, func, literal, select, text

from dougong.diagnostics import Refusal
from dougong.storage import database as databases_module
from dougong.storage import install as installing
from dougong.storage.database import Database, SqlFunction
from dougong.storage.install import install
from dougong.storage.system import METADATA


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "mysql://host/name",
        "sqlite://",
        "sqlite:///:memory:",
        "postgresql://host:port/name",
        "postgresql://h/n?prepare_threshold=often",
        "http://example.org/x",
    ],
)
def test_addresses_that_make_no_sense_are_refused(url: str) -> None:
    with pytest.raises(Refusal) as caught:
        Database(url)
    (problem,) = caught.value.problems
    assert problem.code == "P101"
    assert "sqlite:///file.db" in problem.hint


def test_a_missing_driver_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(Refusal) as caught:
        Database("postgresql://localhost/name")
    assert "dougong[postgres]" in caught.value.problems[0].hint


def test_an_unreachable_server_is_a_refusal_without_the_password() -> None:
    database = Database("postgresql://someone:secret-word@127.0.0.1:1/name?connect_timeout=2")
    with pytest.raises(Refusal) as caught:
        database.check()
    assert caught.value.kind == "unavailable"
    assert "secret-word" not in str(caught.value)
    assert "secret-word" not in repr(database)


def test_a_folder_that_does_not_exist_is_a_refusal(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as caught:
        Database(f"sqlite:///{tmp_path}/nowhere/a.db")
    assert caught.value.problems[0].code == "P102"


def test_a_file_that_is_no_database_is_a_refusal(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    path.write_bytes(b"this is no database, but it is long enough to be looked at " * 40)
    with pytest.raises(Refusal) as caught:
        Database(f"sqlite:///{path}").check()
    assert caught.value.problems[0].code == "P102"


def test_the_file_belongs_to_its_owner_alone(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/a.db")
    install(database)
    for path in tmp_path.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    database.dispose()


def test_a_failing_transaction_leaves_nothing_not_even_tables(database_url: str) -> None:
    database = Database(database_url)
    with suppress(ZeroDivisionError), database.writing() as connection:
        connection.execute(text("CREATE TABLE made (value INTEGER)"))
        connection.execute(text("INSERT INTO made VALUES (1)"))
        raise ZeroDivisionError
    with database.reading() as connection, pytest.raises(Exception, match="made"):
        connection.execute(text("SELECT * FROM made"))
    database.dispose()


def test_a_reader_sees_one_state(database_url: str) -> None:
    database = Database(database_url)
    with database.writing() as connection:
        connection.execute(text("CREATE TABLE counter (value INTEGER)"))
        connection.execute(text("INSERT INTO counter VALUES (1)"))
    count = text("SELECT value FROM counter")
    with database.reading() as reader:
        assert reader.execute(count).scalar_one() == 1
        with database.writing() as writer:
            writer.execute(text("UPDATE counter SET value = 2"))
        assert reader.execute(count).scalar_one() == 1
    with database.reading() as reader:
        assert reader.execute(count).scalar_one() == 2
    database.dispose()


def test_a_writer_that_never_ends_makes_others_give_up(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(databases_module, "BUSY_SECONDS", 0.2)
    monkeypatch.setattr(databases_module, "_PRAGMAS", ("busy_timeout=200",))
    database = Database(sqlite_url)
    with database.writing(), pytest.raises(Refusal) as caught, database.writing():
        pass
    assert (caught.value.kind, caught.value.problems[0].code) == ("unavailable", "P103")
    database.dispose()


def test_a_full_disk_is_a_refusal_and_nothing_is_half_written(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    install(database)
    with database.writing() as connection:
        connection.execute(text("CREATE TABLE things (value TEXT)"))
        connection.execute(text("INSERT INTO things VALUES ('kept')"))

    def write_too_much() -> None:
        with database.writing() as connection:
            pages = connection.execute(text("PRAGMA page_count")).scalar_one()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 20}")
            connection.execute(text("INSERT INTO things VALUES (:value)"), [{"value": "x" * 4000}] * 100)

    with pytest.raises(Refusal) as caught:
        write_too_much()
    assert (caught.value.kind, caught.value.problems[0].code) == ("unavailable", "P107")
    with database.reading() as connection:
        assert connection.execute(text("SELECT value FROM things")).scalars().all() == ["kept"]
    database.dispose()


def test_functions_are_offered_on_every_connection(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/a.db", [SqlFunction("twice", 1, lambda value: value * 2)])
    with database.reading() as one, database.reading() as two:
        for connection in (one, two):
            assert connection.execute(select(func.twice(literal(21)))).scalar_one() == 42
    database.dispose()


def test_install_is_repeatable_and_refuses_what_is_newer(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(database_url)
    install(database)
    install(database)
    monkeypatch.setattr(installing, "SCHEMA_VERSION", 0)
    with pytest.raises(Refusal) as caught:
        install(database)
    assert caught.value.problems[0].code == "P104"
    database.dispose()


def test_every_reference_of_the_platform_has_an_index() -> None:
    """Without one, deleting or joining reads the whole table."""
    for table in METADATA.sorted_tables:
        leading = [next(iter(each.columns)).name for each in table.indexes]
        leading += [next(iter(each.columns)).name for each in table.constraints if isinstance(each, UNIQUE)]
        for column in table.c:
            if column.foreign_keys and column.name not in {"answers", "author_id"}:
                assert column.name in leading, f"{table.name}.{column.name}"


UNIQUE = (PrimaryKeyConstraint, UniqueConstraint)
