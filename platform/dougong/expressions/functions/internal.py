"""Operations that operators and the checker use; people cannot call them by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, func

from dougong.expressions import emit, values
from dougong.expressions.functions.dates import add_days, moved_sql
from dougong.expressions.functions.texts import as_text
from dougong.expressions.registry import Emit, Function, constant
from dougong.model.expression import Call, Type
from dougong.model.text import EMPTY

Elements = tuple[ColumnElement[Any], ...]


def _as_text_sql(call: Call, elements: Elements, timezone: str) -> ColumnElement[Any]:
    if call.arguments[0].type.kind == "date":
        return func.to_char(elements[0], emit.text("YYYY-MM-DD"))
    return cast(func.trim_scale(elements[0]), Text)


def _like_sql(call: Call, elements: Elements, timezone: str) -> ColumnElement[Any]:
    pattern = values.lower(str(constant(call.arguments[1])))
    return emit.lowered_for(elements[0], call.arguments[1]).like(emit.text(pattern), escape="\\")


def part_of(value: Mapping[str, Any], name: str) -> Any:
    """One part of a structured value, empty where it has none."""
    return value.get(name)


def _part_sql(call: Call, elements: Elements, timezone: str) -> ColumnElement[Any]:
    return elements[0].op("->>", return_type=Text())(emit.text(constant(call.arguments[1])))


def number_of(value: Mapping[str, Any], name: str) -> Decimal | None:
    """One part of a structured value that is a number, kept as its text."""
    found = value.get(name)
    return None if found is None else Decimal(found)


def _number_sql(call: Call, elements: Elements, timezone: str) -> ColumnElement[Any]:
    return cast(_part_sql(call, elements, timezone), emit.NUMERIC)


def fitted(value: Decimal, decimals: Decimal, limit: Decimal) -> Decimal | None:
    """A number rounded half up as a field shows it; empty where it is too large for the field."""
    found = values.rounded(value, int(decimals), "half_up")
    return None if found is None or abs(found) >= limit else found


def _fitted_sql(call: Call, elements: Elements, timezone: str) -> ColumnElement[Any]:
    rounded = func.round(elements[0], int(constant(call.arguments[1])))
    return emit.clamped(rounded, constant(call.arguments[2]))


def _operation(name: str, result: Type, python: Callable[..., Any], postgresql: Emit) -> Function:
    return Function(name, "", "internal", name, EMPTY, ("", ""), (), result, python, postgresql)


INTERNAL: Mapping[str, Function] = {
    function.name: function
    for function in (
        _operation("+", Type("number"), values.add, lambda call, at, timezone: at[0] + at[1]),
        _operation("-", Type("number"), values.subtract, lambda call, at, timezone: at[0] - at[1]),
        _operation("*", Type("number"), values.multiply, lambda call, at, timezone: at[0] * at[1]),
        _operation(
            "/", Type("number"), values.divide, lambda call, at, timezone: emit.quotient(at[0], at[1])
        ),
        _operation(
            "NEGATE",
            Type("number"),
            lambda value: value.copy_negate() if value else value,
            lambda call, at, timezone: -at[0],
        ),
        _operation("FITTED", Type("number"), fitted, _fitted_sql),
        _operation("AS_TEXT", Type("text"), as_text, _as_text_sql),
        _operation(
            "ADD_DAYS",
            Type("date"),
            add_days,
            lambda call, at, timezone: emit.within_calendar(moved_sql(at[0], at[1], "day")),
        ),
        _operation("PART", Type("text"), part_of, _part_sql),
        _operation("PART_NUMBER", Type("number", decimals=6), number_of, _number_sql),
        _operation("LIKE", Type("boolean"), values.like, _like_sql),
    )
}
