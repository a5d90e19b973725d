"""Gives serial numbers, counted by period in the transaction of the record: no duplicates, and no gaps by refused records."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

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
        periods: dict[str, list[tuple[Draft, date]]] = {}
        for draft in new:
            day = evaluation.today if draft.stamp is None else evaluation.day_of(draft.stamp.at)
            periods.setdefault(SERIAL.period(field, day), []).append((draft, day))
        for period, numbered in periods.items():
            first = ids.take(
                evaluation.call.connection, f"serial:{shape.key}:{field.id}:{period}", len(numbered)
            )
            for offset, (draft, day) in enumerate(numbered):
                draft.values[field.id] = SERIAL.number(field, first + offset, day)
    return bool(new and shape.serials)
