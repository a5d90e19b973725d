"""Whatever two versions of an app: the counts of the plan are what happens, the schema and the rights are those of a fresh
installation, nothing is left to plan, and a rollback gives back every value."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from dougong import assembly
from dougong.diagnostics import Refusal
from dougong.storage.operations import AddIndex
from dougong.storage.plan import Plan
from tests.servers.databases import Databases
from tests.storage.pairs.effects import compare_counts, compare_tightened
from tests.storage.pairs.parts import Definition
from tests.storage.pairs.records import add_one, add_people, fill
from tests.storage.pairs.versions import first_version, next_version
from tests.storage.pairs.world import PairWorld, Rows

_TOGETHER = 5
"""Pairs that share a database, each an app of its own."""
_VERIFIED = 0.2
"""The share of pairs after whose apply the whole database is verified; it is at the end anyway."""


@pytest.mark.parametrize(("dialect", "seeds"), [("sqlite", range(200)), ("postgresql", range(200, 304))])
def test_pairs(databases: Databases, dialect: str, seeds: range) -> None:
    _pairs(databases, dialect, seeds)


@pytest.mark.nightly
@pytest.mark.parametrize("part", range(50))
@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_many_pairs(databases: Databases, dialect: str, part: int) -> None:
    first = 10_000 + part * 50 + (2_500 if dialect == "postgresql" else 0)
    _pairs(databases, dialect, range(first, first + 50))


def _pairs(databases: Databases, dialect: str, seeds: range) -> None:
    outcomes: Counter[str] = Counter()
    failures: list[Exception] = []
    for first in range(seeds.start, seeds.stop, _TOGETHER):
        with databases.database(dialect) as url:
            database = assembly.open_database(url)
            try:
                add_people(database)
                for seed in range(first, min(first + _TOGETHER, seeds.stop)):
                    try:
                        outcomes[_pair(PairWorld(database, f"p{seed:06}"), Random(seed))] += 1
                    except Exception as error:  # noqa: BLE001
                        error.add_note(f"seed {seed}")
                        failures.append(error)
                assert failures or PairWorld(database).verify() == []
            finally:
                database.dispose()
    if failures:
        raise ExceptionGroup(f"{len(failures)} of {len(seeds)} pairs", failures)
    assert outcomes["applied"] + outcomes["mended"] > len(seeds) / 2
    assert outcomes["refused"] + outcomes["mended"] > len(seeds) / 50


def _pair(world: PairWorld, random: Random) -> str:
    before = first_version(random, world.app)
    world.publish_version(before)
    fill(random, world.database, world.release, world.app)
    data, noted = world.data(), world.history()
    after = next_version(random, before)
    plan = world.plan_version(after)
    compare_tightened(plan, data)
    outcome = "applied"
    if plan.obstacles():
        with pytest.raises(Refusal):
            world.publish_version(after)
        assert world.data() == data
        mended = _mended(world, after, plan)
        if mended is None:
            return "refused"
        plan, outcome = mended, "mended"
    world.do(plan)
    assert world.plan_version(after).is_empty
    if random.random() < _VERIFIED:
        assert world.verify() == []
    compare_counts(plan, data, world.data())
    world.compare_history(plan, noted)
    world.compare_installation(after)
    _return(world, random, data)
    return outcome


def _mended(world: PairWorld, after: Definition, plan: Plan) -> Plan | None:
    """The plan with what stands against it kept aside, where that is offered for everything."""
    failing = [each for each in plan.steps if each.impact.failing]
    if plan.problems or not all("aside" in each.offers for each in failing):
        return None
    fields = {each.field for each in failing}
    mended = world.plan_version(after, aside=fields)
    assert mended.obstacles() == [], mended.describe("en", technical=True)
    return mended


def _return(world: PairWorld, random: Random, data: Rows) -> None:
    """Back to the first version, whose values are all there again, forth to the second one, and back."""
    written = random.random() < 0.3
    if written:
        entities = [each for each in world.release.apps[world.app].entities.values() if not each.parent]
        add_one(random, world.database, world.release, random.choice(entities))
    if written:
        _return_with_more(world, data)
        return
    world.return_to(1)
    assert world.data() == data
    if random.random() < 0.5:
        world.return_to(2)
        world.return_to(1)
        assert world.data() == data


def _return_with_more(world: PairWorld, data: Rows) -> None:
    """Back, with a record that came since: rules that it breaks are told of and nothing changes; else all else is untouched."""
    planned = world.plan_return(1)
    if not planned.obstacles():
        world.do(planned)
        world.compare_untouched(data)
        return
    assert all(isinstance(each.operation, AddIndex) for each in planned.steps if each.impact.failing)
    now = world.data()
    with pytest.raises(Refusal):
        world.do(planned)
    assert world.data() == now
