"""What a masked text shows to those who have not asked to see it: its ends, with stars between."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dougong.fieldtypes.settings import Schema, described
from dougong.model.expression import Value
from dougong.model.field import Field

STAR = "*"


@dataclass(frozen=True, slots=True)
class Mask:
    """How many characters at the beginning and the end stay readable; `at` keeps what follows an at sign too."""

    first: int
    last: int
    at: bool = False


KNOWN: Mapping[str, Mask] = {
    "phone": Mask(3, 4),
    "id_number": Mask(4, 4),
    "email": Mask(1, 0, at=True),
    "name": Mask(1, 0),
}
SETTING: Schema = described(
    {
        "oneOf": [
            {"type": "string", "enum": [*KNOWN]},
            {
                "type": "object",
                "properties": {
                    "first": {"type": "integer", "minimum": 0, "maximum": 20},
                    "last": {"type": "integer", "minimum": 0, "maximum": 20},
                },
                "minProperties": 1,
                "additionalProperties": False,
            },
        ]
    },
    "掩码",
    "Mask",
    description="Shows only the ends of the value; those with the right `reveal` may see it whole, one by one, which is logged.",
)
"""The setting `mask` of the types of one line."""


def mask_of(field: Field) -> Mask | None:
    """Return the mask of a field, or None when it is shown to whoever may read it."""
    given = field.extra.get("mask")
    if not given:
        return None
    if isinstance(given, str):
        return KNOWN[given]
    return Mask(int(given.get("first", 0)), int(given.get("last", 0)))


def masked(value: Value, mask: Mask) -> Value:
    """Return what is shown for a value: nothing for nothing, and never the value itself."""
    if not isinstance(value, str) or not value:
        return value
    if mask.at and "@" in value:
        name, _, domain = value.rpartition("@")
        return f"{_starred(name, mask)}@{domain}"
    return _starred(value, mask)


def _starred(text: str, mask: Mask) -> str:
    """Where less than a third would be hidden, everything is."""
    hidden = len(text) - mask.first - mask.last
    if hidden * 3 < len(text) or hidden < 1:
        return STAR * max(len(text), 3)
    return text[: mask.first] + STAR * max(hidden, 2) + text[len(text) - mask.last :]
