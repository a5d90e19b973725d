"""What all types have in common whose value is the id of something else."""

import re
from collections.abc import Mapping

from dougong.fieldtypes.base import Invalid
from dougong.fieldtypes.messages import shown
from dougong.fieldtypes.settings import ID, TEXT, Schema, described

EXAMPLE = "1042"
LARGEST = 2**63 - 1
MOST = 10_000
_ID = re.compile(r"#?([1-9][0-9]{0,18})")

TARGET: dict[str, Schema] = {
    "to": described(
        {"type": "string", "pattern": r"^([a-z][a-z0-9_]{0,39}\.)?[a-z][a-z0-9_]{0,39}$"},
        "关联到",
        "Links to",
        description="An entity of this app, or app.entity.",
    ),
    "inverse": described(ID, "反向列表", "List on the other side"),
    "inverse_label": described(TEXT, "反向列表名称", "Label of that list"),
}
ON_DELETE = described(
    {"enum": ["restrict", "cascade", "clear"], "default": "restrict"},
    "目标删除时",
    "When the target is deleted",
    description="restrict: refuse; cascade: delete this too; clear: empty the field.",
)
FILL = described(
    {"type": "object", "additionalProperties": ID, "propertyNames": ID, "minProperties": 1},
    "选择后填充",
    "Fill on choosing",
    description="own field: field of the target.",
)


def record_id(value: object) -> int:
    """Return the id from `"1042"`, 1042 or `{"id": "1042"}`; raise Invalid."""
    if isinstance(value, Mapping):
        value = value.get("id")
    if type(value) is int and 1 <= value <= LARGEST:
        return value
    if type(value) is str:
        found = _ID.fullmatch(value)
        if found and int(found[1]) <= LARGEST:
            return int(found[1])
    raise Invalid("not_an_id", value=shown(value), example=EXAMPLE)


ID_SCHEMA: Schema = {"type": "string", "pattern": "^[1-9][0-9]{0,18}$", "examples": [EXAMPLE]}
