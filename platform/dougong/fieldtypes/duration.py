"""The type `duration`: how long something took, in whole seconds."""

import re
from datetime import time, timedelta
from decimal import Decimal
from typing import Any

from dougong.fieldtypes.base import Habits, Invalid
from dougong.fieldtypes.integer import IntegerType
from dougong.fieldtypes.messages import both, shown
from dougong.fieldtypes.numbers import BOUNDS, plain
from dougong.fieldtypes.settings import described, own
from dougong.fieldtypes.texts import cell_text, narrow
from dougong.model.expression import Value
from dougong.model.field import Field
from dougong.model.text import Text

LONGEST = 10**9
"""In seconds: some thirty years."""
EXAMPLE = "2:30"
_UNITS = {"second": 1, "minute": 60, "hour": 3600}
_CLOCK = re.compile(r"([0-9]{1,6}):([0-5]?[0-9])(?::([0-5]?[0-9]))?")
_BARE = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,6})?")
_PARTS = re.compile(
    r"(?:(?P<days>[0-9.]+) ?(?:d|days?|天|日) ?)?"
    r"(?:(?P<hours>[0-9.]+) ?(?:h|hrs?|hours?|个?小时|时) ?)?"
    r"(?:(?P<minutes>[0-9.]+) ?(?:m|mins?|minutes?|分钟|分) ?)?"
    r"(?:(?P<seconds>[0-9.]+) ?(?:s|secs?|seconds?|秒钟|秒))?",
    re.IGNORECASE,
)
_SECONDS = {"days": 86_400, "hours": 3600, "minutes": 60, "seconds": 1}


class DurationType(IntegerType):
    """How long a visit or a call lasted."""

    id = "duration"
    virtual = False
    label = Text.of({"zh": "时长", "en": "Duration"})
    documentation = Text.of(
        {
            "zh": "一段时间，按整秒保存；公式里是秒数。可以写 2:30、2h30m、2小时30分、150 分钟；只写数字时按设定的单位。",
            "en": "A length of time, kept in whole seconds, which is what formulas see. It is written 2:30, 2h30m or 150 min; "
            "a bare number counts in the unit of the setting.",
        }
    )
    icon = "hourglass"
    widget = "duration"
    groupable = False
    settings = own(
        {
            "unit": described(
                {"type": "string", "enum": list(_UNITS), "default": "minute"},
                "只写数字时的单位",
                "Unit of a bare number",
                description="What 90 means when it is typed or imported; over the API it is always seconds.",
            ),
            "min": {**BOUNDS["min"], "description": "In seconds, or an expression."},
            "max": {**BOUNDS["max"], "description": "In seconds, or an expression."},
        }
    )
    sample = "5400"

    def coerce(self, value: object, field: Field) -> Value:
        return _within(super().coerce(value, field))

    def assign(self, value: Value, field: Field) -> Value:
        return _within(super().assign(value, field))

    def parse(self, text: object, field: Field, habits: Habits) -> Value:
        if isinstance(text, timedelta):
            return _within(round(text.total_seconds()))
        if isinstance(text, time):
            return text.hour * 3600 + text.minute * 60 + text.second
        written = narrow(cell_text(text) or "").strip()
        if not written:
            return None
        if _BARE.fullmatch(written):
            return _whole(Decimal(written) * _UNITS[str(field.extra.get("unit", "minute"))], written)
        clock = _CLOCK.fullmatch(written)
        if clock:
            return _within(int(clock[1]) * 3600 + int(clock[2]) * 60 + int(clock[3] or 0))
        return _in_parts(written)

    def bound_text(self, bound: Decimal, field: Field) -> str:
        return both(in_words(int(bound), "zh"), in_words(int(bound), "en"))

    def to_text(self, value: Value, field: Field, language: str, timezone: object = None) -> str:
        return "" if value is None else in_words(value, language)

    def to_cell(self, value: Value, field: Field, language: str, timezone: object = None) -> str:
        return "" if value is None else clock_text(value)

    def to_input(self, value: Value, field: Field) -> str:
        return self.to_cell(value, field, "en")

    def literal(self, value: Value, field: Field) -> str:
        return plain(value)

    def json_schema(self, field: Field) -> dict[str, Any]:
        return {"type": "integer", "minimum": 0, "maximum": LONGEST, "examples": [self.example(field)]}

    def example(self, field: Field) -> Value:
        if field.minimum is None and field.maximum is None:
            return 9000
        return super().example(field)


def in_words(seconds: int, language: str) -> str:
    """Return a duration as a person reads it: `2 h 30 min`, `2小时30分`."""
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    named = ((hours, "小时", "h"), (minutes, "分", "min"), (rest, "秒", "s"))
    parts = [each for each in named if each[0]] or [named[1]]
    if language == "zh":
        return "".join(f"{number}{chinese}" for number, chinese, _ in parts)
    return " ".join(f"{number} {english}" for number, _, english in parts)


def clock_text(seconds: int) -> str:
    """Return a duration as `2:30`, with seconds only where there are some."""
    text = f"{seconds // 3600}:{seconds // 60 % 60:02d}"
    return f"{text}:{seconds % 60:02d}" if seconds % 60 else text


def _in_parts(written: str) -> int:
    found = _PARTS.fullmatch(written)
    named = {name: part for name, part in found.groupdict().items() if part} if found else {}
    if not named or not all(_BARE.fullmatch(part) for part in named.values()):
        raise Invalid("not_a_duration", value=shown(written), example=EXAMPLE)
    total = sum((Decimal(part) * _SECONDS[name] for name, part in named.items()), Decimal(0))
    return _whole(total, written)


def _whole(seconds: Decimal, written: str) -> int:
    if seconds != seconds.to_integral_value():
        raise Invalid("not_a_duration", value=shown(written), example=EXAMPLE)
    return int(_within(int(seconds)))


def _within(seconds: Value) -> Value:
    if seconds is None:
        return None
    if seconds < 0:
        raise Invalid("too_small", minimum=0)
    if seconds > LONGEST:
        raise Invalid("too_large", maximum=both(in_words(LONGEST, "zh"), in_words(LONGEST, "en")))
    return seconds
