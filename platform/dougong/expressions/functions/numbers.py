"""Arithmetic functions. Ties are rounded away from zero, as accountants do."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Double, Integer, Numeric, case, cast, func, literal

from dougong.expressions import emit, values
from dougong.expressions.registry import Function, constant, words
from dougong.expressions.types import decimals_of, number
from dougong.model.expression import Call, Literal, Node, Type

Elements = tuple[ColumnElement[Any], ...]


def _places(arguments: tuple[Node, ...]) -> Type:
    """A rounded number has as many decimals as asked for, where that is a constant."""
    if len(arguments) < 2:
        return number(0)
    places = arguments[1]
    own = decimals_of(arguments[0].type)
    if isinstance(places, Literal) and isinstance(places.value, Decimal):
        return number(min(own, max(0, int(places.value))))
    return number(own)


def _same(arguments: tuple[Node, ...]) -> Type:
    return number(max(decimals_of(argument.type) for argument in arguments))


def _round(how: str) -> Any:
    def rounded(value: Decimal, places: Decimal = Decimal(0)) -> Decimal | None:
        return values.rounded(value, int(places), how)

    return rounded


def _modulo(value: Decimal, divisor: Decimal) -> Decimal | None:
    """What is left after dividing, with the sign of the divisor, as in Excel."""
    if not divisor:
        return None
    left = values.EXACT.remainder(value, divisor)
    return values.EXACT.add(left, divisor) if left and (left < 0) != (divisor < 0) else left


def _multiple(how: str) -> Any:
    """The next multiple of a step in one direction."""

    def found(value: Decimal, step: Decimal = Decimal(1)) -> Decimal | None:
        if not step:
            return None
        step = step.copy_abs()
        left = values.EXACT.remainder(value, step)
        low = values.EXACT.subtract(value, left)
        if left < 0:
            low = values.EXACT.subtract(low, step)
        if how == "floor" or not left:
            return values.bounded(low)
        return values.bounded(values.EXACT.add(low, step))

    return found


def _power(base: Decimal, exponent: Decimal) -> Decimal | None:
    """A whole power, exact for positive exponents; other powers are no exact numbers and come out empty."""
    if exponent != int(exponent) or abs(exponent) > 1000:
        return None
    if exponent < 0:
        whole = _power(base, -exponent)
        return None if whole is None else values.divide(Decimal(1), whole)
    result: Decimal | None = Decimal(1)
    for _ in range(int(exponent)):
        result = values.multiply(result, base) if result is not None else None
        if result is None:
            return None
    return result


def _places_sql(elements: Elements) -> ColumnElement[Any]:
    return emit.between(elements[1], -31, 20) if len(elements) > 1 else literal(0, Integer())


def _round_sql(call: Call, elements: Elements, timezone: str) -> ColumnElement[Any]:
    return emit.clamped(func.round(elements[0], _places_sql(elements)))


def _truncate_sql(call: Call, elements: Elements, timezone: str) -> ColumnElement[Any]:
    return emit.clamped(func.trunc(elements[0], _places_sql(elements)))


def _round_up_sql(call: Call, elements: Elements, timezone: str) -> ColumnElement[Any]:
    value, places = elements[0], _places_sql(elements)
    cut = func.trunc(value, places)
    unit: ColumnElement[Any] = func.round(func.power(emit.numeric(10), -places), 31)
    if isinstance(call.arguments[-1], Literal) or len(elements) == 1:
        known = int(constant(call.arguments[1])) if len(elements) > 1 else 0
        unit = emit.numeric(Decimal(1).scaleb(-max(-31, min(values.MAX_DECIMALS, known))))
    step = func.sign(value) * unit
    return emit.clamped(func.round(case((value == cut, cut), else_=cut + step), func.greatest(places, 0)))


def _modulo_sql(call: Call, elements: Elements, timezone: str) -> ColumnElement[Any]:
    value, divisor = elements[0], func.nullif(elements[1], emit.numeric(0))
    return func.mod(func.mod(value, divisor) + divisor, divisor)


def _multiple_sql(up: bool) -> Any:
    def emitted(call: Call, elements: Elements, timezone: str) -> ColumnElement[Any]:
        value = elements[0]
        if len(elements) == 1:
            return func.ceil(value) if up else func.floor(value)
        step = func.abs(func.nullif(elements[1], emit.numeric(0)))
        left = func.mod(func.mod(value, step) + step, step)
        low = value - left
        return emit.clamped(case((left == emit.numeric(0), low), else_=low + step) if up else low)

    return emitted


_EARTH = 6371.0088
"""The mean radius of the earth in kilometres."""


def _distance(from_lat: Decimal, from_lng: Decimal, to_lat: Decimal, to_lng: Decimal) -> Decimal:
    """The haversine of the angle between two points, which is exact for small distances too."""
    one, two = math.radians(from_lat), math.radians(to_lat)
    across, along = (two - one) / 2, math.radians(to_lng - from_lng) / 2
    half = math.sin(across) ** 2 + math.cos(one) * math.cos(two) * math.sin(along) ** 2
    return Decimal(f"{2 * _EARTH * math.asin(min(1.0, math.sqrt(half))):.3f}")


def _distance_sql(call: Call, elements: Elements, timezone: str) -> ColumnElement[Any]:
    points: list[ColumnElement[float]] = [cast(each, Double()) for each in elements]
    from_lat, from_lng, to_lat, to_lng = points
    one, two = func.radians(from_lat), func.radians(to_lat)
    across, along = (two - one) / 2, func.radians(to_lng - from_lng) / 2
    half = func.power(func.sin(across), 2) + func.cos(one) * func.cos(two) * func.power(func.sin(along), 2)
    one_at_most = case((half > 1, literal(1.0, Double())), else_=half)  # LEAST would let an empty value be 1
    kilometres: ColumnElement[Any] = literal(2 * _EARTH, Double()) * func.asin(func.sqrt(one_at_most))
    return func.round(cast(kilometres, Numeric()), 3)


_NUMBER_AND_PLACES = ("number", "number?")

NUMBERS: tuple[Function, ...] = (
    Function(
        "ROUND",
        "四舍五入",
        "numbers",
        "ROUND(number, [decimals])",
        words(
            "Rounded to a number of decimals, ties away from zero; to a whole number when not said.",
            "四舍五入到指定小数位；省略时取整数。",
        ),
        ("ROUND(2.345, 2)", "2.35"),
        _NUMBER_AND_PLACES,
        _places,
        _round("half_up"),
        _round_sql,
    ),
    Function(
        "ROUNDUP",
        "向上舍入",
        "numbers",
        "ROUNDUP(number, [decimals])",
        words("Rounded away from zero.", "向远离零的方向舍入。"),
        ("ROUNDUP(2.341, 2)", "2.35"),
        _NUMBER_AND_PLACES,
        _places,
        _round("up"),
        _round_up_sql,
        doubles=True,
    ),
    Function(
        "ROUNDDOWN",
        "向下舍入",
        "numbers",
        "ROUNDDOWN(number, [decimals])",
        words("Cut to a number of decimals, towards zero.", "向零的方向截断到指定小数位。"),
        ("ROUNDDOWN(-2.349, 2)", "-2.34"),
        _NUMBER_AND_PLACES,
        _places,
        _round("down"),
        _truncate_sql,
    ),
    Function(
        "INT",
        "取整",
        "numbers",
        "INT(number)",
        words(
            "The next whole number below, as in Excel: INT(-1.5) is -2.",
            "向下取整，与 Excel 相同：INT(-1.5) 为 -2。",
        ),
        ("INT(-1.5)", "-2"),
        ("number",),
        number(0),
        lambda value: values.rounded(value, 0, "floor"),
        lambda call, elements, timezone: func.floor(elements[0]),
    ),
    Function(
        "ABS",
        "绝对值",
        "numbers",
        "ABS(number)",
        words("The number without its sign.", "去掉正负号的数值。"),
        ("ABS(-3.5)", "3.5"),
        ("number",),
        _same,
        lambda value: value.copy_abs(),
        lambda call, elements, timezone: func.abs(elements[0]),
    ),
    Function(
        "MOD",
        "求余",
        "numbers",
        "MOD(number, divisor)",
        words(
            "What is left after dividing, with the sign of the divisor; empty for zero.",
            "除法的余数，符号与除数相同；除数为零时为空。",
        ),
        ("MOD(-7, 3)", "2"),
        ("number", "number"),
        _same,
        _modulo,
        _modulo_sql,
        doubles=True,
    ),
    Function(
        "POWER",
        "乘方",
        "numbers",
        "POWER(base, exponent)",
        words(
            "The base multiplied by itself; only whole exponents, as other powers are no exact numbers.",
            "乘方；只支持整数指数，因为其他乘方不是精确的数。",
        ),
        ("POWER(1.1, 2)", "1.21"),
        ("number", "number"),
        number(None),
        _power,
    ),
    Function(
        "CEILING",
        "向上取整",
        "numbers",
        "CEILING(number, [step])",
        words(
            "The next multiple of a step at or above the number; steps of 1 when not said.",
            "不小于该数的最近倍数；省略步长时为 1。",
        ),
        ("CEILING(7.2, 5)", "10"),
        _NUMBER_AND_PLACES,
        lambda arguments: number(decimals_of(arguments[1].type)) if len(arguments) > 1 else number(0),
        _multiple("ceiling"),
        _multiple_sql(up=True),
        doubles=True,
    ),
    Function(
        "FLOOR",
        "向下取整",
        "numbers",
        "FLOOR(number, [step])",
        words(
            "The next multiple of a step at or below the number; steps of 1 when not said.",
            "不大于该数的最近倍数；省略步长时为 1。",
        ),
        ("FLOOR(-7.2, 5)", "-10"),
        _NUMBER_AND_PLACES,
        lambda arguments: number(decimals_of(arguments[1].type)) if len(arguments) > 1 else number(0),
        _multiple("floor"),
        _multiple_sql(up=False),
        doubles=True,
    ),
    Function(
        "DISTANCE",
        "距离",
        "numbers",
        "DISTANCE(latitude, longitude, latitude, longitude)",
        words(
            "The way as the crow flies between two points on the earth, in kilometres to the metre.",
            "地球上两点之间的直线距离，单位公里，精确到米。",
        ),
        ("DISTANCE(31.2304, 121.4737, 39.9042, 116.4074)", "1067.312"),
        ("number", "number", "number", "number"),
        number(3),
        _distance,
        _distance_sql,
    ),
)
