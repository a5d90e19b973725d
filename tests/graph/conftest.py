"""A published ledger on both engines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from dougong.records.create import create
from tests.graph.ledger import SOURCES
from tests.installed import Installed, open_database, publish
from tests.servers.databases import DIALECTS, Databases


class Ledger(Installed):
    """One installed database with the ledger."""

    def make(self, entity: str, **values: Any) -> int:
        with self.writing() as call:
            return create(call, f"ledger.{entity}", values).id


def publish_ledger(url: str) -> None:
    database = open_database(url)
    publish(database, SOURCES)
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
def book(
    request: pytest.FixtureRequest, databases: Databases, ledger_templates: dict[str, str]
) -> Iterator[Ledger]:
    """A fresh ledger, once on each engine."""
    url = databases.copy_of(ledger_templates[request.param])
    database = open_database(url)
    yield Ledger(database)
    database.dispose()
    databases.drop(url)
