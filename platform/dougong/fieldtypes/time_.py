"""The type `time`: a time of day, without a day or a zone."""

import re
from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from dougong.fieldtypes.base import FieldType, Habits, Invalid, Problem
from dougong.fieldtypes.columns import Characters
from dougong.fieldtypes.days import written_time
from dougong.fieldtypes.messages import shown
from dougong.fieldtypes.numbers import BOUNDS
from dougong.fieldtypes.operators import OF_TIME
from dougong.fieldtypes.settings import described, own
from dougong.fieldtypes.texts import cell_text, narrow, quoted
from dougong.model.expression import Type, Value
from dougong.model.field import Field
from dougong.model.text import Text

EXAMPLE = "14:30"
_CLOCK = re.compile(r"(?P<hour>[01][0-9]|2[0-3]):(?P<minute>[0-5][0-9])(?::(?P<second>[0-5][0-9]))?")
_HALF_PAST = re.compile(r"([0-9]{1,2})[点时]半")
_SECONDS_OF_DAY = 86_400


class TimeType(FieldType):
    """Opening hours, the time of a call. Kept as text (`09:30` or `09:30:00`), which orders as the clock does."""

    id = "time"
    label = Text.of({"zh": "时间", "en": "Time of day"})
    documentation = Text.of(
        {
            "zh": "一天中的时刻，没有日期和时区，精确到分或秒；公式里按文本比较，如 opens < '09:30'。",
            "en": "A time of day without a day or a zone, to the minute or the second; formulas compare it as text: opens < '09:30'.",
        }
    )
    icon = "clock"
    widget = "time"
    operators = OF_TIME
    settings = own(
        {
            "precision": described(
                {"type": "string", "enum": ["minute", "second"], "default": "minute"}, "精确到", "Precision"
            ),
            "min": {**BOUNDS["min"], "description": "An expression, for example '08:00' in quotes."},
            "max": {**BOUNDS["max"], "description": "An expression, for example '18:00' in quotes."},
        }
    )

    def expression_type(self, field: Field) -> Type:
        return Type("text")

    def column(self, field: Field) -> Characters:
        return Characters()

    def coerce(self, value: object, field: Field) -> Value:
        if value is None or value == "":
            return None
        found = _CLOCK.fullmatch(value) if type(value) is str else None
        if found is None:
            raise Invalid("not_a_time", value=shown(value), example=EXAMPLE)
        return _to_precision(int(found["hour"]), int(found["minute"]), int(found["second"] or 0), field)

    def parse(self, text: object, field: Field, habits: Habits) -> Value:
        if isinstance(text, datetime):
            text = text.time()
        if isinstance(text, time):
            return _to_precision(text.hour, text.minute, text.second, field)
        if isinstance(text, float) and 0 <= text < 1:
            return _of_seconds(round(text * _SECONDS_OF_DAY) % _SECONDS_OF_DAY, field)
        written = narrow(cell_text(text) or "").strip()
        if not written:
            return None
        if _CLOCK.fullmatch(written):
            return self.coerce(written, field)
        return _spoken(_HALF_PAST.sub(r"\1:30", written), field)

    def check_bounds(self, value: Value, minimum: Value, maximum: Value, field: Field) -> Sequence[Problem]:
        if value is None:
            return ()
        if minimum is not None and value < str(minimum):
            return (Problem("too_early", (("minimum", str(minimum)),)),)
        if maximum is not None and value > str(maximum):
            return (Problem("too_late", (("maximum", str(maximum)),)),)
        return ()

    def to_json(self, value: Value, field: Field) -> object:
        return value

    def to_text(self, value: Value, field: Field, language: str, timezone: object = None) -> str:
        return value or ""

    def literal(self, value: Value, field: Field) -> str:
        return quoted(value)

    def json_schema(self, field: Field) -> dict[str, Any]:
        return {
            "type": "string",
            "pattern": r"^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$",
            "examples": [self.example(field)],
        }

    def example(self, field: Field) -> str:
        return f"{EXAMPLE}:00" if has_seconds(field) else EXAMPLE


def has_seconds(field: Field) -> bool:
    """Whether a field keeps seconds."""
    return field.extra.get("precision") == "second"


def _to_precision(hour: int, minute: int, second: int, field: Field) -> str:
    if has_seconds(field):
        return f"{hour:02d}:{minute:02d}:{second:02d}"
    if second:
        raise Invalid("has_seconds", value=f"{hour:02d}:{minute:02d}:{second:02d}")
    return f"{hour:02d}:{minute:02d}"


def _of_seconds(seconds: int, field: Field) -> str:
    return _to_precision(seconds // 3600, seconds // 60 % 60, seconds % 60, field)


def _spoken(written: str, field: Field) -> str:
    """Read `9:30`, `上午9点30分`, `3:05 pm`; a zone or a fraction of a second is refused."""
    problem = Invalid("not_a_time", value=shown(written), example=EXAMPLE)
    try:
        clock, zone = written_time(written, written)
    except Invalid:
        raise problem from None
    if zone is not None or clock.microsecond:
        raise problem
    return _to_precision(clock.hour, clock.minute, clock.second, field)
