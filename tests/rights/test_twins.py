"""Two databases that differ only in what a role may not see answer it alike through every door, byte by byte."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from dougong.web.table import ROUTES
from tests.rights import WHOLE
from tests.rights.registry import AREAS, EXEMPT, UNOPENED
from tests.rights.still import held_still
from tests.rights.twins import TWINS, world
from tests.rights.visitor import Answer, Visitor
from tests.servers.databases import DIALECTS, Databases

SHOWN = 12
"""Of how many differences a failure tells."""
tried: dict[str, set[int]] = {}
"""The entry points that were tried in this run, with the statuses that they answered."""


def told(databases: Databases, dialect: str, twin: str, folder: Path, login: str) -> list[Answer]:
    """Everything that one visitor is told in one of the two guilds."""
    stride = 1 if WHOLE else 3 if dialect == "sqlite" else 8
    with held_still() as clock, world(databases, dialect, twin, folder / twin) as guild:
        visitor = Visitor(guild, clock, login, stride)
        for area in AREAS[login]:
            visitor.area = area.__name__
            area(visitor)
        return visitor.answers


def difference(one: Answer, other: Answer) -> str:
    """What two answers do not have in common."""
    mine, its = (
        each.whole().decode("utf-8", "replace").replace(",", ",\n").splitlines() for each in (one, other)
    )
    changes = list(difflib.unified_diff(mine, its, lineterm="", n=1))[2:]
    return "\n    ".join((f"{one.area}: {one.request}", *(each[:300] for each in changes[:14])))


def differences(one: Sequence[Answer], other: Sequence[Answer]) -> list[str]:
    """Every request that was not answered alike; where they part ways, as one led to the next, that is the last."""
    found: list[str] = []
    for mine, its in zip(one, other, strict=False):
        if mine.request != its.request:
            return [*found, f"{mine.area}: {mine.request}\nwas asked of one, and of the other\n{its.request}"]
        if mine.whole() != its.whole():
            found.append(difference(mine, its))
    return found


@pytest.mark.parametrize("login", AREAS)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_what_somebody_may_not_see_changes_no_answer(
    databases: Databases, tmp_path: Path, dialect: str, login: str
) -> None:
    one, other = (told(databases, dialect, twin, tmp_path, login) for twin in TWINS)
    found = differences(one, other)
    assert not found, "\n\n".join((f"{len(found)} answers differ", *found[:SHOWN]))
    assert len(one) == len(other)
    assert Counter(each.status for each in one)[200] > len(one) / 5, "most requests were refused"
    for answer in one:
        tried.setdefault(answer.endpoint, set()).add(answer.status)


def test_every_door_is_tried() -> None:
    """A new entry point is asked for by an area of the registry, or says there why it need not be."""
    routes = {route.endpoint for route in ROUTES}
    assert EXEMPT.keys() <= routes
    assert UNOPENED.keys() <= routes
    assert sorted(routes - tried.keys() - EXEMPT.keys() - UNOPENED.keys()) == []
    opened = {endpoint for endpoint, statuses in tried.items() if min(statuses) < 400}
    closed = sorted(routes - opened - EXEMPT.keys() - UNOPENED.keys())
    assert not closed, f"only refusals were compared of {closed}"
