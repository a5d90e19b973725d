"""Writes the history of records: who changed what, when, through which door, each value before and after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from dougong.model.expression import Value
from dougong.model.field import Field
from dougong.records.bulk import insert_rows
from dougong.records.call import Call
from dougong.records.draft import Draft, Rows, Stamp, Values
from dougong.records.shape import Shape
from dougong.storage.system import HISTORY

Change = dict[str, Any]


def write_history(
    call: Call,
    shape: Shape,
    entries: Iterable[tuple[str, int, int, Change | None]],
    stamps: Mapping[int, Stamp] | None = None,
) -> None:
    """Add an entry (action, record id, version, changes) for every record; `stamps` are those of records done at another time."""
    now, known = Stamp(call.at, call.actor.id), stamps or {}
    app = shape.entity.app
    rows = [
        {
            "at": known.get(identifier, now).at,
            "actor_id": known.get(identifier, now).by,
            "door": call.door,
            "app": app,
            "entity": shape.key,
            "record_id": identifier,
            "action": action,
            "batch": call.batch,
            "changes": changes,
            "version": version,
        }
        for action, identifier, version, changes in entries
    ]
    if rows:
        insert_rows(call.connection, HISTORY, rows, list(rows[0]))


def changes_of(shape: Shape, draft: Draft) -> Change:
    """What an update changed: field → [before, after] as JSON; for a sub-table what happened to which row."""
    before = draft.before or {}
    changes: Change = {}
    for name in draft.changed:
        field = shape.field(name)
        if field.type == "table":
            changes[name] = _row_changes(shape.tables[name], draft.rows[name])
        else:
            changes[name] = [
                _json(shape, field, before.get(name)),
                _json(shape, field, draft.values.get(name)),
            ]
    return changes


def _json(shape: Shape, field: Field, value: Value) -> Any:
    return None if value is None else shape.types[field.id].to_json(value, field)


def _row_changes(shape: Shape, rows: Rows) -> Change:
    changes: Change = {}
    added = [{"id": row.id, "values": snapshot(shape, row.values)} for row in rows.drafts if row.is_new]
    changed = [
        {"id": row.id, "changes": changes_of(shape, row)}
        for row in rows.drafts
        if not row.is_new and row.changed
    ]
    removed = [
        {"id": values["id"], "position": values["position"], "values": snapshot(shape, values)}
        for values in rows.removed
    ]
    for name, found in (("added", added), ("changed", changed), ("removed", removed)):
        if found:
            changes[name] = found
    return changes


def snapshot(shape: Shape, values: Values) -> Change:
    """The filled fields of a record or row as JSON."""
    found = {}
    for field in shape.entity.fields.values():
        value = values.get(field.id)
        if field.type != "table" and value is not None and value != ():
            found[field.id] = shape.types[field.id].to_json(value, field)
    return found


def differing(shape: Shape, draft: Draft) -> tuple[str, ...]:
    """The fields of an update whose value is not what stood there, in the order of the definition."""
    before: Values = draft.before or {}
    found: list[str] = []
    for field in shape.entity.fields.values():
        if field.type == "table":
            if field.id in draft.rows and draft.rows[field.id].touched:
                found.append(field.id)
        elif _filled(before.get(field.id)) != _filled(draft.values.get(field.id)):
            found.append(field.id)
    return tuple(found)


def _filled(value: Value) -> Value:
    """The value, with an empty list counting as empty."""
    return None if value == () or value == [] else value
