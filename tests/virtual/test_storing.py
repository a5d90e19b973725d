"""A formula field becomes virtual and stored again: its column goes and comes back with what the formula gives now."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from dougong import assembly
from dougong.people.actor import SYSTEM
from dougong.records.call import Call
from dougong.records.create import create
from dougong.records.query import Query, list_records
from dougong.records.update import update
from dougong.storage.apply import apply
from dougong.storage.plan import Plan, plan
from dougong.storage.release import releases_of
from dougong.storage.rollback import plan_rollback
from tests.installed import AT, compiled, publish
from tests.servers.databases import DIALECTS, Databases

_APP = "id: shop\nversion: 1.0.0\nlabel: Shop\nlanguages: [zh, en]\n"
_THING = """
label: Thing
title: "{{name}}"
fields:
  name: {{type: text, required: true}}
  price: {{type: money, decimals: 2}}
  gross: {{type: money, decimals: {decimals}, stored: {gross}, formula: "price * {factor}"}}
  twice: {{type: money, decimals: 2, stored: {twice}, formula: "gross * 2"}}
"""


def sources(gross: bool, twice: bool = True, factor: str = "1.13", decimals: int = 2) -> dict[str, str]:
    thing = _THING.format(
        gross=str(gross).lower(), twice=str(twice).lower(), factor=factor, decimals=decimals
    )
    return {"app.yaml": _APP, "entities/thing.yaml": thing}


class Shop:
    def __init__(self, url: str) -> None:
        self.database = assembly.open_database(url)
        publish(self.database, sources(gross=True))

    def call(self, connection: Any) -> Call:
        release = releases_of(self.database).current()
        return Call(release, connection, SYSTEM, "cli", AT, "en", "Asia/Shanghai")

    def plan(self, **given: Any) -> Plan:
        with self.database.reading() as connection:
            recorded = releases_of(self.database).recorded(connection, "shop")
            return plan(recorded, compiled(sources(**given)), connection)

    def publish(self, **given: Any) -> Plan:
        made = self.plan(**given)
        apply(made, self.database, afterwards=assembly.after_apply)
        assert self.plan(**given).is_empty
        return made

    def values(self) -> dict[str, tuple[Any, Any]]:
        with self.database.reading() as connection:
            rows = list_records(self.call(connection), "shop.thing", Query(sort="name")).rows
            return {row.values["name"]: (row.values["gross"], row.values["twice"]) for row in rows}


@pytest.fixture(params=DIALECTS)
def shop(request: pytest.FixtureRequest, databases: Databases) -> Iterator[Shop]:
    url = databases.fresh(request.param)
    made = Shop(url)
    with made.database.writing() as connection:
        for name, price in (("a", "10.00"), ("b", "0.05"), ("c", None)):
            create(made.call(connection), "shop.thing", {"name": name, "price": price})
    yield made
    made.database.dispose()
    databases.drop(url)


WHOLE = {
    "a": (Decimal("11.30"), Decimal("22.60")),
    "b": (Decimal("0.06"), Decimal("0.12")),
    "c": (Decimal("0.00"), Decimal("0.00")),
}


def test_there_and_back(shop: Shop) -> None:
    assert shop.values() == WHOLE
    gone = shop.publish(gross=False)
    assert not gone.is_loss
    words = [each.operation.describe("en") for each in gone.steps]
    assert words == ["shop.thing: field gross is not stored any longer, but worked out when it is read"]
    assert shop.values() == WHOLE
    with shop.database.writing() as connection:
        call = shop.call(connection)
        first = list_records(call, "shop.thing", Query(filter="name = 'a'")).rows[0]
        update(call, "shop.thing", first.id, {"price": "20.00"})
    assert shop.values()["a"] == (Decimal("22.60"), Decimal("45.20"))
    back = shop.publish(gross=True)
    assert back.recomputed == ("shop.thing",)
    assert shop.values()["a"] == (Decimal("22.60"), Decimal("45.20"))


def test_both_at_a_time(shop: Shop) -> None:
    shop.publish(gross=False, twice=False)
    assert shop.values() == WHOLE
    shop.publish(gross=True, twice=True)
    assert shop.values() == WHOLE


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"factor": "2"}, (Decimal("0.10"), Decimal("0.20"))),
        ({"decimals": 0}, (Decimal(0), Decimal("0.00"))),
    ],
)
def test_stored_formulas_are_computed_again_when_a_virtual_one_changes(
    shop: Shop, changed: dict[str, Any], expected: tuple[Decimal, Decimal]
) -> None:
    shop.publish(gross=False)
    made = shop.publish(gross=False, **changed)
    assert made.steps == ()
    assert made.recomputed == ("shop.thing",)
    assert shop.values()["b"] == expected


def test_a_rollback_stores_what_the_formula_gives_now(shop: Shop) -> None:
    shop.publish(gross=False)
    with shop.database.writing() as connection:
        call = shop.call(connection)
        first = list_records(call, "shop.thing", Query(filter="name = 'a'")).rows[0]
        update(call, "shop.thing", first.id, {"price": "20.00"})
    with shop.database.reading() as connection:
        made = plan_rollback(releases_of(shop.database), connection, "shop", 1)
    apply(made, shop.database, afterwards=assembly.after_apply)
    assert shop.values() == {**WHOLE, "a": (Decimal("22.60"), Decimal("45.20"))}
