"""The type `date`: a calendar day."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from dougong.fieldtypes.base import FieldType, Habits, Invalid, Problem
from dougong.fieldtypes.columns import Day
from dougong.fieldtypes.days import (
    EXAMPLE_DAY,
    FIRST,
    is_iso,
    iso_day,
    serial_moment,
    shown_day,
    split_time,
    written_day,
    written_time,
)
from dougong.fieldtypes.messages import both, shown
from dougong.fieldtypes.numbers import BOUNDS
from dougong.fieldtypes.operators import OF_DATE
from dougong.fieldtypes.settings import own
from dougong.fieldtypes.texts import cell_text
from dougong.model.expression import Type, Value
from dougong.model.field import Field
from dougong.model.text import Text


class DateType(FieldType):
    """A due date, a birthday."""

    id = "date"
    virtual = True
    label = Text.of({"zh": "日期", "en": "Date"})
    documentation = Text.of(
        {
            "zh": "某一天，没有时间和时区；年份 1000 到 9999。导入时认得 2026-3-1、2026/3/1、2026年3月1日 等写法。",
            "en": "A day without time or time zone, years 1000 to 9999. Imports know 2026-3-1, 2026/3/1, Mar 1, 2026.",
        }
    )
    icon = "calendar"
    widget = "date"
    settings = own(BOUNDS)
    operators = OF_DATE

    def expression_type(self, field: Field) -> Type:
        return Type("date")

    def column(self, field: Field) -> Day:
        return Day()

    def coerce(self, value: object, field: Field) -> Value:
        if type(value) is str:
            return iso_day(value) if value else None
        if value is None:
            return None
        if type(value) is date:
            return _within_years(value)
        raise Invalid("not_a_date", value=shown(value), example=EXAMPLE_DAY)

    def parse(self, text: object, field: Field, habits: Habits) -> Value:
        if text is None or type(text) is date or (isinstance(text, str) and is_iso(text)):
            return self.coerce(text, field)
        if type(text) is datetime:
            return _day_alone(text.date(), text.time(), str(text))
        serial = serial_moment(text, habits)
        if serial is not None:
            return _day_alone(serial.date(), serial.time(), str(text))
        written = cell_text(text) or ""
        if not written.strip():
            return None
        day, clock = split_time(written)
        found = written_day(day, habits)
        return _day_alone(found, written_time(clock, written)[0], written) if clock else found

    def check_bounds(self, value: Value, minimum: Value, maximum: Value, field: Field) -> Sequence[Problem]:
        if value is None:
            return ()
        if minimum is not None and value < minimum:
            return (Problem("too_early", (("minimum", self._bound(minimum)),)),)
        if maximum is not None and value > maximum:
            return (Problem("too_late", (("maximum", self._bound(maximum)),)),)
        return ()

    def _bound(self, bound: date) -> str:
        return both(shown_day(bound, "zh"), shown_day(bound, "en"))

    def to_json(self, value: Value, field: Field) -> object:
        return None if value is None else value.isoformat()

    def to_text(self, value: Value, field: Field, language: str, timezone: object = None) -> str:
        return "" if value is None else shown_day(value, language)

    def to_cell(self, value: Value, field: Field, language: str, timezone: object = None) -> str:
        return "" if value is None else value.isoformat()

    def literal(self, value: Value, field: Field) -> str:
        return f"DATE({value.year}, {value.month}, {value.day})"

    def json_schema(self, field: Field) -> dict[str, Any]:
        return {"type": "string", "format": "date", "examples": [EXAMPLE_DAY]}

    def example(self, field: Field) -> date:
        return date(2026, 3, 1)


def _within_years(day: date) -> date:
    if day < FIRST:
        raise Invalid("too_early", minimum=FIRST.isoformat())
    return day


def _day_alone(day: date, clock: time, written: str) -> date:
    """Midnight is how many programs write a day without a time; any other time would be lost."""
    if clock != time(0):
        raise Invalid("has_time", value=shown(written), example=EXAMPLE_DAY)
    return _within_years(day)
