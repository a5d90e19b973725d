"""Computes every stored formula again, some records at a time, and counts the values that were not what they must be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from sqlalchemy import select

from dougong.compiler.dependencies import Formula
from dougong.records import store
from dougong.records.call import Call
from dougong.records.dependents import Dependents, dependents_of
from dougong.records.draft import Draft
from dougong.records.searching import index_drafts
from dougong.records.shape import Shape, shape_of
from dougong.records.spreading import has_changes, problems_of, renewed

CHUNK = 2000

Calling = Callable[[], AbstractContextManager[Call]]
"""Gives a call in a transaction of its own, again and again."""


@dataclass(slots=True)
class Rebuilt:
    """What was found: the records that were computed, by entity, and the wrong values of each formula, of which no record has any."""

    records: Counter[str] = field(default_factory=Counter)
    wrong: Counter[Formula] = field(default_factory=Counter)
    unfit: Counter[Formula] = field(default_factory=Counter)
    """Values that cannot be put right, as the right one does not fit the field."""


def rebuild(calling: Calling, formulas: Iterable[Formula], write: bool = True) -> Rebuilt:
    """Compute formulas again for all living records, and whatever is computed from a value that was wrong.

    What changed is the platform's mistake, not the records: versions and history stay as they are.
    """
    wanted = set(formulas)
    with calling() as call:
        dependents = dependents_of(call.release)
    found = Rebuilt()
    every = {(level, owner) for owner, known in dependents.levels.items() for level in known.values()}
    for level, owner in sorted(every):
        due = {each for each in wanted if dependents.levels[owner].get(each) == level}
        if due:
            before = found.wrong.total()
            _rebuild(calling, owner, due, found, write)
            if found.wrong.total() > before and write:
                wanted |= _following(dependents, owner)
    return found


def _following(dependents: Dependents, owner: str) -> set[Formula]:
    """The formulas that read values of an entity, its own ones too."""
    return {formula for key in (owner, *dependents.next_to(owner)) for formula in dependents.levels[key]}


def _rebuild(calling: Calling, owner: str, due: set[Formula], found: Rebuilt, write: bool) -> None:
    after, records = 0, 0
    while True:
        with calling() as call:
            ids = _rebuild_some(call, shape_of(call.release, owner), after, due, found, write)
        if not ids:
            break
        after, records = ids[-1], records + len(ids)
    found.records[owner] = records


def _rebuild_some(
    call: Call, shape: Shape, after: int, due: set[Formula], found: Rebuilt, write: bool
) -> Sequence[int]:
    """Compute the next records, and give their ids."""
    table = shape.table
    living = select(table.c.id).where(table.c.deleted_at.is_(None), table.c.id > after)
    ids = call.connection.execute(living.order_by(table.c.id).limit(CHUNK)).scalars().all()
    skipped = dependents_of(call.release).levels[shape.key].keys() - due
    drafts = renewed(call, shape, ids, skipped) if ids else []
    for draft in drafts:
        _count(shape, draft, found)
    if write:
        changed = [draft for draft in drafts if has_changes(draft)]
        store.write_computed(call, shape, changed)
        index_drafts(call, shape, changed)
    return ids


def _count(shape: Shape, draft: Draft, found: Rebuilt) -> None:
    for name in draft.changed:
        if name not in shape.tables:
            found.wrong[shape.key, name] += 1
    for name, rows in draft.rows.items():
        for row in rows.drafts:
            found.wrong.update((shape.tables[name].key, each) for each in row.changed)
    for problem in problems_of(draft):
        found.unfit[shape.key, problem.path] += 1
