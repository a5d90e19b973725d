"""A database of the first version of the schema becomes what a new one is, and keeps what is in it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert, inspect, select

from dougong.people import accounts, organisation, sessions, tokens
from dougong.people.actor import load_actor
from dougong.people.secrets_ import digest
from dougong.storage.database import Database
from dougong.storage.install import SCHEMA_VERSION, install, is_current
from dougong.storage.system import METADATA, STATE
from tests.servers.databases import DIALECTS, Databases
from tests.storage.first_schema import FIRST, first_schema, install_first

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
SECRET = "of a session that was open when the release changed"


@pytest.fixture
def first(database_url: str) -> Iterator[Database]:
    """A database with the platform's tables of the first version, and nothing more."""
    database = Database(database_url)
    with database.writing() as connection:
        install_first(connection)
    yield database
    database.dispose()


def schema_of(connection: Connection) -> dict[str, dict[str, Any]]:
    """What a database has: tables with their columns, keys and indexes, whatever order they were made in."""
    found = inspect(connection)
    return {
        name: {
            "columns": {
                each["name"]: (str(each["type"]), each["nullable"], each["default"])
                for each in found.get_columns(name)
            },
            "key": found.get_pk_constraint(name)["constrained_columns"],
            "unique": sorted(tuple(each["column_names"]) for each in found.get_unique_constraints(name)),
            "references": sorted(
                (*each["constrained_columns"], each["referred_table"], str(each["options"]))
                for each in found.get_foreign_keys(name)
            ),
            "indexes": sorted(
                (str(each["name"]), tuple(each["column_names"]), bool(each["unique"]))
                for each in found.get_indexes(name)
            ),
        }
        for name in found.get_table_names()
    }


@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_upgraded_database_is_what_a_new_one_is(databases: Databases, dialect: str) -> None:
    """So a table, a column or an index without a step of `UPGRADES` fails here."""
    found = []
    for older in (True, False):
        with databases.database(dialect) as url:
            database = Database(url)
            if older:
                with database.writing() as connection:
                    install_first(connection)
            install(database)
            install(database)
            with database.reading() as connection:
                assert is_current(connection)
                found.append(schema_of(connection))
            database.dispose()
    upgraded, new = found
    assert set(new) == set(METADATA.tables) > set(FIRST)
    for name in new:
        assert upgraded[name] == new[name], name


def test_what_is_in_an_older_database_is_kept(first: Database) -> None:
    older, now = first_schema().tables, datetime.now(UTC)
    later = now + timedelta(days=1)
    person = {"name": "", "is_admin": False, "created_at": AT, "updated_at": AT}
    with first.writing() as connection:
        connection.execute(
            insert(older["dg_user"]),
            [{"login": "ann", **person}, {"login": "bob", **person, "is_admin": True}],
        )
        connection.execute(
            insert(older["dg_department"]), [{"name": "Sales", "head_id": 2, "created_at": AT}]
        )
        connection.execute(
            insert(older["dg_membership"]), [{"user_id": 1, "department_id": 1, "is_main": True}]
        )
        connection.execute(insert(older["dg_user_role"]), [{"user_id": 1, "app": "shop", "role": "seller"}])
        begun = {"token_hash": digest(SECRET), "created_at": now, "last_seen_at": now, "expires_at": later}
        connection.execute(insert(older["dg_session"]), [{"user_id": 1, "csrf": "x", **begun}])
    install(first)
    with first.writing() as connection:
        assert connection.execute(select(STATE.c.schema_version)).scalar_one() == SCHEMA_VERSION
        assert connection.execute(select(STATE.c.organisation)).scalar_one() != ""
        assert [(each.login, each.is_admin) for each in accounts.list_accounts(connection)] == [
            ("ann", False),
            ("bob", True),
        ]
        actor = load_actor(connection, 1)
        assert actor.roles == frozenset({("shop", "seller")})
        [member] = organisation.memberships_of(connection, 1)
        assert (member.department_id, member.is_main) == (1, True)
        assert organisation.superior(connection, 1) == 2
        text = tokens.issue(connection, 1, expires_at=later)
        held = tokens.authenticate(connection, text)
        assert held is not None
        assert held[1].id == 1
        assert [sessions.resume(connection, each) is not None for each in (SECRET, "another")] == [
            True,
            False,
        ]
