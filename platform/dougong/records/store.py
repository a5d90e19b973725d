"""Writes finished drafts into the tables: records, links, rows of sub-tables; many at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from dougong.model.field import Field
from dougong.records.call import Call
from dougong.records.draft import Draft, Rows, Values
from dougong.records.shape import Shape
from dougong.storage import ids
from dougong.storage.bulk import FEW, Same, delete_rows, insert_columns, update_rows


def stamp_of(call: Call, draft: Draft) -> tuple[datetime, int]:
    """When a draft is written and by whom: now and by the actor, unless the platform says otherwise."""
    return (call.at, call.actor.id) if draft.stamp is None else (draft.stamp.at, draft.stamp.by)


def take_ids(call: Call, shape: Shape, drafts: Sequence[Draft]) -> None:
    """Give new records and new rows their ids, on PostgreSQL those that got none with their serial number."""
    new = [draft for draft in drafts if draft.is_new]
    lacking = [draft for draft in new if call.dialect == "sqlite" or not draft.id]
    if lacking:
        taken = ids.allocate(call.connection, shape.table.name, len(lacking))
        for draft, identifier in zip(lacking, taken, strict=True):
            draft.id = identifier
    for draft in new:
        draft.values["id"] = draft.id
    for name, rows_shape in shape.tables.items():
        rows = [row for draft in drafts if name in draft.rows for row in draft.rows[name].drafts]
        take_ids(call, rows_shape, rows)


def are_few(drafts: Sequence[Draft]) -> bool:
    """Whether writing the drafts touches few rows: one for each record, each row and each link to one of many."""
    return len(drafts) < FEW and sum(map(_size, drafts)) < FEW


def _size(draft: Draft) -> int:
    lists = sum(len(value) for value in draft.values.values() if isinstance(value, (tuple, list)))
    return 1 + lists + sum(sum(map(_size, rows.drafts)) + len(rows.removed) for rows in draft.rows.values())


def insert_new(call: Call, shape: Shape, drafts: Sequence[Draft]) -> None:
    """Insert new records under the ids they were given, their links and their rows."""
    if not drafts:
        return
    columns: dict[str, Sequence[Any] | Same] = {
        field.id: [draft.values.get(field.id) for draft in drafts] for field in shape.columns
    }
    columns.update(_stamps(call, drafts), id=[draft.id for draft in drafts], version=Same(1))
    insert_columns(call.connection, shape.table, columns, len(drafts))
    for field in shape.lists:
        _insert_links(call, shape, field, [draft for draft in drafts if draft.values.get(field.id)])
    for name, rows_shape in shape.tables.items():
        _write_rows(call, rows_shape, [(draft, draft.rows[name]) for draft in drafts if name in draft.rows])


def _stamps(call: Call, drafts: Sequence[Draft]) -> dict[str, Sequence[Any] | Same]:
    """The system columns of new records, which are put into the drafts too."""
    for draft in drafts:
        at, by = stamp_of(call, draft)
        origin = draft.origin or draft.stamp
        draft.values.update(
            created_at=at if origin is None else origin.at,
            created_by=by if origin is None else origin.by,
            updated_at=at,
            updated_by=by,
            version=1,
            deleted_at=None,
        )
    if all(draft.stamp is None and draft.origin is None for draft in drafts):
        now, actor = Same(call.at), Same(call.actor.id)
        return {"created_at": now, "created_by": actor, "updated_at": now, "updated_by": actor}
    names = ("created_at", "created_by", "updated_at", "updated_by")
    return {name: [draft.values[name] for draft in drafts] for name in names}


def update_changed(call: Call, shape: Shape, drafts: Sequence[Draft]) -> None:
    """Write what changed of existing records and count their versions up; drafts without a change are left alone."""
    touched = [draft for draft in drafts if draft.changed]
    if not touched:
        return
    for draft in touched:
        draft.values["version"] = (draft.before or {})["version"] + 1
        draft.values["updated_at"], draft.values["updated_by"] = stamp_of(call, draft)
    columns = {field.id for field in shape.columns}
    _update_columns(call, shape, touched, columns, ("version", "updated_at", "updated_by"))
    for field in shape.lists:
        moved = [draft for draft in touched if field.id in draft.changed]
        _delete_links(call, shape, field, [draft.id for draft in moved])
        _insert_links(call, shape, field, [draft for draft in moved if draft.values.get(field.id)])
    for name, rows_shape in shape.tables.items():
        _write_rows(
            call, rows_shape, [(draft, draft.rows[name]) for draft in touched if name in draft.changed]
        )


def write_computed(call: Call, shape: Shape, drafts: Sequence[Draft]) -> None:
    """Write computed values that differ into records and their rows, and nothing else."""
    _update_columns(call, shape, drafts, {field.id for field in shape.columns}, ())
    for name, rows_shape in shape.tables.items():
        rows = [
            row for draft in drafts if name in draft.changed for row in draft.rows[name].drafts if row.changed
        ]
        _update_columns(call, rows_shape, rows, {field.id for field in rows_shape.columns}, ())


def _update_columns(
    call: Call, shape: Shape, drafts: Iterable[Draft], columns: set[str], always: tuple[str, ...]
) -> None:
    groups: dict[tuple[str, ...], list[tuple[int, Values]]] = {}
    for draft in drafts:
        names = (*(name for name in draft.changed if name in columns), *always)
        if names:
            groups.setdefault(names, []).append((draft.id, draft.values))
    for names, rows in groups.items():
        update_rows(call.connection, shape.table, names, rows)


def _insert_links(call: Call, shape: Shape, field: Field, drafts: Sequence[Draft]) -> None:
    table = call.release.tables.links(shape.key, field.id)
    rows = [
        (draft.id, target, position)
        for draft in drafts
        for position, target in enumerate(draft.values[field.id])
    ]
    if rows:
        columns = zip(("source_id", "target_id", "position"), zip(*rows, strict=True), strict=True)
        insert_columns(call.connection, table, dict(columns), len(rows))


def _delete_links(call: Call, shape: Shape, field: Field, sources: Sequence[int]) -> None:
    delete_rows(call.connection, call.release.tables.links(shape.key, field.id), "source_id", sources)


def _write_rows(call: Call, shape: Shape, owners: Sequence[tuple[Draft, Rows]]) -> None:
    if not owners:
        return
    gone = [values["id"] for _, rows in owners for values in rows.removed]
    for field in shape.lists:
        _delete_links(call, shape, field, gone)
    delete_rows(call.connection, shape.table, "id", gone)
    new: list[Draft] = []
    columns = {field.id for field in shape.columns} | {"position"}
    standing: list[Draft] = []
    for owner, rows in owners:
        for position, row in enumerate(rows.drafts):
            row.values["parent_id"], row.values["position"] = owner.id, position
            if row.before is None:
                new.append(row)
            elif row.changed or row.before["position"] != position:
                standing.append(row)
    _insert_rows(call, shape, new)
    moved = [row for row in standing if (row.before or {})["position"] != row.values["position"]]
    _update_columns(call, shape, standing, columns, ())
    _update_positions(call, shape, moved)
    for field in shape.lists:
        changed = [row for row in standing if field.id in row.changed]
        _delete_links(call, shape, field, [row.id for row in changed])
        _insert_links(call, shape, field, [row for row in (*new, *changed) if row.values.get(field.id)])


def _insert_rows(call: Call, shape: Shape, new: Sequence[Draft]) -> None:
    if not new:
        return
    names = ("id", "parent_id", "position", *(field.id for field in shape.columns))
    columns = {name: [row.values.get(name) for row in new] for name in names}
    insert_columns(call.connection, shape.table, columns, len(new))


def _update_positions(call: Call, shape: Shape, rows: Sequence[Draft]) -> None:
    update_rows(call.connection, shape.table, ("position",), [(row.id, row.values) for row in rows])
