"""The type `address`: a postal address in its parts."""

from collections.abc import Mapping
from typing import Any

import msgspec

from dougong.fieldtypes.base import FieldType, Habits, Invalid
from dougong.fieldtypes.columns import JsonValue
from dougong.fieldtypes.messages import both
from dougong.fieldtypes.operators import OF_ADDRESS
from dougong.fieldtypes.regions import fitted, share, taken_apart
from dougong.fieldtypes.settings import described, own
from dougong.fieldtypes.texts import cell_line, cell_text, one_line, quoted
from dougong.model.expression import Property, Type, Value
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
CODE = "code"
KEPT: tuple[str, ...] = (*PARTS, CODE)
PROPERTIES = tuple(Property(part, Type("text"), ()) for part in KEPT)
"""What expressions read behind a dot."""
LONGEST = 200


class AddressType(FieldType):
    """Where somebody lives or works. Addresses in China keep the code of their division, and their parts must fit together."""

    id = "address"
    label = Text.of({"zh": "地址", "en": "Address"})
    documentation = Text.of(
        {
            "zh": "分为国家/地区、省、市、区县、详细地址、邮编，都可以不填；国内的省市区县按行政区划核对并保存代码。"
            "表达式里可写 地址.province、city、district、code、detail、postcode、country。导入时可写成一段文字。",
            "en": "In parts: country, province, city, district, detail, postcode, none of them needed; Chinese divisions are checked "
            "and kept with their code. Expressions can say address.province, city, district, code, detail, postcode, country. "
            "Imports take one text.",
        }
    )
    icon = "map-pin"
    widget = "address"
    allows = frozenset({"required"})
    settings = own(
        {
            "country": described(
                {"enum": ["any", "china"], "default": "any"},
                "国家/地区",
                "Country",
                description="china: only addresses in China, whose divisions must be known.",
            )
        }
    )
    operators = OF_ADDRESS
    searchable = True
    sortable = False
    groupable = False

    def expression_type(self, field: Field) -> Type:
        return Type("json", properties=PROPERTIES)

    def column(self, field: Field) -> JsonValue:
        return JsonValue()

    def coerce(self, value: object, field: Field) -> Value:
        if value is None:
            return None
        if not isinstance(value, Mapping) or any(part not in KEPT for part in value):
            raise Invalid("not_an_address", parts=both("、".join(KEPT), ", ".join(KEPT)))
        lines = {part: one_line(value.get(part)) for part in KEPT}
        for line in lines.values():
            if line is not None and len(line) > LONGEST:
                raise Invalid("too_long", maximum=LONGEST, length=len(line))
        parts = {part: line for part, line in lines.items() if line is not None}
        return fitted(parts, field.extra.get("country") == "china") or None

    def parse(self, text: object, field: Field, habits: Habits) -> Value:
        """Take what `to_cell` wrote, or one text as people write it: 广东省深圳市南山区科技园路 1 号 518000."""
        if isinstance(text, Mapping):
            return self.coerce(text, field)
        written = (cell_text(text) or "").strip()
        if written.startswith("{") and written.endswith("}"):
            try:
                return self.coerce(msgspec.json.decode(written), field)
            except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
                pass
        return self.coerce(taken_apart(cell_line(written) or ""), field)

    def to_json(self, value: Value, field: Field) -> object:
        return None if value is None else dict(value)

    def to_text(self, value: Value, field: Field, language: str, timezone: object = None) -> str:
        if value is None:
            return ""
        part = value.get
        if language == "zh":
            names = ["country", "province", "city", "district", "detail"]
            if part("city") == part("province"):
                names.remove("city")
            joined = "".join(part(name, "") for name in names)
            return " ".join(filter(None, (joined, part("postcode"))))
        region = " ".join(filter(None, (part("province"), part("postcode"))))
        city = part("city") if part("city") != part("province") else None
        return ", ".join(filter(None, (part("detail"), part("district"), city, region, part("country"))))

    def to_cell(self, value: Value, field: Field, language: str, timezone: object = None) -> str:
        """The text as people write it where it is read back as the same, else the parts as JSON."""
        if value is None:
            return ""
        written = self.to_text(value, field, "zh")
        try:
            if self.parse(written, field, Habits()) == value:
                return written
        except Invalid:
            pass
        return msgspec.json.encode({name: value[name] for name in KEPT if name in value}).decode()

    def literal(self, value: Value, field: Field) -> str:
        """Return the beginning that the codes of all addresses in the same division share."""
        return quoted(share(value["code"]) if "code" in value else "-")

    def json_schema(self, field: Field) -> dict[str, Any]:
        line = {"type": ["string", "null"], "maxLength": LONGEST}
        return {"type": "object", "properties": dict.fromkeys(KEPT, line), "additionalProperties": False}

    def example(self, field: Field) -> dict[str, str]:
        return {
            "country": "中国",
            "province": "广东省",
            "city": "深圳市",
            "district": "南山区",
            "code": "440305",
            "detail": "科技园路 1 号",
            "postcode": "518000",
        }

    def search_text(self, value: Value) -> str:
        return " ".join(text for part, text in (value or {}).items() if part != "code")
