"""Numbers records that stand there already: those that a new serial field finds, or all of them anew, with a log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select, update

from dougong.diagnostics import Refusal
from dougong.model.app import App
from dougong.model.field import Field
from dougong.records import store
from dougong.records.call import Call
from dougong.records.chunks import chunks
from dougong.records.computed import compute
from dougong.records.doors import open_door
from dougong.records.draft import Draft
from dougong.records.evaluation import Evaluation
from dougong.records.load import drafts_of, load
from dougong.records.messages import refuse
from dougong.records.pipeline import problems_in, write
from dougong.records.searching import index_drafts
from dougong.records.serials import SERIAL, counters_of, give_numbers, places_of, reset_counters
from dougong.records.shape import Shape, shape_of
from dougong.records.trail import changes_of, differing, write_history
from dougong.storage.formulas import former_entity
from dougong.storage.release import Release

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Renumbered:
    """One record that gets another number."""

    id: int
    before: str | None
    after: str


@dataclass(slots=True)
class Renumbering:
    """What numbering an entity again comes to: how many records it has, which of them change, and the first of these."""

    records: int = 0
    changed: list[Renumbered] = field(default_factory=list)

    @property
    def first(self) -> list[Renumbered]:
        """As many changes as a person wants to see."""
        return self.changed[:SHOWN]


# ------------------------------------------------------------------ after a new version of the definition
def new_serials(recorded: App | None, new: App, former: Mapping[str, str]) -> list[tuple[str, str]]:
    """The serial fields, as (entity key, field), that records may have no number of yet.

    `former` tells the key that each entity had before.
    """
    found = []
    for entity in new.entities.values():
        old = former_entity(recorded, entity.key, former)
        for each in entity.fields.values():
            before = old.fields.get(each.id) if old is not None else None
            if each.type == "serial" and old is not None and (before is None or before.type != "serial"):
                found.append((entity.key, each.id))
    return found


def owners_of(release: Release, serials: Sequence[tuple[str, str]]) -> list[str]:
    """The entities whose formulas may read these serial numbers."""
    return [release.entity(key).parent or key for key, _ in serials]


def number_missing(call: Call, key: str, field_id: str) -> int:
    """Give every record without a number one, in the order of creation, and return how many there were.

    The definition changed, not the records: versions and history stay as they are.
    """
    shape = shape_of(call.release, key)
    serial = shape.field(field_id)
    number = 0
    for chunk in chunks(_in_order(call, shape, only_missing=serial)):
        drafts = _drafts(call, shape, chunk)
        evaluation = Evaluation(call)
        give_numbers(evaluation, shape, serial, drafts)
        numbered = [draft for draft in drafts if draft.values.get(field_id) is not None]
        for draft in numbered:
            draft.changed = (field_id,)
        store.write_computed(call, shape, numbered)
        if not shape.entity.parent:
            index_drafts(call, shape, [draft for draft in numbered if draft.values["deleted_at"] is None])
        number += len(numbered)
    return number


def _in_order(call: Call, shape: Shape, only_missing: Field | None = None) -> list[int]:
    """The ids of all records, those in the recycle bin too, in the order of creation; rows by the record they belong to."""
    table = shape.table
    statement = select(table.c.id)
    if shape.entity.parent:
        owner = shape_of(call.release, shape.entity.parent).table
        statement = statement.join(owner, owner.c.id == table.c.parent_id)
        statement = statement.order_by(owner.c.created_at, owner.c.id, table.c.position)
    else:
        statement = statement.order_by(table.c.created_at, table.c.id)
    if only_missing is not None:
        statement = statement.where(table.c[only_missing.id].is_(None))
    return list(call.connection.execute(statement).scalars())


def _drafts(call: Call, shape: Shape, identifiers: Sequence[int], lock: bool = True) -> list[Draft]:
    """The records as they stand, in the given order; rows are as old as the record they belong to."""
    found = load(call, shape, identifiers, lock=lock)
    records = [found[each] for each in identifiers if each in found]
    if shape.entity.parent:
        owner = shape_of(call.release, shape.entity.parent)
        owners = load(call, owner, [values["parent_id"] for values in records])
        for values in records:
            values["parent"] = owners[values["parent_id"]]
            values["created_at"] = values["parent"]["created_at"]
        return [Draft("", dict(values), before=values, id=values["id"]) for values in records]
    return drafts_of(call, shape, records, shape.tables, [""] * len(records))


# ------------------------------------------------------------------ all anew
def preview(call: Call, key: str, field_id: str) -> Renumbering:
    """What numbering all records again would change; only for admins."""
    shape, serial = _open(call, key, field_id)
    found, _ = _numbered_anew(call, shape, serial)
    return found


def renumber(call: Call, key: str, field_id: str) -> Renumbering:
    """Number all records again in the order of creation, from the start of every count; each change stands in the history."""
    shape, serial = _open(call, key, field_id)
    reset_counters(call, counters_of(key, field_id), {})
    found, counts = _numbered_anew(call, shape, serial)
    column = shape.table.c[field_id]
    for chunk in chunks([each.id for each in found.changed]):
        call.connection.execute(update(shape.table).where(shape.table.c.id.in_(chunk)).values({column: None}))
    for part in chunks(found.changed):
        _write(call, shape, field_id, part)
    reset_counters(call, counters_of(key, field_id), counts)
    return found


def field_to_number(call: Call, key: str, field_id: str) -> Field:
    """The serial field of that name; refused to all but admins, and where there is none."""
    return _open(call, key, field_id)[1]


def _open(call: Call, key: str, field_id: str) -> tuple[Shape, Field]:
    shape = open_door(call, key, "update")
    serial = shape.entity.fields.get(field_id)
    if not call.actor.is_admin:
        refuse("forbidden", call.language, "admin_only")
    if serial is None or serial.type != "serial":
        refuse("missing", call.language, "unknown_serial", name=field_id[:80])
    return shape, serial


def _numbered_anew(call: Call, shape: Shape, serial: Field) -> tuple[Renumbering, dict[str, int]]:
    """Every record with the number it would get, and where the counters would stand then."""
    found, counts = Renumbering(), dict[str, int]()
    for draft, after in _numbers(call, shape, serial, counts):
        found.records += 1
        before = draft.values.get(serial.id)
        if before != after:
            found.changed.append(Renumbered(draft.id, before, after))
    return found, counts


def _numbers(call: Call, shape: Shape, serial: Field, counts: dict[str, int]) -> Iterator[tuple[Draft, str]]:
    start = int(serial.extra.get("start", 1))
    for chunk in chunks(_in_order(call, shape)):
        drafts = _drafts(call, shape, chunk, lock=False)
        for draft, place in zip(drafts, places_of(Evaluation(call), shape, serial, drafts), strict=True):
            counts[place.counter] = counts.get(place.counter, start - 1) + 1
            yield draft, SERIAL.number(serial, counts[place.counter], place.day, place.texts)


def _write(call: Call, shape: Shape, field_id: str, changes: Sequence[Renumbered]) -> None:
    drafts = _drafts(call, shape, [each.id for each in changes])
    wanted = {each.id: each for each in changes}
    for draft in drafts:
        assert draft.before is not None
        draft.before[field_id] = wanted[draft.id].before
        draft.values[field_id] = wanted[draft.id].after
    compute(Evaluation(call), shape, drafts)
    found = problems_in(drafts)
    if found:
        raise Refusal("invalid", found)
    write(call, shape, [draft for draft in drafts if draft.values["deleted_at"] is None])
    _write_deleted(call, shape, [draft for draft in drafts if draft.values["deleted_at"] is not None])


def _write_deleted(call: Call, shape: Shape, drafts: Sequence[Draft]) -> None:
    """Records in the recycle bin keep numbers too, but nobody searches them or is told of them."""
    for draft in drafts:
        draft.changed = tuple(name for name in differing(shape, draft) if name not in shape.tables)
    store.update_changed(call, shape, drafts)
    entries = (("update", draft.id, draft.values["version"], changes_of(shape, draft)) for draft in drafts)
    write_history(call, shape, entries)
