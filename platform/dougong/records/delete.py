"""Moves records to the recycle bin, with what hangs on them, and brings them back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete as delete_from
from sqlalchemy import func, select, update

from dougong.diagnostics import Refusal
from dougong.model.field import Field
from dougong.records.batches import in_batch
from dougong.records.call import Call
from dougong.records.chunks import chunks
from dougong.records.doors import open_door
from dougong.records.draft import Draft, Values
from dougong.records.events import Event, announce
from dougong.records.load import load
from dougong.records.locks import refuse_locked
from dougong.records.messages import refuse
from dougong.records.read import read
from dougong.records.record import Record
from dougong.records.searching import forget_records, index_values
from dougong.records.selection import Selection
from dougong.records.shape import Shape, shape_of
from dougong.records.trail import write_history
from dougong.records.unique import check_unique
from dougong.records.update import writable

DEEPEST = 10
"""How far deletions follow from one record to the next."""


@dataclass(frozen=True, slots=True)
class Pointer:
    """A link field of some entity that points to the records in question."""

    shape: Shape
    field: Field

    @property
    def cascades(self) -> bool:
        """Whether what points goes with what it points to."""
        target = self.field.target
        return self.field.type == "link" and target is not None and target.on_delete == "cascade"

    @property
    def clears(self) -> bool:
        """Whether the link becomes empty when what it points to is gone."""
        target = self.field.target
        return target is not None and target.on_delete == "clear"


def delete(call: Call, key: str, identifier: int, if_version: int | None = None) -> str:
    """Move a record to the recycle bin; links to it refuse, follow or are cleared, as their definition says.

    Returns the batch under which all of that can be undone.
    """
    call = in_batch(call, "delete")
    shape = open_door(call, key, "delete")
    values = writable(call, shape, identifier, "delete")
    if if_version is not None and values["version"] != if_version:
        refuse("stale", call.language, "stale")
    delete_records(call, shape, {identifier: values})
    return call.batch or ""


def delete_records(call: Call, shape: Shape, records: dict[int, Values]) -> None:
    """Move records, which the caller may delete and has locked, to the recycle bin."""
    _delete(call, shape, records, 0)


def _delete(call: Call, shape: Shape, records: dict[int, Values], depth: int) -> None:
    if not records:
        return
    if depth > DEEPEST:
        refuse(
            "conflict",
            call.language,
            "restricted",
            label=shape.entity.label.get(call.language),
            count=len(records),
        )
    refuse_locked(call, shape.key, list(records))
    _bury(call, shape, records)
    for pointer in pointers_to(call, shape.key):
        _follow(call, pointer, list(records), depth)
    # after what followed from it: whoever undoes from the newest on brings back the record before what points to it
    write_history(
        call, shape, (("delete", each["id"], each["version"] + 1, None) for each in records.values())
    )
    announce(call, [_event(shape, "delete", values) for values in records.values()])


def _bury(call: Call, shape: Shape, records: dict[int, Values]) -> None:
    table = shape.table
    for chunk in chunks(list(records)):
        call.connection.execute(
            update(table).where(table.c.id.in_(chunk)).values(_stamp(call, table, call.at))
        )
    forget_records(call, shape, list(records))


def _stamp(call: Call, table: Any, deleted_at: Any) -> dict[str, Any]:
    return {
        "deleted_at": deleted_at,
        "updated_at": call.at,
        "updated_by": call.actor.id,
        "version": table.c.version + 1,
    }


def _event(shape: Shape, kind: str, values: Values) -> Event:
    version = values["version"] + 1
    before, after = (values, None) if kind == "delete" else (None, values)
    return Event(kind, shape.key, values["id"], version, frozenset(), before, after)


def pointers_to(call: Call, key: str) -> list[Pointer]:
    """Every link field of records, and of rows of sub-tables, that points to an entity."""
    found = call.release.cache.get(("pointers", key))
    if not isinstance(found, list):
        found = call.release.cache["pointers", key] = list(_pointers(call, key))
    return found


def _pointers(call: Call, key: str) -> Iterator[Pointer]:
    for app in call.release.apps.values():
        for entity in app.entities.values():
            for field in entity.fields.values():
                if field.type in ("link", "links") and field.target is not None and field.target.key == key:
                    yield Pointer(shape_of(call.release, entity.key), field)


def _follow(call: Call, pointer: Pointer, gone: Sequence[int], depth: int) -> None:
    """Do to the records that point to deleted ones what their link says; the platform does it, whoever deletes."""
    shape, field = pointer.shape, pointer.field
    if field.type == "links":
        return
    on_delete = field.target.on_delete if field.target is not None else "restrict"
    if on_delete == "restrict":
        _refuse_pointed_at(call, shape, field, gone)
    elif shape.entity.parent:
        _follow_rows(call, shape, field, gone, on_delete)
    else:
        table = shape.table
        condition = (table.c[field.id].in_(gone), table.c.deleted_at.is_(None))
        identifiers = call.connection.execute(select(table.c.id).where(*condition)).scalars().all()
        records = load(call, shape, identifiers, lock=True)
        if on_delete == "cascade":
            _delete(call, shape, records, depth + 1)
        else:
            _clear(call, shape, field, records)


def _refuse_pointed_at(call: Call, shape: Shape, field: Field, gone: Sequence[int]) -> None:
    table = shape.table
    statement = select(func.count()).select_from(table).where(table.c[field.id].in_(gone))
    if shape.entity.parent:
        owner = shape_of(call.release, shape.entity.parent)
        statement = statement.join(owner.table, owner.table.c.id == table.c.parent_id).where(
            owner.table.c.deleted_at.is_(None)
        )
        label = owner.entity.label
    else:
        statement, label = statement.where(table.c.deleted_at.is_(None)), shape.entity.label
    count = call.connection.execute(statement).scalar_one()
    if count:
        refuse("conflict", call.language, "restricted", label=label.get(call.language), count=count)


def _follow_rows(call: Call, shape: Shape, field: Field, gone: Sequence[int], on_delete: str) -> None:
    table = shape.table
    if on_delete == "cascade":
        call.connection.execute(delete_from(table).where(table.c[field.id].in_(gone)))
    else:
        call.connection.execute(
            update(table).where(table.c[field.id].in_(gone)).values({table.c[field.id]: None})
        )


def _clear(call: Call, shape: Shape, field: Field, records: dict[int, Values]) -> None:
    table = shape.table
    for chunk in chunks(list(records)):
        values = _stamp(call, table, None) | {field.id: None}
        call.connection.execute(update(table).where(table.c.id.in_(chunk)).values(values))
    changes = ({field.id: [str(each[field.id]), None]} for each in records.values())
    entries = zip(records.values(), changes, strict=True)
    write_history(
        call, shape, (("update", each["id"], each["version"] + 1, change) for each, change in entries)
    )
    events = [
        Event(
            "update",
            shape.key,
            each["id"],
            each["version"] + 1,
            frozenset((field.id,)),
            each,
            {**each, field.id: None},
        )
        for each in records.values()
    ]
    announce(call, events)


def restore(call: Call, key: str, identifier: int) -> Record:
    """Take a record out of the recycle bin, with the records that went there in the same deletion because they hang on it."""
    shape = open_door(call, key, "delete")
    found = load(
        call, shape, [identifier], Selection(call, shape, "delete", deleted=True).conditions, lock=True
    )
    if identifier not in found:
        refuse("missing", call.language, "not_deleted")
    restore_records(call, shape, found)
    return read(call, key, identifier)


def restore_records(call: Call, shape: Shape, records: dict[int, Values], follow: bool = True) -> None:
    """Take records, which the caller has locked, out of the bin; with `follow` also those that went there because of them."""
    _restore(call, shape, records, 0 if follow else DEEPEST)


def _restore(call: Call, shape: Shape, records: dict[int, Values], depth: int) -> None:
    if not records or depth > DEEPEST:
        return
    _check_restorable(call, shape, records.values())
    table = shape.table
    for chunk in chunks(list(records)):
        call.connection.execute(update(table).where(table.c.id.in_(chunk)).values(_stamp(call, table, None)))
    index_values(call, shape, records.values())
    write_history(
        call, shape, (("restore", each["id"], each["version"] + 1, None) for each in records.values())
    )
    for pointer in pointers_to(call, shape.key):
        if pointer.cascades and not pointer.shape.entity.parent:
            _restore(call, pointer.shape, _gone_with(call, pointer, records), depth + 1)
    announce(call, [_event(shape, "restore", values) for values in records.values()])


def _gone_with(call: Call, pointer: Pointer, records: dict[int, Values]) -> dict[int, Values]:
    """The records that point to restored ones and were deleted in the same moment."""
    table = pointer.shape.table
    moments = {values["deleted_at"] for values in records.values()}
    condition = (table.c[pointer.field.id].in_(list(records)), table.c.deleted_at.in_(moments))
    identifiers = call.connection.execute(select(table.c.id).where(*condition)).scalars().all()
    return load(call, pointer.shape, identifiers, lock=True)


def _check_restorable(call: Call, shape: Shape, records: Iterable[Values]) -> None:
    """What a restored record points to must live, and what must be unique must still be so."""
    each_record = list(records)
    for field in shape.links:
        if field.target is None:
            continue
        target = shape_of(call.release, field.target.key).table
        wanted = sorted({values[field.id] for values in each_record if values[field.id] is not None})
        living: set[int] = set()
        for chunk in chunks(wanted):
            statement = select(target.c.id).where(target.c.id.in_(chunk), target.c.deleted_at.is_(None))
            living.update(call.connection.execute(statement).scalars())
        if not living.issuperset(wanted):
            refuse(
                "conflict", call.language, "restore_target", field.id, label=field.label.get(call.language)
            )
    drafts = [Draft("", dict(values)) for values in each_record]
    check_unique(call, shape, drafts)
    problems = [found for draft in drafts for found in draft.problems]
    if problems:
        raise Refusal("conflict", problems)
