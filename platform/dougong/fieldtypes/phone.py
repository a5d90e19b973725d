"""The type `phone`: a telephone number of any country."""

import re
from typing import Any

from dougong.fieldtypes import masks
from dougong.fieldtypes.base import Habits, Invalid
from dougong.fieldtypes.messages import shown
from dougong.fieldtypes.operators import OF_TEXT
from dougong.fieldtypes.settings import own
from dougong.fieldtypes.texts import LineType, cell_line, narrow, one_line
from dougong.model.expression import Value
from dougong.model.field import Field
from dougong.model.text import Text

LONGEST = 40
EXAMPLE = "+86 138 0013 8000"
_FORM = re.compile(r"\+?[0-9()][0-9 ()./\-]*[0-9)](?: ?(?:ext\.?|x|#|转|分机) ?[0-9]{1,6})?", re.IGNORECASE)
_DIGIT = re.compile(r"[0-9]")
_NOT_DIGIT = re.compile(r"[^0-9]+")


class PhoneType(LineType):
    """A number as people write it; searching also finds it by its digits alone."""

    id = "phone"
    label = Text.of({"zh": "电话", "en": "Phone"})
    documentation = Text.of(
        {
            "zh": "手机或座机号码，可带国家码和分机；按书写方式保存，搜索时只看数字也能找到。",
            "en": "A mobile or landline number with country code and extension if wanted, kept as written; "
            "found by its digits alone too.",
        }
    )
    icon = "phone"
    widget = "tel"
    settings = own({"mask": masks.SETTING})
    operators = OF_TEXT

    def coerce(self, value: object, field: Field) -> Value:
        text = one_line(value)
        if text is None or (text.isascii() and text.isdigit() and 3 <= len(text) <= 22):
            return text
        if len(text) > LONGEST or not _FORM.fullmatch(text) or not 3 <= len(_DIGIT.findall(text)) <= 22:
            raise Invalid("not_a_phone", value=shown(text), example=EXAMPLE)
        return text

    def parse(self, text: object, field: Field, habits: Habits) -> Value:
        line = cell_line(text)
        if line is None:
            return None
        line = narrow(line).translate(_DASHES).removeprefix("tel:").strip()
        return self.coerce(" ".join(line.split()), field)

    def json_schema(self, field: Field) -> dict[str, Any]:
        return {"type": "string", "maxLength": LONGEST, "examples": [EXAMPLE]}

    def example(self, field: Field) -> str:
        return EXAMPLE

    def search_text(self, value: Value) -> str:
        if not value:
            return ""
        digits = _NOT_DIGIT.sub("", value)
        return value if digits == value else f"{value} {digits}"


_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―"), "-")
