"""The field types with their settings and conditions, from their registry."""

from __future__ import annotations

from dougong.definitions.schemas.entity import definitions
from dougong.fieldtypes import TYPES
from dougong.fieldtypes.base import FieldType
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
    ).rstrip()
