"""Suggests which records may be the same as one: those that share a title, an address, a number or another telling value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, false, func, or_

from dougong.model.expression import Value
from dougong.model.field import Field
from dougong.policy.masks import concealed
from dougong.records.call import Call
from dougong.records.doors import open_door
from dougong.records.read import read
from dougong.records.record import Record
from dougong.records.rows import fetch_records, wanted_fields
from dougong.records.selection import Selection
from dougong.records.shape import Shape

MOST = 20
_TELLING: frozenset[str] = frozenset({"email", "phone", "url"})
_TEXTS: frozenset[str] = frozenset({"text", "email", "phone", "url"})


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A record that may be the same, and the fields that both share."""

    record: Record
    fields: tuple[str, ...]


def telling_fields(shape: Shape, hidden: frozenset[str]) -> list[Field]:
    """The fields by which two records may be known as one: those of the title and those that name a person or a place on the web."""
    titles = set(shape.entity.title_parts[1::2])
    return [
        field
        for field in shape.entity.fields.values()
        if field.id in shape.table.c
        and field.id not in hidden
        and field.type in _TEXTS
        and (field.id in titles or field.type in _TELLING)
    ]


def duplicates(call: Call, key: str, identifier: int) -> list[Duplicate]:
    """The records, among those the actor may read, that share the most with one; letters A to Z count alike in both cases."""
    shape = open_door(call, key, "read")
    record = read(call, key, identifier)
    selection = Selection(call, shape)
    given = {
        field.id: value
        for field in telling_fields(shape, concealed(call.release, call.actor, key))
        if isinstance(value := record.values.get(field.id), str) and value.strip()
    }
    selection.where(
        or_(false(), *(_same(selection.columns.seen(name), value) for name, value in given.items()))
    )
    selection.where(shape.table.c.id != identifier)
    wanted = wanted_fields(call, shape, selection.hidden)
    statement = selection.select(*wanted.columns).order_by(shape.table.c.id).limit(MOST * 5)
    records = fetch_records(call, shape, wanted, call.connection.execute(statement).all())
    found = [Duplicate(each, _shared(given, each)) for each in records]
    return sorted(found, key=lambda each: (-len(each.fields), each.record.id))[:MOST]


def _same(column: ColumnElement[Any], value: str) -> ColumnElement[bool]:
    return func.lower(column) == _small(value)


def _small(value: Value) -> str:
    """The letters A to Z made small, as both databases do it."""
    return "".join(chr(ord(each) + 32) if "A" <= each <= "Z" else each for each in str(value))


def _shared(given: dict[str, str], record: Record) -> tuple[str, ...]:
    return tuple(
        name
        for name, value in given.items()
        if record.values.get(name) is not None and _small(record.values[name]) == _small(value)
    )
