"""The type `location`: a point on the earth, with what people call it."""

import re
from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Any
from urllib.parse import quote

import msgspec

from dougong.fieldtypes.base import FieldType, Habits, Invalid
from dougong.fieldtypes.columns import JsonValue
from dougong.fieldtypes.messages import shown
from dougong.fieldtypes.operators import OF_LOCATION
from dougong.fieldtypes.settings import described, own
from dougong.fieldtypes.texts import cell_line, cell_text, narrow, one_line
from dougong.model.expression import Property, Type, Value
from dougong.model.field import Field
from dougong.model.text import Text

PARTS: Mapping[str, Text] = {
    "lat": Text.of({"zh": "纬度", "en": "Latitude"}),
    "lng": Text.of({"zh": "经度", "en": "Longitude"}),
    "label": Text.of({"zh": "地点名称", "en": "Name of the place"}),
}
DECIMALS = 6
LONGEST = 200
_LIMITS = {"lat": 90, "lng": 180}
_STEP = Decimal(1).scaleb(-DECIMALS)
_WRITTEN = re.compile(
    r"([+-]?[0-9]{1,3}(?:\.[0-9]{1,20})?)\s*[,;，；]\s*([+-]?[0-9]{1,3}(?:\.[0-9]{1,20})?)(?:\s+(.*))?"
)
_MAPS = {
    "openstreetmap": "https://www.openstreetmap.org/?mlat={lat}&mlon={lng}#map=16/{lat}/{lng}",
    "amap": "https://uri.amap.com/marker?position={lng},{lat}&name={label}&coordinate=wgs84",
    "baidu": "https://api.map.baidu.com/marker?location={lat},{lng}&title={label}&content={label}&coord_type=wgs84&output=html",
}


class LocationType(FieldType):
    """Where a machine stands or a visit took place: WGS 84 degrees with six decimals, about ten centimetres."""

    id = "location"
    label = Text.of({"zh": "定位", "en": "Location"})
    documentation = Text.of(
        {
            "zh": "纬度、经度（WGS 84，六位小数）和地点名称。表达式里可写 定位.lat、lng、label，距离用 DISTANCE。"
            "单元格里写成“纬度, 经度 名称”。可以链接到地图网站，不加载第三方脚本。",
            "en": "Latitude and longitude (WGS 84, six decimals) and what the place is called. Expressions can say location.lat, lng, "
            "label and measure with DISTANCE. In a cell: latitude, longitude and the name. "
            "It may link to a map, without scripts of others.",
        }
    )
    icon = "current-location"
    widget = "location"
    allows = frozenset({"required"})
    settings = own(
        {
            "map": described(
                {"enum": ["none", *_MAPS], "default": "none"},
                "地图",
                "Map",
                description="The site that a click on the place leads to.",
            )
        }
    )
    operators = OF_LOCATION
    searchable = False
    sortable = False
    groupable = False

    def expression_type(self, field: Field) -> Type:
        number = Type("number", decimals=DECIMALS, computed=True)
        kinds = {"lat": number, "lng": number, "label": Type("text")}
        return Type("json", properties=tuple(Property(part, kind, ()) for part, kind in kinds.items()))

    def column(self, field: Field) -> JsonValue:
        return JsonValue()

    def coerce(self, value: object, field: Field) -> Value:
        if value is None:
            return None
        if not isinstance(value, Mapping) or any(part not in PARTS for part in value):
            raise _not_a_location(value)
        label = one_line(value.get("label"))
        if label is not None and len(label) > LONGEST:
            raise Invalid("too_long", maximum=LONGEST, length=len(label))
        if value.get("lat") is None and value.get("lng") is None and label is None:
            return None
        found = {part: _degrees(part, value.get(part)) for part in ("lat", "lng")}
        return {**found, "label": label} if label is not None else found

    def parse(self, text: object, field: Field, habits: Habits) -> Value:
        if text is None or isinstance(text, Mapping):
            return self.coerce(text, field)
        written = (cell_text(text) or "").strip()
        if not written:
            return None
        if written.startswith("{"):
            try:
                return self.coerce(msgspec.json.decode(written), field)
            except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
                raise _not_a_location(written) from None
        found = _WRITTEN.fullmatch(narrow(cell_line(written) or ""))
        if found is None:
            raise _not_a_location(written)
        return self.coerce({"lat": found[1], "lng": found[2], "label": found[3]}, field)

    def to_json(self, value: Value, field: Field) -> object:
        return None if value is None else dict(value)

    def to_text(self, value: Value, field: Field, language: str, timezone: object = None) -> str:
        if value is None:
            return ""
        return str(value.get("label") or f"{value['lat']}, {value['lng']}")

    def to_cell(self, value: Value, field: Field, language: str, timezone: object = None) -> str:
        if value is None:
            return ""
        written = f"{value['lat']}, {value['lng']} {value.get('label', '')}".strip()
        try:
            if self.parse(written, field, Habits()) == value:
                return written
        except Invalid:
            pass
        return msgspec.json.encode(value).decode()

    def literal(self, value: Value, field: Field) -> str:
        """Return latitude and longitude, as DISTANCE takes them."""
        return f"{value['lat']}, {value['lng']}"

    def json_schema(self, field: Field) -> dict[str, Any]:
        degrees = {
            "type": ["string", "number"],
            "description": "Degrees; given back as text with six decimals.",
        }
        properties = {
            "lat": degrees,
            "lng": degrees,
            "label": {"type": ["string", "null"], "maxLength": LONGEST},
        }
        return {
            "type": "object",
            "properties": properties,
            "required": ["lat", "lng"],
            "additionalProperties": False,
        }

    def example(self, field: Field) -> dict[str, str]:
        return {"lat": "31.230400", "lng": "121.473700", "label": "人民广场"}

    def search_text(self, value: Value) -> str:
        return "" if value is None else str(value.get("label", ""))


def _degrees(part: str, given: object) -> str:
    """Degrees as text with six decimals; raise Invalid for what lies beyond the earth."""
    if isinstance(given, bool) or not isinstance(given, (str, int, float, Decimal)):
        raise _not_a_location(given)
    try:
        number = Decimal(str(given).strip())
    except InvalidOperation:
        raise _not_a_location(given) from None
    if not number.is_finite() or abs(number) > _LIMITS[part]:
        raise Invalid("beyond_the_earth", value=shown(str(given)), maximum=_LIMITS[part])
    rounded = number.quantize(_STEP, ROUND_HALF_EVEN)
    return format(abs(rounded) if rounded.is_zero() else rounded, "f")


def _not_a_location(given: object) -> Invalid:
    return Invalid("not_a_location", value=shown(given), example="31.2304, 121.4737")


def map_link(value: Mapping[str, str], field: Field) -> str:
    """The address of the place on the map of the field, or nothing."""
    template = _MAPS.get(str(field.extra.get("map", "none")), "")
    label = quote(value.get("label") or f"{value['lat']},{value['lng']}", safe="")
    return template.format(lat=value["lat"], lng=value["lng"], label=label)
