"""Moves records to the recycle bin, with what hangs on them, and brings them back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select, update

from dougong.diagnostics import Refusal
from dougong.records.batches import in_batch
from dougong.records.call import Call, as_actor
from dougong.records.chunks import chunks
from dougong.records.deletion_rules import ask_deletion
from dougong.records.doors import open_door
from dougong.records.draft import Draft, Values
from dougong.records.evaluation import Evaluation
from dougong.records.events import Event, announce
from dougong.records.following import empty, refuse_held
from dougong.records.load import load, load_rows
from dougong.records.locks import refuse_locked
from dougong.records.messages import refuse
from dougong.records.pointers import Pointer, pointers_to
from dougong.records.read import read
from dougong.records.record import Record
from dougong.records.repoint import repoint
from dougong.records.searching import forget_records, index_values
from dougong.records.selection import Selection
from dougong.records.shape import Shape, shape_of
from dougong.records.spreading import spread_back, spread_gone
from dougong.records.staleness import is_stale
from dougong.records.trail import write_history
from dougong.records.unique import check_unique
from dougong.records.unmerge import survivors_of
from dougong.records.update import writable

DEEPEST = 100
"""How far deletions follow from one record to the next."""
Held = tuple[Pointer, Sequence[int]]
Together = dict[str, dict[int, Values]]
"""The records that come back at once, by entity and id."""


def delete(call: Call, key: str, identifier: int, if_version: int | None = None) -> str:
    """Move a record to the recycle bin; links to it refuse, follow or are cleared, as their definition says.

    Returns the batch under which all of that can be undone.
    """
    call = in_batch(call, "delete")
    shape = open_door(call, key, "delete")
    values = writable(call, shape, identifier, "delete")
    if is_stale(call, shape, values, if_version):
        refuse("stale", call.language, "stale")
    delete_records(call, shape, {identifier: values})
    return call.batch or ""


def delete_records(call: Call, shape: Shape, records: dict[int, Values]) -> None:
    """Move records, which the caller may delete and has locked, to the recycle bin."""
    deletion = _Deletion([], [], Evaluation(call), _touched(call, shape.key))
    _delete(call, shape, records, 0, deletion)
    for pointer, gone in deletion.held:
        refuse_held(call, pointer, gone)
    announce(call, spread_gone(call, deletion.buried))


@dataclass(frozen=True, slots=True)
class _Deletion:
    """What a deletion has come upon so far."""

    held: list[Held]
    """The links that restrict and that what follows may free: whether they hold anything is known when all of that is gone."""
    buried: list[tuple[Shape, Collection[Values]]]
    """The records that went."""
    evaluation: Evaluation
    """By which rules are asked, the same for all that goes."""
    touched: frozenset[str]
    """The entities of which records may go along or be emptied."""


def _delete(call: Call, shape: Shape, records: dict[int, Values], depth: int, deletion: _Deletion) -> None:
    if not records:
        return
    if depth > DEEPEST:
        label = shape.entity.label.get(call.language)
        refuse("conflict", call.language, "too_deep", label=label, limit=DEEPEST)
    refuse_locked(call, shape.key, list(records))
    ask_deletion(deletion.evaluation, shape, records, follows=depth > 0)
    for pointer in pointers_to(call, shape.key):
        # before anything is written: what follows cannot free these, and a refusal should leave no gap in the history
        if pointer.restricts and pointer.owner not in deletion.touched:
            refuse_held(call, pointer, list(records))
    _bury(call, shape, records)
    deletion.buried.append((shape, records.values()))
    for pointer in pointers_to(call, shape.key):
        _follow(call, pointer, list(records), depth, deletion)
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


def _follow(call: Call, pointer: Pointer, gone: Sequence[int], depth: int, deletion: _Deletion) -> None:
    """Do to the records that point to deleted ones what their link says; the platform does it, whoever deletes."""
    if pointer.cascades and not pointer.table:
        identifiers = sorted(pointer.records(call, gone))
        _delete(call, pointer.shape, load(call, pointer.shape, identifiers, lock=True), depth + 1, deletion)
    elif pointer.cascades or pointer.clears:
        empty(call, pointer, gone)
    elif pointer.owner in deletion.touched:
        deletion.held.append((pointer, gone))


def _touched(call: Call, key: str) -> frozenset[str]:
    """The entity itself, all that its deletion cascades to, and the entities whose links or rows are emptied with those."""
    going, emptied = {key}, set[str]()
    waiting = [key]
    while waiting:
        for pointer in pointers_to(call, waiting.pop()):
            if pointer.cascades and not pointer.table:
                waiting += {pointer.owner} - going
                going.add(pointer.owner)
            elif not pointer.restricts:
                emptied.add(pointer.owner)
    return frozenset(going | emptied)


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
    """Take records, which the caller has locked, out of the bin; with `follow` also those that went there because of them.

    Links to records that were merged into others in the meantime come back as links to those.
    """
    together: Together = {shape.key: dict(records)}
    if follow:
        _gather(call, shape, records, together)
    merged: list[tuple[str, int]] = []
    for key, each in together.items():
        merged += _check_restorable(call, shape_of(call.release, key), each.values(), together)
    for key, each in together.items():
        _restore(call, shape_of(call.release, key), each)
    back = [(shape_of(call.release, key), each.values()) for key, each in together.items()]
    announce(call, spread_back(call, back))
    _turn_to_survivors(call, merged)


def _gather(call: Call, shape: Shape, records: dict[int, Values], together: Together) -> None:
    """Add what went into the bin in the same deletion because it pointed to the records, and so on from there."""
    waiting = [(shape, records)]
    while waiting:
        target, found = waiting.pop()
        for pointer in pointers_to(call, target.key):
            if pointer.cascades and not pointer.table:
                known = together.setdefault(pointer.shape.key, {})
                new = {
                    each: values
                    for each, values in _gone_with(call, pointer, found).items()
                    if each not in known
                }
                known.update(new)
                if new:
                    waiting.append((pointer.shape, new))


def _restore(call: Call, shape: Shape, records: dict[int, Values]) -> None:
    if not records:
        return
    table = shape.table
    for chunk in chunks(list(records)):
        call.connection.execute(update(table).where(table.c.id.in_(chunk)).values(_stamp(call, table, None)))
    index_values(call, shape, records.values())
    write_history(
        call, shape, (("restore", each["id"], each["version"] + 1, None) for each in records.values())
    )
    announce(call, [_event(shape, "restore", values) for values in records.values()])


def _gone_with(call: Call, pointer: Pointer, records: dict[int, Values]) -> dict[int, Values]:
    """The records that point to restored ones and were deleted in the same moment."""
    table = pointer.shape.table
    moments = {values["deleted_at"] for values in records.values()}
    found: list[int] = []
    for chunk in chunks(sorted(pointer.holders(call, records))):
        statement = select(table.c.id).where(table.c.id.in_(chunk), table.c.deleted_at.in_(moments))
        found += call.connection.execute(statement).scalars()
    return load(call, pointer.shape, found, lock=True)


def _check_restorable(
    call: Call, shape: Shape, records: Iterable[Values], together: Together
) -> list[tuple[str, int]]:
    """What a restored record points to must live or come back with it, and what must be unique must still be so.

    The answer are the records (entity and id) that were merged into others: what points to them is turned to those.
    """
    each_record = list(records)
    merged = _check_links(call, shape, each_record, together)
    for rows_shape in shape.tables.values():
        if rows_shape.links or rows_shape.lists:
            rows = load_rows(call, rows_shape, [values["id"] for values in each_record])
            merged += _check_links(
                call, rows_shape, [row for many in rows.values() for row in many], together
            )
    drafts = [Draft("", dict(values)) for values in each_record]
    check_unique(call, shape, drafts)
    problems = [found for draft in drafts for found in draft.problems]
    if problems:
        raise Refusal("conflict", problems)
    return merged


def _check_links(
    call: Call, shape: Shape, records: Sequence[Values], together: Together
) -> list[tuple[str, int]]:
    merged: list[tuple[str, int]] = []
    for field in (*shape.links, *shape.lists):
        if field.target is None:
            continue
        key, given = field.target.key, [values.get(field.id) for values in records]
        wanted = {
            each
            for value in given
            if value is not None
            for each in (value if isinstance(value, tuple) else [value])
        }
        dead = wanted - set(together.get(key, ()))
        dead -= _living(call, key, dead)
        survivors = survivors_of(call, key, sorted(dead))
        if field.type != "links" and len(survivors) < len(dead):
            label = field.label.get(call.language)
            refuse("conflict", call.language, "restore_target", field.id, label=label)
        merged += [(key, each) for each in survivors]
    return merged


def _living(call: Call, key: str, identifiers: Iterable[int]) -> set[int]:
    table, found = shape_of(call.release, key).table, set[int]()
    for chunk in chunks(sorted(identifiers)):
        statement = select(table.c.id).where(table.c.id.in_(chunk), table.c.deleted_at.is_(None))
        found.update(call.connection.execute(statement).scalars())
    return found


def _turn_to_survivors(call: Call, merged: Iterable[tuple[str, int]]) -> None:
    """Turn what points to records that were merged meanwhile to those they were merged into; the platform does it."""
    platform = replace(as_actor(call, replace(call.actor, lifted=True)), batch=call.batch)
    for key, loser in dict.fromkeys(merged):
        [survivor] = survivors_of(call, key, [loser]).values()
        repoint(platform, shape_of(call.release, key), [loser], survivor)
