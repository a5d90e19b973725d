"""Whatever two versions of an app: the counts of the plan are what happens, the schema is that of a fresh installation, nothing is
left to plan, and a rollback gives back every value."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from dougong.diagnostics import Refusal
from dougong.model.field import Field
from dougong.storage import catalogue, ledger, tables
from dougong.storage.database import Database
from dougong.storage.install import install
from dougong.storage.operations import (
    AddColumn,
    ChangeType,
    CopyFromLinks,
    CopyToLinks,
    FillValues,
    RemoveColumn,
    RemoveTable,
    TightenField,
)
from dougong.storage.plan import Plan
from dougong.storage.schema import Schema
from tests.servers.databases import Databases
from tests.storage.conftest import World
from tests.storage.pairs import Description, fields_of, first_version, next_version, value_for

Rows = dict[str, list[dict[str, Any]]]
_TOGETHER = 5
"""Pairs that share a database, each an app of its own."""

_VERIFIED = 0.2
"""The share of pairs after whose apply the whole database is verified; it is at the end anyway."""


@pytest.mark.parametrize(("dialect", "seeds"), [("sqlite", range(200)), ("postgresql", range(200, 304))])
def test_pairs(databases: Databases, dialect: str, seeds: range) -> None:
    _pairs(databases, dialect, seeds)


@pytest.mark.nightly
@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
@pytest.mark.parametrize("part", range(10))
def test_many_pairs(databases: Databases, dialect: str, part: int) -> None:
    first = 10_000 + part * 250 + (2_500 if dialect == "postgresql" else 0)
    _pairs(databases, dialect, range(first, first + 250))


def _pairs(databases: Databases, dialect: str, seeds: range) -> None:
    outcomes: Counter[str] = Counter()
    for first in range(seeds.start, seeds.stop, _TOGETHER):
        with databases.database(dialect) as url:
            database = Database(url)
            try:
                install(database)
                for seed in range(first, min(first + _TOGETHER, seeds.stop)):
                    try:
                        outcomes[_pair(World(database), Random(seed), f"p{seed:06}")] += 1
                    except Exception as error:
                        error.add_note(f"seed {seed}")
                        raise
                assert World(database).verify() == []
            finally:
                database.dispose()
    assert outcomes["applied"] > len(seeds) / 2
    assert outcomes["refused"] > len(seeds) / 50


def _pair(world: World, random: Random, app: str) -> str:
    before = first_version(random, app)
    world.publish(before)
    _fill(world, random, before)
    world.reindex(app)
    data = _data(world, app)
    after = next_version(random, before)
    plan = world.plan(after)
    _compare_tightened(plan, data)
    if plan.obstacles():
        with pytest.raises(Refusal):
            world.publish(after, allow_loss=True)
        assert _data(world, app) == data
        return "refused"
    world.publish(after, allow_loss=True)
    assert world.plan(after).is_empty
    if random.random() < _VERIFIED:
        assert world.verify() == []
    _compare_counts(world, plan, data, app)
    _compare_installation(world, app, after)
    world.roll_back(app, 1)
    assert _data(world, app) == data
    assert world.plan(before).is_empty
    return "applied"


# ------------------------------------------------------------------ data
def _fill(world: World, random: Random, description: Description) -> None:
    app = description["id"]
    known: dict[str, list[int]] = {name: [] for name in description["entities"]}
    for name in description["entities"]:
        key, fields = f"{app}.{name}", fields_of(description, name)
        table = world.release.table(key)
        plain = [each for each in fields.values() if each.id in table.c and each.target is None]
        rows = [
            {each.id: value_for(random, each) for each in plain} for _ in range(random.choice((0, 2, 4, 6)))
        ]
        if rows:
            known[name] = world.add(key, *rows)
            _put_into_bin(world, key, known[name][-1], is_wanted=random.random() < 0.3)
    for name in description["entities"]:
        _fill_links(world, random, description, name, known)


def _put_into_bin(world: World, key: str, record: int, *, is_wanted: bool) -> None:
    if is_wanted:
        table = world.release.table(key)
        with world.database.writing() as connection:
            connection.execute(
                table.update().where(table.c.id == record).values(deleted_at=table.c.updated_at)
            )


def _fill_links(
    world: World, random: Random, description: Description, name: str, known: dict[str, list[int]]
) -> None:
    key = f"{description['id']}.{name}"
    for field, settings in description["entities"][name]["fields"].items():
        for record in known[name]:
            if settings["type"] == "link" and known[settings["to"]]:
                table = world.release.table(key)
                target = random.choice([None, *known[settings["to"]]])
                with world.database.writing() as connection:
                    connection.execute(table.update().where(table.c.id == record).values({field: target}))
            elif settings["type"] == "links":
                targets = random.sample(known[settings["to"]], min(2, len(known[settings["to"]])))
                world.link(key, field, record, targets)
            elif settings["type"] == "table" and random.random() < 0.6:
                row = {"parent_id": record, "position": 1, "number": random.randint(0, 9), "name": "行"}
                world.add(f"{key}/{field}", row)


def _data(world: World, app: str) -> Rows:
    """Every value of an app, but for search indexes."""
    found: Rows = {}
    with world.database.reading() as connection:
        for spec in _schema(world, app).tables:
            if spec.kind == "search":
                continue
            table = tables.table(spec)
            rows = connection.execute(table.select().order_by(*table.primary_key.columns))
            found[spec.key] = [dict(zip(table.c.keys(), row, strict=True)) for row in rows]
    return found


def _schema(world: World, app: str) -> Schema:
    with world.database.reading() as connection:
        version = ledger.present(connection, app)
    assert version is not None
    return version.tables


# ------------------------------------------------------------------ counts
@dataclass
class _Expected:
    """How many values a column must hold after applying, by what the plan counted."""

    kept: int = 0
    filled: int = 0
    aside: int = 0
    is_partial: bool = False
    """Lists may lose some of their items."""


def _compare_counts(world: World, plan: Plan, data: Rows, app: str) -> None:
    after = _data(world, app)
    expected: dict[tuple[str, str], _Expected] = {}
    for step in plan.steps:
        operation, impact = step.operation, step.impact
        assert impact.failing == 0
        old = data[operation.before.key] if operation.before and operation.before.key in data else []
        if isinstance(operation, RemoveColumn):
            assert impact.touched == _filled(old, operation.column.field)
            assert impact.lost == (0 if operation.is_moved else impact.touched)
        elif isinstance(operation, RemoveTable):
            assert impact.touched == len(old)
            assert impact.lost == (0 if operation.is_moved else impact.touched)
        elif isinstance(operation, CopyToLinks):
            assert impact.touched == len(after[operation.table.key])
        elif isinstance(operation, CopyFromLinks):
            assert impact.touched == _filled(after[operation.table.key], operation.column.field)
        elif isinstance(operation, AddColumn):
            new = after[operation.table.key]
            assert impact.touched == _filled(new, operation.column.field) or operation.default is None
        elif isinstance(operation, ChangeType):
            assert impact.touched == _filled(old, operation.former.field)
            expected[operation.table.key, operation.column.field] = _Expected(kept=impact.touched)
        elif isinstance(operation, FillValues):
            own = expected.setdefault((operation.table.key, operation.column.field), _Expected())
            own.aside += impact.aside
            own.is_partial |= operation.former is not None and operation.former.kind == "json"
            own.filled += impact.touched if operation.reason in {"added", "empty"} else 0
    for (key, field), counted in expected.items():
        found = _filled(after[key], field)
        if not counted.is_partial:
            assert found == counted.kept + counted.filled - counted.aside, (key, field)


def _compare_tightened(plan: Plan, data: Rows) -> None:
    """The rows that a plan counts against tighter rules are those that break them."""
    for step in plan.steps:
        operation = step.operation
        if isinstance(operation, TightenField) and not operation.mended and operation.before is not None:
            rows = [row for row in data[operation.before.key] if row.get("deleted_at") is None]
            broken = [row["id"] for row in rows if _breaks(row[operation.former.field], operation.new_field)]
            assert step.impact.failing == len(broken)
            assert step.impact.first == tuple(broken[:10])
            assert bool(broken) == bool(step.offers)


def _breaks(value: Any, field: Field) -> bool:
    if value is None:
        return False
    if isinstance(value, str):
        longest = field.max_length or len(value)
        return len(value) > longest or bool(field.pattern and not re.fullmatch(field.pattern, value))
    low, high = field.minimum, field.maximum
    return (isinstance(low, Decimal) and value < low) or (isinstance(high, Decimal) and value > high)


def _filled(rows: list[dict[str, Any]], field: str) -> int:
    return sum(row[field] is not None for row in rows)


# ------------------------------------------------------------------ schema and rights
def _compare_installation(world: World, app: str, after: Description) -> None:
    fresh = f"q{app[1:]}"
    clean = {**after, "id": fresh}
    world.publish(clean)
    assert _shape(world, app) == _shape(world, fresh)
    migrated, installed = world.release.apps[app], world.release.apps[fresh]
    assert {name: role.grants for name, role in migrated.roles.items()} == {
        name: role.grants for name, role in installed.roles.items()
    }


def _shape(world: World, app: str) -> dict[str, Any]:
    """Tables, columns, indexes and foreign keys of an app in the database, without generated names and what is kept aside."""
    schema = _schema(world, app)
    with world.database.reading() as connection:
        actual = catalogue.read(connection)
    kept = {stone.name for stone in schema.tombstones}

    def plain(name: str) -> str:
        return name.replace(f"{app}__", "app__", 1)

    own = {each.name for each in schema.tables if each.name in actual.tables}
    return {
        "tables": {
            plain(name): {column: kind for column, kind in actual.tables[name].items() if column not in kept}
            for name in own
        },
        "indexes": Counter(
            (plain(each.table), each.columns, each.unique, each.partial)
            for each in actual.indexes.values()
            if each.table in own
        ),
        "references": {
            (plain(table), column, plain(target), rule)
            for table, column, target, rule in actual.references
            if table in own
        },
    }
