"""The type `address`: a postal address in its parts."""

from collections.abc import Mapping
from typing import Any

import msgspec

from dougong.fieldtypes.base import FieldType, Habits, Invalid
from dougong.fieldtypes.columns import JsonValue
from dougong.fieldtypes.messages import both
from dougong.fieldtypes.operators import PRESENCE
from dougong.fieldtypes.settings import own
from dougong.fieldtypes.texts import cell_line, cell_text, one_line, quoted
from dougong.model.expression import Type, Value
from dougong.model.field import Field
from dougong.model.text import Text

PARTS: Mapping[str, Text] = {
    "country": Text.of({"zh": "国家/地区", "en": "Country"}),
    "province": Text.of({"zh": "省/州", "en": "State or province"}),
    "city": Text.of({"zh": "城市", "en": "City"}),
    "district": Text.of({"zh": "区县", "en": "District"}),
    "detail": Text.of({"zh": "详细地址", "en": "Street and number"}),
    "postcode": Text.of({"zh": "邮编", "en": "Postcode"}),
}
LONGEST = 200


class AddressType(FieldType):
    """Where somebody lives or works."""

    id = "address"
    label = Text.of({"zh": "地址", "en": "Address"})
    documentation = Text.of(
        {
            "zh": "分为国家/地区、省/州、城市、区县、详细地址、邮编；每部分最多 200 字，都可以不填。",
            "en": "In parts: country, province, city, district, detail, postcode; each of at most 200 characters, none needed.",
        }
    )
    icon = "map-pin"
    widget = "address"
    allows = frozenset({"required"})
    settings = own({})
    operators = PRESENCE
    searchable = True
    sortable = False
    groupable = False

    def expression_type(self, field: Field) -> Type:
        return Type("json")

    def column(self, field: Field) -> JsonValue:
        return JsonValue()

    def coerce(self, value: object, field: Field) -> Value:
        if value is None:
            return None
        if not isinstance(value, Mapping) or any(part not in PARTS for part in value):
            raise Invalid("not_an_address", parts=both("、".join(PARTS), ", ".join(PARTS)))
        lines = {part: one_line(value.get(part)) for part in PARTS}
        for line in lines.values():
            if line is not None and len(line) > LONGEST:
                raise Invalid("too_long", maximum=LONGEST, length=len(line))
        return {part: line for part, line in lines.items() if line is not None} or None

    def parse(self, text: object, field: Field, habits: Habits) -> Value:
        """Take what `to_cell` wrote; any other text is the street and number as a whole."""
        if isinstance(text, Mapping):
            return self.coerce(text, field)
        written = (cell_text(text) or "").strip()
        if written.startswith("{") and written.endswith("}"):
            try:
                return self.coerce(msgspec.json.decode(written), field)
            except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
                pass
        return self.coerce({"detail": cell_line(written)}, field)

    def to_json(self, value: Value, field: Field) -> object:
        return None if value is None else dict(value)

    def to_text(self, value: Value, field: Field, language: str, timezone: object = None) -> str:
        if value is None:
            return ""
        part = value.get
        if language == "zh":
            joined = "".join(part(name, "") for name in ("country", "province", "city", "district", "detail"))
            return " ".join(filter(None, (joined, part("postcode"))))
        region = " ".join(filter(None, (part("province"), part("postcode"))))
        return ", ".join(
            filter(None, (part("detail"), part("district"), part("city"), region, part("country")))
        )

    def to_cell(self, value: Value, field: Field, language: str, timezone: object = None) -> str:
        return (
            ""
            if value is None
            else msgspec.json.encode({name: value[name] for name in PARTS if name in value}).decode()
        )

    def literal(self, value: Value, field: Field) -> str:
        return quoted(self.to_text(value, field, "en"))

    def json_schema(self, field: Field) -> dict[str, Any]:
        line = {"type": ["string", "null"], "maxLength": LONGEST}
        return {"type": "object", "properties": dict.fromkeys(PARTS, line), "additionalProperties": False}

    def example(self, field: Field) -> dict[str, str]:
        return {
            "country": "中国",
            "province": "广东省",
            "city": "深圳市",
            "district": "南山区",
            "detail": "科技园路 1 号",
            "postcode": "518000",
        }

    def search_text(self, value: Value) -> str:
        return " ".join((value or {}).values())
