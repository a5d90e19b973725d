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
from tests.storage.evolution import Model


def _expected(model: Model, entity: int) -> list[dict[str, Any]]:
    fields = model.entities[entity]["fields"]
    return [
        {"id": identifier, **{each["name"]: values.get(key) for key, each in fields.items()}}
        for identifier, values in sorted(model.records[entity].items())
    ]


def _found(world: World, model: Model, entity: int) -> list[dict[str, Any]]:
    definition = model.entities[entity]
    names = [each["name"] for each in definition["fields"].values()]
    rows = world.rows(f"shop.{definition['name']}")
    return [{"id": row["id"], **{name: _number(row[name]) for name in names}} for row in rows]


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
                value = values[identity]
                is_text = each["settings"]["type"] in {"text", "long_text"}
                row[each["name"]] = str(value) if is_text and value is not None else value
                if value == -1:  # a link to the record itself, whose id is not known yet
                    row[each["name"]] = values[identity] = None
            (identifier,) = world.add(key, row)
            model.records[entity][identifier] = model.records[entity].pop(-1)


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


@pytest.mark.parametrize(("dialect", "seeds"), [("sqlite", range(60)), ("postgresql", range(60, 72))])
def test_random_histories(databases: Databases, dialect: str, seeds: range) -> None:
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
