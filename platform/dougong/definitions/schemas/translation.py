"""The schemas of translations/*.yaml and data/demo.yaml."""

from __future__ import annotations

from dougong.definitions.schemas.common import Schema, titled

TRANSLATION: Schema = titled(
    {
        "type": "object",
        "propertyNames": {"pattern": "^(app|[a-z]+/[a-z](_?[a-z0-9])*)$"},
        "additionalProperties": {
            "type": "object",
            "additionalProperties": {"type": "string", "minLength": 1, "maxLength": 4000},
        },
        "description": "file (entities/account) → path inside it (fields/name/label) → text",
    },
    "Translation",
    "翻译",
)
DEMO: Schema = titled({"type": "object"}, "Generator of demo rows", "演示数据生成器")
