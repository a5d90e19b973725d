"""The schema of entities/*.yaml, made of what every field has and what each field type adds."""

from __future__ import annotations

from collections.abc import Mapping

from dougong.definitions.schemas.common import (
    ASSIGNMENTS,
    BOOLEAN,
    EXPRESSION,
    HELP,
    ICON,
    ID,
    ID_LENGTH,
    LABEL,
    NAMES,
    TEXT,
    VALUE,
    Schema,
    by_id,
    either,
    listed,
    record,
    titled,
)
from dougong.fieldtypes import TYPES
from dougong.fieldtypes.base import GRID_WIDTHS, HINTED, SCANNED, FieldType

_MOST_FIELDS = 1_000
"""Each is a column, of which PostgreSQL has at most 1 600 in a table, removed ones counted too."""
_COMMON: Mapping[str, Schema] = {
    "required": titled(BOOLEAN, "Required", "必填"),
    "unique": titled(BOOLEAN, "Unique", "唯一"),
    "default": titled(VALUE, "Default", "默认值"),
    "formula": titled(EXPRESSION, "Formula", "公式"),
}
_STORED: Schema = titled(
    BOOLEAN,
    "Store the value of the formula",
    "存储公式的值",
    description="false: worked out whenever it is read, so that it may depend on today or on who reads it.",
)
_MENDING: Mapping[str, Schema] = {
    "backfill": titled(
        EXPRESSION,
        "Value for records that have none in the new version",
        "新版本中没有值的记录取值",
        description="An expression over the record as the version before had it.",
    ),
    "unfit": titled(
        {"type": "string", "enum": ["aside", "default"]},
        "Values that no longer fit",
        "不再合适的值",
        description="aside: the field is emptied and the value kept for a rollback; default: the default takes its place.",
    ),
}
"""How the records that exist follow a change of their field; they need a field whose value a person can write."""
_GRID_WIDTH: Schema = titled(
    {"type": "string", "enum": list(GRID_WIDTHS)},
    "Width of the column",
    "列宽",
    description="In lists and in rows of a sub-table; by default as wide as its values.",
)
_PLACEHOLDER: Schema = titled(TEXT, "Text shown while it is empty", "为空时的提示文字")
_HIDDEN_VALUES = ("keep", "empty", "recompute")


def _hidden_value(kind: FieldType) -> Schema:
    """What can become of the value of a hidden field; only where there are defaults, it can be worked out anew."""
    words = [each for each in _HIDDEN_VALUES if each != "recompute" or "default" in kind.allows]
    return titled(
        {"type": "string", "enum": words},
        "Value while a rule hides it",
        "被规则隐藏时的值",
        description="keep: as it is; empty: none; recompute: the default, worked out anew.",
    )


_SCAN: Schema = titled(
    BOOLEAN,
    "Can be filled by the camera",
    "可用摄像头扫码填写",
    description="Where the browser can read bar codes; otherwise the button is not shown.",
)
_SOME: Schema = {**NAMES, "minItems": 1}
_FIGURES = "Expressions in braces are shown as what they give: 'too much by {amount - limit}'."
_ROW_RULE: Mapping[str, Schema] = {
    "when": titled(EXPRESSION, "When", "条件"),
    "show": titled(_SOME, "Shown only then", "仅在此时显示"),
    "hide": titled(_SOME, "Hidden then", "此时隐藏"),
    "require": titled(_SOME, "Then these are required", "则必填"),
    "readonly": titled(_SOME, "Cannot be changed then", "此时只读"),
    "set": titled(
        ASSIGNMENTS,
        "Values they have then",
        "此时的取值",
        description="As long as the condition holds, whatever somebody enters.",
    ),
    "options": titled(by_id(_SOME, minProperties=1), "The only options then", "此时可用的选项"),
    "block": titled(TEXT, "Refused then, with this message", "此时不能保存,并提示", description=_FIGURES),
    "warn": titled(
        TEXT, "To be confirmed then, with this message", "此时须确认,并提示", description=_FIGURES
    ),
    "check": titled(EXPRESSION, "Must be true", "必须成立"),
    "message": titled(TEXT, "Message", "提示", description=_FIGURES),
    "fields": titled(NAMES, "Fields the message is shown at", "提示所在字段"),
    "on": titled(
        {
            "type": "array",
            "items": {"type": "string", "enum": ["create", "update", "delete"]},
            "minItems": 1,
            "uniqueItems": True,
        },
        "For records that are created, changed or deleted",
        "适用于新建、修改或删除",
        description="By default created and changed; a deletion asks only check, block and warn.",
    ),
    "doors": titled(
        {
            "type": "array",
            "items": {"type": "string", "minLength": 1, "maxLength": 3 * ID_LENGTH},
            "minItems": 1,
            "uniqueItems": True,
        },
        "Only at these doors",
        "仅适用于这些入口",
        description="screen, api, import, cli, workflow, workflow.<id> or workflow.<id>.<node>; by default every door.",
    ),
}
_RULE: Mapping[str, Schema] = {
    **_ROW_RULE,
    "lock": titled(
        {"type": "boolean", "const": True},
        "Then nothing of the record can be changed, nor can it be deleted",
        "此时整条记录锁定,不能修改或删除",
        description="As long as the record that stands there meets the condition.",
    ),
}
_UNIQUE: Schema = either(
    {**NAMES, "minItems": 1},
    record(
        {
            "fields": titled({**NAMES, "minItems": 1}, "Fields", "字段"),
            "where": titled(EXPRESSION, "Among the records where", "适用的记录"),
            "ignore_case": titled(BOOLEAN, "Letters A to Z alike in both cases", "不区分大小写(A–Z)"),
            "message": titled(TEXT, "Message", "提示"),
        },
        ("fields",),
    ),
)
_STAGE: Schema = record(
    {
        "label": LABEL,
        "probability": titled(
            {"type": "number", "minimum": 0, "maximum": 1}, "Probability (0 to 1)", "赢率(0 到 1)"
        ),
        "outcome": titled({"type": "string", "enum": ["won", "lost"]}, "Outcome", "结果"),
        "require": titled(NAMES, "Fields it requires", "该阶段必填"),
        "allow_from": titled(NAMES, "Stages one may come from", "允许的来源阶段"),
    }
)
_PIPELINE: Schema = record(
    {"label": LABEL, "stages": titled(by_id(_STAGE, minProperties=1), "Stages", "阶段")}, ("stages",)
)
SCHEMA: Schema = titled(
    record(
        {
            "label": LABEL,
            "plural": titled(TEXT, "Plural", "复数名称"),
            "help": HELP,
            "icon": titled(ICON, "Icon", "图标"),
            "title": titled(
                {"type": "string", "minLength": 1, "maxLength": 200},
                "Title, with {field} in braces",
                "标题,{字段} 用花括号",
            ),
            "search": titled(NAMES, "Fields searched", "搜索字段"),
            "owner": titled(
                ID,
                "Field of the owner",
                "负责人字段",
                description="A field of type member; by default the one that is called owner.",
            ),
            "follow_owner": titled(
                NAMES,
                "Related records that go to a new owner, too",
                "随负责人一同移交的关联记录",
                description="Inverses: their records follow as far as they had the same owner.",
            ),
            "fields": titled({"$ref": "#/$defs/fields"}, "Fields", "字段"),
            "rules": titled(listed(record(_RULE)), "Rules", "规则"),
            "unique": titled(listed(_UNIQUE), "Unique combinations", "唯一组合"),
            "pipelines": titled(by_id(_PIPELINE), "Pipelines", "管道"),
            "was": titled(ID, "Former id", "旧标识"),
            "was_table": titled(
                {
                    "type": "string",
                    "pattern": r"^[a-z](_?[a-z0-9])*\.[a-z](_?[a-z0-9])*$",
                    "maxLength": 2 * ID_LENGTH + 1,
                },
                "Former sub-table, whose rows are the records (entity.field)",
                "原子表,其行成为记录(实体.字段)",
            ),
        },
        ("fields",),
    ),
    "Entity",
    "实体",
)


def definitions() -> dict[str, Schema]:
    """The `$defs` an entity needs: `fields`, `field`, and the settings of each field type."""
    branches = []
    defs: dict[str, Schema] = {}
    for name, kind in sorted(TYPES.items()):
        defs[f"field_{name}"] = settings_of(kind)
        branches.append(
            {
                "if": {"properties": {"type": {"const": name}}, "required": ["type"]},
                "then": {"$ref": f"#/$defs/field_{name}"},
            }
        )
    defs["field"] = {
        "type": "object",
        "required": ["type"],
        "properties": {"type": titled({"type": "string", "enum": sorted(TYPES)}, "Type", "类型")},
        "allOf": branches,
    }
    defs["rules"] = listed(record(_ROW_RULE))
    defs["fields"] = by_id({"$ref": "#/$defs/field"}, minProperties=1, maxProperties=_MOST_FIELDS)
    return defs


def settings_of(kind: FieldType) -> Schema:
    """The whole schema of a field of one type: common settings it allows, and its own."""
    own = kind.settings
    properties = {
        "type": {"const": kind.id},
        "label": LABEL,
        "help": HELP,
        **({"placeholder": _PLACEHOLDER} if kind.widget in HINTED else {}),
        **({"grid_width": _GRID_WIDTH} if kind.widget != "table" else {}),
        **({"scan": _SCAN} if kind.widget in SCANNED else {}),
        "was": titled(ID, "Former id", "旧标识"),
        "copy": titled(
            BOOLEAN,
            "Taken along by a copy",
            "复制记录时带上",
            description="By default all but unique values, stages, files and masked values, which are not copied.",
        ),
        **{key: schema for key, schema in _COMMON.items() if key in kind.allows},
        **({"stored": _STORED} if kind.virtual else {}),
        **({"hidden_value": _hidden_value(kind)} if kind.allows else {}),
        **(_MENDING if "default" in kind.allows else {}),
        **own.get("properties", {}),
    }
    required = tuple(own.get("required", ()))
    return titled(record(properties, required), kind.label.get("en"), kind.label.get("zh"))
