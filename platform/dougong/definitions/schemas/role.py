"""The schema of roles/*.yaml."""

from __future__ import annotations

from typing import Any

from dougong.definitions.schemas.common import (
    BOOLEAN,
    EXPRESSION,
    HELP,
    ID_LENGTH,
    LABEL,
    NAMES,
    Schema,
    by_id,
    either,
    listed,
    record,
    titled,
)

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


def _grant(english: str, chinese: str, **keys: Any) -> Schema:
    return titled(either(BOOLEAN, record({"rows": _ROWS, **keys})), english, chinese)


_GRANTS: Schema = record(
    {
        "read": _grant("Read", "查看", hide=titled(_COLUMNS, "Hidden fields", "隐藏字段")),
        "create": _grant("Create", "新建", fields=_FIELDS),
        "update": _grant("Change", "修改", fields=_FIELDS),
        "delete": _grant("Delete", "删除"),
        "purge": _grant("Delete for good", "彻底删除"),
        "import": _grant("Import", "导入"),
        "export": _grant("Export", "导出"),
        "reveal": _grant("See masked values whole", "查看完整值", fields=_FIELDS),
    }
)
SCHEMA: Schema = titled(
    record(
        {
            "label": LABEL,
            "help": HELP,
            "design": titled(BOOLEAN, "May change definitions", "可修改定义"),
            "reports": titled(NAMES, "Reports and dashboards (default: all)", "报表和仪表盘(默认全部)"),
            "grants": titled(by_id(_GRANTS), "Grants", "授权"),
        },
        ("grants",),
    ),
    "Role",
    "角色",
)
