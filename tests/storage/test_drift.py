"""`verify` notices whatever is changed behind the platform's back."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import text

from dougong.storage import ledger
from dougong.storage.database import Database
from dougong.storage.install import install
from tests.storage.conftest import World

APP: dict[str, Any] = {
    "entities": {
        "customer": {
            "fields": {"name": {"type": "text", "unique": True}, "size": {"type": "integer"}},
            "search": ["name"],
        },
        "order": {
            "fields": {
                "customer": {"type": "link", "to": "customer"},
                "lines": {"type": "table", "fields": {"what": {"type": "text"}}},
                "helpers": {"type": "links", "to": "customer"},
                "old": {"type": "text"},
            }
        },
    }
}


@pytest.fixture
def filled(world: World) -> World:
    world.publish(APP)
    world.add("shop.customer", {"name": "one"}, {"name": "two"})
    world.add("shop.order", {"customer": 1, "old": "kept"})
    order = {
        "fields": {name: each for name, each in APP["entities"]["order"]["fields"].items() if name != "old"}
    }
    world.publish({"entities": {**APP["entities"], "order": order}}, allow_loss=True)
    world.reindex()
    assert world.verify() == []
    return world


@pytest.mark.parametrize(
    ("statement", "code", "path"),
    [
        ("DROP TABLE shop__order__lines", "V105", "shop.order/lines"),
        ("DROP TABLE shop__customer___search", "V105", "shop.customer#search"),
        ("DROP TABLE dg_preference", "V105", "dg_preference"),
        ("ALTER TABLE shop__customer DROP COLUMN size", "V106", "shop.customer.size"),
        ("ALTER TABLE dg_user DROP COLUMN phone", "V106", "dg_user.phone"),
        ("ALTER TABLE shop__customer ADD COLUMN extra INTEGER", "V108", "shop.customer.extra"),
        ("CREATE TABLE shop__stranger (id INTEGER)", "V108", "shop__stranger"),
        ("DROP INDEX shop___ul_t1_c2", "V109", "shop.customer"),
        ("CREATE INDEX helpful ON shop__customer (size)", "V113", "shop.customer"),
        ("UPDATE dg_version SET sources = '{}' WHERE number = 1", "V104", "shop 1"),
        ("DELETE FROM dg_version WHERE number = 1", "V104", "shop 2"),
        ("UPDATE dg_app SET number = 1", "V104", "shop"),
        ("DELETE FROM shop__customer___search", "V112", "shop.customer#search"),
    ],
)
def test_every_difference_is_found(filled: World, statement: str, code: str, path: str) -> None:
    with filled.database.writing() as connection:
        connection.execute(text(statement))
    found = [(each.code, each.path) for each in filled.verify()]
    assert (code, path) in found, found


def test_a_lost_tombstone_is_found(filled: World) -> None:
    with filled.database.writing() as connection:
        version = ledger.present(connection, "shop")
        assert version is not None
        (stone,) = version.tables.tombstones
        connection.execute(text(f"ALTER TABLE shop__order DROP COLUMN {stone.name}"))
    assert [each.code for each in filled.verify()] == ["V105"]


def test_a_column_of_another_type_is_found(filled: World) -> None:
    with filled.database.writing() as connection:
        connection.execute(text("ALTER TABLE shop__customer DROP COLUMN size"))
        connection.execute(text("ALTER TABLE shop__customer ADD COLUMN size TEXT"))
    assert [(each.code, each.path) for each in filled.verify()] == [("V107", "shop.customer.size")]


def test_orphans_are_found(filled: World) -> None:
    if filled.database.path is not None:
        filled.database.dispose()
        with closing(sqlite3.connect(filled.database.path)) as raw:  # which does not check foreign keys
            raw.execute("UPDATE shop__order SET customer = 99")
            raw.commit()
    else:
        (name,) = _foreign_keys(filled)
        with filled.database.writing() as connection:
            connection.execute(text(f"ALTER TABLE shop__order DROP CONSTRAINT {name}"))
            connection.execute(text("UPDATE shop__order SET customer = 99"))
    assert "V103" in [each.code for each in filled.verify()]


def _foreign_keys(world: World) -> list[str]:
    query = "SELECT conname FROM pg_constraint WHERE contype = 'f' AND conrelid = 'shop__order'::regclass"
    with world.database.reading() as connection:
        return list(connection.execute(text(query)).scalars())


def test_a_counter_that_stands_too_low_is_found(filled: World) -> None:
    with filled.database.writing() as connection:
        connection.execute(
            text(
                "INSERT INTO shop__customer (id, name, created_at, updated_at, version) "
                + (
                    "VALUES (70, 'x', 0, 0, 1)"
                    if filled.database.dialect == "sqlite"
                    else "VALUES (70, 'x', now(), now(), 1)"
                )
            )
        )
    filled.reindex()
    assert [each.code for each in filled.verify()] == ["V111"]


def test_a_damaged_file_is_found(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    install(database)
    world = World(database)
    world.publish(APP)
    world.add("shop.customer", *({"name": f"n{number}" * 30} for number in range(300)))
    database.dispose()
    path = database.path
    assert path is not None
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (page,) = raw.execute("SELECT rootpage FROM sqlite_master WHERE name = 'shop___ul_t1_c2'").fetchone()
        (size,) = raw.execute("PRAGMA page_size").fetchone()
    content = bytearray(path.read_bytes())
    start = (page - 1) * size
    content[start : start + 16] = b"\xff" * 16
    path.write_bytes(bytes(content))
    assert "V102" in [each.code for each in world.verify()]
    database.dispose()


@pytest.mark.parametrize("table", ["shop__customer", "dg_user"])
def test_a_trigger_is_found(filled: World, table: str) -> None:
    statements = {
        "sqlite": [f"CREATE TRIGGER helpful AFTER DELETE ON {table} BEGIN SELECT 1; END"],
        "postgresql": [
            "CREATE FUNCTION helpful() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'",
            f"CREATE TRIGGER helpful AFTER DELETE ON {table} EXECUTE FUNCTION helpful()",
        ],
    }
    with filled.database.writing() as connection:
        for statement in statements[filled.database.dialect]:
            connection.exec_driver_sql(statement)
    assert [(each.code, "helpful" in each.message) for each in filled.verify()] == [("V114", True)]


def test_a_changed_type_is_found(filled: World) -> None:
    """SQLite cannot change the type of a column, but takes values of any type."""
    is_sqlite = filled.database.dialect == "sqlite"
    with filled.database.writing() as connection:
        if is_sqlite:
            connection.exec_driver_sql("UPDATE shop__customer SET size = 'large' WHERE id = 1")
        else:
            connection.exec_driver_sql("ALTER TABLE shop__customer ALTER COLUMN size TYPE TEXT")
    expected = [("V115" if is_sqlite else "V107", "shop.customer.size")]
    assert [(each.code, each.path) for each in filled.verify()] == expected
