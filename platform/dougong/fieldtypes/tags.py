"""The type `tags`: free labels, with suggestions."""

import re
from typing import Any

from dougong.diagnostics import Diagnostic
from dougong.fieldtypes.base import FieldType, Habits, Invalid
from dougong.fieldtypes.columns import JsonValue
from dougong.fieldtypes.messages import both, shown
from dougong.fieldtypes.operators import OF_TAGS
from dougong.fieldtypes.settings import described, own
from dougong.fieldtypes.texts import cell_text, one_line, quoted, storable
from dougong.model.expression import Type, Value
from dougong.model.field import Field
from dougong.model.text import Text

LONGEST = 60
MOST = 50
SEPARATORS = re.compile(r"[;；,，、|\n]")


class TagsType(FieldType):
    """Labels that people make up as they go; kept in the order given, the same word only once."""

    id = "tags"
    label = Text.of({"zh": "标签", "en": "Tags"})
    documentation = Text.of(
        {
            "zh": "自由填写的标签，最多 50 个，每个最多 60 字；输入时提示已有的和建议的标签。单元格里用分号、逗号或顿号隔开。",
            "en": "Free labels, at most 50 of 60 characters each; those in use and those suggested are offered while typing. "
            "In a cell they stand with ; or , between.",
        }
    )
    icon = "tags"
    widget = "tags"
    allows = frozenset({"required"})
    many = True
    settings = own(
        {
            "suggestions": described(
                {
                    "type": "array",
                    "items": {"type": "string", "minLength": 1, "maxLength": LONGEST},
                    "maxItems": 200,
                    "uniqueItems": True,
                },
                "建议的标签",
                "Suggestions",
            ),
            "free": described(
                {"type": "boolean", "default": True},
                "可以填建议以外的",
                "Others may be added",
                description="When false, only the suggestions may be chosen.",
            ),
        }
    )
    operators = OF_TAGS
    searchable = True
    sortable = False
    groupable = False

    def build(self, field: Field) -> list[Diagnostic]:
        if is_free(field) or suggestions_of(field):
            return []
        message = "free: false leaves nothing to choose, as there are no suggestions"
        return [Diagnostic("D469", message, "free", hint="add suggestions, or remove free: false")]

    def expression_type(self, field: Field) -> Type:
        return Type("text", many=True)

    def column(self, field: Field) -> JsonValue:
        return JsonValue()

    def coerce(self, value: object, field: Field) -> Value:
        if value is None:
            return None
        if not isinstance(value, (list, tuple)):
            raise Invalid("not_a_list")
        return _distinct([_tag(item, field) for item in value])

    def parse(self, text: object, field: Field, habits: Habits) -> Value:
        if isinstance(text, (list, tuple)):
            return self.coerce(text, field)
        parts = SEPARATORS.split(storable(cell_text(text) or ""))
        return _distinct([_tag(part, field) for part in parts if part.strip()])

    def to_json(self, value: Value, field: Field) -> object:
        return None if value is None else list(value)

    def to_text(self, value: Value, field: Field, language: str, timezone: object = None) -> str:
        return ("、" if language == "zh" else ", ").join(value or ())

    def to_cell(self, value: Value, field: Field, language: str, timezone: object = None) -> str:
        return "; ".join(value or ())

    def to_input(self, value: Value, field: Field) -> str:
        return "; ".join(value or ())

    def literal(self, value: Value, field: Field) -> str:
        items = [value] if isinstance(value, str) else list(value)
        return ", ".join(quoted(item) for item in items)

    def json_schema(self, field: Field) -> dict[str, Any]:
        item: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": LONGEST}
        if not is_free(field):
            item = {"type": "string", "enum": list(suggestions_of(field))}
        return {"type": "array", "items": item, "maxItems": MOST, "minItems": 1}

    def example(self, field: Field) -> tuple[str, ...]:
        return tuple(suggestions_of(field)[:2]) or ("VIP", "2026")

    def search_text(self, value: Value) -> str:
        return " ".join(value or ())


def suggestions_of(field: Field) -> tuple[str, ...]:
    """The tags that the definition offers."""
    return tuple(field.extra.get("suggestions") or ())


def is_free(field: Field) -> bool:
    """Whether other tags than the suggested may be used."""
    return bool(field.extra.get("free", True))


def _tag(value: object, field: Field) -> str:
    text = one_line(value)
    if text is None or SEPARATORS.search(text):
        raise Invalid("not_a_tag", value=shown(value))
    text = " ".join(text.split())
    if len(text) > LONGEST:
        raise Invalid("too_long", maximum=LONGEST, length=len(text))
    known = {each.casefold(): each for each in suggestions_of(field)}
    found = known.get(text.casefold())
    if found is None and not is_free(field):
        some = list(known.values())[:10]
        hint = both(f"，可选：{'、'.join(some)}", f"; possible are {', '.join(some)}")
        raise Invalid("not_an_option", value=shown(text), hint=hint)
    return found or text


def _distinct(tags: list[str]) -> tuple[str, ...] | None:
    """The tags without doubles: the same word in capitals is the same tag, as it was written first."""
    first: dict[str, str] = {}
    for tag in tags:
        first.setdefault(tag.casefold(), tag)
    if len(first) > MOST:
        raise Invalid("too_many", maximum=MOST, count=len(first))
    return tuple(first.values()) or None
