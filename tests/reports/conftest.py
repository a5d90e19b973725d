"""A published sales app with some hundred generated deals, on both engines; tests only read it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from dougong.compiler import check_sources
from dougong.expressions.sqlite import SQLITE_FUNCTIONS
from dougong.model.app import App
from dougong.people import accounts
from dougong.people.actor import Actor, load_actor
from dougong.records.call import Call
from dougong.records.create import create_many
from dougong.storage.apply import apply
from dougong.storage.database import Database
from dougong.storage.install import install
from dougong.storage.plan import plan
from dougong.storage.release import Release, releases_of
from tests.reports.sales import SOURCES
from tests.servers.databases import DIALECTS, Databases

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
DEALS = 300
STAGES = ("new", "offer", "won", "lost")


def generated(owners: list[int], found_accounts: list[int]) -> list[dict[str, Any]]:
    """Deals with gaps in time, empty values and moments around midnight."""
    chance = random.Random(7)
    deals: list[dict[str, Any]] = []
    for number in range(DEALS):
        day = date(2025, 11, 15) + timedelta(days=chance.randint(0, 400))
        if day.month in (2, 7):
            day += timedelta(days=31)
        seen = datetime(2026, 3, 1, 16, tzinfo=UTC) + timedelta(
            days=chance.randint(0, 60), seconds=chance.choice((-1, 0, 1))
        )
        deals.append(
            {
                "name": f"Deal {number}",
                "account": chance.choice((None, *found_accounts)),
                "owner": chance.choice(owners),
                "stage": chance.choice(STAGES),
                "source": chance.choice((None, "web", "fair", "ad")),
                "amount": None
                if chance.random() < 0.15
                else Decimal(chance.randint(-10_000, 99_999_999)).scaleb(-2),
                "cost": None if chance.random() < 0.15 else Decimal(chance.randint(0, 9_999_999)).scaleb(-2),
                "visits": chance.choice((None, 0, 1, 5)),
                "urgent": chance.choice((None, True, False)),
                "close_on": None if chance.random() < 0.1 else day,
                "seen_at": None if chance.random() < 0.1 else seen,
            }
        )
    return deals


@dataclass
class Sales:
    """One published database and what is in it, for computing figures without it."""

    database: Database
    release: Release
    people: dict[str, Actor]
    deals: list[dict[str, Any]]
    accounts: dict[int, dict[str, Any]]

    @contextmanager
    def call(self, login: str = "root", **options: Any) -> Iterator[Call]:
        with self.database.reading() as connection:
            made = Call(self.release, connection, self.people[login], "screen", AT, "en", "Asia/Shanghai")
            yield replace(made, **options)


def _publish(url: str) -> Sales:
    functions = SQLITE_FUNCTIONS
    database = Database(url, functions)
    install(database)
    app = check_sources(SOURCES, {})
    assert isinstance(app, App), "\n".join(str(each) for each in app)
    with database.reading() as connection:
        made = plan(None, app, connection)
    apply(made, database)
    with database.writing() as connection:
        accounts.add(connection, "root", name="Root", is_admin=True, language="en")
        accounts.add(connection, "ann", name="Ann", roles=[("sales", "seller")], language="en")
        accounts.add(connection, "bob", name="Bob", roles=[("sales", "seller")], language="en")
        accounts.add(connection, "gus", name="Gus", roles=[("sales", "guest")], language="en")
    release = releases_of(database).current()
    with database.reading() as connection:
        people = {each.login: load_actor(connection, each.id) for each in accounts.list_accounts(connection)}
    owners = [people[login].id for login in ("root", "ann", "bob")]
    rows = [
        {
            "name": f"Account {number}",
            "region": (None, "north", "south")[number % 3],
            "owner": owners[number % 3],
        }
        for number in range(5)
    ]
    with database.writing() as connection:
        call = Call(release, connection, people["root"], "demo", AT, "en", "Asia/Shanghai")
        ids = list(create_many(call, "sales.account", rows))
        deals = generated(owners, ids)
        created = create_many(call, "sales.deal", deals)
    for deal, identifier in zip(deals, created, strict=True):
        deal["id"] = identifier
    return Sales(database, release, people, deals, dict(zip(ids, rows, strict=True)))


@pytest.fixture(scope="session", params=DIALECTS)
def sales(request: pytest.FixtureRequest, databases: Databases) -> Iterator[Sales]:
    """The published database, once on each engine."""
    url = databases.fresh(request.param)
    made = _publish(url)
    yield made
    made.database.dispose()
    databases.drop(url)
