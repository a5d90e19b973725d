"""The type `boolean`: yes or no."""

from typing import Any

from sqlalchemy import Boolean

from dougong.fieldtypes.base import FieldType, Habits, Invalid
from dougong.fieldtypes.messages import shown
from dougong.fieldtypes.operators import OF_BOOLEAN
from dougong.fieldtypes.settings import own
from dougong.fieldtypes.texts import cell_text, narrow
from dougong.model.expression import Type, Value
from dougong.model.field import Field
from dougong.model.text import Text

_WORDS = {
    **dict.fromkeys(("true", "yes", "y", "t", "on", "1", "是", "对", "真", "有", "√", "✓", "✔", "☑"), True),
    **dict.fromkeys(
        ("false", "no", "n", "f", "off", "0", "否", "不是", "错", "假", "无", "×", "✗", "✘", "☐"), False
    ),
}
_TEXTS = {"zh": ("否", "是")}


class BooleanType(FieldType):
    """A tick."""

    id = "boolean"
    virtual = True
    label = Text.of({"zh": "是/否", "en": "Yes or no"})
    documentation = Text.of(
        {
            "zh": "是或否；没有填时为空，条件里按“否”处理。",
            "en": "Yes or no; empty when nothing was said, which conditions take as no.",
        }
    )
    icon = "checkbox"
    widget = "checkbox"
    allows = frozenset({"required", "default", "formula"})
    settings = own({})
    operators = OF_BOOLEAN

    def expression_type(self, field: Field) -> Type:
        return Type("boolean")

    def column(self, field: Field) -> Boolean:
        return Boolean()

    def coerce(self, value: object, field: Field) -> Value:
        if value is None or value is True or value is False:
            return value
        raise Invalid("not_a_boolean", value=shown(value))

    def parse(self, text: object, field: Field, habits: Habits) -> Value:
        if text is None or text is True or text is False:
            return text
        written = narrow(cell_text(text) or "").strip()
        if not written:
            return None
        value = _WORDS.get(written.casefold())
        if value is None:
            raise Invalid("not_a_boolean", value=shown(written))
        return value

    def to_json(self, value: Value, field: Field) -> Value:
        return value

    def to_text(self, value: Value, field: Field, language: str, timezone: object = None) -> str:
        return "" if value is None else _TEXTS.get(language, ("No", "Yes"))[value]

    def literal(self, value: Value, field: Field) -> str:
        return "TRUE" if value else "FALSE"

    def json_schema(self, field: Field) -> dict[str, Any]:
        return {"type": "boolean"}

    def example(self, field: Field) -> bool:
        return True
