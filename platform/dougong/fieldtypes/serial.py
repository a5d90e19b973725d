"""The type `serial`: a number that the platform gives to each new record."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from dougong.diagnostics import Diagnostic
from dougong.fieldtypes.base import Problem
from dougong.fieldtypes.operators import OF_TEXT
from dougong.fieldtypes.serial_form import date_text, period_name
from dougong.fieldtypes.settings import Schema, described, own
from dougong.fieldtypes.texts import LineType
from dougong.model.expression import Value
from dougong.model.field import Field
from dougong.model.text import Text

LONGEST = 100
_DATE_FORM = r"^(yyyy|yy|YYYY|MM|dd|ww|[-/._])+$"
_ROAD = r"^[a-z](_?[a-z0-9])*(\.[a-z](_?[a-z0-9])*){0,3}$"
PERIODS = ("never", "day", "week", "month", "year")
MODES = ("gapless", "fast")
_TELLING: dict[str, tuple[str, ...]] = {
    "day": ("yMd",),
    "week": ("yMd", "Yw"),
    "month": ("yM",),
    "year": ("y",),
}
"""The letters of dates by which periods are told apart, in the ways that do."""


def _part(name: str, schema: Schema) -> Schema:
    return {
        "type": "object",
        "properties": {name: schema},
        "required": [name],
        "additionalProperties": False,
    }


PART: Schema = {
    "oneOf": [
        {"type": "string", "minLength": 1, "maxLength": 20},
        _part("date", {"type": "string", "pattern": _DATE_FORM, "maxLength": 40}),
        _part("field", {"type": "string", "pattern": _ROAD, "maxLength": 170}),
        _part("count", {"type": "integer", "minimum": 1, "maximum": 12}),
    ]
}


class SerialType(LineType):
    """OPP-202612-00042. Whoever creates the record, its number is given once; past its digits it grows, never wraps."""

    id = "serial"
    label = Text.of({"zh": "流水号", "en": "Serial number"})
    documentation = Text.of(
        {
            "zh": "新记录自动得到的编号，由固定文字、日期（yyyy yy MM dd，ISO 周为 YYYY ww）、"
            "字段（可经由链接，如 department.code）和计数组成。"
            "计数可按日、周（周一开始）、月、年重新开始（reset），也可按若干字段分别计数（per）；从 start 开始；位数不够时变长，不会回绕。"
            "日期按应用的时区（app.yaml 的 timezone），未设时按创建者的时区。编号在全部记录（含回收站）中唯一，由数据库保证。"
            "mode: gapless 在保存记录的事务中取号并锁住计数，被拒绝或回滚的保存不留空号，同一计数的保存依次进行；"
            "mode: fast 在事务之外成批取号，互不等待，被拒绝的保存会留下空号。",
            "en": "The number a new record gets, made of constant text, date (yyyy yy MM dd, and YYYY ww for ISO weeks), fields "
            "(also of a linked record, as in department.code) and count. The count may restart each day, week (on Monday), month "
            "or year (reset), and separately for every combination of some fields (per); it begins at start, gets longer when it "
            "outgrows its digits and never wraps. Dates go by the time zone of the app (timezone in app.yaml), else of whoever "
            "creates the record. Numbers are unique among all records, those in the recycle bin included, and the database sees to it. "
            "mode: gapless takes the number inside the transaction that saves the record and keeps the count locked: a save that is "
            "refused or rolled back leaves no gap, and saves that share a count follow one another. mode: fast takes numbers outside "
            "of the transaction, a block for all records of a save: nobody waits, and a refused save leaves a gap.",
        }
    )
    icon = "hash"
    widget = "readonly"
    allows = frozenset()
    settings = own(
        {
            "parts": described(
                {"type": "array", "items": PART, "minItems": 1, "maxItems": 10}, "组成", "Parts"
            ),
            "reset": described({"enum": list(PERIODS), "default": "never"}, "重新计数", "Count restarts"),
            "per": described(
                {
                    "type": "array",
                    "items": {"type": "string", "pattern": _ROAD, "maxLength": 170},
                    "minItems": 1,
                    "maxItems": 4,
                    "uniqueItems": True,
                },
                "分别计数的字段",
                "Fields that are counted separately",
            ),
            "start": described(
                {"type": "integer", "minimum": 1, "maximum": 999_999_999_999, "default": 1},
                "起始号",
                "First count",
            ),
            "mode": described(
                {"enum": list(MODES), "default": "gapless"}, "取号方式", "How numbers are taken"
            ),
        },
        ("parts",),
    )
    operators = OF_TEXT

    def build(self, field: Field) -> list[Diagnostic]:
        """A serial number needs one count, and every part that tells apart the counts which begin at the same number."""
        return [*_check_count(field), *_check_period(field), *_check_groups(field)]

    def period(self, field: Field, day: date) -> str:
        """Return the name of the period whose count a record created on that day continues."""
        return period_name(field.reset, day)

    def number(self, field: Field, count: int, day: date, texts: Sequence[str] = ()) -> str:
        """Return the serial number for a count drawn on a day; `texts` are what its field parts hold, in their order."""
        waiting = iter(texts)
        written = []
        for part in field.parts:
            if part.kind == "count":
                written.append(str(count).zfill(int(part.value)))
            elif part.kind == "date":
                written.append(date_text(part.value, day))
            else:
                written.append(next(waiting, "") if part.kind == "field" else part.value)
        return "".join(written)

    def validate(self, value: Value, field: Field) -> Sequence[Problem]:
        if value is None or len(value) <= LONGEST:
            return ()
        return (Problem("too_long", (("maximum", str(LONGEST)), ("length", str(len(value))))),)

    def json_schema(self, field: Field) -> dict[str, Any]:
        return {"type": "string", "maxLength": LONGEST, "readOnly": True, "examples": [self.example(field)]}

    def example(self, field: Field) -> str:
        texts = [part.value.rpartition(".")[2].upper() for part in field.parts if part.kind == "field"]
        return self.number(field, 42, date(2026, 12, 5), texts) or "42"


def _check_count(field: Field) -> list[Diagnostic]:
    counts = str(sum(part.kind == "count" for part in field.parts))
    if counts == "1":
        return []
    message = f"a serial number needs exactly one count, this has {counts}"
    return [Diagnostic("D464", message, "parts", hint="add {count: 5}", parameters=(("count", counts),))]


def _check_period(field: Field) -> list[Diagnostic]:
    dates = "".join(part.value for part in field.parts if part.kind == "date")
    telling = _TELLING.get(field.reset)
    if telling is None or any(set(letters) <= set(dates) for letters in telling):
        return []
    form = {"year": "yyyy", "month": "yyyyMM"}.get(field.reset, "yyyyMMdd")
    return [
        Diagnostic(
            "D465",
            f"the count restarts every {field.reset}, but its parts do not say which: numbers would repeat",
            "parts",
            hint=f"add {{date: {form}}}",
            parameters=(("reset", field.reset), ("form", form)),
        )
    ]


def _check_groups(field: Field) -> list[Diagnostic]:
    """Every field that is counted separately must stand in the number, itself or something of the record it links to."""
    named = {part.value.partition(".")[0] for part in field.parts if part.kind == "field"}
    findings = []
    for road in (each.text for each in field.per):
        if road.partition(".")[0] not in named:
            message = (
                f"the count goes by '{road}', but the parts do not tell which it is: numbers would repeat"
            )
            findings.append(
                Diagnostic(
                    "D466", message, "parts", hint=f"add {{field: {road}}}", parameters=(("name", road),)
                )
            )
    return findings
