"""The type `colour`: a colour as #rrggbb."""

import re
from typing import Any

from dougong.fieldtypes.base import Habits, Invalid
from dougong.fieldtypes.messages import shown
from dougong.fieldtypes.operators import OF_COLOUR
from dougong.fieldtypes.settings import own
from dougong.fieldtypes.texts import LineType, cell_line, narrow
from dougong.model.expression import Value
from dougong.model.field import Field
from dougong.model.text import Text

EXAMPLE = "#2f6fdb"
_FULL = re.compile(r"#[0-9a-f]{6}")
_WRITTEN = re.compile(r"#?([0-9a-f]{6}|[0-9a-f]{3})")
_MIXED = re.compile(r"rgb\( ?([0-9]{1,3}) ?, ?([0-9]{1,3}) ?, ?([0-9]{1,3}) ?\)")


class ColourType(LineType):
    """The colour of a product, a label, a team."""

    id = "colour"
    label = Text.of({"zh": "颜色", "en": "Colour"})
    documentation = Text.of(
        {
            "zh": "颜色，按 #rrggbb 保存（小写）；导入时也认得 #rgb 和 rgb(47, 111, 219)。",
            "en": "A colour, kept as #rrggbb in small letters; imports know #rgb and rgb(47, 111, 219) too.",
        }
    )
    icon = "palette"
    widget = "colour"
    settings = own({})
    operators = OF_COLOUR
    searchable = False

    def coerce(self, value: object, field: Field) -> Value:
        if value is None or value == "":
            return None
        text = value.lower() if type(value) is str else ""
        if not _FULL.fullmatch(text):
            raise Invalid("not_a_colour", value=shown(value), example=EXAMPLE)
        return text

    def parse(self, text: object, field: Field, habits: Habits) -> Value:
        line = cell_line(text)
        if line is None:
            return None
        written = narrow(line).lower()
        digits = _WRITTEN.fullmatch(written)
        if digits:
            return "#" + (digits[1] if len(digits[1]) == 6 else "".join(each * 2 for each in digits[1]))
        mixed = _MIXED.fullmatch(written)
        parts = [int(each) for each in mixed.groups()] if mixed else [256]
        if max(parts) > 255:
            raise Invalid("not_a_colour", value=shown(line), example=EXAMPLE)
        return "#" + "".join(f"{each:02x}" for each in parts)

    def json_schema(self, field: Field) -> dict[str, Any]:
        return {"type": "string", "pattern": "^#[0-9a-fA-F]{6}$", "examples": [EXAMPLE]}

    def example(self, field: Field) -> str:
        return EXAMPLE

    def search_text(self, value: Value) -> str:
        return ""
