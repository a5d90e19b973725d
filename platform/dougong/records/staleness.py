"""Whether somebody changed a record since it was read; that the platform followed what other records hold does not count."""

from __future__ import annotations

from sqlalchemy import select

from dougong.records.call import Call
from dougong.records.draft import Values
from dougong.records.shape import Shape
from dougong.records.undo_entries import is_only_computed
from dougong.storage.system import HISTORY


def is_stale(call: Call, shape: Shape, values: Values, if_version: int | None) -> bool:
    """Whether a record is of another version than the one that was read, by more than computed values.

    A customer to whose total an order was just added can still be saved by whoever has it open.
    """
    version = values["version"]
    if if_version is None or if_version == version:
        return False
    if not 0 < if_version < version or not shape.computes_from_others:
        return True
    later = select(HISTORY.c.version, HISTORY.c.action, HISTORY.c.changes).where(
        HISTORY.c.entity == shape.key, HISTORY.c.record_id == values["id"], HISTORY.c.version > if_version
    )
    entries = call.connection.execute(later).all()
    followed = {row.version for row in entries if is_only_computed(shape, row.action, row.changes or {})}
    return followed != set(range(if_version + 1, version + 1)) or len(followed) != len(entries)
