"""What all types have in common whose value is the id of something else."""

import re
from collections.abc import Mapping

from dougong.fieldtypes.base import Invalid
from dougong.fieldtypes.messages import shown
from dougong.fieldtypes.settings import ID, TEXT, Schema, described

EXAMPLE = "1042"
LARGEST = 2**63 - 1
MOST = 10_000
SEVERAL_PEOPLE = 500
PEOPLE = frozenset({"member", "members"})
DEPARTMENTS = frozenset({"department", "departments"})
SEVERAL = frozenset({"links", "members", "departments"})
"""Types whose value is a list of ids."""
REFERRING = frozenset({"link", *SEVERAL, *PEOPLE, *DEPARTMENTS})
"""Types whose value is the id of something else, or several."""
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
SEVERAL_TARGETS: Schema = {
    **{name: part for name, part in TARGET["to"].items() if name not in ("type", "pattern")},
    "anyOf": [
        {"type": "string", "pattern": TARGET["to"]["pattern"]},
        {
            "type": "array",
            "items": {"type": "string", "pattern": TARGET["to"]["pattern"]},
            "minItems": 2,
            "maxItems": 20,
            "uniqueItems": True,
        },
    ],
    "description": "An entity of this app, or app.entity; several of them make one link to each, only one of which is filled.",
}
TREE = described(
    ID,
    "逐级选择：目标中指向上级的关联",
    "Chosen level by level, by the target's link to the record above",
    description="A link of the target to itself, such as the category above a category.",
)
ON_DELETE = described(
    {"enum": ["restrict", "cascade", "clear"], "default": "restrict"},
    "目标删除时",
    "When the target is deleted",
    description="restrict: refuse; cascade: delete this too; clear: empty the field.",
)
ON_DELETE_OF_MANY = described(
    {"enum": ["restrict", "cascade", "clear"], "default": "clear"},
    "目标删除时",
    "When a target is deleted",
    description="clear: leave it out of the list; restrict: refuse; cascade: delete this too.",
)
WITHIN = described(
    {"enum": ["all", "own", "own_and_below"], "default": "all"},
    "可选范围",
    "Choose from",
    description="all: the whole organisation; own: the departments of whoever writes; own_and_below: those and what is under them.",
)
RANGE_OF_PEOPLE: dict[str, Schema] = {
    "within": WITHIN,
    "roles": described(
        {"type": "array", "items": ID, "minItems": 1, "uniqueItems": True},
        "限定角色",
        "Only people with a role",
        description="Roles of this app, one of which a chosen person must hold.",
    ),
}
FILL = described(
    {
        "type": "object",
        "additionalProperties": {"type": "string", "minLength": 1, "maxLength": 10_000},
        "propertyNames": ID,
        "minProperties": 1,
    },
    "选择后填充",
    "Fill on choosing",
    description="own field: an expression over the chosen record, such as price or brand.name; `this.x` is a field of this record.",
)
FILTER = described(
    {"type": "string", "minLength": 1, "maxLength": 10_000},
    "可选条件",
    "Only records where",
    description="A condition over the record to choose; `this.x` is a field of this record: account = this.account.",
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
