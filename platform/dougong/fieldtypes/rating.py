"""The type `rating`: so many stars out of a few."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from dougong.fieldtypes.base import Habits, Problem
from dougong.fieldtypes.integer import IntegerType
from dougong.fieldtypes.numbers import constant_bound
from dougong.fieldtypes.settings import described, own
from dougong.fieldtypes.texts import cell_text, narrow
from dougong.model.expression import Value
from dougong.model.field import Field
from dougong.model.text import Text

MOST = 10
USUAL = 5
_STARS = re.compile(r"(★+)☆*")
_WRITTEN = re.compile(r"([0-9]{1,2})(?: ?/ ?[0-9]{1,2}| ?(?:stars?|星|分))?", re.IGNORECASE)


class RatingType(IntegerType):
    """How content a customer is, how important a task is."""

    id = "rating"
    virtual = False
    label = Text.of({"zh": "评分", "en": "Rating"})
    documentation = Text.of(
        {
            "zh": "1 到 max 颗星（max 默认 5，最多 10）；没有评就是空。公式里是整数。",
            "en": "1 to max stars (max is 5 unless set, at most 10); not rated is empty. Formulas see a whole number.",
        }
    )
    icon = "star"
    widget = "rating"
    settings = own(
        {
            "max": described(
                {"type": "integer", "minimum": 2, "maximum": MOST, "default": USUAL},
                "最多几颗星",
                "Most stars",
            )
        }
    )

    def validate(self, value: Value, field: Field) -> Sequence[Problem]:
        return self.check_bounds(value, Decimal(1), Decimal(stars_of(field)), field)

    def parse(self, text: object, field: Field, habits: Habits) -> Value:
        if isinstance(text, str):
            written = narrow(cell_text(text) or "").strip()
            stars = _STARS.fullmatch(written)
            if stars:
                return len(stars[1])
            found = _WRITTEN.fullmatch(written)
            if found:
                return int(found[1])
        return super().parse(text, field, habits)

    def to_text(self, value: Value, field: Field, language: str, timezone: object = None) -> str:
        if value is None:
            return ""
        most = stars_of(field)
        return "★" * value + "☆" * (most - value) if 0 < value <= most else str(value)

    def to_cell(self, value: Value, field: Field, language: str, timezone: object = None) -> str:
        return "" if value is None else str(value)

    def json_schema(self, field: Field) -> dict[str, Any]:
        return {
            "type": "integer",
            "minimum": 1,
            "maximum": stars_of(field),
            "examples": [self.example(field)],
        }

    def example(self, field: Field) -> Value:
        return min(4, stars_of(field))


def stars_of(field: Field) -> int:
    """The most stars that a field takes."""
    most = constant_bound(field.maximum)
    return USUAL if most is None else int(most)
