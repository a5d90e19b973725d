"""The type `serial`: a number that the platform gives to each new record."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from dougong.diagnostics import Diagnostic
from dougong.fieldtypes.base import Problem
from dougong.fieldtypes.operators import OF_TEXT
from dougong.fieldtypes.settings import Schema, described, own
from dougong.fieldtypes.texts import LineType
from dougong.model.expression import Value
from dougong.model.field import Field
from dougong.model.text import Text

LONGEST = 100
_TOKEN = re.compile("yyyy|yy|MM|dd")
_DATE_FORM = r"^(yyyy|yy|MM|dd|[-/._])+$"
PERIODS = ("never", "day", "week", "month", "year")

PART: Schema = {
    "oneOf": [
        {"type": "string", "minLength": 1, "maxLength": 20},
        {
            "type": "object",
            "properties": {"date": {"type": "string", "pattern": _DATE_FORM}},
            "required": ["date"],
            "additionalProperties": False,
        },
        {
            "type": "object",
            "properties": {"count": {"type": "integer", "minimum": 1, "maximum": 12}},
            "required": ["count"],
            "additionalProperties": False,
        },
    ]
}


class SerialType(LineType):
    """OPP-202612-00042. The number is drawn in the transaction that creates the record; past its digits it grows, never wraps."""

    id = "serial"
    label = Text.of({"zh": "流水号", "en": "Serial number"})
    documentation = Text.of(
        {
            "zh": "新记录自动得到的编号，由固定文字、日期和计数组成，可按日、周、月、年重新计数；"
            "位数不够时变长，不会回绕。",
            "en": "The number a new record gets, made of constant text, date and count; the count may restart "
            "each day, week, month or year, gets longer when it outgrows its digits and never wraps.",
        }
    )
    icon = "hash"
    widget = "readonly"
    allows = frozenset({"unique"})
    settings = own(
        {
            "parts": described(
                {"type": "array", "items": PART, "minItems": 1, "maxItems": 10}, "组成", "Parts"
            ),
            "reset": described({"enum": list(PERIODS), "default": "never"}, "重新计数", "Count restarts"),
        },
        ("parts",),
    )
    operators = OF_TEXT

    def build(self, field: Field) -> list[Diagnostic]:
        """A serial number needs one count, and every date part that tells apart the periods in which it restarts."""
        findings = []
        counts = sum(part.kind == "count" for part in field.parts)
        if counts != 1:
            message = f"a serial number needs exactly one count, this has {counts}"
            findings.append(
                Diagnostic(
                    "D464", message, "parts", hint="add {count: 5}", parameters=(("count", str(counts)),)
                )
            )
        dates = "".join(part.value for part in field.parts if part.kind == "date")
        wanted = {"day": "yMd", "week": "yMd", "month": "yM", "year": "y"}.get(field.reset, "")
        if any(letter not in dates for letter in wanted):
            message = f"the count restarts every {field.reset}, but its parts do not say which: numbers would repeat"
            form = {"year": "yyyy", "month": "yyyyMM"}.get(field.reset, "yyyyMMdd")
            findings.append(
                Diagnostic(
                    "D465",
                    message,
                    "parts",
                    hint=f"add {{date: {form}}}",
                    parameters=(("reset", field.reset), ("form", form)),
                )
            )
        return findings

    def period(self, field: Field, day: date) -> str:
        """Return the name of the period whose count a record created on that day continues."""
        if field.reset == "week":
            year, week, _ = day.isocalendar()
            return f"{year:04d}-W{week:02d}"
        return day.isoformat()[: {"day": 10, "month": 7, "year": 4}.get(field.reset, 0)]

    def number(self, field: Field, count: int, day: date) -> str:
        """Return the serial number for a count drawn on a day."""
        return "".join(_part_text(part.kind, part.value, count, day) for part in field.parts)

    def validate(self, value: Value, field: Field) -> Sequence[Problem]:
        if value is None or len(value) <= LONGEST:
            return ()
        return (Problem("too_long", (("maximum", str(LONGEST)), ("length", str(len(value))))),)

    def json_schema(self, field: Field) -> dict[str, Any]:
        return {"type": "string", "maxLength": LONGEST, "readOnly": True, "examples": [self.example(field)]}

    def example(self, field: Field) -> str:
        return self.number(field, 42, date(2026, 12, 5)) or "42"


def _part_text(kind: str, value: str, count: int, day: date) -> str:
    if kind == "count":
        return str(count).zfill(int(value))
    if kind == "date":
        forms = {
            "yyyy": f"{day.year:04d}",
            "yy": f"{day.year % 100:02d}",
            "MM": f"{day.month:02d}",
            "dd": f"{day.day:02d}",
        }
        return _TOKEN.sub(lambda found: forms[found.group()], value)
    return value
