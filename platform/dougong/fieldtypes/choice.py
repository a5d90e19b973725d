"""The type `choice`: one of several options."""

from typing import Any

from dougong.diagnostics import Diagnostic
from dougong.fieldtypes import options
from dougong.fieldtypes.base import FieldType, Habits
from dougong.fieldtypes.columns import Characters
from dougong.fieldtypes.operators import OF_CHOICE
from dougong.fieldtypes.settings import own
from dougong.fieldtypes.texts import cell_line, quoted
from dougong.model.expression import Type, Value
from dougong.model.field import Field
from dougong.model.text import Text


class ChoiceType(FieldType):
    """A status, grade or kind; the id of the option is kept, its label may change."""

    id = "choice"
    virtual = True
    label = Text.of({"zh": "单选", "en": "Choice"})
    documentation = Text.of(
        {
            "zh": "若干选项之一；保存的是选项的 id，名称可以随时改。导入时按 id 或任一语言的名称识别。可以另设“其他”，由填写人写明。",
            "en": "One of several options; the id of the option is kept, its label may change. Imports know ids and labels. "
            "With other: true any other text is taken too.",
        }
    )
    icon = "circle-dot"
    widget = "select"
    settings = own({**options.SETTINGS, **options.OTHER}, ("options",))
    operators = OF_CHOICE
    widening = ("other",)

    def build(self, field: Field) -> list[Diagnostic]:
        return options.check(field)

    def expression_type(self, field: Field) -> Type:
        return Type("choice", options=options.expression_options(field))

    def column(self, field: Field) -> Characters:
        return Characters()

    def coerce(self, value: object, field: Field) -> Value:
        return None if value is None or value == "" else options.option_id(value, field)

    def parse(self, text: object, field: Field, habits: Habits) -> Value:
        line = cell_line(text)
        return None if line is None else options.written_option(line, field)

    def to_json(self, value: Value, field: Field) -> Value:
        return value

    def to_text(self, value: Value, field: Field, language: str, timezone: object = None) -> str:
        return "" if value is None else options.label_of(value, field, language)

    def to_cell(self, value: Value, field: Field, language: str, timezone: object = None) -> str:
        return "" if value is None else options.cell_of(value, field, language)

    def literal(self, value: Value, field: Field) -> str:
        return quoted(value)

    def json_schema(self, field: Field) -> dict[str, Any]:
        return options.value_schema(field)

    def example(self, field: Field) -> str:
        return field.options[0].id
