"""An operation that names its undoing is undone by it: tables, columns, indexes and foreign keys stand as before."""

from __future__ import annotations

from dougong.storage import catalogue
from tests.faults.histories import AFTER, BEFORE
from tests.storage.conftest import World


def test_every_undoing_undoes(world: World) -> None:
    world.publish(BEFORE)
    world.add("shop.customer", {"name": "one", "code": "1", "fax": "2"})
    world.add("shop.order", {"customer": 1, "total": "1.50"})
    undone = set()
    with world.database.writing() as connection:
        for step in world.plan(AFTER).steps:
            before = catalogue.read(connection)
            undoing = step.operation.undo()
            step.operation.run(connection)
            if not undoing:
                continue
            for each in undoing:
                each.run(connection)
            assert catalogue.read(connection) == before, step.describe("en")
            step.operation.run(connection)
            undone.add(type(step.operation).__name__)
    assert undone >= {
        "CreateTable",
        "RemoveTable",
        "RenameTable",
        "RemoveColumn",
        "RenameColumn",
        "AddIndex",
        "ChangeReference",
    }
