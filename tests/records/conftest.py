"""A published shop with people in it, on both engines, and short ways to make calls."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from dougong.people import accounts, organisation
from dougong.records.create import create
from tests.installed import Installed, open_database, publish
from tests.records.shop import SOURCES
from tests.servers.databases import DIALECTS, Databases

PEOPLE: dict[str, list[tuple[str, str]]] = {
    "ann": [("shop", "seller")],
    "bob": [("shop", "seller")],
    "mia": [("shop", "manager")],
    "rob": [("shop", "reader")],
    "eve": [],
}


class Shop(Installed):
    """One installed database with the shop and its people: Ann's head is Bob."""

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


def publish_shop(url: str) -> None:
    database = open_database(url)
    publish(database, SOURCES)
    with database.writing() as connection:
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
    database = open_database(url)
    yield Shop(database)
    database.dispose()
    databases.drop(url)
