"""The app of these tests on both engines, with its people."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dougong.people import accounts
from tests.installed import Installed, open_database, publish
from tests.linkage.trade import SOURCES
from tests.servers.databases import DIALECTS, Databases


@pytest.fixture(scope="session")
def trade_templates(databases: Databases) -> dict[str, str]:
    """One published database on each engine, to be copied."""
    found = {}
    for dialect in DIALECTS:
        found[dialect] = databases.fresh(dialect)
        database = open_database(found[dialect])
        publish(database, SOURCES)
        with database.writing() as connection:
            accounts.add(connection, "cleo", name="Cleo", roles=[("desk", "clerk")], language="en")
            accounts.add(connection, "lola", name="Lola", roles=[("desk", "local")], language="en")
        database.dispose()
    return found


@pytest.fixture(params=DIALECTS)
def trade(
    request: pytest.FixtureRequest, databases: Databases, trade_templates: dict[str, str]
) -> Iterator[Installed]:
    """A fresh copy, once on each engine."""
    url = databases.copy_of(trade_templates[request.param])
    database = open_database(url)
    yield Installed(database)
    database.dispose()
    databases.drop(url)
