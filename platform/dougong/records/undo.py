"""Takes back an import: what it created goes to the recycle bin, what it changed becomes what it was before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update

from dougong.diagnostics import Refusal
from dougong.records.call import Call
from dougong.records.chunks import chunks
from dougong.records.delete import delete_records
from dougong.records.doors import open_door
from dougong.records.draft import Draft, Rows, Values
from dougong.records.load import drafts_of, load
from dougong.records.messages import refuse
from dougong.records.pipeline import complete, problems_in, write
from dougong.records.shape import Shape
from dougong.storage.system import HISTORY, IMPORT


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back: records deleted and restored, and those left alone because they were changed since or are in use."""

    deleted: int
    restored: int
    skipped: int


def undo(call: Call, import_id: int) -> Undone:
    """Take back an import that the actor made (an administrator: any). A record changed since then stays as it is."""
    row = call.connection.execute(select(IMPORT).where(IMPORT.c.id == import_id)).mappings().first()
    if row is None or not (row["actor_id"] == call.actor.id or call.actor.is_admin):
        refuse("missing", call.language, "unknown_import")
    shape = open_door(call, row["entity"], "import")
    if row["undone_at"] is not None or row["dry_run"]:
        refuse("conflict", call.language, "import_undone")
    entries = _entries(call, shape, row["batch"])
    outcome = _take_back(call, shape, entries)
    values = {"undone_at": call.at, "undone_by": call.actor.id, "state": "undone"}
    call.connection.execute(update(IMPORT).where(IMPORT.c.id == import_id).values(values))
    return outcome


def _entries(call: Call, shape: Shape, batch: str) -> list[Mapping[str, Any]]:
    statement = (
        select(HISTORY.c.record_id, HISTORY.c.action, HISTORY.c.version, HISTORY.c.changes)
        .where(HISTORY.c.batch == batch, HISTORY.c.entity == shape.key, HISTORY.c.door == "import")
        .order_by(HISTORY.c.id.desc())
    )
    return [dict(row) for row in call.connection.execute(statement).mappings()]


def _take_back(call: Call, shape: Shape, entries: Sequence[Mapping[str, Any]]) -> Undone:
    deleted = restored = skipped = 0
    for chunk in chunks(entries):
        living = shape.table.c.deleted_at.is_(None)
        standing = load(call, shape, [entry["record_id"] for entry in chunk], [living], lock=True)
        for entry in chunk:
            values = standing.get(entry["record_id"])
            if (
                values is None
                or values["version"] != entry["version"]
                or not _one(call, shape, entry, values)
            ):
                skipped += 1
            elif entry["action"] == "create":
                deleted += 1
            else:
                restored += 1
    return Undone(deleted, restored, skipped)


def _one(call: Call, shape: Shape, entry: Mapping[str, Any], values: Values) -> bool:
    """Take back one entry in a savepoint; tells whether it was possible."""
    try:
        with call.connection.begin_nested():
            if entry["action"] == "create":
                delete_records(call, shape, {values["id"]: values})
            else:
                _restore(call, shape, values, entry["changes"] or {})
    except Refusal:
        return False
    return True


def _restore(call: Call, shape: Shape, values: Values, changes: Mapping[str, Any]) -> None:
    tables = [name for name in shape.tables if name in changes or name in shape.row_readers]
    [draft] = drafts_of(call, shape, [values], tables, [""])
    for name, change in changes.items():
        field = shape.entity.fields.get(name)
        if field is None:
            continue
        if name in shape.tables:
            draft.rows[name] = _restored_rows(shape.tables[name], draft.rows[name], change)
        elif not field.is_computed:
            draft.values[name] = shape.types[name].coerce(change[0], field)
        draft.written.add(name)
    complete(call, shape, [draft])
    problems = problems_in([draft])
    if problems:
        raise Refusal("conflict", problems)
    write(call, shape, [draft])


def _restored_rows(shape: Shape, rows: Rows, change: Mapping[str, Any]) -> Rows:
    added = {each["id"] for each in change.get("added", ())}
    kept = [row for row in rows.drafts if row.id not in added]
    before = {each["id"]: each["changes"] for each in change.get("changed", ())}
    for row in kept:
        for name, pair in before.get(row.id, {}).items():
            _put(shape, row, name, pair[0])
    for each in change.get("removed", ()):
        row = Draft("", {})
        for name, value in each["values"].items():
            _put(shape, row, name, value)
        kept.append(row)
    removed = [row.before for row in rows.drafts if row.id in added and row.before is not None]
    return Rows(kept, removed)


def _put(shape: Shape, row: Draft, name: str, value: Any) -> None:
    field = shape.entity.fields.get(name)
    if field is not None and not field.is_computed:
        row.values[name] = shape.types[name].coerce(value, field)
        row.written.add(name)
