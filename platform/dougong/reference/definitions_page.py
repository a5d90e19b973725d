"""The keys of every kind of definition file, from the schemas that files are checked with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dougong.definitions import schemas
from dougong.definitions.schemas.common import COLOURS
from dougong.reference.markdown import Language, code, codes, page, pick, table

Schema = Mapping[str, Any]

FOLDERS: Mapping[str, str] = {
    "app": "app.yaml",
    "entity": "entities/*.yaml",
    "form": "forms/*.yaml",
    "view": "views/*.yaml",
    "workflow": "workflows/*.yaml",
    "report": "reports/*.yaml",
    "dashboard": "dashboards/*.yaml",
    "role": "roles/*.yaml",
    "translation": "translations/*.yaml",
    "demo": "data/demo.yaml",
}
SHAPES: Mapping[str, tuple[str, str]] = {
    "id": ("id", "标识"),
    "target": (
        "id of an entity, `app.entity` for that of another app",
        "实体标识，其他应用的写作 `app.entity`",
    ),
    "text": ("text, or one per language", "文本，或每种语言一个"),
    "expression": ("expression", "表达式"),
    "value": ("expression, number or boolean", "表达式、数字或布尔值"),
    "bound": ("number or expression", "数字或表达式"),
    "icon": ("name of a Tabler icon", "Tabler 图标名"),
    "names": ("list of ids", "标识列表"),
    "sort": ("list of ids, `-` for descending", "标识列表，`-` 表示降序"),
    "assignments": ("field: expression, number or boolean", "字段: 表达式、数字或布尔值"),
    "item": ("menu item", "菜单项"),
    "rules": ("a list of rules", "规则列表"),
    "fields": ("fields by id, see [field types](fields.md)", "按标识列出字段，见[字段类型](fields.md)"),
    "string": ("text", "文本"),
    "number": ("number", "数字"),
    "integer": ("whole number", "整数"),
    "boolean": ("`true` or `false`", "`true` 或 `false`"),
    "object": ("mapping", "映射"),
    "array": ("list", "列表"),
}


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a file: its path, what it takes, whether it must be there, and its meaning as `x-title` has it."""

    path: str
    shape: str
    required: bool
    titles: Mapping[str, str]


def definitions(language: Language) -> str:
    """One section a kind of file."""
    lead = pick(
        language,
        "An app is a folder; every file says one thing, its folder says of which kind, its name is the id. `<id>` stands "
        "for an id that the author chooses, `[]` for the items of a list. An unknown key is an error. `dougong schema --to "
        "FOLDER` writes the same as JSON Schema, for editors.",
        "一个应用就是一个文件夹；每个文件定义一件事，所在文件夹表示种类，文件名即标识。`<id>` 表示作者自取的标识，`[]` 表示列表中的项。"
        "未知的键是错误。`dougong schema --to 文件夹` 以 JSON Schema 写出同样的内容，供编辑器使用。",
    )
    title = pick(language, "Definition files", "定义文件")
    return page(f"# {title}", lead, *(section(kind, language) for kind in schemas.KINDS))


def section(kind: str, language: Language) -> str:
    """What one kind of file may say."""
    schema = schemas.schema(kind)
    heads = (
        pick(language, "Key", "键"),
        pick(language, "Takes", "取值"),
        pick(language, "Must", "必填"),
        pick(language, "Meaning", "含义"),
    )
    rows = [
        (code(key.path), key.shape, "✓" if key.required else "", key.titles.get(language, ""))
        for key in keys(schema, language)
    ]
    title = f"## {schema['x-title'][language]} · {code(FOLDERS[kind])}"
    return f"{title}\n\n{table(heads, rows)}" if rows else f"{title}\n\n{shape_of(schema, language)}"


def keys(schema: Schema, language: Language) -> Iterator[Key]:
    """Every key that a file of this schema may have, parents first."""
    yield from _inside(schema, schema.get("$defs", {}), "", language)


def _inside(schema: Schema, defs: Mapping[str, Any], path: str, language: Language) -> Iterator[Key]:
    for branch in schema.get("anyOf", (schema,)):
        required = branch.get("required", ())
        for name, child in branch.get("properties", {}).items():
            inner = f"{path}.{name}" if path else name
            yield Key(inner, shape_of(child, language), name in required, child.get("x-title", {}))
            yield from _below(child, defs, inner, language)


def _below(schema: Schema, defs: Mapping[str, Any], path: str, language: Language) -> Iterator[Key]:
    reference = _name(schema)
    if reference == "item":
        if ".items" not in path:
            yield from _inside(defs["item"], defs, path, language)
        return
    yield from _inside(schema, defs, path, language)
    for branch in schema.get("anyOf", (schema,)):
        if isinstance(branch.get("items"), Mapping):
            yield from _below(branch["items"], defs, f"{path}[]", language)
        if isinstance(branch.get("additionalProperties"), Mapping) and "propertyNames" in branch:
            yield from _below(branch["additionalProperties"], defs, f"{path}.<id>", language)


def shape_of(schema: Schema, language: Language) -> str:
    """What a key takes, in words."""
    if "anyOf" in schema or "oneOf" in schema and "type" not in schema:
        shapes = [shape_of(each, language) for each in schema.get("anyOf", schema.get("oneOf", ()))]
        return pick(language, " or ", " 或 ").join(dict.fromkeys(shapes))
    if "enum" in schema:
        return codes(schema["enum"])
    name = _name(schema)
    if name == "colour":
        return codes(COLOURS)
    if name:
        return _word(name, language)
    if schema.get("type") == "array" and isinstance(schema.get("items"), Mapping):
        return f"{_word('array', language)}: {shape_of(schema['items'], language)}"
    return _word(str(schema.get("type", "object")), language) + _bounds(schema)


def _bounds(schema: Schema) -> str:
    least, most = schema.get("minimum"), schema.get("maximum")
    return f", {least}–{most}" if least is not None and most is not None else ""


def _name(schema: Schema) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]


def _word(name: str, language: Language) -> str:
    english, chinese = SHAPES[name]
    return pick(language, english, chinese)
