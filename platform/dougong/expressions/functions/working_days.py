"""Working days by the calendar of the company: holidays and make-up days are known to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Date, Numeric, case, cast, func, literal, literal_column

from dougong.expressions import emit
from dougong.expressions.functions.dates import day_of, day_sql
from dougong.expressions.registry import Function, constant, words
from dougong.expressions.scope import WHOLE
from dougong.expressions.types import BOOLEAN, DATE
from dougong.model.calendar import working_days
from dougong.model.expression import Call

Elements = tuple[ColumnElement[Any], ...]
FARTHEST = 4_000_000
"""More working days than there are in the calendar."""


# ——— Python ———


def _count(start: date | datetime, end: date | datetime, calendar: str, timezone: str) -> Decimal:
    first, last = day_of(start, timezone).toordinal(), day_of(end, timezone).toordinal()
    return Decimal(working_days(calendar).between(first, last))


def _moved(start: date | datetime, count: Decimal, calendar: str, timezone: str) -> date | None:
    if abs(count) > FARTHEST:
        return None
    found = working_days(calendar).moved(day_of(start, timezone).toordinal(), int(count))
    return None if found is None else date.fromordinal(found)


def _is_worked(day: date | datetime, calendar: str, timezone: str) -> bool:
    ordinal = day_of(day, timezone).toordinal()
    return working_days(calendar).between(ordinal, ordinal) == 1


# ——— PostgreSQL ———


def _among(ordinals: Sequence[int], day: ColumnElement[Any]) -> ColumnElement[Any]:
    """How many of the days lie at or before one."""
    if not ordinals:
        return day - day
    days = literal([date.fromordinal(each) for each in ordinals], ARRAY(Date()))
    return func.width_bucket(day, cast(days, ARRAY(Date())))


def _upto(day: ColumnElement[Any], calendar: str) -> ColumnElement[Any]:
    """As `WorkingDays.upto`, but for a constant that falls out of each difference."""
    known = working_days(calendar)
    number = day - literal_column("DATE '0001-01-01'", Date()) + 8
    regular = func.div(cast(number, Numeric), 7) * 5 + func.least(func.mod(number, 7), 5)
    return regular - _among(known.rests, day) + _among(known.works, day)


def _count_sql(call: Call, elements: Elements, timezone: str) -> ColumnElement[Any]:
    calendar = str(constant(call.arguments[2]))
    start, end = day_sql(call, elements, timezone), day_sql(call, elements, timezone, 1)
    forward = _upto(end, calendar) - _upto(start - 1, calendar)
    backward = _upto(end - 1, calendar) - _upto(start, calendar)
    return cast(case((start <= end, forward), else_=backward), Numeric)


def _is_worked_sql(call: Call, elements: Elements, timezone: str) -> ColumnElement[Any]:
    calendar = str(constant(call.arguments[1]))
    day = day_sql(call, elements, timezone)
    return emit.truth(_upto(day, calendar) - _upto(day - 1, calendar) == 1)


WORKING_DAYS: tuple[Function, ...] = (
    Function(
        "NETWORKDAYS",
        "工作日数",
        "dates",
        "NETWORKDAYS(start, end)",
        words(
            "The working days from start to end, both included, by the calendar of the company; negative when the end lies before.",
            "从开始到结束（含首尾）的工作日数，按公司日历计算节假日与调休；结束早于开始时为负。",
        ),
        ("NETWORKDAYS('2026-11-23', '2026-11-30')", "6"),
        ("moment", "moment"),
        WHOLE,
        _count,
        _count_sql,
        zoned=True,
        doubles=True,
        scheduled=True,
    ),
    Function(
        "WORKDAY",
        "工作日",
        "dates",
        "WORKDAY(start, days)",
        words(
            "The working day so many of them after (or before) a date, by the calendar of the company.",
            "日期之后（或之前）第若干个工作日，按公司日历计算节假日与调休。",
        ),
        ("WORKDAY('2026-11-20', 1)", "2026-11-23"),
        ("moment", "number"),
        DATE,
        _moved,
        zoned=True,
        scheduled=True,
    ),
    Function(
        "ISWORKDAY",
        "是工作日",
        "dates",
        "ISWORKDAY(date)",
        words(
            "Whether a day is worked, by the calendar of the company.",
            "该日是否为工作日，按公司日历计算节假日与调休。",
        ),
        ("ISWORKDAY('2026-11-22')", "FALSE"),
        ("moment",),
        BOOLEAN,
        _is_worked,
        _is_worked_sql,
        zoned=True,
        doubles=True,
        scheduled=True,
    ),
)
