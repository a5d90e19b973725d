"""Copies records: the values that may go along, for a form that is then filled in, or saved at once with files and all."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dougong.fieldtypes.file import FILES
from dougong.fieldtypes.masks import mask_of
from dougong.model.expression import Value
from dougong.model.field import Field
from dougong.policy.access import access
from dougong.records.call import Call
from dougong.records.create import create
from dougong.records.doors import open_door
from dougong.records.files import duplicate
from dougong.records.read import read
from dougong.records.record import Record
from dougong.records.shape import Shape


def copy_values(call: Call, key: str, identifier: int) -> dict[str, Value]:
    """What of a record the actor may both see and write in a new one: no computed field and no row ids; unique values, stages
    and masked values only where the definition says so, files not at all. Nothing is saved."""
    return _values(call, key, identifier, rows=True, files=False)


def copy_record(
    call: Call,
    folder: Path,
    key: str,
    identifier: int,
    values: Mapping[str, Any] | None = None,
    rows: bool = True,
) -> Record:
    """Create a copy of a record, with other values where they are given, and without rows of sub-tables where not wanted.

    Files go along where the field says `copy`, each as a file of its own.
    """
    copied = _values(call, key, identifier, rows, files=True)
    shape = open_door(call, key, "create")
    given = {
        name: _as_json(shape, name, value) for name, value in copied.items() if name not in (values or {})
    }
    _duplicate_files(call, folder, shape, given)
    return create(call, key, {**given, **(values or {})})


def _values(call: Call, key: str, identifier: int, rows: bool, files: bool) -> dict[str, Value]:
    shape = open_door(call, key, "create")
    record = read(call, key, identifier)
    wanted = _copied(call, shape, files)
    values = {name: record.values[name] for name in wanted if record.values.get(name) is not None}
    for name, rows_shape in shape.tables.items():
        if name not in values:
            continue
        if not rows:
            del values[name]
            continue
        copied = _copied(call, rows_shape, files)
        values[name] = [
            {each: row[each] for each in copied if row.get(each) is not None} for row in values[name]
        ]
    return values


def _copied(call: Call, shape: Shape, files: bool) -> list[str]:
    locked = access(call.release, call.actor, shape.key, "create").locked
    unique = {rule.fields[0] for rule in shape.unique if len(rule.fields) == 1}
    return [
        field.id
        for field in shape.entity.fields.values()
        if not field.is_computed
        and field.type != "serial"
        and field.id not in locked
        and _goes_along(field, field.id in unique, files)
    ]


def _goes_along(field: Field, unique: bool, files: bool) -> bool:
    if mask_of(field) is not None:
        return False
    if field.type in FILES:
        return files and field.copies is True
    if field.copies is not None:
        return field.copies
    return not unique and field.type != "stage"


def _as_json(shape: Shape, name: str, value: Value) -> Any:
    """A value as a creation takes it."""
    if name in shape.tables:
        rows = shape.tables[name]
        return [{each: _as_json(rows, each, inside) for each, inside in row.items()} for row in value]
    return shape.types[name].to_json(value, shape.field(name))


def _duplicate_files(call: Call, folder: Path, shape: Shape, values: dict[str, Any]) -> None:
    for field in shape.files:
        if values.get(field.id):
            values[field.id] = [{"id": duplicate(call, folder, each["id"])} for each in values[field.id]]
    for name, rows_shape in shape.tables.items():
        for row in values.get(name) or ():
            _duplicate_files(call, folder, rows_shape, row)
