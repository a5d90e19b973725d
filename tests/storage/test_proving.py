"""Foreign keys on large tables hold at once and are proven afterwards, so that nobody waits for a look at every row."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from dougong.storage import catalogue, fill
from dougong.storage.database import Database
from dougong.storage.install import install
from dougong.storage.proving import prove
from tests.servers.databases import Databases
from tests.storage.conftest import World


def app(on_delete: str) -> dict[str, Any]:
    link = {"type": "link", "to": "thing", "on_delete": on_delete}
    return {"entities": {"thing": {"fields": {"name": {"type": "text"}, "other": link}}}}


def unproven(world: World) -> set[str]:
    with world.database.reading() as connection:
        return set(catalogue.read(connection).unproven)


@pytest.fixture
def large(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A world on PostgreSQL in which every table counts as large."""
    monkeypatch.setattr(fill, "LARGE", 1)
    url = databases.fresh("postgresql")
    database = Database(url)
    install(database)
    yield World(database)
    database.dispose()
    databases.drop(url)


def test_a_changed_key_holds_at_once_and_is_proven_afterwards(large: World) -> None:
    large.publish(app("restrict"))
    large.add("shop.thing", {"name": "a"}, {"name": "b", "other": 1})
    large.publish(app("clear"))
    assert len(unproven(large)) == 1
    assert large.verify() == []
    table = large.release.table("shop.thing")
    with pytest.raises(IntegrityError), large.database.writing() as connection:
        connection.execute(table.update().where(table.c.id == 1).values(other=99))
    assert prove(large.database) == []
    assert unproven(large) == set()
    assert large.verify() == []
    assert large.plan(app("clear")).is_empty
    assert prove(large.database) == []


def test_rows_that_break_an_unproven_key_are_told(large: World) -> None:
    large.publish(app("restrict"))
    large.add("shop.thing", {"name": "a"}, {"name": "b", "other": 1})
    large.publish(app("clear"))
    with large.database.writing() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))  # as a damaged restore would
        connection.execute(text('DELETE FROM "shop__thing" WHERE id = 1'))
    assert [each.code for each in large.verify()] == ["V103"]
    assert len(prove(large.database)) == 1
    assert len(unproven(large)) == 1


def test_a_link_that_comes_back_leaves_out_what_was_purged(large: World) -> None:
    large.publish(app("restrict"))
    large.add("shop.thing", {"name": "a"}, {"name": "b", "other": 1}, {"name": "c", "other": 2})
    large.publish({"entities": {"thing": {"fields": {"name": {"type": "text"}}}}}, allow_loss=True)
    with large.database.writing() as connection:
        connection.execute(text('DELETE FROM "shop__thing" WHERE id = 1'))
    large.roll_back()
    assert [row["other"] for row in large.rows("shop.thing")] == [None, 2]
    assert prove(large.database) == []
    assert unproven(large) == set()
    assert large.verify() == []
