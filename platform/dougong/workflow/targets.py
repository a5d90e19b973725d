"""Keeps a step's right to change a field from becoming a right to see other records: links only go to what the actor may read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dougong.fieldtypes.base import Invalid
from dougong.model.expression import Value
from dougong.model.field import Field
from dougong.records.call import Call
from dougong.records.load import load
from dougong.records.selection import Selection
from dougong.records.shape import Shape, shape_of
from dougong.workflow.messages import refuse


def check_targets(call: Call, key: str, identifier: int, changes: Mapping[str, Value]) -> None:
    """Refuse new links to records that the actor may not read; links that stood there before may stay."""
    shape = shape_of(call.release, key)
    chosen = [
        field
        for field in shape.entity.fields.values()
        if field.id in changes and field.type in ("link", "links")
    ]
    if not chosen:
        return
    before = load(call, shape, [identifier]).get(identifier, {})
    for field in chosen:
        new = _ids(shape, field, changes[field.id]) - _as_ids(before.get(field.id))
        for each in sorted(new - _readable(call, field, new)):
            label = field.label.get(call.language)
            refuse("invalid", call.language, "unreadable_target", field.id, label=label, value=each)


def _ids(shape: Shape, field: Field, value: Any) -> set[int]:
    """The ids that were given; what cannot be read is left to the update, which says so at its place."""
    try:
        return _as_ids(shape.types[field.id].coerce(value, field))
    except Invalid:
        return set()


def _as_ids(value: Any) -> set[int]:
    if value is None:
        return set()
    return set(value) if isinstance(value, tuple | list) else {value}


def _readable(call: Call, field: Field, ids: set[int]) -> set[int]:
    if field.target is None or not ids:
        return set()
    target = shape_of(call.release, field.target.key)
    selection = Selection(call, target).among(sorted(ids))
    return set(call.connection.execute(selection.select(target.table.c.id)).scalars())
