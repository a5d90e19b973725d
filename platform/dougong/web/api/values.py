"""Records as JSON: decimals as text with their scale, instants with an offset, ids as text, empty as null."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from dougong.expressions.types import IDENTIFIED
from dougong.fieldtypes import TYPES
from dougong.model.entity import Entity
from dougong.model.expression import Type, Value
from dougong.model.field import Field
from dougong.records.call import Call
from dougong.records.record import Record
from dougong.records.titles import target_key

Converter = Callable[[Value], Any]


def record_document(call: Call, record: Record, expand: tuple[str, ...] = ()) -> dict[str, Any]:
    """A record as the API gives it; `expand` names the links to give with their title."""
    converters = _converters(call, record.key)
    document: dict[str, Any] = {"id": str(record.id), "version": record.version}
    for name, value in record.values.items():
        document[name] = converters[name](value) if value is not None else None
    document["created_at"] = instant(record.created_at, call.timezone)
    document["created_by"] = identifier(record.created_by)
    document["updated_at"] = instant(record.updated_at, call.timezone)
    document["updated_by"] = identifier(record.updated_by)
    for name in expand:
        if name in record.values:
            field = call.release.entity(record.key).fields[name]
            document[name] = _expanded(field, record)
    return document


def instant(at: datetime | None, timezone: str) -> str | None:
    """An instant as RFC 3339 with the offset of the caller's zone."""
    return at.astimezone(ZoneInfo(timezone)).isoformat() if at is not None else None


def figure(value: Value, kind: Type, timezone: str) -> Any:
    """A computed value: a whole number as one, another number as text with its scale, ids as text."""
    if isinstance(value, Decimal):
        if kind.decimals == 0:
            return int(value)
        return format(value if kind.decimals is None else round(value, kind.decimals), "f")
    if isinstance(value, datetime):
        return instant(value, timezone)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int) and not isinstance(value, bool) and kind.kind in IDENTIFIED:
        return str(value)
    return value


def identifier(number: int | None) -> str | None:
    """An id as text."""
    return None if number is None else str(number)


def _converters(call: Call, key: str) -> Mapping[str, Converter]:
    """From each field's value to JSON, kept with the release."""
    kept = ("api converters", key)
    found = call.release.cache.get(kept)
    if not isinstance(found, dict):
        entity = call.release.entity(key)
        found = call.release.cache[kept] = {
            name: _converter(call, entity, field) for name, field in entity.fields.items()
        }
    return found


def _converter(call: Call, entity: Entity, field: Field) -> Converter:
    if field.type == "table":
        inner = _converters(call, field.table)
        return lambda rows: [_row(inner, row) for row in rows]
    kind = TYPES[field.type]
    return lambda value: kind.to_json(value, field)


def _row(converters: Mapping[str, Converter], row: Mapping[str, Value]) -> dict[str, Any]:
    document: dict[str, Any] = {"id": identifier(row.get("id"))}
    for name, value in row.items():
        if name in converters:
            document[name] = converters[name](value) if value is not None else None
    return document


def _expanded(field: Field, record: Record) -> Any:
    value = record.values[field.id]
    key = target_key(field)
    if value is None or not key:
        return None
    if isinstance(value, tuple):
        return [{"id": str(each), "title": record.titles.get((key, each))} for each in value]
    return {"id": str(value), "title": record.titles.get((key, value))}
