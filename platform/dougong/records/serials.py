"""Gives serial numbers, counted by period in the transaction of the record: no duplicates, and no gaps by refused records."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dougong.model.field import Field
from dougong.records.draft import Draft
from dougong.records.evaluation import Evaluation
from dougong.records.shape import Shape
from dougong.storage import ids

_DATE_PARTS: tuple[tuple[str, str], ...] = (("yyyy", "%Y"), ("yy", "%y"), ("MM", "%m"), ("dd", "%d"))


def number(evaluation: Evaluation, shape: Shape, drafts: Sequence[Draft]) -> bool:
    """Give the new drafts their numbers in order; tells whether there was anything to number."""
    new = [draft for draft in drafts if draft.is_new]
    for field in shape.serials:
        if new:
            name = f"serial:{shape.key}:{field.id}:{period(field.reset, evaluation.today)}"
            first = ids.take(evaluation.call.connection, name, len(new))
            for offset, draft in enumerate(new):
                draft.values[field.id] = serial_text(field, evaluation.today, first + offset)
    return bool(new and shape.serials)


def period(reset: str, today: date) -> str:
    """The period in which numbers are counted: all time, or the year, month, week or day of a date."""
    if reset == "week":
        year, week, _ = today.isocalendar()
        return f"{year}W{week:02d}"
    return {"never": "", "year": f"{today:%Y}", "month": f"{today:%Y%m}", "day": f"{today:%Y%m%d}"}[reset]


def serial_text(field: Field, today: date, count: int) -> str:
    """The number as it is shown: constants, the date and the count with leading zeros, never cut."""
    parts = []
    for part in field.parts:
        if part.kind == "count":
            parts.append(str(count).zfill(int(part.value)))
        elif part.kind == "date":
            parts.append(_date_text(part.value, today))
        else:
            parts.append(part.value)
    return "".join(parts)


def _date_text(pattern: str, today: date) -> str:
    text = pattern
    for word, directive in _DATE_PARTS:
        text = text.replace(word, today.strftime(directive))
    return text
