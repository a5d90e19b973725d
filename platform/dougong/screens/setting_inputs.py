"""The settings of a field in the designer, drawn from the schema of its type, so that a new setting needs no code here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dougong.definitions.schemas.entity import settings_of
from dougong.fieldtypes import TYPES
from dougong.fieldtypes.settings import Schema, enumeration, input_of
from dougong.model.field import Field
from dougong.screens.shape import Choice, FormField

ELSEWHERE = frozenset(
    {
        "type",
        "label",
        "help",
        "was",
        "copy",
        "required",
        "unique",
        "default",
        "formula",
        "stored",
        "backfill",
        "unfit",
    }
    | {
        "min",
        "fill",
        "filter",
        "max_length",
        "decimals",
        "digits",
        "options",
        "to",
        "url",
        "parts",
        "reset",
        "per",
        "start",
        "mode",
    }
    | {"pipeline", "fields", "rules", "was_entity"}
)
"""Settings that the designer draws by hand, and those that are for files only."""
LANGUAGES = ("zh", "en")
KEPT = "="
"""Stands for a value that the input cannot say; it is left as it is."""
_MEANINGS: Mapping[str, tuple[str, str]] = {
    "grid_width:narrow": ("窄", "Narrow"),
    "grid_width:medium": ("中", "Medium"),
    "grid_width:wide": ("宽", "Wide"),
    "grid_width:widest": ("最宽", "Widest"),
    "format:id_number": ("居民身份证号", "Resident identity number"),
    "format:credit_code": ("统一社会信用代码", "Unified social credit code"),
    "mask:phone": ("电话：留前 3 后 4", "Phone: first 3, last 4"),
    "mask:id_number": ("证件号：留前 6 后 4", "Identity number: first 6, last 4"),
    "mask:email": ("邮箱：留首字母和域名", "E-mail: first letter and domain"),
    "mask:name": ("姓名：留姓", "Name: first character"),
    "kind:any": ("手机或座机", "Mobile or landline"),
    "kind:mobile": ("只收手机", "Mobile only"),
    "kind:landline": ("只收座机", "Landline only"),
    "precision:minute": ("到分", "Minutes"),
    "precision:second": ("到秒", "Seconds"),
    "unit:second": ("秒", "Seconds"),
    "unit:minute": ("分钟", "Minutes"),
    "unit:hour": ("小时", "Hours"),
    "country:any": ("任何国家", "Any country"),
    "country:china": ("仅中国", "China only"),
    "map:none": ("不用", "None"),
    "map:openstreetmap": ("OpenStreetMap", "OpenStreetMap"),
    "map:amap": ("高德", "Amap"),
    "map:baidu": ("百度", "Baidu"),
    "hidden_value:keep": ("保持不变", "Stays as it is"),
    "hidden_value:empty": ("清空", "Emptied"),
    "hidden_value:recompute": ("重新取默认值", "The default, worked out anew"),
    "within:all": ("全公司", "Everybody"),
    "within:own": ("填写人所在部门", "The writer's own departments"),
    "within:own_and_below": ("所在部门及下级", "Those and below"),
    "on_delete:restrict": ("不许删除", "Refuse the deletion"),
    "on_delete:cascade": ("一起删除", "Delete this too"),
    "on_delete:clear": ("清空", "Empty this"),
    "symbology:ean13": ("EAN-13", "EAN-13"),
    "symbology:ean8": ("EAN-8", "EAN-8"),
    "symbology:upca": ("UPC-A", "UPC-A"),
    "symbology:code128": ("Code 128", "Code 128"),
    "symbology:qr": ("二维码", "QR code"),
}


def setting_inputs(field: Field, language: str) -> list[FormField]:
    """The inputs of the settings that the designer does not draw by hand: those of the type, then the common ones."""
    found = []
    for name, schema in drawn(field.type).items():
        found += _inputs(name, schema, field, language)
    common = {"placeholder_zh", "placeholder_en", "grid_width", "scan", "hidden_value"}
    return [each for each in found if each.id not in common] + [each for each in found if each.id in common]


def drawn(kind: str) -> dict[str, Schema]:
    """The settings of a type that are drawn from their schema."""
    settings: Mapping[str, Schema] = settings_of(TYPES[kind])["properties"]
    bounds = {"max"} if "min" in settings else set()
    return {name: schema for name, schema in settings.items() if name not in ELSEWHERE | bounds}


def words_of(name: str, value: str, language: str) -> str:
    """What one word of a setting means to a person."""
    meaning = _MEANINGS.get(f"{name}:{value}")
    return value if meaning is None else meaning[language != "zh"]


def _inputs(name: str, schema: Schema, field: Field, language: str) -> list[FormField]:
    label, value = schema["x-title"][language], _value(name, schema, field)
    kind = input_of(schema)
    if kind == "flag":
        return [FormField(name, "boolean", label, "true" if value else "")]
    if kind == "choice":
        return [_choice(name, schema, label, value, language)]
    if kind == "whole":
        low, high = str(schema.get("minimum", "")), str(schema.get("maximum", ""))
        return [FormField(name, "integer", label, str(value or ""), minimum=low, maximum=high)]
    if kind == "line":
        return [FormField(name, "text", label, str(value or ""), max_length=schema.get("maxLength", 500))]
    if kind == "list":
        return [FormField(name, "text", label, "; ".join(value or ()))]
    if kind == "words":
        texts = _texts(value)
        return [
            FormField(
                f"{name}_{each}",
                "text",
                _in_language(label, each, language),
                texts.get(each, texts.get("", "")),
            )
            for each in LANGUAGES
        ]
    return []


def _texts(value: Any) -> Mapping[str, str]:
    """The texts by language, "" for every other, of a compiled text or of one as it was written."""
    if isinstance(value, Mapping):
        return value
    return {"": value} if isinstance(value, str) else dict(getattr(value, "texts", ()))


def _in_language(label: str, each: str, language: str) -> str:
    if language == "zh":
        return f"{label}（{'中文' if each == 'zh' else '英文'}）"
    return f"{label} ({'Chinese' if each == 'zh' else 'English'})"


def _choice(name: str, schema: Schema, label: str, value: Any, language: str) -> FormField:
    options = [Choice(each, words_of(name, each, language)) for each in enumeration(schema)]
    if isinstance(value, Mapping):
        own = " … ".join(str(value.get(each, 0)) for each in ("first", "last"))
        options.append(Choice(KEPT, own))
        value = KEPT
    return FormField(name, "choice", label, str(value or ""), options=tuple(options), placeholder="–")


def _value(name: str, schema: Schema, field: Field) -> Any:
    held: Mapping[str, Any] = {
        "currency": field.currency,
        "accept": field.accept,
        "multiple": field.multiple,
        "max_size": field.max_size,
        "pattern": field.pattern,
        "placeholder": field.placeholder,
        "grid_width": field.grid_width,
        "scan": field.scan,
        "hidden_value": field.hidden_value,
        "on_delete": field.target.on_delete if field.target else "",
        "inverse": field.target.inverse if field.target else "",
        "inverse_label": field.target.inverse_label if field.target else None,
        "max": field.maximum,
    }
    return held[name] if name in held else field.extra.get(name, schema.get("default"))
