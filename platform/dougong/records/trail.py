"""Writes the history of records: who changed what, when, through which door, each value before and after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dougong.model.expression import Value
from dougong.model.field import Field
from dougong.people.origin import origin
from dougong.records.call import Call
from dougong.records.draft import Draft, Rows, Stamp, Values
from dougong.records.shape import Shape
from dougong.storage.bulk import Same, insert_columns
from dougong.storage.system import HISTORY

Change = dict[str, Any]
SHARED, UNSHARED = "share", "unshare"
"""The actions of entries that tell with whom a record was shared, under their name with `$` before it."""
REVEALED = "$revealed"
"""Where an entry of the action `reveal` names the masked fields that were shown; no field can be called so."""


def write_history(
    call: Call,
    shape: Shape,
    entries: Iterable[tuple[str, int, int, Change | None]],
    stamps: Mapping[int, Stamp] | None = None,
) -> None:
    """Add an entry (action, record id, version, changes) for every record; `stamps` are those of records done at another time."""
    written = list(entries)
    if not written:
        return
    actions, identifiers, versions, changes = zip(*written, strict=True)
    where = origin()
    columns: dict[str, Sequence[Any] | Same] = {
        "door": Same(call.door),
        "app": Same(shape.entity.app),
        "entity": Same(shape.key),
        "record_id": identifiers,
        "action": actions,
        "batch": Same(call.batch),
        "changes": changes,
        "version": versions,
        "at": Same(call.at),
        "actor_id": Same(call.actor.id),
        "origin": Same(where.means or None),
        "address": Same(where.address or None),
    }
    if stamps:
        now = Stamp(call.at, call.actor.id)
        stamped = [stamps.get(identifier, now) for identifier in identifiers]
        columns.update(at=[each.at for each in stamped], actor_id=[each.by for each in stamped])
    insert_columns(call.connection, HISTORY, columns, len(written))


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
