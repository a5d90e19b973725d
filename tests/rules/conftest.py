"""An installed app with rules of every kind, on both engines."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dougong.people import accounts
from tests.installed import Installed, open_database, publish
from tests.rules.claims import SOURCES
from tests.servers.databases import DIALECTS, Databases

CLAIM = "desk.claim"


@pytest.fixture(scope="session")
def desk_templates(databases: Databases) -> dict[str, str]:
    """One published database on each engine, to be copied."""
    found = {}
    for dialect in DIALECTS:
        found[dialect] = databases.fresh(dialect)
        database = open_database(found[dialect])
        publish(database, SOURCES)
        with database.writing() as connection:
            accounts.add(connection, "cleo", name="Cleo", roles=[("desk", "clerk")], language="en")
        database.dispose()
    return found


@pytest.fixture(params=DIALECTS)
def desk(
    request: pytest.FixtureRequest, databases: Databases, desk_templates: dict[str, str]
) -> Iterator[Installed]:
    """A fresh copy, once on each engine."""
    url = databases.copy_of(desk_templates[request.param])
    database = open_database(url)
    yield Installed(database)
    database.dispose()
    databases.drop(url)
