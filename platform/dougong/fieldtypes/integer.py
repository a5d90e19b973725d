"""The type `integer`: a whole number."""

from decimal import Decimal

from dougong.fieldtypes.base import Habits, Invalid
from dougong.fieldtypes.columns import Whole
from dougong.fieldtypes.messages import shown
from dougong.fieldtypes.numbers import BOUNDS, NumberType, exact_number, rounded, written_number
from dougong.fieldtypes.settings import Schema, own
from dougong.model.expression import Value
from dougong.model.field import Field
from dougong.model.text import Text

LARGEST = 2**53 - 1
"""The largest whole number that every reader of JSON keeps exactly."""


class IntegerType(NumberType):
    """A count."""

    id = "integer"
    virtual = True
    label = Text.of({"zh": "整数", "en": "Integer"})
    documentation = Text.of(
        {
            "zh": "整数，范围 ±9 007 199 254 740 991（任何 JSON 读者都能准确保存）。",
            "en": "A whole number between ±9 007 199 254 740 991, which every reader of JSON keeps exactly.",
        }
    )
    icon = "number-123"
    widget = "number"
    groupable = True
    settings = own(BOUNDS)
    sample = "1234"

    def scale(self, field: Field) -> int:
        return 0

    def column(self, field: Field) -> Whole:
        return Whole()

    def coerce(self, value: object, field: Field) -> Value:
        if type(value) is int:
            return value if -LARGEST <= value <= LARGEST else _bounded(value)
        if value is None or value == "":
            return None
        return _whole(exact_number(value, self.sample))

    def parse(self, text: object, field: Field, habits: Habits) -> Value:
        if text is None or text == "" or (type(text) is str and not text.strip()):
            return None
        return _whole(written_number(text, habits, self.sample))

    def assign(self, value: Value, field: Field) -> Value:
        return _bounded(int(rounded(value, 0))) if type(value) is Decimal else self.coerce(value, field)

    def to_json(self, value: Value, field: Field) -> object:
        return value

    def json_schema(self, field: Field) -> Schema:
        return {"type": "integer", "minimum": -LARGEST, "maximum": LARGEST, "examples": [self.example(field)]}

    def example(self, field: Field) -> Value:
        return int(super().example(field))


def _whole(number: Decimal | int) -> int:
    if isinstance(number, int):
        return _bounded(number)
    if number.adjusted() > 18:
        raise Invalid("too_many_digits", value=shown(str(number)), maximum=16)
    whole = int(number)
    if whole != number:
        raise Invalid("not_whole", value=shown(str(number)), example="12")
    return _bounded(whole)


def _bounded(number: int) -> int:
    if number < -LARGEST:
        raise Invalid("too_small", minimum=-LARGEST)
    if number > LARGEST:
        raise Invalid("too_large", maximum=LARGEST)
    return number
