"""Complete fields of every type, as a compiler would make them."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from dougong.fieldtypes import TYPES
from dougong.model.field import Field, LinkTarget, Option, SerialPart
from dougong.model.text import Text

OPTIONS = (
    Option("a", Text.of({"en": "Grade A", "zh": "甲级"})),
    Option("b", Text.of({"en": "Grade B", "zh": "乙级"}), "azure"),
    Option("c", Text.of({"en": "North, East", "zh": "东北、华东"})),
)
_OF_TYPE: dict[str, dict[str, Any]] = {
    "money": {"currency": "CNY"},
    "choice": {"options": OPTIONS},
    "choices": {"options": OPTIONS},
    "stage": {"options": OPTIONS, "pipeline": "sales"},
    "link": {"target": LinkTarget("crm", "account")},
    "links": {"target": LinkTarget("crm", "account")},
    "table": {"table": "crm.quote/lines"},
    "embed": {"extra": {"url": "https://maps.example.com/search?q={name}"}},
    "serial": {
        "parts": (SerialPart("constant", "OPP-"), SerialPart("date", "yyyyMM"), SerialPart("count", "5")),
        "reset": "month",
    },
}
_SETTINGS = {"decimals", "max_length", "multiple", "max_size", "reset"}


def field(type_id: str, **settings: Any) -> Field:
    """Return a field of a type with the settings a definition would leave out, and those given."""
    given = TYPES[type_id].defaults
    defaults: dict[str, Any] = {name: value for name, value in given.items() if name in _SETTINGS}
    if "max" in given:
        defaults["maximum"] = Decimal(given["max"])
    defaults["extra"] = {
        name: value for name, value in given.items() if name not in {*_SETTINGS, "min", "max"}
    }
    made = Field(id="it", type=type_id, label=Text.of("It"), **{**defaults, **_OF_TYPE.get(type_id, {})})
    return replace(made, **settings)
