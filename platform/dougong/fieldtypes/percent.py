"""The type `percent`: a share, kept as the fraction (ten per cent is 0.1)."""

import re
from decimal import Decimal

from dougong.fieldtypes.base import Habits
from dougong.fieldtypes.numbers import (
    BOUNDS,
    EXACT,
    NumberType,
    decimals_setting,
    fitted,
    grouped,
    plain,
    written_number,
)
from dougong.fieldtypes.settings import own
from dougong.fieldtypes.texts import narrow
from dougong.model.expression import Value
from dougong.model.field import Field
from dougong.model.text import Text

_IN_BRACKETS = re.compile(r"\([^()]*%\s*\)")


class PercentType(NumberType):
    """A discount, probability or rate."""

    id = "percent"
    virtual = True
    label = Text.of({"zh": "百分比", "en": "Percent"})
    documentation = Text.of(
        {
            "zh": "百分比，保存为小数（10% 即 0.1）；小数位数指百分号前显示的位数。",
            "en": "A share, kept as the fraction (10% is 0.1); decimals are those shown before the sign.",
        }
    )
    icon = "percentage"
    widget = "percent"
    settings = own({"decimals": decimals_setting(2), **BOUNDS})
    sample = "0.125"

    def scale(self, field: Field) -> int:
        return field.decimals + 2

    def parse(self, text: object, field: Field, habits: Habits) -> Value:
        if type(text) is not str:
            return super().parse(text, field, habits)
        written = narrow(text).strip()
        if not written:
            return None
        if _IN_BRACKETS.fullmatch(written):
            written = f"({written[1:-1].strip()[:-1]})%"
        has_sign = written.endswith("%")
        number = written_number(written[:-1].rstrip() if has_sign else text, habits, "12.5%")
        if has_sign or habits.bare_percent == "percent":
            number = EXACT.multiply(number, Decimal("0.01"))
        return fitted(number, self.scale(field))

    def bound_text(self, bound: Decimal, field: Field) -> str:
        return _with_sign(bound)

    def to_text(self, value: Value, field: Field, language: str, timezone: object = None) -> str:
        return "" if value is None else _with_sign(value)

    def to_cell(self, value: Value, field: Field, language: str, timezone: object = None) -> str:
        return "" if value is None else plain(_hundredfold(value)) + "%"


def _hundredfold(fraction: Decimal) -> Decimal:
    """Return the fraction times 100 without the zeros that say nothing."""
    number = EXACT.multiply(fraction, Decimal(100))
    whole = number.to_integral_value()
    return whole if whole == number else number.normalize(EXACT)


def _with_sign(fraction: Decimal) -> str:
    return grouped(_hundredfold(fraction)) + "%"
