"""The type `choices`: any number of several options."""

import re
from typing import Any

from dougong.diagnostics import Diagnostic
from dougong.fieldtypes import options
from dougong.fieldtypes.base import FieldType, Habits, Invalid
from dougong.fieldtypes.columns import JsonValue
from dougong.fieldtypes.messages import shown
from dougong.fieldtypes.operators import OF_CHOICES
from dougong.fieldtypes.settings import own
from dougong.fieldtypes.texts import cell_text, narrow, quoted, storable
from dougong.model.expression import Type, Value
from dougong.model.field import Field
from dougong.model.text import Text

_SEPARATORS = (re.compile(r"[;；|\n]"), re.compile(r"[;；|\n、，,/]"))


class ChoicesType(FieldType):
    """Tags, interests, channels. Kept in the order of the options and without doubles, so that equal sets are equal."""

    id = "choices"
    label = Text.of({"zh": "多选", "en": "Choices"})
    documentation = Text.of(
        {
            "zh": "若干选项中的任意几个；按选项的顺序保存，不重复。单元格里用分号、顿号或逗号隔开。可以另设“其他”，由填写人写明。",
            "en": "Any number of several options, kept in their order without doubles. In a cell they stand with ; or , between. "
            "With other: true any other text is taken too.",
        }
    )
    icon = "list-check"
    widget = "multiselect"
    allows = frozenset({"required", "default", "formula"})
    settings = own({**options.SETTINGS, **options.OTHER}, ("options",))
    operators = OF_CHOICES
    widening = ("other",)
    many = True
    sortable = False
    groupable = False

    def build(self, field: Field) -> list[Diagnostic]:
        return options.check(field)

    def expression_type(self, field: Field) -> Type:
        return Type("choice", many=True, options=options.expression_options(field))

    def column(self, field: Field) -> JsonValue:
        return JsonValue()

    def coerce(self, value: object, field: Field) -> Value:
        if value is None:
            return None
        if not isinstance(value, (list, tuple)):
            raise Invalid("not_a_list")
        return _in_order([_checked(options.option_id(item, field), field) for item in value], field)

    def parse(self, text: object, field: Field, habits: Habits) -> Value:
        if isinstance(text, (list, tuple)):
            return self.coerce(text, field)
        written = storable(cell_text(text) or "").strip()
        if not written:
            return None
        return _in_order(_written_options(written, field), field)

    def to_json(self, value: Value, field: Field) -> object:
        return None if value is None else list(value)

    def to_text(self, value: Value, field: Field, language: str, timezone: object = None) -> str:
        separator = "、" if language == "zh" else ", "
        return separator.join(options.label_of(item, field, language) for item in value or ())

    def to_cell(self, value: Value, field: Field, language: str, timezone: object = None) -> str:
        cells = (options.cell_of(item, field, language) for item in value or ())
        return "; ".join(
            item if _SEPARATORS[0].search(narrow(cell)) else cell
            for item, cell in zip(value or (), cells, strict=True)
        )

    def literal(self, value: Value, field: Field) -> str:
        """Return one option, as conditions ask for one; several become a list."""
        items = [value] if isinstance(value, str) else list(value)
        return ", ".join(quoted(item) for item in items)

    def json_schema(self, field: Field) -> dict[str, Any]:
        return {"type": "array", "items": options.value_schema(field), "uniqueItems": True, "minItems": 1}

    def example(self, field: Field) -> tuple[str, ...]:
        return tuple(option.id for option in field.options[:2])


def _in_order(ids: list[str], field: Field) -> tuple[str, ...] | None:
    order = options.index_of(field.options).order
    return tuple(sorted(dict.fromkeys(ids), key=lambda each: order.get(each, len(order)))) or None


def _checked(value: str, field: Field) -> str:
    """Another answer must not hold what separates several in a cell."""
    if options.takes_other(field) and value not in options.index_of(field.options).by_id:
        found = _SEPARATORS[0].search(narrow(value))
        if found:
            raise Invalid("separator_inside", value=shown(value), separator=found[0])
    return value


def split(written: str) -> list[str]:
    """Return the parts of a text with a mark between them that no answer has inside."""
    return [part.strip() for part in _SEPARATORS[0].split(written) if part.strip()]


def _written_options(written: str, field: Field) -> list[str]:
    """Read the cell with the separators that no label is likely to hold; when that fails, with all of them."""
    if options.takes_other(field):
        return _answers(written, field)
    problem: Invalid | None = None
    for separators in (None, *_SEPARATORS):
        parts = (
            [written]
            if separators is None
            else [part.strip() for part in separators.split(written) if part.strip()]
        )
        try:
            return [options.written_option(part, field) for part in parts]
        except Invalid as error:
            problem = error
    assert problem is not None
    raise problem


def _answers(written: str, field: Field) -> list[str]:
    """Options where the cell names nothing else, whatever stands between them; else what the surest separator leaves."""
    named = options.index_of(field.options)
    for parts in ([written], [part.strip() for part in _SEPARATORS[1].split(written) if part.strip()]):
        if all(options.is_named(part, named) for part in parts):
            return [options.written_option(part, field) for part in parts]
    return [options.written_option(part, field) for part in split(written)]
