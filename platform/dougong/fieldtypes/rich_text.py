"""The type `rich_text`: text with headings, lists, emphasis and links, sanitised at every door."""

from collections.abc import Sequence
from typing import Any

from dougong.fieldtypes.base import FieldType, Habits, Problem
from dougong.fieldtypes.columns import Characters
from dougong.fieldtypes.markup import from_plain, is_markup, plain, sanitised
from dougong.fieldtypes.operators import OF_MARKUP
from dougong.fieldtypes.settings import described, own
from dougong.fieldtypes.texts import cell_text, many_lines, quoted
from dougong.model.expression import Type, Value
from dougong.model.field import Field
from dougong.model.text import Text

LONGEST = 20_000_000
USUAL = 50_000


class RichTextType(FieldType):
    """Product descriptions, minutes, letters. Kept as sanitised HTML; searched and listed as plain text."""

    id = "rich_text"
    label = Text.of({"zh": "富文本", "en": "Rich text"})
    documentation = Text.of(
        {
            "zh": "带标题、列表、加粗和链接的文字，按一小组 HTML 元素保存，其余在每个入口都会去掉；搜索和列表里是纯文本。"
            "导入的纯文本成为段落。",
            "en": "Text with headings, lists, emphasis and links, kept as a small set of HTML elements; everything else is taken "
            "out at every door. Lists and search see plain text; plain text that is imported becomes paragraphs.",
        }
    )
    icon = "text-wrap"
    widget = "rich_text"
    allows = frozenset({"required"})
    operators = OF_MARKUP
    searchable = True
    sortable = False
    groupable = False
    settings = own(
        {
            "max_length": described(
                {"type": "integer", "minimum": 1, "maximum": LONGEST, "default": USUAL},
                "最多字数",
                "Longest",
                description="In characters, markup included.",
            )
        }
    )

    def expression_type(self, field: Field) -> Type:
        return Type("markup")

    def column(self, field: Field) -> Characters:
        return Characters()

    def coerce(self, value: object, field: Field) -> Value:
        text = many_lines(value)
        if text is None:
            return None
        clean = many_lines(sanitised(text))
        return clean if clean and (plain(clean) or "<hr>" in clean) else None

    def parse(self, text: object, field: Field, habits: Habits) -> Value:
        written = many_lines(cell_text(text))
        if written is None:
            return None
        return self.coerce(written if is_markup(written) else from_plain(written), field)

    def validate(self, value: Value, field: Field) -> Sequence[Problem]:
        longest = field.max_length or USUAL
        if value is None or len(value) <= longest:
            return ()
        return (Problem("too_long", (("maximum", str(longest)), ("length", str(len(value))))),)

    def to_json(self, value: Value, field: Field) -> object:
        return value

    def to_text(self, value: Value, field: Field, language: str, timezone: object = None) -> str:
        return "" if value is None else plain(value)

    def to_cell(self, value: Value, field: Field, language: str, timezone: object = None) -> str:
        """Plain text where that says everything, else the markup, which `parse` takes back."""
        if value is None:
            return ""
        words = plain(value).replace("\n", "\n\n")
        return words if not is_markup(words) and sanitised(from_plain(words)) == value else str(value)

    def to_input(self, value: Value, field: Field) -> str:
        return value or ""

    def literal(self, value: Value, field: Field) -> str:
        return quoted(plain(value))

    def json_schema(self, field: Field) -> dict[str, Any]:
        return {
            "type": "string",
            "contentMediaType": "text/html",
            "minLength": 1,
            "maxLength": field.max_length or USUAL,
            "examples": [self.example(field)],
        }

    def example(self, field: Field) -> str:
        return "<p>The <strong>first</strong> line</p>" if (field.max_length or USUAL) > 50 else "x"

    def search_text(self, value: Value) -> str:
        return "" if not value else plain(value)
