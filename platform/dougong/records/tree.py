"""Records that stand below each other, such as categories: one level to choose from, and the way from the top to a record."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from dougong.model.field import Field
from dougong.policy.access import may
from dougong.records.aggregate import aggregate
from dougong.records.call import Call
from dougong.records.query import LIMIT, Query, list_records

DEEPEST = 20
"""Levels that are followed; whoever stands deeper, or in a circle, is shown with these."""
BETWEEN = " / "


@dataclass(frozen=True, slots=True)
class Standing:
    """A record of a tree: what it is called, what it stands below, and whether others stand below it."""

    id: int
    title: str
    is_parent: bool


def tree_of(field: Field) -> str:
    """The link of a link's target to the record above it, where records are chosen level by level; else nothing."""
    return str(field.extra.get("tree", ""))


def level(call: Call, field: Field, below: int | None) -> list[Standing]:
    """The records that stand at the top, or directly below one, in the order in which they were made."""
    assert field.target is not None
    key, tree = field.target.key, tree_of(field)
    if not may(call.release, call.actor, key, "read"):
        return []
    condition = f"{tree} IS EMPTY" if below is None else f"{tree} = {below}"
    rows = list_records(call, key, Query(filter=condition, sort="id", limit=LIMIT, fields=[])).rows
    if not rows:
        return []
    inside = Query(filter=f"{tree} IN ({', '.join(str(row.id) for row in rows)})")
    parents = {each[0] for each in aggregate(call, key, [tree], {"count": "COUNT()"}, query=inside).rows}
    return [Standing(row.id, row.title, row.id in parents) for row in rows]


def ways(call: Call, field: Field, identifiers: Collection[int]) -> dict[int, tuple[str, ...]]:
    """For each record the titles from the top down to itself."""
    assert field.target is not None
    key, tree = field.target.key, tree_of(field)
    known: dict[int, tuple[str, int | None]] = {}
    wanted = set(identifiers)
    for _ in range(DEEPEST):
        asked = sorted(wanted - known.keys())
        if not asked:
            break
        for start in range(0, len(asked), LIMIT):
            some = ", ".join(map(str, asked[start : start + LIMIT]))
            query = Query(filter=f"id IN ({some})", limit=LIMIT, fields=[tree])
            for row in list_records(call, key, query).rows:
                known[row.id] = (row.title, row.values.get(tree))
        wanted = {above for _, above in known.values() if above is not None}
    return {each: tuple(reversed(list(_upwards(known, each)))) for each in identifiers if each in known}


def _upwards(known: dict[int, tuple[str, int | None]], identifier: int) -> Iterator[str]:
    at: int | None = identifier
    passed = set[int]()
    while at is not None and at in known and at not in passed and len(passed) < DEEPEST:
        passed.add(at)
        title, at = known[at]
        yield title
