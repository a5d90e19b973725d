"""What was done, as the history tells it, and what stands in the way of taking it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select

from dougong.diagnostics import Diagnostic
from dougong.policy.access import access
from dougong.policy.masks import REVEAL
from dougong.records.call import Call
from dougong.records.chunks import chunks
from dougong.records.locks import locked_ids
from dougong.records.selection import Selection
from dougong.records.shape import Shape, shape_of
from dougong.records.withheld import Kept, kept_back
from dougong.storage.system import HISTORY

UNDOABLE: tuple[str, ...] = ("create", "update", "delete", "restore", "merge")
_RIGHTS: dict[str, str] = {"create": "delete", "restore": "delete", "merge": "delete"}


@dataclass(frozen=True, slots=True)
class PastEntry:
    """One event of the history that is to be taken back."""

    id: int
    key: str
    record_id: int
    action: str
    version: int
    batch: str | None
    changes: Mapping[str, Any]

    def __hash__(self) -> int:
        """An event is the same as itself alone."""
        return hash(self.id)


@dataclass(frozen=True, slots=True)
class Conflict:
    """A record that cannot be taken back: changed (in `fields`), deleted, restored or purged since, forbidden, locked or refused."""

    key: str
    id: int
    reason: str
    fields: tuple[str, ...] = ()
    problems: tuple[Diagnostic, ...] = ()


def entries_of(call: Call, *conditions: ColumnElement[bool]) -> list[PastEntry]:
    """The events that meet the conditions, newest first, of entities that still exist; what only was computed is none."""
    columns = [HISTORY.c[name] for name in ("id", "entity", "record_id", "action", "version", "batch")]
    statement = select(*columns, HISTORY.c.changes).where(*conditions).order_by(HISTORY.c.id.desc())
    known = {entity.key for app in call.release.apps.values() for entity in app.entities.values()}
    return [
        PastEntry(
            row.id, row.entity, row.record_id, row.action, row.version or 0, row.batch, row.changes or {}
        )
        for row in call.connection.execute(statement)
        if row.entity in known and row.action in UNDOABLE and _is_meant(call, row)
    ]


def _is_meant(call: Call, row: Any) -> bool:
    return not is_only_computed(shape_of(call.release, row.entity), row.action, row.changes or {})


def is_only_computed(shape: Shape, action: str, changes: Mapping[str, Any]) -> bool:
    """Whether an event is nothing but the platform following what other records hold."""
    return (
        action == "update"
        and bool(changes)
        and all(_follows(shape, name, change) for name, change in changes.items())
    )


def _follows(shape: Shape, name: str, change: Any) -> bool:
    rows_shape = shape.tables.get(name)
    if rows_shape is None:
        return name in shape.entity.fields and not _is_written(shape, name)
    return set(change) == {"changed"} and all(
        _follows(rows_shape, column, pair)
        for row in change["changed"]
        for column, pair in row["changes"].items()
    )


def find_conflicts(call: Call, entries: Sequence[PastEntry], trusted: bool) -> list[Conflict]:
    """Every record that somebody changed since, or (unless `trusted`) that the actor may not change back; each once."""
    by_key: dict[str, list[PastEntry]] = {}
    for entry in entries:
        by_key.setdefault(entry.key, []).append(entry)
    found: dict[tuple[str, int], Conflict] = {}
    for key, some in by_key.items():
        shape = shape_of(call.release, key)
        for conflict in _conflicts(call, shape, some, trusted):
            found.setdefault((key, conflict.id), conflict)
    return list(found.values())


def _conflicts(call: Call, shape: Shape, entries: Sequence[PastEntry], trusted: bool) -> list[Conflict]:
    states = _states(call, shape, entries)
    changed_since = _changed_since(call, shape, entries, states)
    locked = locked_ids(call, shape.key, [entry.record_id for entry in entries])
    ends = {"create", "restore"} & {entry.action for entry in entries}
    created = {entry.record_id for entry in entries if entry.action in ends}
    able = None if trusted else _able(call, shape, entries)
    newest: dict[int, PastEntry] = {}
    for entry in entries:
        newest.setdefault(entry.record_id, entry)
    found = []
    for entry in entries:
        reason, fields = _in_the_way(shape, entry, states, changed_since.get(entry.id, []), created, newest)
        if not reason and entry.record_id in locked:
            reason = "locked"
        if not reason and able is not None and entry.id not in able:
            reason = "forbidden"
        if reason:
            found.append(Conflict(shape.key, entry.record_id, reason, fields))
    return found


def _states(call: Call, shape: Shape, entries: Sequence[PastEntry]) -> dict[int, tuple[int, bool]]:
    """Record → its version and whether it is in the bin; nobody else changes it from now on."""
    table, found = shape.table, {}
    for chunk in chunks(sorted({entry.record_id for entry in entries})):
        statement = select(table.c.id, table.c.version, table.c.deleted_at).where(table.c.id.in_(chunk))
        statement = statement.order_by(table.c.id).with_for_update(of=table)
        for row in call.connection.execute(statement):
            found[row.id] = (row.version, row.deleted_at is not None)
    return found


def _changed_since(
    call: Call, shape: Shape, entries: Sequence[PastEntry], states: Mapping[int, tuple[int, bool]]
) -> dict[int, list[tuple[str, Mapping[str, Any]]]]:
    """Event → what happened to its record later that is not taken back with it: action and changes."""
    own = {entry.id for entry in entries}
    newest: dict[int, int] = {}
    for entry in entries:
        newest[entry.record_id] = max(newest.get(entry.record_id, 0), entry.version)
    moved = [each for each, version in newest.items() if each in states and states[each][0] != version]
    oldest = min((entry.id for entry in entries), default=0)
    later: dict[int, list[tuple[int, str, Mapping[str, Any]]]] = {}
    for chunk in chunks(sorted(moved)):
        statement = select(HISTORY.c.id, HISTORY.c.record_id, HISTORY.c.action, HISTORY.c.changes).where(
            HISTORY.c.entity == shape.key,
            HISTORY.c.record_id.in_(chunk),
            HISTORY.c.id > oldest,
            HISTORY.c.action != REVEAL,
        )
        for row in call.connection.execute(statement):
            if row.id not in own and not is_only_computed(shape, row.action, row.changes or {}):
                later.setdefault(row.record_id, []).append((row.id, row.action, row.changes or {}))
    return {
        entry.id: [
            (action, changes) for id_, action, changes in later.get(entry.record_id, ()) if id_ > entry.id
        ]
        for entry in entries
    }


def _in_the_way(
    shape: Shape,
    entry: PastEntry,
    states: Mapping[int, tuple[int, bool]],
    later: Sequence[tuple[str, Mapping[str, Any]]],
    created: set[int],
    newest: Mapping[int, PastEntry],
) -> tuple[str, tuple[str, ...]]:
    """Why an event cannot be taken back, and the fields that are the reason."""
    state = states.get(entry.record_id)
    if state is None:
        return "purged", ()
    is_deleted, was_deleted = state[1], newest[entry.record_id].action in ("delete", "merge")
    if is_deleted != was_deleted:
        return ("deleted" if is_deleted else "restored"), ()
    if entry.action in ("delete", "merge"):
        return ("changed", ()) if later else ("", ())
    names = {name for _, changes in later for name in changes if _is_written(shape, name)}
    if entry.action in ("create", "restore"):
        return ("changed", tuple(sorted(names))) if later else ("", ())
    if entry.record_id in created:
        return "", ()
    shared = names.intersection(entry.changes)
    return ("changed", tuple(sorted(shared))) if shared else ("", ())


def _is_written(shape: Shape, name: str) -> bool:
    field = shape.entity.fields.get(name)
    return field is not None and not field.is_computed


def _able(call: Call, shape: Shape, entries: Sequence[PastEntry]) -> set[int]:
    """The events whose opposite the actor may do, by the rows and the fields that the rights cover."""
    able: set[int] = set()
    locked = access(call.release, call.actor, shape.key, "update").locked
    kept = kept_back(call, shape, sorted({entry.record_id for entry in entries}), "update")
    for action in {entry.action for entry in entries}:
        some = [entry for entry in entries if entry.action == action]
        right = _RIGHTS.get(action, action)
        if action == "update":
            some = [
                entry
                for entry in some
                if not any(name in locked and _is_written(shape, name) for name in entry.changes)
                and not _touches_locked_columns(call, shape, entry)
                and not _touches_kept(entry, kept)
            ]
        if not access(call.release, call.actor, shape.key, right).allowed:
            continue
        allowed: set[int] = set()
        for chunk in chunks(sorted({entry.record_id for entry in some})):
            for deleted in (False, True):
                selection = Selection(call, shape, right, deleted).among(chunk)
                allowed.update(call.connection.execute(selection.select(shape.table.c.id)).scalars())
        able.update(entry.id for entry in some if entry.record_id in allowed)
    return able


def _touches_kept(entry: PastEntry, kept: Mapping[int, Kept]) -> bool:
    """Whether an event is about fields that cannot be written, or are not seen, in this very record."""
    found = kept.get(entry.record_id)
    fields = found.unseen | found.locked if found is not None else frozenset()
    return not {name.partition(".")[0] for name in fields}.isdisjoint(entry.changes)


def _touches_locked_columns(call: Call, shape: Shape, entry: PastEntry) -> bool:
    """Whether rows of a sub-table hold changes of columns that the actor may not write."""
    for name, rows_shape in shape.tables.items():
        change = entry.changes.get(name) or {}
        locked = access(call.release, call.actor, rows_shape.key, "update").locked
        columns = {column for each in change.get("changed", ()) for column in each["changes"]}
        columns |= {column for each in change.get("removed", ()) for column in each["values"]}
        if any(column in locked and _is_written(rows_shape, column) for column in columns):
            return True
    return False
