"""The type `phone`: a telephone number of any country."""

import re
from collections.abc import Sequence
from typing import Any

from dougong.fieldtypes import masks
from dougong.fieldtypes.base import Habits, Invalid, Problem
from dougong.fieldtypes.messages import shown
from dougong.fieldtypes.operators import OF_TEXT
from dougong.fieldtypes.settings import described, own
from dougong.fieldtypes.texts import LineType, cell_line, narrow, one_line
from dougong.model.expression import Value
from dougong.model.field import Field
from dougong.model.text import Text

LONGEST = 40
EXAMPLES = {"any": "+86 138 0013 8000", "mobile": "138 0013 8000", "landline": "010-6552 9988 ext 801"}
_EXTENSION = re.compile(r" ?(?:ext\.?|x|#|转|分机) ?[0-9]{1,6}$", re.IGNORECASE)
_MOBILE = re.compile(r"(?:(?:\+|00)?86)?1[3-9][0-9]{9}")
_LANDLINE = re.compile(
    r"(?:(?:\+|00)860?|0)[1-9][0-9]{1,2}[2-9][0-9]{6,7}|(?:(?:\+|00)86)?[48]00[0-9]{7}|[2-9][0-9]{6,7}|1?[019][0-9]{3,4}"
)
"""With area code or without, service numbers (400, 800), and short ones such as 95588 and 10086."""
_ABROAD = re.compile(r"(?:\+|00)(?!86)[1-9][0-9]{5,17}")
_FORM = re.compile(r"\+?[0-9()][0-9 ()./\-]*[0-9)](?: ?(?:ext\.?|x|#|转|分机) ?[0-9]{1,6})?", re.IGNORECASE)
_DIGIT = re.compile(r"[0-9]")
_NOT_DIGIT = re.compile(r"[^0-9]+")


class PhoneType(LineType):
    """A number as people write it; searching also finds it by its digits alone."""

    id = "phone"
    label = Text.of({"zh": "电话", "en": "Phone"})
    documentation = Text.of(
        {
            "zh": "手机或座机号码，可带国家码和分机；可限定只收手机或只收座机。按书写方式保存，搜索时只看数字也能找到。",
            "en": "A mobile or landline number with country code and extension if wanted, or of one of these kinds only; "
            "kept as written, found by its digits alone too.",
        }
    )
    icon = "phone"
    widget = "tel"
    narrowing = ("kind",)
    settings = own(
        {
            "kind": described(
                {"type": "string", "enum": list(EXAMPLES), "default": "any"}, "号码种类", "Kind of number"
            ),
            "mask": masks.SETTING,
        }
    )
    operators = OF_TEXT

    def coerce(self, value: object, field: Field) -> Value:
        text = one_line(value)
        if text is None or (text.isascii() and text.isdigit() and 3 <= len(text) <= 22):
            return text
        if len(text) > LONGEST or not _FORM.fullmatch(text) or not 3 <= len(_DIGIT.findall(text)) <= 22:
            raise Invalid("not_a_phone", value=shown(text), example=EXAMPLES["any"])
        return text

    def parse(self, text: object, field: Field, habits: Habits) -> Value:
        line = cell_line(text)
        if line is None:
            return None
        line = narrow(line).translate(_DASHES).removeprefix("tel:").strip()
        return self.coerce(" ".join(line.split()), field)

    def validate(self, value: Value, field: Field) -> Sequence[Problem]:
        kind = kind_of_number(field)
        if value is None or kind == "any" or _is_of(kind, value):
            return ()
        return (Problem(f"not_{kind}", (("value", shown(value)), ("example", EXAMPLES[kind]))),)

    def json_schema(self, field: Field) -> dict[str, Any]:
        return {"type": "string", "maxLength": LONGEST, "examples": [self.example(field)]}

    def example(self, field: Field) -> str:
        return EXAMPLES[kind_of_number(field)]

    def search_text(self, value: Value) -> str:
        if not value:
            return ""
        digits = _NOT_DIGIT.sub("", value)
        return value if digits == value else f"{value} {digits}"


_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―"), "-")


def kind_of_number(field: Field) -> str:
    """Which numbers a field takes: any, mobile or landline."""
    return str(field.extra.get("kind", "any"))


def _is_of(kind: str, number: str) -> bool:
    """Whether a Chinese number is of a kind; of other countries' numbers only the form is known."""
    line = _EXTENSION.sub("", number)
    digits = ("+" if line.startswith("+") else "") + _NOT_DIGIT.sub("", line)
    if _ABROAD.fullmatch(digits):
        return kind == "landline" or line == number
    if kind == "mobile":
        return line == number and _MOBILE.fullmatch(digits) is not None
    return _MOBILE.fullmatch(digits) is None and _LANDLINE.fullmatch(digits) is not None
