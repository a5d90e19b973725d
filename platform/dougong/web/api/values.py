"""Records as JSON: decimals as text with their scale, instants with an offset, ids as text, empty as null."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from dougong.expressions.types import IDENTIFIED
from dougong.fieldtypes import TYPES
from dougong.fieldtypes.numbers import EXACT
from dougong.model.entity import Entity
from dougong.model.expression import Type, Value
from dougong.model.field import Field
from dougong.records.call import Call
from dougong.records.record import Record
from dougong.records.titles import target_key

Converter = Callable[[Value], Any]


def record_document(call: Call, record: Record, expand: tuple[str, ...] = ()) -> dict[str, Any]:
    """A record as the API gives it; `expand` names the links to give with their title."""
    return record_documents(call, record.key, [record], expand)[0]


def record_documents(
    call: Call, key: str, records: Iterable[Record], expand: tuple[str, ...] = ()
) -> list[dict[str, Any]]:
    """Records of one entity as the API gives them; `expand` names the links to give with their title."""
    converters, zone, entity = _converters(call, key), ZoneInfo(call.timezone), call.release.entity(key)
    expanded = [(name, target_key(entity.fields[name])) for name in expand if name in entity.fields]
    documents = []
    for record in records:
        values = record.values
        document: dict[str, Any] = {"id": str(record.id), "version": record.version}
        for name, value in values.items():
            document[name] = None if value is None else converters[name](value)
        document["created_at"] = _instant(record.created_at, zone)
        document["created_by"] = identifier(record.created_by)
        document["updated_at"] = _instant(record.updated_at, zone)
        document["updated_by"] = identifier(record.updated_by)
        for name, target in expanded:
            value = values.get(name)
            if value is not None:
                document[name] = _expanded(target, value, record.titles)
        documents.append(document)
    return documents


def instant(at: datetime | None, timezone: str) -> str | None:
    """An instant as RFC 3339 with the offset of the caller's zone."""
    return _instant(at, ZoneInfo(timezone))


def _instant(at: datetime | None, zone: ZoneInfo) -> str | None:
    return None if at is None else at.astimezone(zone).isoformat()


def figure(value: Value, kind: Type, timezone: str) -> Any:
    """A computed value: a whole number as one, another number as text with its scale, ids as text."""
    if isinstance(value, Decimal):
        if kind.decimals == 0:
            return int(value)
        if kind.decimals is not None:
            value = value.quantize(Decimal(1).scaleb(-kind.decimals), context=EXACT)
        return format(value, "f")
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
    to_json = TYPES[field.type].to_json
    return lambda value: to_json(value, field)


def _row(converters: Mapping[str, Converter], row: Mapping[str, Value]) -> dict[str, Any]:
    document: dict[str, Any] = {"id": identifier(row.get("id"))}
    for name, value in row.items():
        if name in converters:
            document[name] = converters[name](value) if value is not None else None
    return document


def _expanded(key: str, value: Value, titles: Mapping[tuple[str, int], str]) -> Any:
    if isinstance(value, tuple):
        return [{"id": str(each), "title": titles.get((key, each))} for each in value]
    return {"id": str(value), "title": titles.get((key, value))}
