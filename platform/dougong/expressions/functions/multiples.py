"""Whole numbers and multiples: signs, quotients, divisors, even and odd."""

from __future__ import annotations

import math
from decimal import Decimal
from functools import reduce
from typing import Any

from sqlalchemy import ColumnElement, case, func, null

from dougong.expressions import emit, values
from dougong.expressions.registry import Function, words
from dougong.expressions.scope import WHOLE
from dougong.expressions.types import BOOLEAN, decimals_of, number
from dougong.model.expression import Call, Literal, Node, Type

Elements = tuple[ColumnElement[Any], ...]
MAX_FACTORIAL = 28
"""28! is the last one below the largest number that is kept."""
_ONE = Decimal(1)
_TWO = Decimal(2)


# ——— Python ———


def _sign(value: Decimal) -> Decimal:
    return Decimal((value > 0) - (value < 0))


def _integers(value: Decimal, divisor: Decimal) -> tuple[int, int]:
    """Two numbers as whole numbers in the same ratio."""
    scale = max(values.decimals_of(value), values.decimals_of(divisor), 0)
    return int(value.scaleb(scale, values.EXACT)), int(divisor.scaleb(scale, values.EXACT))


def _quotient(value: Decimal, divisor: Decimal) -> Decimal | None:
    """The whole part of a division, cut towards zero."""
    if not divisor:
        return None
    dividend, by = _integers(value, divisor)
    whole = abs(dividend) // abs(by)
    return values.bounded(Decimal(-whole if (dividend < 0) != (by < 0) else whole))


def _nearest_multiple(value: Decimal, step: Decimal) -> Decimal | None:
    """The nearest multiple, a tie away from zero; numbers of different sign have none, as in Excel."""
    if not step:
        return Decimal(0)
    dividend, by = _integers(value, step)
    if dividend and (dividend < 0) != (by < 0):
        return None
    count = (2 * abs(dividend) + abs(by)) // (2 * abs(by))
    return values.bounded(values.EXACT.multiply(Decimal(count), step))


def _even(value: Decimal) -> Decimal | None:
    half = values.rounded(values.EXACT.multiply(value.copy_abs(), Decimal("0.5")), 0, "ceiling")
    return None if half is None else values.multiply(half, _TWO if value >= 0 else -_TWO)


def _odd(value: Decimal) -> Decimal | None:
    above = max(values.EXACT.subtract(value.copy_abs(), _ONE), Decimal(0))
    even = _even(above)
    found = None if even is None else values.add(even, _ONE)
    return found if found is None or value >= 0 else found.copy_negate()


def _wholes(numbers: tuple[Decimal, ...]) -> list[int] | None:
    return None if min(numbers) < 0 else [int(each) for each in numbers]


def _greatest_divisor(*numbers: Decimal) -> Decimal | None:
    found = _wholes(numbers)
    return None if found is None else Decimal(math.gcd(*found))


def _least_multiple(*numbers: Decimal) -> Decimal | None:
    found = _wholes(numbers)
    return None if found is None else values.bounded(Decimal(math.lcm(*found)))


def _factorial(value: Decimal) -> Decimal | None:
    return Decimal(math.factorial(int(value))) if 0 <= value < MAX_FACTORIAL + 1 else None


# ——— PostgreSQL ———


def _quotient_sql(call: Call, elements: Elements, timezone: str) -> ColumnElement[Any]:
    return emit.clamped(func.div(elements[0], func.nullif(elements[1], emit.numeric(0))))


def _nearest_multiple_sql(call: Call, elements: Elements, timezone: str) -> ColumnElement[Any]:
    value, step = elements
    count = func.div(func.abs(value) * emit.numeric(2) + func.abs(step), func.abs(step) * emit.numeric(2))
    apart = func.sign(value) * func.sign(step) < 0
    return emit.clamped(case((step == 0, value * emit.numeric(0)), (apart, null()), else_=count * step))


def _even_sql(call: Call, elements: Elements, timezone: str) -> ColumnElement[Any]:
    value = elements[0]
    return emit.clamped(func.sign(value) * func.ceil(func.abs(value) * emit.numeric(Decimal("0.5"))) * 2)


def _odd_sql(call: Call, elements: Elements, timezone: str) -> ColumnElement[Any]:
    value = elements[0]
    half = func.ceil((func.abs(value) - emit.numeric(1)) * emit.numeric(Decimal("0.5")))
    found = func.greatest(half, 0) * emit.numeric(2) + emit.numeric(1)
    return emit.clamped(case((value < 0, -found), (value >= 0, found), else_=null()))


def _of_wholes_sql(name: str) -> Any:
    def emitted(call: Call, elements: Elements, timezone: str) -> ColumnElement[Any]:
        found = reduce(getattr(func, name), [func.trunc(element) for element in elements])
        negative = [element < 0 for element in elements]
        return emit.clamped(case(*((each, null()) for each in negative), else_=found))

    return emitted


def _factorial_sql(call: Call, elements: Elements, timezone: str) -> ColumnElement[Any]:
    value = elements[0]
    known = case(((value >= 0) & (value < MAX_FACTORIAL + 1), emit.between(value, 0, MAX_FACTORIAL)))
    return func.factorial(known)


# ——— other operations ———


def _cut(arguments: tuple[Node, ...], position: int) -> Node:
    kind = number(decimals_of(arguments[0].type)) if len(arguments) > 1 else WHOLE
    return Call("ROUNDDOWN", arguments, kind, position)


def _divides_by_two(remainder: int) -> Any:
    def lowered(arguments: tuple[Node, ...], position: int) -> Node:
        whole = Call("ROUNDDOWN", arguments, WHOLE, position)
        left = Call("MOD", (whole, Literal(_TWO, WHOLE, position)), WHOLE, position)
        return Call("=", (left, Literal(Decimal(remainder), WHOLE, position)), BOOLEAN, position)

    return lowered


def _largest(arguments: tuple[Node, ...]) -> Type:
    return number(max(decimals_of(argument.type) for argument in arguments))


MULTIPLES: tuple[Function, ...] = (
    Function(
        "TRUNC",
        "截尾",
        "numbers",
        "TRUNC(number, [decimals])",
        words(
            "Cut to a number of decimals, towards zero; to a whole number when not said.",
            "向零截断到指定小数位；省略时取整数。",
        ),
        ("TRUNC(-8.9)", "-8"),
        ("number", "number?"),
        lowered=_cut,
    ),
    Function(
        "SIGN",
        "正负号",
        "numbers",
        "SIGN(number)",
        words("1 above zero, -1 below, 0 for zero.", "正数为 1，负数为 -1，零为 0。"),
        ("SIGN(-2.5)", "-1"),
        ("number",),
        WHOLE,
        _sign,
        lambda call, elements, timezone: func.sign(elements[0]),
    ),
    Function(
        "QUOTIENT",
        "整商",
        "numbers",
        "QUOTIENT(number, divisor)",
        words(
            "The whole part of a division, cut towards zero; empty when dividing by zero.",
            "除法的整数部分，向零截断；除数为零时为空。",
        ),
        ("QUOTIENT(-10, 3)", "-3"),
        ("number", "number"),
        WHOLE,
        _quotient,
        _quotient_sql,
    ),
    Function(
        "MROUND",
        "倍数舍入",
        "numbers",
        "MROUND(number, multiple)",
        words(
            "The nearest multiple, a tie away from zero; empty when the signs differ, as Excel refuses them.",
            "最接近的倍数，正中时远离零；两数符号不同时为空（Excel 报错）。",
        ),
        ("MROUND(10, 3)", "9"),
        ("number", "number"),
        lambda arguments: number(decimals_of(arguments[1].type)),
        _nearest_multiple,
        _nearest_multiple_sql,
        doubles=True,
    ),
    Function(
        "EVEN",
        "取偶",
        "numbers",
        "EVEN(number)",
        words("The next even number, away from zero.", "向远离零的方向取最近的偶数。"),
        ("EVEN(1.5)", "2"),
        ("number",),
        WHOLE,
        _even,
        _even_sql,
        doubles=True,
    ),
    Function(
        "ODD",
        "取奇",
        "numbers",
        "ODD(number)",
        words(
            "The next odd number, away from zero; 1 for zero.", "向远离零的方向取最近的奇数；零的结果为 1。"
        ),
        ("ODD(-2)", "-3"),
        ("number",),
        WHOLE,
        _odd,
        _odd_sql,
        doubles=True,
    ),
    Function(
        "ISEVEN",
        "是偶数",
        "numbers",
        "ISEVEN(number)",
        words("Whether the whole part of a number is even.", "数字的整数部分是否为偶数。"),
        ("ISEVEN(2.5)", "TRUE"),
        ("number",),
        lowered=_divides_by_two(0),
    ),
    Function(
        "ISODD",
        "是奇数",
        "numbers",
        "ISODD(number)",
        words("Whether the whole part of a number is odd.", "数字的整数部分是否为奇数。"),
        ("ISODD(-3)", "TRUE"),
        ("number",),
        lowered=_divides_by_two(1),
    ),
    Function(
        "GCD",
        "最大公约数",
        "numbers",
        "GCD(number, [number]…)",
        words(
            "The largest number that divides all; fractions are cut, negative numbers give nothing.",
            "最大公约数；小数部分舍去，有负数时为空。",
        ),
        ("GCD(24, 36)", "12"),
        ("number", "number*"),
        WHOLE,
        _greatest_divisor,
        _of_wholes_sql("gcd"),
        doubles=True,
    ),
    Function(
        "LCM",
        "最小公倍数",
        "numbers",
        "LCM(number, [number]…)",
        words(
            "The smallest number that all divide; fractions are cut, negative numbers give nothing.",
            "最小公倍数；小数部分舍去，有负数时为空。",
        ),
        ("LCM(24, 36)", "72"),
        ("number", "number*"),
        WHOLE,
        _least_multiple,
        _of_wholes_sql("lcm"),
        doubles=True,
    ),
    Function(
        "FACT",
        "阶乘",
        "numbers",
        "FACT(number)",
        words(
            f"1 × 2 × … up to the number; empty below 0 and above {MAX_FACTORIAL}.",
            f"阶乘；小于 0 或大于 {MAX_FACTORIAL} 时为空。",
        ),
        ("FACT(5)", "120"),
        ("number",),
        WHOLE,
        _factorial,
        _factorial_sql,
        doubles=True,
    ),
)
