"""The published ledger with its people, on both engines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from dougong.people import accounts
from dougong.records.create import create
from tests.installed import Installed, open_database, publish
from tests.policy.ledger import PEOPLE, SOURCES
from tests.servers.databases import DIALECTS, Databases

DEAL, CLIENT = "ledger.deal", "ledger.client"


class Ledger(Installed):
    """One installed database with the ledger and its people."""

    def deal(self, login: str = "root", **values: Any) -> int:
        with self.writing(login) as call:
            return create(call, DEAL, {"name": "Deal", **values}).id

    def client(self, login: str = "root", **values: Any) -> int:
        with self.writing(login) as call:
            return create(call, CLIENT, {"name": "Client", **values}).id


def publish_ledger(url: str) -> None:
    database = open_database(url)
    publish(database, SOURCES)
    with database.writing() as connection:
        for login, roles in PEOPLE.items():
            held = [("ledger", role) for role in roles]
            accounts.add(connection, login, name=login.title(), roles=held, language="en")
    database.dispose()


@pytest.fixture(scope="session")
def ledger_templates(databases: Databases) -> dict[str, str]:
    """One published database on each engine, to be copied."""
    found = {}
    for dialect in DIALECTS:
        found[dialect] = databases.fresh(dialect)
        publish_ledger(found[dialect])
    return found


@pytest.fixture(params=DIALECTS)
def ledger(
    request: pytest.FixtureRequest, databases: Databases, ledger_templates: dict[str, str]
) -> Iterator[Ledger]:
    """A fresh ledger, once on each engine."""
    url = databases.copy_of(ledger_templates[request.param])
    database = open_database(url)
    yield Ledger(database)
    database.dispose()
    databases.drop(url)
