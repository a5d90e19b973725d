"""What removals and conversions leave behind is listed, kept for its days, and then gone for good when somebody asks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from dougong.storage import catalogue
from dougong.storage.removed import leftovers, purge
from tests.faults.histories import AFTER, BEFORE
from tests.storage.conftest import World


def names(found: list[Any]) -> set[tuple[str, str, int]]:
    return {(each.kind, each.what, each.count) for each in found}


def filled(world: World) -> None:
    world.publish(BEFORE)
    world.add("shop.customer", {"name": "a", "code": "1", "fax": "9"})
    world.add("shop.order", {"customer": 1, "total": "1.50"})
    world.add("shop.note", {"text": "x", "about": 1})
    world.publish(AFTER, allow_loss=True)


def test_nothing_goes_before_its_days(world: World) -> None:
    filled(world)
    expected = {
        ("field", "shop.customer.fax", 1),
        ("former", "shop.order.total", 1),
        ("table", "shop.note", 1),
        ("table", "shop.order#helpers", 0),
    }
    with world.database.reading() as connection:
        assert names(leftovers(connection)) == expected
    assert purge(world.database, 30) == []
    later = datetime.now(UTC) + timedelta(days=31)
    assert names(purge(world.database, 30, dry_run=True, now=later)) == expected
    with world.database.reading() as connection:
        assert names(leftovers(connection)) == expected


def test_what_is_purged_is_gone_and_versions_can_still_be_returned_to(world: World) -> None:
    filled(world)
    later = datetime.now(UTC) + timedelta(days=31)
    assert len(purge(world.database, 30, now=later)) == 4
    with world.database.reading() as connection:
        assert leftovers(connection) == []
        actual = catalogue.read(connection)
    assert not [name for name in actual.tables if "removed" in name]
    assert not [name for columns in actual.tables.values() for name in columns if name.startswith("_removed")]
    assert world.verify() == []
    assert world.plan(AFTER).is_empty
    assert purge(world.database, 30, now=later) == []
    world.roll_back("shop", 1)
    (customer,) = world.rows("shop.customer")
    assert (customer["name"], customer["fax"]) == ("a", None)
    assert world.rows("shop.note") == []
    assert world.rows("shop.order")[0]["total"] == "1.50"
    assert world.verify() == []


def test_a_removed_table_stays_while_links_to_it_are_kept(world: World) -> None:
    text = {"type": "text"}
    one = {"fields": {"a": text, "b": {"type": "links", "to": "two"}}}
    world.publish({"entities": {"one": one, "two": {"fields": {"c": text}}}})
    world.publish({"entities": {"one": {"fields": {"a": text}}}}, allow_loss=True)
    later = datetime.now(UTC) + timedelta(days=2)
    assert {each.what for each in purge(world.database, 1, now=later)} == {"shop.two", "shop.one#b"}
    assert world.verify() == []
