"""The schema of roles/*.yaml."""

from __future__ import annotations

from typing import Any

from dougong.definitions.schemas.common import (
    BOOLEAN,
    EXPRESSION,
    HELP,
    ID,
    ID_LENGTH,
    LABEL,
    NAMES,
    TEXT,
    Schema,
    by_id,
    either,
    listed,
    record,
    titled,
)
from dougong.model.role import ACTIONS

_COLUMNS: Schema = listed(
    {
        "type": "string",
        "pattern": r"^[a-z](_?[a-z0-9])*(\.[a-z](_?[a-z0-9])*)?$",
        "maxLength": 2 * ID_LENGTH + 1,
    },
    uniqueItems=True,
    description="A field, or a column of a sub-table: lines.cost.",
)
_ROWS = titled(EXPRESSION, "Rows it holds for", "适用的行")
_FIELDS = titled(
    record(
        {
            "except": titled(_COLUMNS, "All fields but these", "除外字段"),
            "only": titled(_COLUMNS, "These fields alone", "仅限字段"),
        },
        **{"x-one-of": ["except", "only"], "oneOf": [{"required": ["except"]}, {"required": ["only"]}]},
    ),
    "Fields",
    "字段",
)


_SHARED: Schema = titled(
    BOOLEAN,
    "Also records that were shared",
    "包括共享的记录",
    description="Records that were shared with whoever holds the role are among the rows; for changes, those shared to edit.",
)


def _grant(english: str, chinese: str, **keys: Any) -> Schema:
    return titled(either(BOOLEAN, record({"rows": _ROWS, "shared": _SHARED, **keys})), english, chinese)


def _new(english: str, chinese: str, **keys: Any) -> Schema:
    """A grant about records that nobody can have shared yet, or about none in particular."""
    return titled(either(BOOLEAN, record({"rows": _ROWS, **keys})), english, chinese)


_GRANTS: Schema = record(
    {
        "read": _grant("Read", "查看", hide=titled(_COLUMNS, "Hidden fields", "隐藏字段"), fields=_FIELDS),
        "create": _new("Create", "新建", fields=_FIELDS),
        "update": _grant("Change", "修改", fields=_FIELDS),
        "delete": _grant("Delete", "删除"),
        "copy": _grant("Copy (default: as Create)", "复制(默认同新建)"),
        "batch": _grant("Change or delete many at once (default: as Change)", "批量修改与删除(默认同修改)"),
        "transfer": _grant("Give to another owner (default: as Change)", "移交负责人(默认同修改)"),
        "share": _grant("Share single records", "共享单条记录"),
        "print": _grant("Print (default: as Read)", "打印(默认同查看)"),
        "import": _new("Import", "导入"),
        "export": _grant("Export", "导出"),
        "reveal": _grant("See masked values whole", "查看完整值", fields=_FIELDS),
        "purge": _grant("Delete for good", "彻底删除"),
    }
)
_DENIAL: Schema = record(
    {
        "entity": titled(ID, "Table", "数据表"),
        "actions": titled(
            {
                "type": "array",
                "items": {"type": "string", "enum": list(ACTIONS)},
                "minItems": 1,
                "uniqueItems": True,
            },
            "Actions",
            "操作",
        ),
        "rows": titled(EXPRESSION, "Rows it holds for (default: all)", "适用的行(默认全部)"),
        "fields": titled(
            {**_COLUMNS, "minItems": 1},
            "These fields only",
            "仅这些字段",
            description="Without them the whole action is denied; with them the fields are hidden, or cannot be written.",
        ),
        "reason": titled(TEXT, "Reason", "原因", description="Shown to who is refused."),
    },
    ("entity", "actions", "reason"),
)
SCHEMA: Schema = titled(
    record(
        {
            "label": LABEL,
            "help": HELP,
            "design": titled(BOOLEAN, "May change definitions", "可修改定义"),
            "reports": titled(NAMES, "Reports and dashboards (default: all)", "报表和仪表盘(默认全部)"),
            "grants": titled(by_id(_GRANTS), "Grants", "授权"),
            "deny": titled(
                by_id(_DENIAL),
                "Denials by name",
                "禁止项",
                description="What holders of the role may not do, whatever any role grants; administrators are not bound.",
            ),
        },
        ("grants",),
    ),
    "Role",
    "角色",
)
