"""A figure beside an earlier one."""

from __future__ import annotations

from decimal import Decimal

from dougong.expressions import values
from dougong.fieldtypes import TYPES
from dougong.model.expression import Value
from dougong.reports.figures import Change
from dougong.reports.labels import RATIO


def share(part: Decimal, whole: Decimal) -> Decimal | None:
    """The part of a whole, to ten decimals; nothing of nothing."""
    return values.divide(part, whole)


def ratio_text(ratio: Decimal | None, language: str) -> str:
    """A ratio in per cent with one decimal."""
    near = None if ratio is None else values.rounded(ratio, 3)
    return "" if near is None else TYPES["percent"].to_text(near, RATIO, language)


def change(value: Value, previous: Value, language: str) -> Change | None:
    """How a number differs from an earlier one; nothing when either is missing or no number."""
    if not isinstance(value, Decimal) or not isinstance(previous, Decimal):
        return None
    difference = values.EXACT.subtract(value, previous)
    ratio = share(difference, previous.copy_abs())
    sign = "+" if difference > 0 else ""
    return Change(
        previous, difference, ratio, f"{sign}{ratio_text(ratio, language)}" if ratio is not None else ""
    )
