"""Roots and logarithms, to ten decimals like a division. Both back ends work with far more digits before they round."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any

from sqlalchemy import ColumnElement, case, func

from dougong.expressions import emit, values
from dougong.expressions.registry import Function, words
from dougong.expressions.types import number
from dougong.model.expression import Call

Elements = tuple[ColumnElement[Any], ...]
_PRECISE = Context(prec=90, rounding=ROUND_HALF_EVEN)
_GUARD = 40
"""The decimals that PostgreSQL is made to compute, by handing it a number written with as many."""
_SMALLEST, _LARGEST = -60, 70
"""Beyond these exponents e to a power is 0 to ten decimals, or too large to keep."""
_TEN = number(values.DIVISION_DECIMALS)


def _root(value: Decimal) -> Decimal | None:
    """Half up by whole numbers: no digit depends on a precision."""
    if value < 0:
        return None
    square = int(value.scaleb(2 * values.DIVISION_DECIMALS, values.EXACT))
    doubled = math.isqrt(4 * square)
    return Decimal((doubled + 1) // 2).scaleb(-values.DIVISION_DECIMALS, values.EXACT)


def _rounded(value: Decimal) -> Decimal | None:
    return values.rounded(value, values.DIVISION_DECIMALS)


def _natural(value: Decimal) -> Decimal | None:
    return _rounded(value.ln(_PRECISE)) if value > 0 else None


def _logarithm(value: Decimal, base: Decimal = Decimal(10)) -> Decimal | None:
    if value <= 0 or base <= 0 or base == 1:
        return None
    return _rounded(_PRECISE.divide(value.ln(_PRECISE), base.ln(_PRECISE)))


def _exponential(value: Decimal) -> Decimal | None:
    if value > _LARGEST:
        return None
    return Decimal(0) if value < _SMALLEST else _rounded(value.exp(_PRECISE))


def _written_long(element: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.round(element, _GUARD)


def _positive(element: ColumnElement[Any]) -> ColumnElement[Any]:
    return _written_long(func.nullif(func.greatest(element, emit.numeric(0)), emit.numeric(0)))


def _to_ten(element: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.round(element, values.DIVISION_DECIMALS)


def _root_sql(call: Call, elements: Elements, timezone: str) -> ColumnElement[Any]:
    return _to_ten(func.sqrt(_written_long(case((elements[0] >= 0, elements[0])))))


def _natural_sql(call: Call, elements: Elements, timezone: str) -> ColumnElement[Any]:
    return _to_ten(func.ln(_positive(elements[0])))


def _logarithm_sql(call: Call, elements: Elements, timezone: str) -> ColumnElement[Any]:
    base = elements[1] if len(elements) > 1 else emit.numeric(10)
    divisor = func.ln(_positive(func.nullif(base, emit.numeric(1))))
    return emit.clamped(_to_ten(func.ln(_positive(elements[0])) / divisor))


def _exponential_sql(call: Call, elements: Elements, timezone: str) -> ColumnElement[Any]:
    value = elements[0]
    near = case((value > _LARGEST, None), (value < _SMALLEST, emit.numeric(_SMALLEST)), else_=value)
    return emit.clamped(_to_ten(func.exp(_written_long(near))))


ROOTS: tuple[Function, ...] = (
    Function(
        "SQRT",
        "平方根",
        "numbers",
        "SQRT(number)",
        words("The square root, to ten decimals; empty below zero.", "平方根，保留十位小数；负数为空。"),
        ("SQRT(2)", "1.4142135624"),
        ("number",),
        _TEN,
        _root,
        _root_sql,
        doubles=True,
    ),
    Function(
        "LN",
        "自然对数",
        "numbers",
        "LN(number)",
        words(
            "The natural logarithm, to ten decimals; empty for zero and below.",
            "自然对数，保留十位小数；零和负数为空。",
        ),
        ("LN(2)", "0.6931471806"),
        ("number",),
        _TEN,
        _natural,
        _natural_sql,
    ),
    Function(
        "LOG",
        "对数",
        "numbers",
        "LOG(number, [base])",
        words(
            "The logarithm to a base, to ten decimals; to base 10 when not said.",
            "以指定底数的对数，保留十位小数；省略底数时为 10。",
        ),
        ("LOG(8, 2)", "3"),
        ("number", "number?"),
        _TEN,
        _logarithm,
        _logarithm_sql,
    ),
    Function(
        "LOG10",
        "常用对数",
        "numbers",
        "LOG10(number)",
        words("The logarithm to base 10, to ten decimals.", "以 10 为底的对数，保留十位小数。"),
        ("LOG10(1000)", "3"),
        ("number",),
        _TEN,
        _logarithm,
        _logarithm_sql,
    ),
    Function(
        "EXP",
        "指数",
        "numbers",
        "EXP(number)",
        words(
            "e to a power, to ten decimals; empty when too large.", "e 的若干次方，保留十位小数；过大时为空。"
        ),
        ("EXP(1)", "2.7182818285"),
        ("number",),
        _TEN,
        _exponential,
        _exponential_sql,
        doubles=True,
    ),
)
