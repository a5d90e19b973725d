"""Clock times: the second of a moment, a moment from a day and a time, a time of day as fields of that type hold it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Double,
    Integer,
    Interval,
    Numeric,
    cast,
    extract,
    func,
    literal,
    type_coerce,
)

from dougong.expressions import emit
from dougong.expressions.context import zone
from dougong.expressions.functions.dates import day_of, day_sql, instant_of, within_clock, within_time
from dougong.expressions.registry import Function, words
from dougong.expressions.scope import WHOLE
from dougong.expressions.types import MOMENT, TEXT
from dougong.model.expression import Call

Elements = tuple[ColumnElement[Any], ...]
FARTHEST = 1_000_000_000
_SECONDS_OF_DAY = 86_400


# ——— Python ———


def _second(value: datetime, timezone: str) -> Decimal:
    return Decimal(value.astimezone(zone(timezone)).second)


def _seconds(hour: Decimal, minute: Decimal, second: Decimal) -> int:
    return int(hour) * 3600 + int(minute) * 60 + int(second)


def _moment(day: date | datetime, hour: Decimal, minute: Decimal, *rest: Any) -> datetime | None:
    seconds = _seconds(hour, minute, rest[0] if len(rest) == 2 else Decimal(0))
    if abs(seconds) > FARTHEST:
        return None
    return instant_of(datetime.combine(day_of(day, rest[-1]), time()) + timedelta(seconds=seconds), rest[-1])


def _time(hour: Decimal, minute: Decimal, second: Decimal | None = None) -> str | None:
    seconds = _seconds(hour, minute, second or Decimal(0))
    if not 0 <= seconds <= FARTHEST:
        return None
    minutes, left = divmod(seconds % _SECONDS_OF_DAY, 60)
    clock = f"{minutes // 60:02}:{minutes % 60:02}"
    return clock if second is None else f"{clock}:{left:02}"


# ——— PostgreSQL ———


def _second_sql(call: Call, elements: Elements, timezone: str) -> ColumnElement[Any]:
    return func.trunc(cast(extract("second", emit.local(elements[0], timezone)), Numeric))


def _seconds_sql(parts: Elements) -> ColumnElement[Any]:
    """As an integer; FARTHEST + 1 beyond what is taken, and as far below."""
    found = func.trunc(parts[0]) * emit.numeric(3600) + func.trunc(parts[1]) * emit.numeric(60)
    if len(parts) > 2:
        found = found + func.trunc(parts[2])
    return emit.between(found, -FARTHEST, FARTHEST)


def _interval(seconds: ColumnElement[Any]) -> ColumnElement[Any]:
    nothing = (literal(0, Integer()) for _ in range(6))
    return type_coerce(func.make_interval(*nothing, cast(seconds, Double())), Interval())


def _moment_sql(call: Call, elements: Elements, timezone: str) -> ColumnElement[Any]:
    seconds = func.nullif(func.nullif(_seconds_sql(elements[1:]), FARTHEST + 1), -FARTHEST - 1)
    clock = cast(day_sql(call, elements, timezone), DateTime()) + _interval(seconds)
    return within_time(func.timezone(emit.text(timezone), within_clock(clock)))


def _time_sql(call: Call, elements: Elements, timezone: str) -> ColumnElement[Any]:
    seconds = func.nullif(func.nullif(func.greatest(_seconds_sql(elements), -1), -1), FARTHEST + 1)
    pattern = "HH24:MI:SS" if len(elements) > 2 else "HH24:MI"
    return func.to_char(_interval(func.mod(seconds, _SECONDS_OF_DAY)), emit.text(pattern))


CLOCKS: tuple[Function, ...] = (
    Function(
        "SECOND",
        "秒",
        "dates",
        "SECOND(moment)",
        words("The second of a moment, 0 to 59.", "时刻的秒，0 至 59。"),
        ("SECOND('2026-11-22T08:30:15+00:00')", "15"),
        ("datetime",),
        WHOLE,
        _second,
        _second_sql,
        zoned=True,
    ),
    Function(
        "DATETIME",
        "日期时间",
        "dates",
        "DATETIME(date, hour, minute, [second])",
        words(
            "The moment at which the clocks of the time zone show a time on a day; hours and minutes run over.",
            "某日某时某分（秒）的时刻，按所在时区的时钟；超出的时、分自动顺延。",
        ),
        ("HOUR(DATETIME('2026-11-22', 25, 30))", "1"),
        ("moment", "number", "number", "number?"),
        MOMENT,
        _moment,
        _moment_sql,
        zoned=True,
    ),
    Function(
        "TIME",
        "时间",
        "dates",
        "TIME(hour, minute, [second])",
        words(
            "A time of day, as fields of that type hold it: '08:30' or '08:30:15'. It runs over at midnight; empty below zero.",
            "一天中的时间，与时间字段的写法相同：'08:30' 或 '08:30:15'；超过午夜则从零点续算，负数为空。",
        ),
        ("TIME(27, 90)", "04:30"),
        ("number", "number", "number?"),
        TEXT,
        _time,
        _time_sql,
    ),
)
