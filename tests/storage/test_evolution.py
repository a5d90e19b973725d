"""Whatever the history: apply does what the plan says, nothing is left to plan, data stay, and every version can be returned to."""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import Any

import pytest

from dougong.diagnostics import Refusal
from dougong.storage.database import Database
from dougong.storage.install import install
from dougong.storage.rollback import plan_rollback
from tests.servers.databases import Databases
from tests.storage.conftest import World
from tests.storage.evolution import Held, Model


def _expected(model: Model, entity: int) -> list[dict[str, Any]]:
    fields = model.entities[entity]["fields"]
    return [
        {"id": identifier, **{each["name"]: values.get(key, _nothing(each)) for key, each in fields.items()}}
        for identifier, values in sorted(model.records[entity].items())
    ]


def _nothing(field: dict[str, Any]) -> Held:
    return () if field["settings"]["type"] in {"links", "table"} else None


def _found(world: World, model: Model, entity: int) -> list[dict[str, Any]]:
    definition = model.entities[entity]
    key = f"shop.{definition['name']}"
    rows = world.rows(key)
    found: list[dict[str, Any]] = [{"id": row["id"]} for row in rows]
    for each in definition["fields"].values():
        name, kind = each["name"], each["settings"]["type"]
        for row, result in zip(rows, found, strict=True):
            if kind == "table":
                children = world.rows(f"{key}/{name}")
                result[name] = tuple(
                    int(child["number"]) for child in children if child["parent_id"] == row["id"]
                )
            elif kind == "links":
                result[name] = world.linked(key, name, row["id"])
            else:
                result[name] = _number(row[name])
    return found


def _number(value: Any) -> int | None:
    return None if value is None else int(Decimal(value))


def _check(world: World, model: Model) -> None:
    assert world.verify() == []
    plan = world.plan(model.description())
    assert plan.is_empty, plan.describe("en", technical=True)
    for entity in model.entities:
        assert _found(world, model, entity) == _expected(model, entity)


def _fill(world: World, model: Model) -> None:
    for entity, definition in model.entities.items():
        for _ in range(model.random.randint(0, 3)):
            key = f"shop.{definition['name']}"
            values = model.record(entity, -1)
            if model.duplicated():
                del model.records[entity][-1]
                continue
            row = {}
            for identity, each in definition["fields"].items():
                value, kind = values[identity], each["settings"]["type"]
                if not isinstance(value, tuple):
                    row[each["name"]] = (
                        str(value) if kind in {"text", "long_text"} and value is not None else value
                    )
            (identifier,) = world.add(key, row)
            model.records[entity][identifier] = model.records[entity].pop(-1)
            for identity, each in definition["fields"].items():
                value = values[identity]
                if each["settings"]["type"] == "table" and isinstance(value, tuple):
                    rows = (
                        {"parent_id": identifier, "position": at, "number": one}
                        for at, one in enumerate(value)
                    )
                    world.add(f"{key}/{each['name']}", *rows)
                elif isinstance(value, tuple):
                    world.link(key, each["name"], identifier, value)


def _step(world: World, model: Model) -> int:
    """Publish the model as it is; gives the number of the version, 0 when it is rightly refused."""
    plan = world.plan(model.description())
    if plan.obstacles():
        assert model.duplicated()
        with pytest.raises(Refusal):
            world.publish(model.description(), allow_loss=True)
        return 0
    assert not model.duplicated()
    return world.publish(model.description(), allow_loss=True).number


def _history(world: World, random: Random, steps: int) -> None:
    model = Model(random)
    model.add_entity()
    versions = {}
    for _ in range(steps):
        before = model.copy_definitions()
        model.mutate()
        number = _step(world, model)
        if number:
            versions[number] = model.copy_definitions()
        else:
            model.entities = before
        _check(world, model)
        _fill(world, model)
        world.reindex()
    if versions:
        number = random.choice(list(versions))
        model.entities = versions[number]
        with world.database.reading() as connection:
            plan = plan_rollback(world.releases, connection, "shop", number)
        if plan.obstacles():
            assert model.duplicated()
            return
        world.roll_back("shop", number)
        _check(world, model)


@pytest.mark.parametrize(("dialect", "seeds"), [("sqlite", range(30)), ("postgresql", range(30, 38))])
def test_random_histories(databases: Databases, dialect: str, seeds: range) -> None:
    _histories(databases, dialect, seeds)


@pytest.mark.nightly
@pytest.mark.parametrize(("dialect", "seeds"), [("sqlite", range(100, 600)), ("postgresql", range(600, 700))])
def test_many_random_histories(databases: Databases, dialect: str, seeds: range) -> None:
    _histories(databases, dialect, seeds)


def _histories(databases: Databases, dialect: str, seeds: range) -> None:
    for seed in seeds:
        with databases.database(dialect) as url:
            database = Database(url)
            try:
                install(database)
                _history(World(database), Random(seed), 4)
            except Exception as error:
                error.add_note(f"seed {seed}")
                raise
            finally:
                database.dispose()
