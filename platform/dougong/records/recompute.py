"""Computes stored formulas again for records that exist, after their definition has changed."""

from __future__ import annotations

from sqlalchemy import select

from dougong.records import store
from dougong.records.call import Call
from dougong.records.chunks import chunks
from dougong.records.computed import compute
from dougong.records.draft import Draft
from dougong.records.evaluation import Evaluation
from dougong.records.load import drafts_of, load
from dougong.records.searching import index_drafts
from dougong.records.shape import Shape, shape_of
from dougong.records.trail import differing


def recompute(call: Call, key: str) -> int:
    """Compute the formulas of every record of an entity again, those in the recycle bin too, and return how many changed.

    The definition changed, not the records: versions and history stay as they are.
    """
    shape = shape_of(call.release, key)
    if not shape.computed and not any(rows.computed for rows in shape.tables.values()):
        return 0
    identifiers = call.connection.execute(select(shape.table.c.id).order_by(shape.table.c.id)).scalars().all()
    return sum(_recompute(call, shape, list(chunk)) for chunk in chunks(identifiers))


def _recompute(call: Call, shape: Shape, identifiers: list[int]) -> int:
    records = list(load(call, shape, identifiers, lock=True).values())
    drafts = drafts_of(call, shape, records, shape.tables, [""] * len(records))
    compute(Evaluation(call), shape, drafts)
    changed = [draft for draft in drafts if _find_changes(shape, draft)]
    store.write_computed(call, shape, changed)
    index_drafts(call, shape, [draft for draft in changed if draft.values["deleted_at"] is None])
    return len(changed)


def _find_changes(shape: Shape, draft: Draft) -> bool:
    for name, rows in draft.rows.items():
        for row in rows.drafts:
            row.changed = differing(shape.tables[name], row)
    draft.changed = differing(shape, draft)
    return bool(draft.changed)
