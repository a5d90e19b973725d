"""Tells what happened to a record: who, when, through which door, and each value before and after."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import select

from dougong.policy.access import access
from dougong.policy.masks import REVEAL
from dougong.records.absent import refuse_absent
from dougong.records.call import Call
from dougong.records.doors import open_door
from dougong.records.former import stood_elsewhere, with_former
from dougong.records.load import load, load_rows
from dougong.records.masking import shown_of
from dougong.records.record import MEMBER
from dougong.records.selection import Selection, stands
from dougong.records.shape import Shape
from dougong.records.titles import Titles, Wanted, find_titles, merge, target_key
from dougong.records.trail import REVEALED, snapshot
from dougong.records.unmerge import ABSORBED, INTO, absorbed_by
from dougong.records.withheld import unseen_in
from dougong.storage.system import HISTORY

Later = Callable[[Mapping[str, Any]], Iterator[Mapping[str, Any]]]

LIMIT = 500


@dataclass(frozen=True, slots=True)
class RowChange:
    """What happened to one row of a sub-table: `kind` added, changed or removed; field → (before, after)."""

    kind: str
    id: int
    changes: Mapping[str, tuple[Any, Any]]


@dataclass(frozen=True, slots=True)
class Entry:
    """One event. `changes`: field → (before, after) as JSON values; `rows`: sub-table → changes of rows. Hidden fields are left out."""

    id: int
    at: datetime
    actor_id: int | None
    actor: str
    door: str
    action: str
    version: int | None
    batch: str | None
    record_id: int
    """The record it happened to: the one that was asked for, or one that was merged into it."""
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    rows: Mapping[str, Sequence[RowChange]] = field(default_factory=dict)
    merged: tuple[int, ...] = ()
    """The other records of a merge: where this one went, or which ones came."""
    revealed: tuple[str, ...] = ()
    """For the action `reveal`: the masked fields that were shown whole."""


@dataclass(frozen=True, slots=True)
class History:
    """The events of a record, newest first, and the titles of the records and people that its values name.

    `next` asks for the events before these; it is empty when there are none.
    """

    entries: tuple[Entry, ...]
    titles: Mapping[tuple[str, int], str]
    next: int | None = None


def history(call: Call, key: str, identifier: int, limit: int = LIMIT, before: int | None = None) -> History:
    """The history of a record that the actor may read, newest first, with that of records merged into it; `before` goes on."""
    shape = open_door(call, key, "read")
    if not stands(call, shape, identifier):
        refuse_absent(call, key, identifier)
    wanted = max(1, min(limit, LIMIT))
    merged = _merged(call, shape, identifier)
    found = _page(call, shape, [identifier, *merged], wanted + 1, before)
    rows = found[:wanted]
    unseen = unseen_in(call, shape, [identifier, *merged])
    visible = [
        visible_changes(call, shape, {} if row["action"] == REVEAL else row["changes"] or {}, unseen)
        for row in rows
    ]
    people: Wanted = {MEMBER: {row["actor_id"] for row in rows if row["actor_id"]}}
    titles = find_titles(
        call, merge(people, *(named_in(shape, changes, rows_of) for changes, rows_of in visible))
    )
    entries = [
        _entry(row, changes, rows_of, titles) for row, (changes, rows_of) in zip(rows, visible, strict=True)
    ]
    return History(tuple(entries), titles, rows[-1]["id"] if len(found) > wanted else None)


def _merged(call: Call, shape: Shape, identifier: int) -> list[int]:
    """The records that were merged into one and that the actor might read."""
    absorbed = absorbed_by(call, shape.key, identifier)
    if not absorbed:
        return []
    selection = Selection(call, shape, deleted=True).among(absorbed)
    return list(call.connection.execute(selection.select(shape.table.c.id)).scalars())


def _page(
    call: Call, shape: Shape, records: Sequence[int], limit: int, before: int | None
) -> list[dict[str, Any]]:
    """The newest rows of the history before a row, with what creations wrote; the first record is the one that is asked for."""
    if stood_elsewhere(shape):
        every = _rows(call, shape.key, records, None, None)
        every = [
            row if row["entity"] == shape.key else {**row, "record_id": records[0]}
            for row in with_former(call, shape, records[0], every)
        ]
        rows = [row for row in every if before is None or row["id"] < before][:limit]
        later: Later = partial(_changes_among, every)
    else:
        rows = _rows(call, shape.key, records, limit, before)
        later = partial(_changes_after, call, shape.key)
    for row in rows:
        if row["action"] == "create":
            row["changes"] = _creation(call, shape, row, later(row))
    return rows


def _rows(
    call: Call, key: str, records: Sequence[int], limit: int | None, before: int | None
) -> list[dict[str, Any]]:
    statement = select(HISTORY).where(HISTORY.c.entity == key, HISTORY.c.record_id.in_(records))
    if before is not None:
        statement = statement.where(HISTORY.c.id < before)
    statement = statement.order_by(HISTORY.c.id.desc()).limit(limit)
    return [dict(row) for row in call.connection.execute(statement).mappings()]


def _entry(
    row: Mapping[str, Any],
    changes: Mapping[str, tuple[Any, Any]],
    rows: Mapping[str, Sequence[RowChange]],
    titles: Titles,
) -> Entry:
    actor = titles.get((MEMBER, row["actor_id"]), "") if row["actor_id"] else ""
    names = ("id", "at", "actor_id", "door", "action", "version", "batch", "record_id")
    told = row["changes"] or {}
    others = [told[INTO]] if INTO in told else told.get(ABSORBED, ())
    return Entry(
        **{name: row[name] for name in names},
        actor=actor,
        changes=changes,
        rows=rows,
        merged=tuple(int(each) for each in others),
        revealed=tuple(told.get(REVEALED, ())) if row["action"] == REVEAL else (),
    )


def _creation(
    call: Call, shape: Shape, row: Mapping[str, Any], later: Iterable[Mapping[str, Any]]
) -> dict[str, Any]:
    """The entry of a creation stores no values: they are what stands there now, taken back through every later change."""
    identifier = row["record_id"]
    standing = load(call, shape, [identifier])
    if identifier not in standing:
        return {}
    first = snapshot(shape, standing[identifier])
    for name, rows_shape in shape.tables.items():
        first[name] = {
            each["id"]: snapshot(rows_shape, each)
            for each in load_rows(call, rows_shape, [identifier]).get(identifier, ())
        }
    for changes in later:
        for name, change in changes.items():
            if name in shape.tables:
                _take_back_rows(first[name], change)
            elif name in shape.entity.fields:
                first[name] = change[0]
    return _first_values(shape, first)


def _changes_among(every: Sequence[Mapping[str, Any]], row: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """What was changed after an event, among the rows of one record, newest first."""
    record = row["record_id"]
    return (
        each["changes"] or {}
        for each in every
        if each["record_id"] == record and each["id"] > row["id"] and each["action"] != REVEAL
    )


def _changes_after(call: Call, key: str, row: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """What was changed after an event of a record, newest first."""
    statement = (
        select(HISTORY.c.changes)
        .where(
            HISTORY.c.entity == key,
            HISTORY.c.record_id == row["record_id"],
            HISTORY.c.id > row["id"],
            HISTORY.c.changes.is_not(None),
            HISTORY.c.action != REVEAL,
        )
        .order_by(HISTORY.c.id.desc())
    )
    for changes in call.connection.execute(statement).scalars():
        yield changes or {}


def _first_values(shape: Shape, first: Mapping[str, Any]) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    for name, value in first.items():
        if name in shape.tables:
            if value:
                changes[name] = {
                    "added": [{"id": each, "values": inside} for each, inside in sorted(value.items())]
                }
        elif value is not None:
            changes[name] = [None, value]
    return changes


def _take_back_rows(rows: dict[int, dict[str, Any]], change: Mapping[str, Any]) -> None:
    for each in change.get("added", ()):
        rows.pop(each["id"], None)
    for each in change.get("removed", ()):
        rows[each["id"]] = dict(each["values"])
    for each in change.get("changed", ()):
        for name, (before, _) in each["changes"].items():
            if each["id"] in rows:
                rows[each["id"]][name] = before


def visible_changes(
    call: Call, shape: Shape, changes: Mapping[str, Any], unseen: frozenset[str]
) -> tuple[dict[str, tuple[Any, Any]], dict[str, list[RowChange]]]:
    """What of a change the reader may see, under masks: fields, and rows of sub-tables; `unseen` are fields of these records
    that may not be seen besides those hidden everywhere."""
    hidden = access(call.release, call.actor, shape.key, "read").hidden | unseen
    fields: dict[str, tuple[Any, Any]] = {}
    rows: dict[str, list[RowChange]] = {}
    for name, change in changes.items():
        if name in hidden or name not in shape.entity.fields:
            continue
        if name in shape.tables:
            columns = frozenset(each.removeprefix(f"{name}.") for each in unseen)
            rows[name] = _visible_rows(call, shape.tables[name], change, columns)
        else:
            fields[name] = (
                shown_of(call, shape.key, name, change[0]),
                shown_of(call, shape.key, name, change[1]),
            )
    return fields, {name: found for name, found in rows.items() if found}


def _visible_rows(
    call: Call, shape: Shape, change: Mapping[str, Any], unseen: frozenset[str]
) -> list[RowChange]:
    hidden = access(call.release, call.actor, shape.key, "read").hidden | unseen
    found: list[RowChange] = []
    for kind in ("added", "removed", "changed"):
        for each in change.get(kind, ()):
            if kind == "changed":
                pairs = {name: (before, after) for name, (before, after) in each["changes"].items()}
            elif kind == "added":
                pairs = {name: (None, value) for name, value in each["values"].items()}
            else:
                pairs = {name: (value, None) for name, value in each["values"].items()}
            pairs = {
                name: (shown_of(call, shape.key, name, before), shown_of(call, shape.key, name, after))
                for name, (before, after) in pairs.items()
                if name not in hidden
            }
            if pairs or kind != "changed":
                found.append(RowChange(kind, each["id"], pairs))
    return found


def named_in(
    shape: Shape, changes: Mapping[str, tuple[Any, Any]], rows: Mapping[str, Sequence[RowChange]]
) -> Wanted:
    """The records and people that the values of a change name."""
    wanted = _linked(shape, changes)
    for name, each in rows.items():
        for row in each:
            wanted = merge(wanted, _linked(shape.tables[name], row.changes))
    return wanted


def _linked(shape: Shape, changes: Mapping[str, tuple[Any, Any]]) -> Wanted:
    wanted: Wanted = {}
    for name, pair in changes.items():
        field = shape.entity.fields.get(name)
        key = target_key(field) if field is not None else ""
        if key:
            for value in pair:
                ids = value if isinstance(value, list) else [value] if value is not None else []
                wanted.setdefault(key, set()).update(int(each) for each in ids)
    return wanted
