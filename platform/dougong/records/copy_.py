"""Copies records: the values that may go along, for a form that is then filled in, or saved at once with files and all."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
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
from dougong.records.filling import filled_by
from dougong.records.read import read
from dougong.records.record import Record
from dougong.records.selection import stands
from dougong.records.shape import Shape
from dougong.records.update import refuse_unwritable
from dougong.storage.stores.base import Store


def copy_values(call: Call, key: str, identifier: int) -> dict[str, Value]:
    """What of a record the actor may both see and write in a new one: no computed field and no row ids; unique values, stages
    and files only where the definition says so, masked values not at all. Nothing is saved: the files are still those of the
    record, and `with_own_files` makes copies of them when the new one is."""
    return _values(call, key, identifier, rows=True)


def with_own_files(
    call: Call, store: Store, key: str, identifier: int, values: Mapping[str, Any]
) -> dict[str, Any]:
    """The values of a new record that began as a copy of another: instead of that one's files it gets its own."""
    shape, source = open_door(call, key, "create"), copy_values(call, key, identifier)
    known = {each["id"] for each in _files_in(shape, source)}
    given = {name: _thawed(value) for name, value in values.items()}
    _duplicate_files(call, store, shape, given, known)
    return given


def _files_in(shape: Shape, values: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for field in shape.files:
        yield from values.get(field.id) or ()
    for name, rows_shape in shape.tables.items():
        for row in values.get(name) or ():
            yield from _files_in(rows_shape, row)


def _thawed(value: Any) -> Any:
    """Rows as lists of dictionaries that can be changed without changing what was given."""
    if isinstance(value, (list, tuple)):
        return [dict(each) if isinstance(each, Mapping) else each for each in value]
    return value


def copy_record(
    call: Call,
    store: Store,
    key: str,
    identifier: int,
    values: Mapping[str, Any] | None = None,
    rows: bool = True,
) -> Record:
    """Create a copy of a record, with other values where they are given, and without rows of sub-tables where not wanted.

    Files go along where the field says `copy`, each as a file of its own. What another link fills is not copied.
    """
    copied = _values(call, key, identifier, rows)
    shape = open_door(call, key, "create")
    others = {name for name, value in (values or {}).items() if str(value) != str(copied.get(name))}
    anew = filled_by(shape, others)
    given = {
        name: _as_json(shape, name, value)
        for name, value in copied.items()
        if name not in (values or {}) and name not in anew
    }
    _duplicate_files(call, store, shape, given)
    return create(call, key, {**given, **(values or {})})


def _values(call: Call, key: str, identifier: int, rows: bool) -> dict[str, Value]:
    shape = open_door(call, key, "create")
    open_door(call, key, "copy")
    record = read(call, key, identifier)
    if not stands(call, shape, identifier, "copy"):
        refuse_unwritable(call, shape, identifier, "copy")
    wanted = _copied(call, shape)
    values = {name: record.values[name] for name in wanted if record.values.get(name) is not None}
    for name, rows_shape in shape.tables.items():
        if name not in values:
            continue
        if not rows:
            del values[name]
            continue
        copied = _copied(call, rows_shape)
        values[name] = [
            {each: row[each] for each in copied if row.get(each) is not None} for row in values[name]
        ]
    return values


def _copied(call: Call, shape: Shape) -> list[str]:
    locked = access(call.release, call.actor, shape.key, "create").locked
    unique = {rule.fields[0] for rule in shape.unique if len(rule.fields) == 1}
    return [
        field.id
        for field in shape.entity.fields.values()
        if not field.is_computed
        and field.type != "serial"
        and field.id not in locked
        and _goes_along(field, field.id in unique)
    ]


def _goes_along(field: Field, unique: bool) -> bool:
    if mask_of(field) is not None:
        return False
    if field.type in FILES:
        return field.copies is True
    if field.copies is not None:
        return field.copies
    return not unique and field.type != "stage"


def _as_json(shape: Shape, name: str, value: Value) -> Any:
    """A value as a creation takes it."""
    if name in shape.tables:
        rows = shape.tables[name]
        return [{each: _as_json(rows, each, inside) for each, inside in row.items()} for row in value]
    return shape.types[name].to_json(value, shape.field(name))


def _duplicate_files(
    call: Call, store: Store, shape: Shape, values: dict[str, Any], only: Container[str] | None = None
) -> None:
    """Put copies in the place of files, or of those in `only`."""
    for field in shape.files:
        if values.get(field.id):
            values[field.id] = [
                {"id": duplicate(call, store, each["id"])} if only is None or each["id"] in only else each
                for each in values[field.id]
            ]
    for name, rows_shape in shape.tables.items():
        for row in values.get(name) or ():
            _duplicate_files(call, store, rows_shape, row, only)
