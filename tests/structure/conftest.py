"""A published park with people and departments in it, on both engines, and short ways to make calls."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from dougong.people import accounts, organisation
from dougong.records.create import create
from dougong.records.query import Query, list_records
from dougong.records.update import update
from dougong.storage.apply import apply
from dougong.storage.database import Database
from dougong.storage.plan import Plan, plan
from dougong.storage.release import releases_of
from tests.installed import Installed, compiled, open_database, publish
from tests.servers.databases import DIALECTS, Databases
from tests.structure.park import SOURCES


class Park(Installed):
    """One installed database: Ann and Bob guard, Bob's department North stands below Ann's, Field."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        with database.reading() as connection:
            self.units = {each.name: each.id for each in organisation.departments(connection)}

    def add(self, entity: str, login: str = "root", **values: Any) -> int:
        with self.writing(login) as call:
            return create(call, f"park.{entity}", values).id

    def change(self, entity: str, identifier: int, login: str = "root", **values: Any) -> None:
        with self.writing(login) as call:
            update(call, f"park.{entity}", identifier, values)

    def found(self, entity: str, filter_: str, login: str = "root") -> list[int]:
        with self.reading(login) as call:
            page = list_records(call, f"park.{entity}", Query(filter=filter_, sort="id", limit=100))
            return [record.id for record in page.rows]

    def publish(self, sources: dict[str, str], **options: Any) -> Plan:
        """Apply another version of the app and go on with it."""
        app = compiled(sources)
        with self.database.reading() as connection:
            made = plan(self.release.apps["park"], app, connection)
        apply(made, self.database, **options)
        self.release = releases_of(self.database).current()
        return made


def _publish(url: str, sources: dict[str, str]) -> None:
    database = open_database(url)
    publish(database, sources)
    with database.writing() as connection:
        guard = [("park", "guard")]
        ids = {
            login: accounts.add(connection, login, name=login.title(), roles=guard, language="en")
            for login in ("ann", "bob")
        }
        ids["eve"] = accounts.add(connection, "eve", name="Eve", language="en")
        top = organisation.add_department(connection, "Field", head_id=ids["ann"])
        north = organisation.add_department(connection, "North", parent_id=top)
        organisation.add_department(connection, "Office")
        organisation.set_departments(connection, ids["ann"], top)
        organisation.set_departments(connection, ids["bob"], north)
    database.dispose()


@pytest.fixture(scope="session")
def park_templates(databases: Databases) -> dict[str, str]:
    """One published database on each engine, to be copied."""
    found = {}
    for dialect in DIALECTS:
        found[dialect] = databases.fresh(dialect)
        _publish(found[dialect], SOURCES)
    return found


@pytest.fixture(params=DIALECTS)
def park(
    request: pytest.FixtureRequest, databases: Databases, park_templates: dict[str, str]
) -> Iterator[Park]:
    """A fresh park, once on each engine."""
    url = databases.copy_of(park_templates[request.param])
    database = open_database(url)
    yield Park(database)
    database.dispose()
    databases.drop(url)
