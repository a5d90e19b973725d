"""Weeks of a year, and the ways in which banks count days."""

from __future__ import annotations

import calendar
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Integer, Numeric, case, cast, extract, func, literal

from dougong.expressions import emit, values
from dougong.expressions.functions.dates import day_of, day_sql
from dougong.expressions.registry import Function, constant, words
from dougong.expressions.scope import WHOLE
from dougong.expressions.types import number
from dougong.model.expression import Call, Literal, Node

Elements = tuple[ColumnElement[Any], ...]
_BEGINNINGS = {1: 6, 2: 0, **{10 + number: number - 1 for number in range(1, 8)}}
"""The kind of week → the day it begins with, Monday being 0."""
_ISO = 21
_BASES = ("0", "2", "3", "4")
_YEARS = {2: 360, 3: 365}


# ——— Python ———


def _week(value: date | datetime, *rest: Any) -> Decimal:
    day = day_of(value, rest[-1])
    kind = int(rest[0]) if len(rest) == 2 else 1
    if kind == _ISO:
        return Decimal(day.isocalendar().week)
    into = (day.weekday() - _BEGINNINGS[kind]) % 7
    return Decimal((day.timetuple().tm_yday - into + 5) // 7 + 1)


def _days_of_360(first: date, last: date, european: bool) -> int:
    """Months of thirty days. The American way shortens the last day of February too, and keeps the 31st behind other days."""
    start, end = first.day, last.day
    if european:
        start, end = min(start, 30), min(end, 30)
    else:
        if start == 31 or (first.month == 2 and start == calendar.monthrange(first.year, 2)[1]):
            start = 30
        if end == 31 and start == 30:
            end = 30
    return (last.year - first.year) * 360 + (last.month - first.month) * 30 + end - start


def _days_360(start: date | datetime, end: date | datetime, *rest: Any) -> Decimal:
    first, last = day_of(start, rest[-1]), day_of(end, rest[-1])
    return Decimal(_days_of_360(first, last, len(rest) == 2 and rest[0]))


def _year_fraction(start: date | datetime, end: date | datetime, *rest: Any) -> Decimal | None:
    """The part of a year between two days in either order."""
    days = sorted((day_of(start, rest[-1]), day_of(end, rest[-1])))
    basis = int(rest[0]) if len(rest) == 2 else 0
    if basis in _YEARS:
        return values.divide(Decimal((days[1] - days[0]).days), Decimal(_YEARS[basis]))
    return values.divide(Decimal(_days_of_360(days[0], days[1], basis == 4)), Decimal(360))


# ——— PostgreSQL ———


def _week_sql(call: Call, elements: Elements, timezone: str) -> ColumnElement[Any]:
    kind = int(constant(call.arguments[1])) if len(elements) == 2 else 1
    day = day_sql(call, elements, timezone)
    if kind == _ISO:
        return cast(extract("week", day), Numeric)
    into = func.mod(cast(extract("isodow", day), Integer) + (6 - _BEGINNINGS[kind]), 7)
    counted = cast(extract("doy", day), Integer) - into + 5
    return func.div(cast(counted, Numeric), 7) + emit.numeric(1)


def _days_of_360_sql(
    first: ColumnElement[Any], last: ColumnElement[Any], european: bool
) -> ColumnElement[Any]:
    start, end = (cast(extract("day", each), Integer) for each in (first, last))
    if european:
        opening: ColumnElement[Any] = func.least(start, 30)
        closing: ColumnElement[Any] = func.least(end, 30)
    else:
        next_day = first + literal(1, Integer())
        shortened = (extract("month", first) == 2) & (extract("day", next_day) == 1)
        opening = case((shortened, literal(30, Integer())), else_=func.least(start, 30))
        closing = case(((end == 31) & (opening == 30), literal(30, Integer())), else_=end)
    years = cast(extract("year", last), Integer) - cast(extract("year", first), Integer)
    months = cast(extract("month", last), Integer) - cast(extract("month", first), Integer)
    return cast(years * 360 + months * 30 + closing - opening, Numeric)


def _days_360_sql(call: Call, elements: Elements, timezone: str) -> ColumnElement[Any]:
    european = len(elements) == 3 and bool(constant(call.arguments[2]))
    first, last = day_sql(call, elements, timezone), day_sql(call, elements, timezone, 1)
    return _days_of_360_sql(first, last, european)


def _year_fraction_sql(call: Call, elements: Elements, timezone: str) -> ColumnElement[Any]:
    basis = int(constant(call.arguments[2])) if len(elements) == 3 else 0
    start, end = day_sql(call, elements, timezone), day_sql(call, elements, timezone, 1)
    if basis in _YEARS:
        return emit.quotient(func.abs(cast(end - start, Numeric)), emit.numeric(_YEARS[basis]))
    forward = _days_of_360_sql(start, end, basis == 4)
    backward = _days_of_360_sql(end, start, basis == 4)
    return emit.quotient(case((start <= end, forward), else_=backward), emit.numeric(360))


def _known_way(arguments: tuple[Node, ...]) -> tuple[int, str] | None:
    """TRUE or FALSE, not EMPTY."""
    if len(arguments) == 3 and isinstance(arguments[2], Literal) and arguments[2].value is None:
        return (2, "TRUE, FALSE")
    return None


DAY_COUNTS: tuple[Function, ...] = (
    Function(
        "WEEKNUM",
        "年内周数",
        "dates",
        "WEEKNUM(date, [kind])",
        words(
            "The number of the week, counted from the one with 1 January; weeks begin on Sunday, with kind 2 on Monday, "
            "with 11 to 17 on Monday to Sunday; 21 is ISO 8601.",
            "一年中的第几周，含 1 月 1 日的为第一周；默认周日为一周之始，2 为周一，"
            "11 至 17 为周一至周日，21 按 ISO 8601。",
        ),
        ("WEEKNUM('2012-03-09', 2)", "11"),
        ("moment", "number?"),
        WHOLE,
        _week,
        _week_sql,
        constants=(1,),
        words=((1, ("1", "2", *map(str, range(11, 18)), "21")),),
        zoned=True,
        doubles=True,
    ),
    Function(
        "DAYS360",
        "三六零天数",
        "dates",
        "DAYS360(start, end, [european])",
        words(
            "The days between two dates in years of twelve months of thirty days, the American way, or with TRUE the European one.",
            "按每月 30 天、每年 360 天计算的天数；默认美国算法，第三参数为 TRUE 时用欧洲算法。",
        ),
        ("DAYS360('2011-01-01', '2011-12-31')", "360"),
        ("moment", "moment", "boolean?"),
        WHOLE,
        _days_360,
        _days_360_sql,
        constants=(2,),
        verify=_known_way,
        zoned=True,
        doubles=True,
    ),
    Function(
        "YEARFRAC",
        "年份比例",
        "dates",
        "YEARFRAC(start, end, [basis])",
        words(
            "The part of a year between two dates, to ten decimals: basis 0 counts months of 30 days, 2 and 3 count days "
            "over 360 or 365, 4 is the European 30 days.",
            "两个日期之间占一年的比例，保留十位小数：基准 0 按每月 30 天，"
            "2、3 为实际天数除以 360、365，4 为欧洲 30 天算法。",
        ),
        ("YEARFRAC('2012-01-01', '2012-07-30')", "0.5805555556"),
        ("moment", "moment", "number?"),
        number(values.DIVISION_DECIMALS),
        _year_fraction,
        _year_fraction_sql,
        constants=(2,),
        words=((2, _BASES),),
        zoned=True,
        doubles=True,
    ),
)
