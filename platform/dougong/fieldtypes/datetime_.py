"""The type `datetime`: a moment."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta, tzinfo
from datetime import date as calendar_day
from typing import Any

from dougong.fieldtypes.base import FieldType, Habits, Invalid, Problem
from dougong.fieldtypes.columns import Instant
from dougong.fieldtypes.days import (
    EXAMPLE_INSTANT,
    serial_moment,
    shown_moment,
    split_time,
    written_day,
    written_time,
)
from dougong.fieldtypes.messages import both, shown
from dougong.fieldtypes.numbers import BOUNDS
from dougong.fieldtypes.operators import OF_DATETIME
from dougong.fieldtypes.settings import own
from dougong.fieldtypes.texts import cell_text
from dougong.model.expression import Type, Value
from dougong.model.field import Field
from dougong.model.text import Text

FIRST = datetime(1000, 1, 2, tzinfo=UTC)
LAST = datetime(9999, 12, 30, tzinfo=UTC)
"""A day within what the calendar knows, so that showing a moment in any time zone cannot fail."""
_MACHINE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?")
MIDNIGHT = time(0)
_RFC3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(?P<zone>[Zz]|[+-][0-9]{2}:[0-9]{2})?"
)


class DateTimeType(FieldType):
    """An appointment, the time of a call."""

    id = "datetime"
    virtual = True
    label = Text.of({"zh": "日期时间", "en": "Date and time"})
    documentation = Text.of(
        {
            "zh": "一个时刻，精确到微秒，按 UTC 保存，按读者的时区显示。",
            "en": "A moment, to the microsecond, kept in UTC and shown in the reader's time zone.",
        }
    )
    icon = "calendar-time"
    widget = "datetime"
    settings = own(BOUNDS)
    operators = OF_DATETIME
    groupable = False

    def expression_type(self, field: Field) -> Type:
        return Type("datetime")

    def column(self, field: Field) -> Instant:
        return Instant()

    def coerce(self, value: object, field: Field) -> Value:
        if value is None or value == "":
            return None
        if type(value) is datetime and value.tzinfo is not None:
            return _instant(value)
        if type(value) is not str:
            raise Invalid("not_a_datetime", value=shown(value), example=EXAMPLE_INSTANT)
        found = _RFC3339.fullmatch(value)
        if found is None:
            raise Invalid("not_a_datetime", value=shown(value), example=EXAMPLE_INSTANT)
        if found["zone"] is None:
            raise Invalid("no_time_zone", value=shown(value), example=EXAMPLE_INSTANT)
        try:
            return _instant(datetime.fromisoformat(value.upper()))
        except ValueError as error:
            if isinstance(error, Invalid):
                raise
            raise Invalid("not_a_datetime", value=shown(value), example=EXAMPLE_INSTANT) from None

    def parse(self, text: object, field: Field, habits: Habits) -> Value:
        if text is None:
            return None
        if isinstance(text, datetime):
            return _instant(text) if text.tzinfo else _local(text, habits.timezone, str(text))
        if isinstance(text, calendar_day):
            return _local(datetime.combine(text, MIDNIGHT), habits.timezone, str(text))
        serial = serial_moment(text, habits)
        if serial is not None:
            return _local(serial, habits.timezone, str(text))
        written = cell_text(text) or ""
        if not written.strip():
            return None
        usual = _usual(written)
        if usual is not None:
            return _local(usual, habits.timezone, written)
        day_text, clock_text = split_time(written)
        day = written_day(day_text, habits)
        if not clock_text:
            return _local(datetime.combine(day, MIDNIGHT), habits.timezone, written)
        clock, zone = written_time(clock_text, written)
        moment = datetime.combine(day, clock)
        return _instant(moment.replace(tzinfo=zone)) if zone else _local(moment, habits.timezone, written)

    def check_bounds(self, value: Value, minimum: Value, maximum: Value, field: Field) -> Sequence[Problem]:
        if value is None:
            return ()
        if minimum is not None and value < minimum:
            return (Problem("too_early", (("minimum", _bound(minimum)),)),)
        if maximum is not None and value > maximum:
            return (Problem("too_late", (("maximum", _bound(maximum)),)),)
        return ()

    def to_json(self, value: Value, field: Field) -> object:
        return None if value is None else value.astimezone(UTC).isoformat().replace("+00:00", "Z")

    def to_text(self, value: Value, field: Field, language: str, timezone: tzinfo = UTC) -> str:
        return "" if value is None else shown_moment(value, language, timezone)

    def to_cell(self, value: Value, field: Field, language: str, timezone: tzinfo = UTC) -> str:
        if value is None:
            return ""
        local = value.astimezone(timezone)
        offset = local.utcoffset() or timedelta(
            0
        )  # before standard time, offsets had seconds, which no format writes
        written: datetime = value if offset % timedelta(minutes=1) else local
        return written.isoformat(sep=" ")

    def literal(self, value: Value, field: Field) -> str:
        return f"DATE({value.year}, {value.month}, {value.day})"

    def json_schema(self, field: Field) -> dict[str, Any]:
        return {"type": "string", "format": "date-time", "examples": [EXAMPLE_INSTANT]}

    def example(self, field: Field) -> datetime:
        return datetime(2026, 3, 1, 6, 30, tzinfo=UTC)


def _usual(written: str) -> datetime | None:
    """Read the form that machines write without a zone, quickly; every other form is left to the long way."""
    if not _MACHINE.fullmatch(written):
        return None
    try:
        return datetime.fromisoformat(written)
    except ValueError:
        return None


def _instant(moment: datetime) -> datetime:
    """Return the moment in UTC; raise Invalid outside the years that are kept."""
    if moment < FIRST:
        raise Invalid("too_early", minimum=FIRST.date().isoformat())
    if moment > LAST:
        raise Invalid("too_late", maximum=LAST.date().isoformat())
    return moment.astimezone(UTC)


def _local(moment: datetime, zone: tzinfo, written: str) -> datetime:
    """Return the moment of a local time; of two (clocks go back) the first; raise Invalid for none (clocks go forward)."""
    instant = _instant(moment.replace(tzinfo=zone))
    if instant.astimezone(zone).replace(tzinfo=None) != moment:
        raise Invalid("no_such_time", value=shown(written))
    return instant


def _bound(bound: datetime) -> str:
    return both(shown_moment(bound, "zh", UTC) + " UTC", shown_moment(bound, "en", UTC) + " UTC")
