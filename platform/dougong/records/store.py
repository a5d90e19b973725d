"""Writes finished drafts into the tables: records, links, rows of sub-tables; many at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, update

from dougong.model.field import Field
from dougong.records.call import Call
from dougong.records.chunks import chunks
from dougong.records.draft import Draft, Rows
from dougong.records.shape import Shape
from dougong.storage import ids
from dougong.storage.bulk import Same, insert_columns

Parameters = dict[str, Any]


def stamp_of(call: Call, draft: Draft) -> tuple[datetime, int]:
    """When a draft is written and by whom: now and by the actor, unless the platform says otherwise."""
    return (call.at, call.actor.id) if draft.stamp is None else (draft.stamp.at, draft.stamp.by)


def insert_new(call: Call, shape: Shape, drafts: Sequence[Draft]) -> None:
    """Insert new records with ids of their own, their links and their rows."""
    if not drafts:
        return
    for draft, identifier in zip(
        drafts, ids.allocate(call.connection, shape.table.name, len(drafts)), strict=True
    ):
        draft.id = identifier
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
        draft.values.update(
            created_at=at,
            created_by=by,
            updated_at=at,
            updated_by=by,
            version=1,
            deleted_at=None,
            id=draft.id,
        )
    if all(draft.stamp is None for draft in drafts):
        now, actor = Same(call.at), Same(call.actor.id)
        return {"created_at": now, "created_by": actor, "updated_at": now, "updated_by": actor}
    names = ("created_at", "created_by", "updated_at", "updated_by")
    return {name: [draft.values[name] for draft in drafts] for name in names}


def update_changed(call: Call, shape: Shape, drafts: Sequence[Draft]) -> None:
    """Write what changed of existing records and count their versions up; drafts without a change are left alone."""
    touched = [draft for draft in drafts if draft.changed]
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
    groups: dict[tuple[str, ...], list[Parameters]] = {}
    for draft in drafts:
        names = (*(name for name in draft.changed if name in columns), *always)
        if names:
            parameters = {f"new_{name}": draft.values.get(name) for name in names}
            groups.setdefault(names, []).append({"which": draft.id, **parameters})
    for names, rows in groups.items():
        values = {
            shape.table.c[name]: bindparam(f"new_{name}", type_=shape.table.c[name].type) for name in names
        }
        call.connection.execute(
            update(shape.table).where(shape.table.c.id == bindparam("which")).values(values), rows
        )


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
    table = call.release.tables.links(shape.key, field.id)
    for chunk in chunks(sources):
        call.connection.execute(delete(table).where(table.c.source_id.in_(chunk)))


def _write_rows(call: Call, shape: Shape, owners: Sequence[tuple[Draft, Rows]]) -> None:
    gone = [values["id"] for _, rows in owners for values in rows.removed]
    for field in shape.lists:
        _delete_links(call, shape, field, gone)
    for chunk in chunks(gone):
        call.connection.execute(delete(shape.table).where(shape.table.c.id.in_(chunk)))
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
    for row, identifier in zip(new, ids.allocate(call.connection, shape.table.name, len(new)), strict=True):
        row.id = row.values["id"] = identifier
    names = ("id", "parent_id", "position", *(field.id for field in shape.columns))
    columns = {name: [row.values.get(name) for row in new] for name in names}
    insert_columns(call.connection, shape.table, columns, len(new))


def _update_positions(call: Call, shape: Shape, rows: Sequence[Draft]) -> None:
    if rows:
        statement = (
            update(shape.table)
            .where(shape.table.c.id == bindparam("which"))
            .values(position=bindparam("place"))
        )
        call.connection.execute(
            statement, [{"which": row.id, "place": row.values["position"]} for row in rows]
        )
