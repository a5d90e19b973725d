"""The type `json`: a structured value of bounded depth and size."""

import json
import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from dougong.diagnostics import Diagnostic
from dougong.fieldtypes.base import FieldType, Habits, Invalid
from dougong.fieldtypes.columns import JsonValue
from dougong.fieldtypes.integer import LARGEST
from dougong.fieldtypes.messages import shown
from dougong.fieldtypes.operators import PRESENCE
from dougong.fieldtypes.settings import described, own
from dougong.fieldtypes.texts import cell_text, quoted, storable
from dougong.model.expression import Type, Value
from dougong.model.field import Field
from dougong.model.text import Text

DEEPEST = 32
USUAL_DEPTH = 8
LARGEST_TEXT = 1_000_000
USUAL_TEXT = 20_000
_SMALLEST = 1e-300


class JsonType(FieldType):
    """What another system sent, or settings that only a program reads."""

    id = "json"
    label = Text.of({"zh": "JSON", "en": "JSON value"})
    documentation = Text.of(
        {
            "zh": "任意 JSON 值，深度和字节数有上限；重复的键、NaN、超出精度的数字不接受。键的顺序不保留。",
            "en": "Any JSON value of bounded depth and size; repeated keys, NaN and numbers beyond precision are refused. "
            "The order of keys is not kept.",
        }
    )
    icon = "braces"
    widget = "json"
    allows = frozenset({"required"})
    settings = own(
        {
            "max_depth": described(
                {"type": "integer", "minimum": 1, "maximum": DEEPEST, "default": USUAL_DEPTH},
                "最多几层",
                "Deepest nesting",
            ),
            "max_bytes": described(
                {"type": "integer", "minimum": 2, "maximum": LARGEST_TEXT, "default": USUAL_TEXT},
                "最多字节数",
                "Most bytes",
            ),
        }
    )
    operators = PRESENCE
    sortable = False
    groupable = False

    def build(self, field: Field) -> list[Diagnostic]:
        return []

    def expression_type(self, field: Field) -> Type:
        return Type("json")

    def column(self, field: Field) -> JsonValue:
        return JsonValue()

    def coerce(self, value: object, field: Field) -> Value:
        checked = _checked(value, _limit(field, "max_depth", USUAL_DEPTH))
        if checked is None:
            return None
        size, most = len(compact(checked).encode()), _limit(field, "max_bytes", USUAL_TEXT)
        if size > most:
            raise Invalid("json_too_large", maximum=most, size=size)
        return checked

    def parse(self, text: object, field: Field, habits: Habits) -> Value:
        written = (cell_text(text) or "").strip()
        if not written:
            return None
        if len(written) > LARGEST_TEXT * 2:
            raise Invalid("json_too_large", maximum=_limit(field, "max_bytes", USUAL_TEXT), size=len(written))
        try:
            read = json.loads(written, object_pairs_hook=_object, parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            if isinstance(error, Invalid):
                raise
            place = f"{error.lineno}:{error.colno}" if isinstance(error, json.JSONDecodeError) else ""
            raise Invalid("not_json", place=place) from None
        return self.coerce(read, field)

    def to_json(self, value: Value, field: Field) -> object:
        return value

    def to_text(self, value: Value, field: Field, language: str, timezone: object = None) -> str:
        return "" if value is None else compact(value)

    def to_input(self, value: Value, field: Field) -> str:
        return "" if value is None else json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True)

    def literal(self, value: Value, field: Field) -> str:
        return quoted(compact(value))

    def json_schema(self, field: Field) -> dict[str, Any]:
        return {"description": "Any JSON value.", "examples": [self.example(field)]}

    def example(self, field: Field) -> Value:
        example = {"source": "web", "visits": 3}
        fits = len(compact(example)) <= _limit(field, "max_bytes", USUAL_TEXT)
        return example if fits else 1


def compact(value: Value) -> str:
    """Return the JSON text of a value on one line, its keys in order, so that equal values are equal texts."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _limit(field: Field, name: str, usual: int) -> int:
    return int(field.extra.get(name) or usual)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                raise Invalid("json_key_twice", key=name[:60])
            seen.add(name)
    return found


def _no_constant(name: str) -> Any:
    raise Invalid("json_number", value=name)


def _checked(value: object, depth: int) -> Any:
    """Return the value as both databases give it back; raise Invalid for what is no JSON, too deep or not exact."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, (int, float, Decimal)):
        return _number(value)
    if depth == 0:
        raise Invalid("json_too_deep")
    if isinstance(value, (list, tuple)):
        return [_checked(each, depth - 1) for each in value]
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        found = {storable(key): _checked(each, depth - 1) for key, each in value.items()}
        if len(found) == len(value):
            return found
    raise Invalid("not_json", place="")


def _number(value: float | Decimal) -> int | float:
    """A whole number stays exact; others are the numbers of double precision, as readers of JSON have them."""
    if isinstance(value, int):
        if abs(value) <= LARGEST:
            return value
        raise Invalid("json_number", value=shown(value))
    finite = value.is_finite() if isinstance(value, Decimal) else math.isfinite(value)
    number = float(value) if finite else math.inf
    if not abs(number) <= LARGEST or 0 < abs(number) < _SMALLEST:
        raise Invalid("json_number", value=shown(str(value)))
    return int(number) if number == int(number) else number
