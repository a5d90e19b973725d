"""Statements that the driver runs: prepared once, forgotten when their tables change, with the errors of SQLAlchemy."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import pytest
import sqlalchemy
from sqlalchemy import BigInteger, bindparam, literal_column, select, text

from dougong.storage.database import Database
from dougong.storage.statements import Statement, among, run_script
from tests.servers.databases import Databases
from tests.storage.conftest import World


def shop(kind: str) -> dict[str, Any]:
    fields = {"name": {"type": "text"}, "size": {"type": kind}}
    return {"id": "shop", "entities": {"thing": {"fields": fields}}}


def sizes(world: World) -> list[object]:
    """Asked often enough for PostgreSQL to keep the statement prepared."""
    found: list[object] = []
    for _ in range(8):
        with world.releases.reading() as (connection, release):
            column = release.table("shop.thing").c["size"]
            found = [row[0] for row in Statement(select(column), world.database.dialect).rows(connection)]
    return found


def test_a_prepared_statement_survives_a_change_of_its_column(world: World) -> None:
    world.publish(shop("integer"))
    world.add("shop.thing", {"name": "one", "size": 12})
    assert sizes(world) == [12]
    world.publish(shop("text"), allow_loss=True)
    assert sizes(world) == ["12"]
    world.roll_back()
    assert sizes(world) == [12]


def test_every_connection_forgets_what_it_prepared_for_older_tables(world: World) -> None:
    """Connections that others changed nothing over, so that their driver cannot know."""
    world.publish(shop("integer"))
    world.add("shop.thing", {"name": "one", "size": 12})
    dialect = world.database.dialect
    for kind, expected in (("integer", 12), ("text", "12"), ("integer", 12), ("text", "12")):
        if world.release.entity("shop.thing").fields["size"].type != kind:
            world.publish(shop(kind), allow_loss=True)
        with ExitStack() as stack:
            opened = [stack.enter_context(world.releases.reading()) for _ in range(4)]
            for connection, release in opened:
                statement = Statement(select(release.table("shop.thing").c["size"]), dialect)
                for _ in range(8):
                    assert statement.rows(connection)[0][0] == expected


def test_parameters_are_given_by_name_and_lists_in_one(world: World) -> None:
    world.publish(shop("integer"))
    first, second, third = world.add("shop.thing", *({"name": each, "size": 1} for each in "abc"))
    dialect = world.database.dialect
    with world.releases.reading() as (connection, release):
        table = release.table("shop.thing")
        wanted = select(table.c["name"]).where(
            among(table.c.id, "ids", dialect), table.c.id > bindparam("least", type_=BigInteger)
        )
        statement = Statement(wanted.order_by(table.c.id), dialect)
        asked = {"ids": [first, second, third, 10**15], "least": first}
        assert [row[0] for row in statement.rows(connection, asked)] == ["b", "c"]
        assert statement.rows(connection, {"ids": [], "least": 0}) == []
        with pytest.raises(KeyError):
            statement.rows(connection, {"ids": []})


def test_what_the_database_refuses_is_refused_like_by_sqlalchemy(world: World) -> None:
    with world.database.reading() as connection, pytest.raises(sqlalchemy.exc.DBAPIError):
        Statement(select(literal_column("nothing")), world.database.dialect).rows(connection)
    with world.database.reading() as connection:
        assert run_script(connection, "SELECT 1")[0][0] == 1


def test_a_reader_keeps_nothing_that_it_wrote(world: World) -> None:
    write = text("UPDATE dg_state SET generation = generation + 100")
    before = world.release.generation
    try:
        with world.database.reading() as connection:
            connection.execute(write)
    except sqlalchemy.exc.DBAPIError:
        assert world.database.dialect == "postgresql"
    assert world.release.generation == before


def test_a_connection_that_has_gone_is_replaced(databases: Databases) -> None:
    database = Database(databases.fresh("postgresql"))
    with database.reading() as connection:
        number = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    other = sqlalchemy.create_engine(database.url.set(drivername="postgresql+psycopg"))
    with other.connect() as connection:
        connection.execute(text(f"SELECT pg_terminate_backend({int(number)}, 5000)"))
    other.dispose()
    with database.writing() as connection:
        assert connection.execute(text("SELECT 1")).scalar_one() == 1
    database.dispose()
