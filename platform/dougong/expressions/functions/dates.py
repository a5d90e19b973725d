"""Dates and moments. The parts of a moment are those of the clock in the time zone of the company or person."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    DateTime,
    Integer,
    Interval,
    Numeric,
    cast,
    extract,
    func,
    literal,
    literal_column,
    type_coerce,
)

from dougong.expressions import emit
from dougong.expressions.context import zone
from dougong.expressions.registry import Function, constant, words
from dougong.expressions.scope import WHOLE
from dougong.expressions.types import DATE, MOMENT
from dougong.model.expression import Call, Node, Type

Elements = tuple[ColumnElement[Any], ...]
DATE_UNITS = ("day", "week", "month", "quarter", "year")
TIME_UNITS = ("hour", "minute")
DIFFERENCES = ("D", "M", "Y", "YM", "YD", "MD")
MONTHS = {"month": 1, "quarter": 3, "year": 12}
DAYS = {"day": 1, "week": 7}
SECONDS = {"hour": 3600, "minute": 60}
YEARS = 4000
FARTHEST = {"month": 12 * YEARS, "day": 366 * YEARS, "hour": 24 * 366 * YEARS, "minute": 1_000_000_000}
"""How many units a date can be moved by; farther comes out empty, because PostgreSQL's calendar begins in 4713 BC."""


# ——— Python ———


def local(value: date | datetime, timezone: str) -> date | datetime:
    """A moment by the clock of the zone; a date as it is."""
    return value.astimezone(zone(timezone)) if isinstance(value, datetime) else value


def day_of(value: date | datetime, timezone: str) -> date:
    """The calendar day of a moment in the zone."""
    found = local(value, timezone)
    return found.date() if isinstance(found, datetime) else found


def add_days(value: date, days: Decimal | int) -> date | None:
    """So many days later; the fraction of a day is cut; empty outside the years 1 to 9999."""
    if abs(int(days)) > FARTHEST["day"]:
        return None
    try:
        return value + timedelta(days=int(days))
    except OverflowError:
        return None


def add_months(value: date, months: Decimal | int) -> date | None:
    """The same day of a later month, or the last day of it when it is shorter."""
    return None if abs(int(months)) > FARTHEST["month"] else _shifted(value, int(months))


def _shifted(value: date, months: int) -> date | None:
    index = value.year * 12 + value.month - 1 + months
    year, month = divmod(index, 12)
    if not 1 <= year <= 9999:
        return None
    return value.replace(
        year=year, month=month + 1, day=min(value.day, calendar.monthrange(year, month + 1)[1])
    )


def _date(*arguments: Any) -> date | None:
    if len(arguments) == 2:
        return day_of(arguments[0], arguments[1])
    year, month, day = (int(argument) for argument in arguments[:3])
    if not 1 <= year <= 9999:
        return None
    first = add_months(date(year, 1, 1), month - 1)
    return None if first is None else add_days(first, day - 1)


def _part(name: str) -> Any:
    def part(value: date | datetime, timezone: str) -> Decimal:
        return Decimal(getattr(local(value, timezone), name))

    return part


def _quarter(value: date | datetime, timezone: str) -> Decimal:
    return Decimal((local(value, timezone).month + 2) // 3)


def _weekday(value: date | datetime, *rest: Any) -> Decimal | None:
    """1 = Sunday as in Excel; with 2 behind it 1 = Monday, with 3 0 = Monday."""
    kind = int(rest[0]) if len(rest) == 2 else 1
    monday = day_of(value, rest[-1]).weekday()
    if kind == 1:
        return Decimal((monday + 1) % 7 + 1)
    return Decimal(monday + 1 if kind == 2 else monday)


def _iso_week(value: date | datetime, timezone: str) -> Decimal:
    return Decimal(day_of(value, timezone).isocalendar().week)


def _days(end: date | datetime, start: date | datetime, timezone: str) -> Decimal:
    return Decimal((day_of(end, timezone) - day_of(start, timezone)).days)


def _moved(value: date, count: Decimal, unit: str) -> date | None:
    whole = int(count)
    return add_days(value, whole * DAYS[unit]) if unit in DAYS else add_months(value, whole * MONTHS[unit])


def _date_add(value: date | datetime, count: Decimal, unit: str, timezone: str) -> date | datetime | None:
    if not isinstance(value, datetime):
        return None if unit in TIME_UNITS else _moved(value, count, unit)
    if unit in SECONDS:
        return _later(value, timedelta(seconds=SECONDS[unit]), int(count), FARTHEST[unit])
    moved = _moved(value.astimezone(zone(timezone)).replace(tzinfo=None), count, unit)
    return instant_of(moved, timezone) if isinstance(moved, datetime) else None


def _later(value: datetime, step: timedelta, count: int, farthest: int) -> datetime | None:
    try:
        return value + step * count if abs(count) <= farthest else None
    except OverflowError:
        return None


def instant_of(clock: datetime, timezone: str) -> datetime | None:
    """The moment a clock of the zone shows that time: the later one where it is shown twice; a time that is skipped in spring
    counts from before the change. PostgreSQL does the same."""
    first, second = (clock.replace(tzinfo=zone(timezone), fold=fold) for fold in (0, 1))
    twice = (first.utcoffset() or timedelta()) > (second.utcoffset() or timedelta())
    try:
        return (second if twice else first).astimezone(UTC)
    except OverflowError:
        return None


def _date_difference(start: date | datetime, end: date | datetime, unit: str, timezone: str) -> Decimal:
    """Whole units between two dates; negative when the end lies before the start."""
    first, last = day_of(start, timezone), day_of(end, timezone)
    if unit.upper() == "D":
        return Decimal((last - first).days)
    sign = 1 if last >= first else -1
    first, last = min(first, last), max(first, last)
    months = (last.year - first.year) * 12 + last.month - first.month - (last.day < first.day)
    return Decimal(sign * _difference(first, last, months, unit.upper()))


def _difference(first: date, last: date, months: int, unit: str) -> int:
    """Whole months or years, or what is left beyond them."""
    if unit in ("M", "Y", "YM"):
        return {"M": months, "Y": months // 12, "YM": months % 12}[unit]
    reached = _shifted(first, months if unit == "MD" else months // 12 * 12)
    return (last - reached).days if reached is not None else 0


def _month_end(value: date | datetime, months: Decimal, timezone: str) -> date | None:
    first = add_months(day_of(value, timezone).replace(day=1), months)
    return None if first is None else first.replace(day=calendar.monthrange(first.year, first.month)[1])


def _same_day(value: date | datetime, months: Decimal, timezone: str) -> date | None:
    return add_months(day_of(value, timezone), months)


# ——— PostgreSQL ———


def _is_moment(node: Node) -> bool:
    return node.type.kind == "datetime"


def clock_sql(call: Call, elements: Elements, timezone: str, index: int = 0) -> ColumnElement[Any]:
    """The clock time of an argument that is a moment; a date as it is."""
    element = elements[index]
    return emit.local(element, timezone) if _is_moment(call.arguments[index]) else cast(element, Date)


def day_sql(call: Call, elements: Elements, timezone: str, index: int = 0) -> ColumnElement[Any]:
    """The calendar day of an argument."""
    return cast(clock_sql(call, elements, timezone, index), Date)


def _part_sql(field: str) -> Any:
    def emitted(call: Call, elements: Elements, timezone: str) -> ColumnElement[Any]:
        return cast(extract(field, clock_sql(call, elements, timezone)), Numeric)

    return emitted


def _interval(**parts: ColumnElement[Any]) -> ColumnElement[Any]:
    order = ("years", "months", "weeks", "days", "hours", "mins")
    return type_coerce(
        func.make_interval(*(parts.get(part, literal(0, Integer())) for part in order)), Interval()
    )


def _reach(count: ColumnElement[Any], farthest: int) -> ColumnElement[Any]:
    """A whole count as integer, NULL beyond the reach."""
    near = emit.between(count, -farthest, farthest)
    return func.nullif(func.nullif(near, farthest + 1), -farthest - 1)


def moved_sql(day: ColumnElement[Any], count: ColumnElement[Any], unit: str) -> ColumnElement[Any]:
    """A date or clock time moved by so many units of day or longer."""
    if unit in DAYS:
        return day + _interval(days=_reach(func.trunc(count) * emit.numeric(DAYS[unit]), FARTHEST["day"]))
    return day + _interval(months=_reach(func.trunc(count) * emit.numeric(MONTHS[unit]), FARTHEST["month"]))


def _date_sql(call: Call, elements: Elements, timezone: str) -> ColumnElement[Any]:
    if len(elements) == 1:
        return day_sql(call, elements, timezone)
    year, month, day = elements
    known = func.nullif(func.nullif(emit.between(year, 1, 9999), 10_000), 0)
    first = emit.within_calendar(
        moved_sql(func.make_date(known, 1, 1), func.trunc(month) - emit.numeric(1), "month")
    )
    return emit.within_calendar(moved_sql(first, func.trunc(day) - emit.numeric(1), "day"))


def _weekday_sql(call: Call, elements: Elements, timezone: str) -> ColumnElement[Any]:
    kind = int(constant(call.arguments[1])) if len(elements) == 2 else 1
    day = clock_sql(call, elements, timezone)
    found = extract("dow", day) + 1 if kind == 1 else extract("isodow", day) - (0 if kind == 2 else 1)
    return cast(found, Numeric)


def _days_sql(call: Call, elements: Elements, timezone: str) -> ColumnElement[Any]:
    return cast(day_sql(call, elements, timezone) - day_sql(call, elements, timezone, 1), Numeric)


def _date_add_sql(call: Call, elements: Elements, timezone: str) -> ColumnElement[Any]:
    unit = str(constant(call.arguments[2]))
    count = func.trunc(elements[1])
    if not _is_moment(call.arguments[0]):
        return emit.within_calendar(moved_sql(cast(elements[0], Date), count, unit))
    if unit in SECONDS:
        step = _interval(**{"hours" if unit == "hour" else "mins": _reach(count, FARTHEST[unit])})
        return within_time(cast(elements[0], DateTime(timezone=True)) + step)
    clock = moved_sql(emit.local(elements[0], timezone), count, unit)
    return within_time(func.timezone(emit.text(timezone), within_clock(clock)))


def within_clock(element: ColumnElement[Any]) -> ColumnElement[Any]:
    """The clock time, or NULL outside the years that a calendar on the wall can show."""
    before = literal_column("TIMESTAMP '0001-12-31 23:59:59 BC'", DateTime())
    after = literal_column("TIMESTAMP '10000-01-01 00:00:00'", DateTime())
    inside = func.greatest(func.least(element, after), before)
    return type_coerce(func.nullif(func.nullif(inside, after), before), DateTime())


def within_time(element: ColumnElement[Any]) -> ColumnElement[Any]:
    """The moment, or NULL outside the years that a datetime can have."""
    before = literal_column("TIMESTAMPTZ '0001-12-31 23:59:59+00 BC'", DateTime(timezone=True))
    after = literal_column("TIMESTAMPTZ '10000-01-01 00:00:00+00'", DateTime(timezone=True))
    inside = func.greatest(func.least(element, after), before)
    return type_coerce(func.nullif(func.nullif(inside, after), before), DateTime(timezone=True))


def _date_difference_sql(call: Call, elements: Elements, timezone: str) -> ColumnElement[Any]:
    unit = str(constant(call.arguments[2])).upper()
    start, end = day_sql(call, elements, timezone), day_sql(call, elements, timezone, 1)
    if unit == "D":
        return cast(end - start, Numeric)
    early, late = func.least(start, end), func.greatest(start, end)
    months = (
        (extract("year", late) - extract("year", early)) * 12
        + (extract("month", late) - extract("month", early))
        - cast(extract("day", late) < extract("day", early), Integer)
    )
    whole = cast(months, Numeric)
    if unit == "M":
        found: ColumnElement[Any] = whole
    elif unit in ("Y", "YM"):
        found = func.div(whole, 12) if unit == "Y" else func.mod(whole, 12)
    else:
        reached = whole if unit == "MD" else func.div(whole, 12) * 12
        found = cast(late - cast(early + _interval(months=cast(reached, Integer)), Date), Numeric)
    return cast(func.sign(cast(end - start, Numeric)) * found, Numeric)


def _month_end_sql(call: Call, elements: Elements, timezone: str) -> ColumnElement[Any]:
    first = func.date_trunc("month", cast(day_sql(call, elements, timezone), DateTime()))
    month = emit.within_calendar(moved_sql(first, elements[1], "month"))
    return cast(month + _interval(months=literal(1, Integer())) - _interval(days=literal(1, Integer())), Date)


def _same_day_sql(call: Call, elements: Elements, timezone: str) -> ColumnElement[Any]:
    return emit.within_calendar(moved_sql(day_sql(call, elements, timezone), elements[1], "month"))


def _like_first(arguments: tuple[Node, ...]) -> Type:
    return MOMENT if _is_moment(arguments[0]) else DATE


def _date_part_function(
    name: str, alias: str, en: str, zh: str, example: tuple[str, str], part: str
) -> Function:
    return Function(
        name,
        alias,
        "dates",
        f"{name}(date)",
        words(en, zh),
        example,
        ("moment" if name not in ("HOUR", "MINUTE") else "datetime",),
        WHOLE,
        _quarter if part == "quarter" else _part(part),
        _part_sql(part),
        zoned=True,
    )


DATES: tuple[Function, ...] = (
    Function(
        "TODAY",
        "今天",
        "dates",
        "TODAY()",
        words("The day it is in the time zone of the company or person.", "公司或本人所在时区的今天。"),
        ("DAYS(TODAY(), TODAY())", "0"),
        result=DATE,
    ),
    Function(
        "NOW",
        "现在",
        "dates",
        "NOW()",
        words("The present moment; the same within one request.", "当前时刻；同一次请求内不变。"),
        ("NOW() IS EMPTY", "FALSE"),
        result=MOMENT,
    ),
    Function(
        "DATE",
        "日期",
        "dates",
        "DATE(year, month, day) or DATE(moment)",
        words(
            "A date from its parts, running over as in Excel (month 13 is January of the next year), or the day of a moment.",
            "由年、月、日组成日期，超出时顺延（13 月即次年 1 月）；或取某一时刻的日期。",
        ),
        ("DATE(2026, 14, 1)", "2027-02-01"),
        ("any", "number?", "number?"),
        DATE,
        _date,
        _date_sql,
        typing="date",
        zoned=True,
    ),
    _date_part_function(
        "YEAR", "年", "The year of a date.", "日期的年份。", ("YEAR('2026-11-22')", "2026"), "year"
    ),
    _date_part_function(
        "QUARTER",
        "季度",
        "The quarter of a date, 1 to 4.",
        "日期所在的季度，1 至 4。",
        ("QUARTER('2026-11-22')", "4"),
        "quarter",
    ),
    _date_part_function(
        "MONTH",
        "月",
        "The month of a date, 1 to 12.",
        "日期的月份，1 至 12。",
        ("MONTH('2026-11-22')", "11"),
        "month",
    ),
    _date_part_function(
        "DAY", "日", "The day of the month.", "日期在当月的第几天。", ("DAY('2026-11-22')", "22"), "day"
    ),
    _date_part_function(
        "HOUR",
        "时",
        "The hour of a moment, 0 to 23.",
        "时刻的小时，0 至 23。",
        ("HOUR('2026-11-22T08:30:00+08:00')", "8"),
        "hour",
    ),
    _date_part_function(
        "MINUTE",
        "分",
        "The minute of a moment.",
        "时刻的分钟。",
        ("MINUTE('2026-11-22T08:30:00+00:00')", "30"),
        "minute",
    ),
    Function(
        "WEEKDAY",
        "星期",
        "dates",
        "WEEKDAY(date, [kind])",
        words(
            "The day of the week: 1 is Sunday as in Excel; with kind 2, 1 is Monday; with kind 3, 0 is Monday.",
            "星期几：默认 1 为星期日（同 Excel）；第二参数为 2 时 1 为星期一；为 3 时 0 为星期一。",
        ),
        ("WEEKDAY('2026-11-22', 2)", "7"),
        ("moment", "number?"),
        WHOLE,
        _weekday,
        _weekday_sql,
        constants=(1,),
        words=((1, ("1", "2", "3")),),
        zoned=True,
    ),
    Function(
        "ISOWEEKNUM",
        "周数",
        "dates",
        "ISOWEEKNUM(date)",
        words("The number of the week, 1 to 53, by ISO 8601.", "按 ISO 8601 的周数，1 至 53。"),
        ("ISOWEEKNUM('2026-01-01')", "1"),
        ("moment",),
        WHOLE,
        _iso_week,
        _part_sql("week"),
        zoned=True,
    ),
    Function(
        "DAYS",
        "相差天数",
        "dates",
        "DAYS(end, start)",
        words(
            "The days from start to end, as in Excel; the same as `end - start`.",
            "从开始到结束的天数，与 Excel 相同；等同于 `结束 - 开始`。",
        ),
        ("DAYS('2026-03-01', '2026-02-01')", "28"),
        ("moment", "moment"),
        WHOLE,
        _days,
        _days_sql,
        zoned=True,
    ),
    Function(
        "DATEADD",
        "日期增减",
        "dates",
        "DATEADD(date, number, unit)",
        words(
            "A date or moment later (or earlier) by so many of day, week, month, quarter, year, and for moments hour or minute.",
            "日期或时刻加上（减去）若干个单位：day、week、month、quarter、year，时刻还可用 hour、minute。",
        ),
        ("DATEADD('2026-01-31', 1, 'month')", "2026-02-28"),
        ("moment", "number", "text"),
        _like_first,
        _date_add,
        _date_add_sql,
        constants=(2,),
        words=((2, (*DATE_UNITS, *TIME_UNITS)),),
        zoned=True,
    ),
    Function(
        "DATEDIF",
        "日期间隔",
        "dates",
        "DATEDIF(start, end, unit)",
        words(
            "Whole days ('D'), months ('M') or years ('Y') between two dates; 'YM' gives the months beyond whole years, "
            "'YD' and 'MD' the days beyond whole years or months. Negative when the end lies before the start.",
            "两个日期之间的整天数（'D'）、整月数（'M'）或整年数（'Y'）；'YM' 为除去整年后的月数，"
            "'YD'、'MD' 为除去整年、整月后的天数。结束早于开始时为负。",
        ),
        ("DATEDIF('2026-01-31', '2026-03-01', 'M')", "1"),
        ("moment", "moment", "text"),
        WHOLE,
        _date_difference,
        _date_difference_sql,
        constants=(2,),
        words=((2, (*DIFFERENCES, *(unit.lower() for unit in DIFFERENCES))),),
        zoned=True,
        doubles=True,
    ),
    Function(
        "EDATE",
        "月份增减",
        "dates",
        "EDATE(date, months)",
        words(
            "The same day so many months later, or the last day of a shorter month.",
            "若干个月之后的同一天；当月没有该日时取月末。",
        ),
        ("EDATE('2026-01-31', 1)", "2026-02-28"),
        ("moment", "number"),
        DATE,
        _same_day,
        _same_day_sql,
        zoned=True,
    ),
    Function(
        "EOMONTH",
        "月末",
        "dates",
        "EOMONTH(date, months)",
        words("The last day of the month so many months later.", "若干个月之后的月末日期。"),
        ("EOMONTH('2026-01-15', 1)", "2026-02-28"),
        ("moment", "number"),
        DATE,
        _month_end,
        _month_end_sql,
        zoned=True,
    ),
)
