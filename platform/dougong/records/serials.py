"""Gives serial numbers, counted by period in the transaction of the record: no duplicates, and no gaps by refused records."""

from __future__ import annotations

from collections.abc import Sequence

from dougong.fieldtypes.serial import SerialType
from dougong.records.draft import Draft
from dougong.records.evaluation import Evaluation
from dougong.records.shape import Shape
from dougong.storage import ids

SERIAL = SerialType()


def number(evaluation: Evaluation, shape: Shape, drafts: Sequence[Draft]) -> bool:
    """Give the new drafts their numbers in order; tells whether there was anything to number."""
    new = [draft for draft in drafts if draft.is_new]
    for field in shape.serials:
        if new:
            name = f"serial:{shape.key}:{field.id}:{SERIAL.period(field, evaluation.today)}"
            first = ids.take(evaluation.call.connection, name, len(new))
            for offset, draft in enumerate(new):
                draft.values[field.id] = SERIAL.number(field, first + offset, evaluation.today)
    return bool(new and shape.serials)
