"""Finds the denial that stands against doing something with a record, so that its reason can be told."""

from __future__ import annotations

from dougong.model.role import Denial
from dougong.policy.access import access
from dougong.policy.row_sets import RowSet
from dougong.records.call import Call
from dougong.records.selection import Selection
from dougong.records.shape import Shape


def denial_of(call: Call, shape: Shape, identifier: int, action: str) -> Denial | None:
    """The first denial of the whole action that is true for a record which the actor may read, if there is any."""
    for reason in access(call.release, call.actor, shape.key, action).reasons:
        denial = reason.denied.denial if reason.denied is not None else None
        if denial is None or denial.fields or denial.rows is None:
            continue
        selection = Selection(call, shape)
        selection.where(selection.columns.within(RowSet((denial.rows,)))).among([identifier])
        if selection.count():
            return denial
    return None
