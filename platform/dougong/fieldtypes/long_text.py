"""The type `long_text`: text of many lines."""

from collections.abc import Sequence

from dougong.fieldtypes.base import Habits, Problem
from dougong.fieldtypes.operators import CONTAINS, LACKS, PRESENCE
from dougong.fieldtypes.settings import Schema, described, own
from dougong.fieldtypes.texts import LineType, cell_text, many_lines
from dougong.model.expression import Value
from dougong.model.field import Field
from dougong.model.text import Text

LONGEST = 20_000_000
USUAL = 100_000


class LongTextType(LineType):
    """Notes, descriptions, articles."""

    id = "long_text"
    virtual = True
    label = Text.of({"zh": "多行文本", "en": "Long text"})
    documentation = Text.of(
        {
            "zh": "多行文字，换行和缩进保留；不能设为唯一。",
            "en": "Text of many lines, kept as written; it cannot be unique.",
        }
    )
    icon = "align-left"
    widget = "textarea"
    allows = frozenset({"required", "default", "formula"})
    sortable = False
    groupable = False
    operators = (CONTAINS, LACKS, *PRESENCE)
    settings = own(
        {
            "max_length": described(
                {"type": "integer", "minimum": 1, "maximum": LONGEST, "default": USUAL},
                "最多字数",
                "Longest",
                description="In characters.",
            )
        }
    )

    def coerce(self, value: object, field: Field) -> Value:
        return many_lines(value)

    def parse(self, text: object, field: Field, habits: Habits) -> Value:
        return many_lines(cell_text(text))

    def validate(self, value: Value, field: Field) -> Sequence[Problem]:
        longest = field.max_length or USUAL
        if value is None or len(value) <= longest:
            return ()
        return (Problem("too_long", (("maximum", str(longest)), ("length", str(len(value))))),)

    def json_schema(self, field: Field) -> Schema:
        return {"type": "string", "minLength": 1, "maxLength": field.max_length or USUAL}

    def example(self, field: Field) -> str:
        return "First line\nSecond line"[: field.max_length or USUAL].rstrip()
