"""What a deletion does to the records that point to what is gone: they are emptied of it, lose a row, or hold it fast."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from dougong.records.call import Call
from dougong.records.computed import compute
from dougong.records.draft import Draft
from dougong.records.evaluation import Evaluation
from dougong.records.load import drafts_of, load
from dougong.records.messages import refuse
from dougong.records.pipeline import write
from dougong.records.pointers import Pointer
from dougong.records.shape import Shape, shape_of

_CHUNK = 200


def refuse_held(call: Call, pointer: Pointer, gone: Collection[int]) -> None:
    """Refuse when living records point to what is gone by a link that restricts."""
    count = len(pointer.records(call, gone))
    if count:
        label = shape_of(call.release, pointer.owner).entity.label
        refuse("conflict", call.language, "restricted", label=label.get(call.language), count=count)


def empty(call: Call, pointer: Pointer, gone: Collection[int]) -> None:
    """Empty the link, or take out the row that goes with its target, with history, formulas and events like any change.

    The platform does it, whoever deletes; rules over the whole record do not hold it up. Links to many keep their pairs: what
    lies in the recycle bin is not seen through them, and comes back with its restoration.
    """
    if pointer.field.type == "links" and not (pointer.table and pointer.cascades):
        return
    owner = shape_of(call.release, pointer.owner)
    found = sorted(pointer.records(call, gone))
    for start in range(0, len(found), _CHUNK):
        _empty(call, owner, pointer, found[start : start + _CHUNK], gone)


def _empty(call: Call, owner: Shape, pointer: Pointer, records: Sequence[int], gone: Collection[int]) -> None:
    living = list(load(call, owner, records, [owner.table.c.deleted_at.is_(None)], lock=True).values())
    tables = [name for name in owner.tables if name == pointer.table or name in owner.row_readers]
    drafts = drafts_of(call, owner, living, tables, [""] * len(living))
    for draft in drafts:
        if pointer.table:
            _change_rows(draft, pointer, gone)
        else:
            _forget(draft, pointer, gone)
    compute(Evaluation(call), owner, drafts, keeps=True)
    write(call, owner, drafts)


def _change_rows(draft: Draft, pointer: Pointer, gone: Collection[int]) -> None:
    rows = draft.rows[pointer.table]
    for row in rows.drafts:
        row.values["parent"] = draft.values
    if pointer.cascades:
        leaving = [row for row in rows.drafts if pointer.points(row.values.get(pointer.field.id), gone)]
        rows.removed += [row.before for row in leaving if row.before is not None]
        rows.drafts = [row for row in rows.drafts if row not in leaving]
    else:
        for row in rows.drafts:
            _forget(row, pointer, gone)
    rows.written = True


def _forget(draft: Draft, pointer: Pointer, gone: Collection[int]) -> None:
    name = pointer.field.id
    draft.values[name] = pointer.without(draft.values.get(name), gone)
