"""Computes stored formulas again for records that exist: after their definition has changed, or to see that they are right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import select

from dougong.records import store
from dougong.records.call import Call
from dougong.records.chunks import chunks
from dougong.records.dependents import dependents_of
from dougong.records.searching import index_drafts
from dougong.records.shape import Shape, shape_of
from dougong.records.spreading import has_changes, renewed

CHUNK = 5000


def recompute(call: Call, key: str, level: int | None = None) -> int:
    """Compute the formulas of every record of an entity again, those in the recycle bin too, and return how many changed.

    `level` leaves those out that a change reaches later. The definition changed, not the records: versions and history stay as
    they are.
    """
    shape = shape_of(call.release, key)
    if not is_computed(shape):
        return 0
    dependents = dependents_of(call.release)
    skipped = dependents.skipped(key, level) if level is not None else frozenset[tuple[str, str]]()
    identifiers = call.connection.execute(select(shape.table.c.id).order_by(shape.table.c.id)).scalars().all()
    return sum(_recompute(call, shape, chunk, skipped) for chunk in chunks(identifiers, CHUNK))


def recompute_following(call: Call, keys: Iterable[str]) -> Mapping[str, int]:
    """The same for several entities and for all that are computed from records that changed by it; how many changed, by entity."""
    dependents = dependents_of(call.release)
    due = set(keys)
    reached = due.union(*(dependents.reached_from(key) for key in due))
    changed: Counter[str] = Counter()
    for level, key in sorted({(at, each) for each in reached for at in dependents.levels_at(each)}):
        if key in due:
            found = recompute(call, key, level)
            changed[key] += found
            if found:
                due |= dependents.next_to(key)
    return changed


def is_computed(shape: Shape) -> bool:
    """Whether an entity has any formulas, of its own or in rows."""
    return bool(shape.computed) or any(rows.computed for rows in shape.tables.values())


def _recompute(
    call: Call, shape: Shape, identifiers: Sequence[int], skipped: Collection[tuple[str, str]]
) -> int:
    changed = [each for each in renewed(call, shape, identifiers, skipped, deleted=True) if has_changes(each)]
    store.write_computed(call, shape, changed)
    index_drafts(call, shape, [draft for draft in changed if draft.values["deleted_at"] is None])
    return len(changed)
