"""The history of what stood elsewhere before: rows of a sub-table that are records now, and records that are rows now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from dougong.model.entity import Formerly
from dougong.records.call import Call
from dougong.records.chunks import chunks
from dougong.records.shape import Shape
from dougong.storage.system import HISTORY

Row = dict[str, Any]


def stood_elsewhere(shape: Shape) -> bool:
    """Whether records of an entity, or the rows of its sub-tables, have been of another kind."""
    return any(each.entity.formerly is not None for each in (shape, *shape.tables.values()))


def with_former(call: Call, shape: Shape, identifier: int, rows: Sequence[Row]) -> list[Row]:
    """The rows of a record's history, newest first, with those of the time when it, or its rows, stood elsewhere."""
    found = list(rows)
    if shape.entity.formerly is not None:
        found += _as_row(call, shape, shape.entity.formerly, identifier)
    for name, rows_shape in shape.tables.items():
        if rows_shape.entity.formerly is not None:
            found += _as_records(call, name, rows_shape, identifier)
    return sorted(found, key=lambda row: row["id"], reverse=True) if len(found) > len(rows) else found


def _as_row(call: Call, shape: Shape, formerly: Formerly, identifier: int) -> list[Row]:
    """What the history of the record that this one was a row of tells about it."""
    field = shape.field(formerly.link)
    link = select(shape.table.c[formerly.link]).where(shape.table.c.id == identifier)
    owner = call.connection.execute(link).scalar_one_or_none()
    if field.target is None or owner is None:
        return []
    name = formerly.id.partition("/")[2]
    told = _told(call, field.target.key, [owner])
    found = [row for row in (_of_row(row, name, identifier) for row in told) if row is not None]
    if found and not any(row["action"] == "create" for row in found):
        found += [{**row, "changes": None} for row in told if row["action"] == "create"]
    return found


def _of_row(row: Row, name: str, identifier: int) -> Row | None:
    change: Mapping[str, Any] = (row["changes"] or {}).get(name) or {}
    if any(each["id"] == identifier for each in change.get("added", ())):
        return {**row, "action": "create", "changes": None}
    changed = [each["changes"] for each in change.get("changed", ()) if each["id"] == identifier]
    return {**row, "action": "update", "changes": changed[0]} if changed else None


def _as_records(call: Call, name: str, shape: Shape, identifier: int) -> list[Row]:
    """What the rows of a sub-table went through while they were records."""
    own = select(shape.table.c.id).where(shape.table.c.parent_id == identifier)
    told = _told(call, shape.key, call.connection.execute(own).scalars().all())
    found = []
    for row in told:
        if row["action"] == "update" and row["changes"]:
            change = {"changed": [{"id": row["record_id"], "changes": row["changes"]}]}
        elif row["action"] == "create":
            change = {"added": [{"id": row["record_id"], "values": {}}]}
        else:
            continue
        found.append({**row, "action": "update", "changes": {name: change}})
    return found


def _told(call: Call, key: str, identifiers: Sequence[int]) -> list[Row]:
    found: list[Row] = []
    for chunk in chunks(sorted(identifiers)):
        statement = select(HISTORY).where(HISTORY.c.entity == key, HISTORY.c.record_id.in_(chunk))
        found += [dict(row) for row in call.connection.execute(statement).mappings()]
    return sorted(found, key=lambda row: row["id"], reverse=True)
