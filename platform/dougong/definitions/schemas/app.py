"""The schema of app.yaml."""

from __future__ import annotations

from dougong.definitions.schemas.common import (
    COLOUR,
    HELP,
    ICON,
    ID,
    LABEL,
    LANGUAGE_PATTERN,
    Schema,
    listed,
    record,
    titled,
)

ITEM_KEYS = ("entity", "dashboard", "report", "items")

_ITEM: Schema = record(
    {
        "label": LABEL,
        "icon": titled(ICON, "Icon", "图标"),
        "entity": titled(ID, "Entity to open", "打开的实体"),
        "dashboard": titled(ID, "Dashboard to open", "打开的仪表盘"),
        "report": titled(ID, "Report to open", "打开的报表"),
        "items": titled(listed({"$ref": "#/$defs/item"}, minItems=1), "Items of a group", "分组中的菜单项"),
    },
    **{"x-one-of": list(ITEM_KEYS), "oneOf": [{"required": [key]} for key in ITEM_KEYS]},
)

SCHEMA: Schema = titled(
    record(
        {
            "id": titled(ID, "Id", "标识"),
            "version": titled(
                {
                    "type": "string",
                    "pattern": r"^(0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})(-[0-9a-z.]{1,30})?$",
                },
                "Version (major.minor.patch)",
                "版本(主.次.修订)",
            ),
            "label": LABEL,
            "help": HELP,
            "icon": titled(ICON, "Icon", "图标"),
            "colour": titled(COLOUR, "Colour", "颜色"),
            "languages": titled(
                listed({"type": "string", "pattern": LANGUAGE_PATTERN}, minItems=1, uniqueItems=True),
                "Languages of the app's texts",
                "应用文本的语言",
            ),
            "currency": titled(
                {"type": "string", "pattern": "^[A-Z]{3}$"}, "Currency (ISO 4217)", "币种 (ISO 4217)"
            ),
            "timezone": titled(
                {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_+/-]*$", "maxLength": 60},
                "Time zone of serial numbers (IANA name)",
                "流水号的时区(IANA 名称)",
            ),
            "requires": titled(
                record(
                    {
                        "platform": titled(
                            {"type": "string", "pattern": r"^>= ?[0-9]{1,6}(\.[0-9]{1,6}){0,2}$"},
                            "Platform version",
                            "平台版本",
                        ),
                        "apps": titled(listed(ID, uniqueItems=True), "Apps it builds on", "依赖的应用"),
                    }
                ),
                "Requirements",
                "依赖",
            ),
            "menu": titled(listed({"$ref": "#/$defs/item"}), "Menu", "菜单"),
        },
        ("id", "version", "label"),
    ),
    "App",
    "应用",
)
DEFS = {"item": _ITEM}
