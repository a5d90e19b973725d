"""Deletes records in the recycle bin for good, with everything that is theirs alone: rows, links, files, comments, search."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, select, update

from dougong.people import audit
from dougong.records.call import Call
from dougong.records.chunks import chunks, possible_ids
from dougong.records.doors import open_door
from dougong.records.messages import refuse
from dougong.records.pointers import Pointer, pointers_to
from dougong.records.searching import forget_records
from dougong.records.selection import Selection
from dougong.records.shape import Shape, shape_of
from dougong.records.trail import write_history
from dougong.storage.evidence.anchors import REDUCED, REMOVED, as_ranges
from dougong.storage.system import COMMENT, FILE, HISTORY, NOTIFICATION, SHARE

HISTORIES: tuple[str, ...] = ("values", "events", "none")
"""What stays of the history of a purged record: all of it, what happened without the values, or nothing but that it is gone."""

MOST = 1000


def purge(call: Call, key: str, identifiers: Sequence[int], history: str = "events") -> int:
    """Delete records of the recycle bin for good, all or none; the actor needs the right to purge each of them."""
    shape = open_door(call, key, "purge")
    wanted = set(possible_ids(identifiers))
    if len(wanted) > MOST:
        refuse("too_large", call.language, "too_many", limit=MOST)
    table, found = shape.table, set[int]()
    for chunk in chunks(sorted(wanted)):
        selection = Selection(call, shape, "purge", deleted=True).among(chunk)
        found.update(call.connection.execute(selection.select(table.c.id)).scalars())
    if not wanted or found != wanted or len(wanted) != len(set(identifiers)):
        refuse("missing", call.language, "not_deleted")
    gone = purge_records(call, shape, sorted(found), history)
    if len(gone) != len(found):
        refuse("conflict", call.language, "purge_held", count=len(found) - len(gone))
    return len(gone)


def expired(call: Call, shape: Shape, before: datetime, after: int = 0, limit: int = 500) -> list[int]:
    """The records that have been in the bin since before a moment, by id from `after` on."""
    table = shape.table
    statement = (
        select(table.c.id)
        .where(table.c.deleted_at.is_not(None), table.c.deleted_at < before, table.c.id > after)
        .order_by(table.c.id)
        .limit(limit)
    )
    return list(call.connection.execute(statement).scalars())


def purge_records(
    call: Call, shape: Shape, identifiers: Sequence[int], history: str, dry_run: bool = False
) -> list[int]:
    """Delete those of the records that no other record holds fast, and return their ids; rights are the caller's business."""
    gone: list[int] = []
    for chunk in chunks(identifiers):
        held = _held(call, shape, chunk)
        free = [each for each in chunk if each not in held]
        if free and not dry_run:
            _purge(call, shape, free, history)
        gone += free
    return gone


def _held(call: Call, shape: Shape, identifiers: Sequence[int]) -> set[int]:
    """Those of the records to which another one, even one in the bin, points by a link that protects its target."""
    held: set[int] = set()
    for pointer in pointers_to(call, shape.key):
        if pointer.field.type == "link" and not pointer.clears:
            held.update(_pointed_at(call, shape, pointer, identifiers))
    return held


def _pointed_at(call: Call, shape: Shape, pointer: Pointer, identifiers: Sequence[int]) -> Iterable[int]:
    table = pointer.shape.table
    owner = table.c.parent_id if pointer.shape.entity.parent else table.c.id
    owner_key = pointer.shape.entity.parent or pointer.shape.key
    column = table.c[pointer.field.id]
    statement = select(column).where(column.in_(identifiers)).distinct()
    if owner_key == shape.key:
        statement = statement.where(owner.not_in(identifiers))
    return call.connection.execute(statement).scalars()


def _purge(call: Call, shape: Shape, identifiers: Sequence[int], history: str) -> None:
    table = shape.table
    of_records = select(table.c.id, table.c.version).where(table.c.id.in_(identifiers))
    versions = {row.id: row.version for row in call.connection.execute(of_records)}
    _drop_files(call, shape, identifiers)
    for rows_shape in shape.tables.values():
        rows = select(rows_shape.table.c.id).where(rows_shape.table.c.parent_id.in_(identifiers))
        for chunk in chunks(list(call.connection.execute(rows).scalars())):
            _drop_files(call, rows_shape, chunk)
    forget_records(call, shape, identifiers)
    _drop_talk(call, shape.key, identifiers)
    call.connection.execute(delete(table).where(table.c.id.in_(identifiers)))
    _reduce_history(call, shape, identifiers, history)
    write_history(call, shape, (("purge", each, versions[each], None) for each in identifiers))


def _drop_files(call: Call, shape: Shape, identifiers: Sequence[int]) -> None:
    """Mark the files of records or rows; their content goes with the next sweep, after this is committed."""
    of_records = (FILE.c.entity == shape.key, FILE.c.record_id.in_(identifiers), FILE.c.deleted_at.is_(None))
    call.connection.execute(update(FILE).where(*of_records).values(deleted_at=call.at))


def _drop_talk(call: Call, key: str, identifiers: Sequence[int]) -> None:
    of_records = (COMMENT.c.entity == key, COMMENT.c.record_id.in_(identifiers))
    call.connection.execute(update(COMMENT).where(*of_records).values(answers=None))
    call.connection.execute(delete(COMMENT).where(*of_records))
    call.connection.execute(delete(SHARE).where(SHARE.c.entity == key, SHARE.c.record_id.in_(identifiers)))
    told = (NOTIFICATION.c.entity == key, NOTIFICATION.c.record_id.in_(identifiers))
    call.connection.execute(delete(NOTIFICATION).where(*told))


def _reduce_history(call: Call, shape: Shape, identifiers: Sequence[int], history: str) -> None:
    """The audit trail tells what was given up, so that the sealed chain is still understood."""
    of_records = (HISTORY.c.entity == shape.key, HISTORY.c.record_id.in_(identifiers))
    if history == "none":
        gone = call.connection.execute(delete(HISTORY).where(*of_records).returning(HISTORY.c.id)).scalars()
        _note(call, REMOVED, entity=shape.key, entries=as_ranges(gone))
    elif history == "events":
        _note(call, REDUCED, entity=shape.key, records=sorted(identifiers))
        # where a merged record went stays known
        told = (*of_records, HISTORY.c.action.not_in(("merge", "absorb")), HISTORY.c.changes.is_not(None))
        call.connection.execute(update(HISTORY).where(*told).values(changes=None))


def _note(call: Call, action: str, entity: str, **details: object) -> None:
    audit.note(
        call.connection, call.actor, call.door, call.at, action, f"entity:{entity}", entity=entity, **details
    )


def shapes_of(call: Call) -> list[Shape]:
    """Every entity whose records have a bin, in all apps."""
    return [
        shape_of(call.release, entity.key)
        for app in call.release.apps.values()
        for entity in app.entities.values()
        if not entity.parent
    ]
