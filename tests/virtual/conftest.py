"""A published club on both engines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from dougong.people import accounts
from dougong.records.create import create
from tests.installed import Installed, open_database, publish
from tests.servers.databases import DIALECTS, Databases
from tests.virtual.club import SOURCES


class Club(Installed):
    """One installed database with the club."""

    def make(self, entity: str, **values: Any) -> int:
        with self.writing() as call:
            return create(call, f"club.{entity}", values).id


def publish_club(url: str) -> None:
    database = open_database(url)
    publish(database, SOURCES)
    with database.writing() as connection:
        for login in ("reader", "guest"):
            accounts.add(connection, login, name=login.title(), language="en", roles=[("club", login)])
    database.dispose()


@pytest.fixture(scope="session")
def club_templates(databases: Databases) -> dict[str, str]:
    """One published database on each engine, to be copied."""
    found = {}
    for dialect in DIALECTS:
        found[dialect] = databases.fresh(dialect)
        publish_club(found[dialect])
    return found


@pytest.fixture(params=DIALECTS)
def club(
    request: pytest.FixtureRequest, databases: Databases, club_templates: dict[str, str]
) -> Iterator[Club]:
    """A fresh club, once on each engine."""
    url = databases.copy_of(club_templates[request.param])
    database = open_database(url)
    yield Club(database)
    database.dispose()
    databases.drop(url)
