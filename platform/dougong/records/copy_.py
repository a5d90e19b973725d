"""Prepares the values of a new record from an existing one; nothing is saved."""

from __future__ import annotations

from dougong.fieldtypes.file import FILES
from dougong.fieldtypes.masks import mask_of
from dougong.model.expression import Value
from dougong.policy.access import access
from dougong.records.call import Call
from dougong.records.doors import open_door
from dougong.records.read import read
from dougong.records.shape import Shape


def copy_values(call: Call, key: str, identifier: int) -> dict[str, Value]:
    """What of a record the actor may both see and write in a new one: no computed field, no unique one, no file, no row ids."""
    shape = open_door(call, key, "create")
    record = read(call, key, identifier)
    values = {
        name: record.values[name] for name in _copied(call, shape) if record.values.get(name) is not None
    }
    for name, rows_shape in shape.tables.items():
        copied = _copied(call, rows_shape)
        if name in values:
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
        and field.id not in locked
        and field.id not in unique
        and mask_of(field) is None
        and field.type not in FILES | {"stage"}
    ]
