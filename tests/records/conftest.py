"""A published shop with people in it, on both engines, and short ways to make calls."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from dougong.compiler import check_sources
from dougong.expressions.sqlite import SQLITE_FUNCTIONS
from dougong.model.app import App
from dougong.people import accounts, organisation
from dougong.people.actor import Actor, load_actor
from dougong.records.call import Call
from dougong.records.create import create
from dougong.storage.apply import apply
from dougong.storage.database import Database
from dougong.storage.install import install
from dougong.storage.plan import plan
from dougong.storage.release import Release, releases_of
from tests.records.shop import SOURCES
from tests.servers.databases import DIALECTS, Databases

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
PEOPLE: dict[str, list[tuple[str, str]]] = {
    "ann": [("shop", "seller")],
    "bob": [("shop", "seller")],
    "mia": [("shop", "manager")],
    "rob": [("shop", "reader")],
    "eve": [],
}


class Shop:
    """One installed database with the shop and its people: Ann's head is Bob."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.release: Release = releases_of(database).current()
        with database.reading() as connection:
            self.people: dict[str, Actor] = {
                account.login: load_actor(connection, account.id)
                for account in accounts.list_accounts(connection)
            }

    @contextmanager
    def writing(self, login: str = "root", **options: Any) -> Iterator[Call]:
        with self.database.writing() as connection:
            yield self._call(connection, login, **options)

    @contextmanager
    def reading(self, login: str = "root", **options: Any) -> Iterator[Call]:
        with self.database.reading() as connection:
            yield self._call(connection, login, **options)

    def _call(self, connection: Any, login: str, **options: Any) -> Call:
        made = Call(self.release, connection, self.people[login], "api", AT, "en", "Asia/Shanghai")
        return replace(made, **options)

    def customer(self, login: str = "root", **values: Any) -> int:
        with self.writing(login) as call:
            return create(call, "shop.customer", {"name": "Acme", **values}).id

    def product(self, code: str, price: str | None = "10.00", **values: Any) -> int:
        with self.writing() as call:
            return create(
                call, "shop.product", {"code": code, "name": code.title(), "price": price, **values}
            ).id

    def order(self, customer: int, login: str = "root", **values: Any) -> int:
        with self.writing(login) as call:
            return create(call, "shop.order", {"customer": customer, **values}).id


def open_shop_database(url: str) -> Database:
    """A database whose SQLite knows the functions of expressions."""
    return Database(url, SQLITE_FUNCTIONS)


def publish_shop(url: str) -> None:
    database = open_shop_database(url)
    install(database)
    app = check_sources(SOURCES, {})
    assert isinstance(app, App), "\n".join(str(each) for each in app)
    with database.reading() as connection:
        made = plan(None, app, connection)
    apply(made, database)
    with database.writing() as connection:
        accounts.add(connection, "root", name="Root", is_admin=True, language="en")
        ids = {
            login: accounts.add(connection, login, name=login.title(), roles=roles, language="en")
            for login, roles in PEOPLE.items()
        }
        department = organisation.add_department(connection, "Sales", head_id=ids["bob"])
        organisation.set_departments(connection, ids["ann"], department)
        organisation.set_departments(connection, ids["bob"], department)
    database.dispose()


@pytest.fixture(scope="session")
def shop_templates(databases: Databases) -> dict[str, str]:
    """One published database on each engine, to be copied."""
    found = {}
    for dialect in DIALECTS:
        found[dialect] = databases.fresh(dialect)
        publish_shop(found[dialect])
    return found


@pytest.fixture(params=DIALECTS)
def shop(
    request: pytest.FixtureRequest, databases: Databases, shop_templates: dict[str, str]
) -> Iterator[Shop]:
    """A fresh shop, once on each engine."""
    url = databases.copy_of(shop_templates[request.param])
    database = open_shop_database(url)
    yield Shop(database)
    database.dispose()
    databases.drop(url)
