"""The conditions of a unique rule as recorded data, and as the predicate of an index, a count or a query."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement

from dougong.model.unique import COMPARISONS, Condition
from dougong.storage.kinds import is_decimal

Recorded = tuple[str, str, tuple[str | bool, ...]]
"""Field, operator and values; all but booleans as text, so that JSON gives back what was recorded."""


def recorded(conditions: Iterable[Condition]) -> tuple[Recorded, ...]:
    """Conditions as they are recorded with an index."""
    return tuple((each.field, each.operator, tuple(map(_written, each.values))) for each in conditions)


def from_data(data: Iterable[Any]) -> tuple[Recorded, ...]:
    """Recorded conditions from their JSON data."""
    return tuple((field, operator, tuple(values)) for field, operator, values in data)


def in_words(condition: Recorded) -> str:
    """A condition for people, such as `state = free`."""
    field, operator, values = condition
    return " ".join([field, operator.replace("_", " "), ", ".join(map(str, values))]).strip()


def _written(value: object) -> str | bool:
    return value if isinstance(value, bool) else str(value)


def predicates(
    conditions: Iterable[Recorded],
    kinds: Callable[[str], str],
    column: Callable[[str], ColumnElement[Any]],
) -> list[ColumnElement[bool]]:
    """What must hold for a row, all of it: `kinds` names the column type of a field, `column` gives its column."""
    return [
        _comparison(column(field), operator, [typed(kinds(field), each) for each in values])
        for field, operator, values in conditions
    ]


def typed(kind: str, written: str | bool) -> object:
    """A recorded value as the column type takes it."""
    if isinstance(written, bool):
        return written
    if is_decimal(kind):
        return Decimal(written)
    if kind in ("whole", "integer"):
        return int(written)
    return date.fromisoformat(written) if kind == "day" else written


def _comparison(column: ColumnElement[Any], operator: str, values: list[Any]) -> ColumnElement[bool]:
    if operator == "empty":
        return column.is_(None)
    if operator == "filled":
        return column.is_not(None)
    if operator == "in":
        return column.in_(values)
    if operator == "not_in":
        return column.not_in(values)
    [value] = values
    found: ColumnElement[bool] = COMPARISONS[operator](column, value)
    return found
