"""The field types with their settings and conditions, from their registry."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from dougong.definitions.schemas.entity import definitions
from dougong.fieldtypes import TYPES
from dougong.fieldtypes.base import FieldType
from dougong.model.field import Field, LinkTarget, Option, SerialPart
from dougong.model.text import EMPTY, Text
from dougong.reference.definitions_page import shape_of
from dougong.reference.markdown import Language, code, page, pick, table

EVERYWHERE = ("label", "help", "was")


def fields(language: Language) -> str:
    """One section a type."""
    title = pick(language, "Field types", "字段类型")
    lead = pick(
        language,
        "A field is `id: {type: …}` under `fields` of an entity or of a sub-table. Every type takes `label`, `help` and "
        "`was` (its former id, so that its data move along).",
        "字段写在实体或子表的 `fields` 下：`标识: {type: …}`。"
        "每种类型都可以有 `label`（名称）、`help`（说明）和 `was`（旧标识，数据随之保留）。",
    )
    heads = (pick(language, "Type", "类型"), pick(language, "Name", "名称"), pick(language, "For", "用途"))
    overview = [
        (f"[{code(name)}](#{name})", kind.label.get(language), kind.documentation.get(language))
        for name, kind in TYPES.items()
    ]
    return page(
        f"# {title}", lead, table(heads, overview), *(_section(kind, language) for kind in TYPES.values())
    )


def _section(kind: FieldType, language: Language) -> str:
    schema = definitions()[f"field_{kind.id}"]
    heads = (
        pick(language, "Setting", "设置"),
        pick(language, "Takes", "取值"),
        pick(language, "Default", "默认"),
        pick(language, "Must", "必填"),
        pick(language, "Meaning", "含义"),
    )
    rows = [
        (
            code(name),
            shape_of(setting, language),
            code(setting["default"]) if "default" in setting else "",
            "✓" if name in schema.get("required", ()) else "",
            setting.get("x-title", {}).get(language, ""),
        )
        for name, setting in schema["properties"].items()
        if name not in ("type", *EVERYWHERE)
    ]
    labels = [each.label.get(language) for each in kind.operators]
    conditions = pick(language, "Conditions in filters", "筛选条件")
    colon = pick(language, ": ", "：")
    return page(
        f'<a id="{kind.id}"></a>',
        f"## {code(kind.id)} {kind.label.get(language)}",
        kind.documentation.get(language),
        table(heads, rows) if rows else "",
        f"{conditions}{colon}{pick(language, ', ', '、').join(labels)}" if labels else "",
        _example(kind, language),
    ).rstrip()


_NEEDED: Mapping[str, str] = {
    "options": "options: {a: A, b: B}",
    "pipeline": "pipeline: sales",
    "to": "to: account",
    "fields": "fields: {quantity: {type: integer}}",
    "parts": 'parts: ["C-", {count: 4}]',
}
"""What an example of a definition says for the settings that a type cannot do without."""
_SHOWN = Field(
    "example",
    "text",
    EMPTY,
    currency="CNY",
    decimals=2,
    options=(Option("a", Text.of("A")), Option("b", Text.of("B"))),
    target=LinkTarget("crm", "account"),
    parts=(SerialPart("constant", "C-"), SerialPart("count", "4")),
)


def _example(kind: FieldType, language: Language) -> str:
    """A field of the type as it is written, and a value of it as the API gives and takes it."""
    needed = [_NEEDED.get(name, f"{name}: …") for name in kind.settings.get("required", ())]
    written = ", ".join((f"type: {kind.id}", *needed))
    shown = replace(_SHOWN, type=kind.id, extra=MappingProxyType(kind.defaults))
    value = json.dumps(kind.to_json(kind.example(shown), shown), ensure_ascii=False)
    title = pick(language, "Example, and a value over the API:", "写法举例，及接口中的值：")
    return f"{title}\n\n```yaml\nexample: {{{written}}}\n```\n\n```json\n{value}\n```"
