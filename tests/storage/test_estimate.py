"""A plan says how long it would take, which tables are locked, and which indexes are made."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.storage.conftest import World

TEXT = {"type": "text"}
ONE: dict[str, Any] = {"entities": {"thing": {"fields": {"a": TEXT, "b": TEXT}}}}


def test_counts_make_the_estimate(world: World) -> None:
    world.publish(ONE)
    world.add("shop.thing", *({"a": "1", "b": "x"} for _ in range(40)))
    changed = {"a": {"type": "integer"}, "b": TEXT, "c": {"type": "text", "backfill": "b"}}
    wanted = {"entities": {"thing": {"fields": changed, "indexes": [["b"]]}}}
    found = world.plan(wanted).estimate
    assert found.tables == ("shop.thing",)
    assert found.indexes == ("shop.thing: b",)
    assert 0 < found.seconds < 1
    assert "less than a second" in found.describe("en")
    long = replace(found, seconds=90.0)
    waits = "writers wait" if world.database.dialect == "sqlite" else "requests wait"
    assert "90 s" in long.describe("en")
    assert waits in long.describe("en")
    assert "shop.thing" in long.describe("zh")


def test_new_tables_lock_nobody(world: World) -> None:
    found = world.plan(ONE).estimate
    assert (found.tables, found.seconds) == ((), 0.0)
