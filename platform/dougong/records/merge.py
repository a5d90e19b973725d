"""Merges records: one survives with the values that were chosen, every link is turned to it, the others go to the bin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from dougong.diagnostics import Refusal
from dougong.model.expression import Value
from dougong.model.field import Field
from dougong.policy.access import access
from dougong.records.batches import in_batch
from dougong.records.call import Call, as_actor, without_asking
from dougong.records.chunks import possible_ids
from dougong.records.delete import delete_records
from dougong.records.doors import open_door
from dougong.records.draft import Draft, Rows, Values
from dougong.records.files import release_files
from dougong.records.load import drafts_of, load, load_rows
from dougong.records.locks import refuse_locked
from dougong.records.messages import problem, refuse
from dougong.records.pipeline import complete, problems_in, write
from dougong.records.read import read
from dougong.records.record import Record
from dougong.records.repoint import repoint, without
from dougong.records.selection import Selection
from dougong.records.shape import Shape
from dougong.records.trail import write_history
from dougong.records.unmerge import ABSORBED, move_talk, owners_of
from dougong.records.update import refuse_unwritable
from dougong.storage.system import INSTANCE

MOST = 20
BOTH = "both"
"""The choice that keeps what all records hold: rows, links and other lists."""

Choices = Mapping[str, int | str]


@dataclass(frozen=True, slots=True)
class Merged:
    """The record that is left, and the batch that takes the merge back as a whole."""

    record: Record
    batch: str


def merge(
    call: Call,
    key: str,
    survivor: int,
    losers: Sequence[int],
    choices: Choices | None = None,
    versions: Mapping[int, int] | None = None,
) -> Merged:
    """Merge records into one of them. `choices`: field → the record whose value is kept, or `both` for lists.

    Without a choice the survivor's value stays, and an empty one is filled from the first record that has any; rows and links
    of all are kept. Only fields that the actor may change are filled. The actor needs the right to change the survivor and to
    delete the others; the platform turns the links, whoever merges. `versions` refuse when somebody was faster.
    """
    call = in_batch(call, "merge")
    shape = open_door(call, key, "update")
    open_door(call, key, "delete")
    every = [survivor, *losers]
    if not 2 <= len(every) <= MOST or len(set(every)) != len(every) or possible_ids(every) != every:
        refuse("invalid", call.language, "merge_few", "records", limit=MOST)
    records = _loaded(call, shape, survivor, losers, versions or {})
    merging = _Merging(
        call, shape, records, survivor, tuple(losers), _checked(call, shape, records, choices or {})
    )
    merging.run()
    return Merged(read(call, key, survivor), call.batch or "")


def _loaded(
    call: Call, shape: Shape, survivor: int, losers: Sequence[int], versions: Mapping[int, int]
) -> dict[int, Values]:
    """All the records, locked in the order of their ids; refuses what may not be merged, and why."""
    found = load(call, shape, [survivor, *losers], Selection(call, shape).conditions, lock=True)
    for identifier in (survivor, *losers):
        action = "update" if identifier == survivor else "delete"
        allowed = Selection(call, shape, action).among([identifier]).count()
        if identifier not in found or not allowed:
            refuse_unwritable(call, shape, identifier, action)
    for identifier, version in versions.items():
        if identifier in found and found[identifier]["version"] != version:
            refuse("stale", call.language, "stale", str(identifier))
    refuse_locked(call, shape.key, list(found))
    running = select(INSTANCE.c.id).where(
        INSTANCE.c.entity == shape.key, INSTANCE.c.record_id.in_(losers), INSTANCE.c.state == "running"
    )
    if call.connection.execute(running.limit(1)).first() is not None:
        refuse("conflict", call.language, "merge_running")
    return found


def mergeable(call: Call, shape: Shape) -> list[Field]:
    """The fields of which a value can be chosen: written by people, and by this actor."""
    rights = access(call.release, call.actor, shape.key, "update")
    locked = rights.locked | frozenset(rights.bars)
    return [
        field
        for field in shape.entity.fields.values()
        if not field.is_computed and field.type != "serial" and field.id not in locked
    ]


def _checked(call: Call, shape: Shape, records: Mapping[int, Values], choices: Choices) -> Choices:
    """The choices, when every one names a field that can be chosen and one of the records."""
    fields = {field.id: field for field in mergeable(call, shape)}
    problems = []
    for name, choice in choices.items():
        field = fields.get(name)
        if field is None:
            problems.append(problem(call.language, "unknown_field", f"choices/{name}", name=name))
        elif not (choice in records if isinstance(choice, int) else choice == BOTH and is_list(shape, field)):
            label = field.label.get(call.language)
            problems.append(problem(call.language, "merge_choice", f"choices/{name}", label=label))
    if problems:
        raise Refusal("invalid", problems)
    return choices


def is_list(shape: Shape, field: Field) -> bool:
    """Whether a field holds several things, which can all be kept."""
    return field.id in shape.tables or field.id in shape.listed or field in shape.lists


@dataclass(slots=True)
class _Merging:
    """One merge under way; `platform` is the call of what follows from it, whatever the actor's rights."""

    call: Call
    shape: Shape
    records: Mapping[int, Values]
    survivor: int
    losers: tuple[int, ...]
    choices: Choices

    @property
    def platform(self) -> Call:
        return replace(as_actor(self.call, replace(self.call.actor, lifted=True)), batch=self.call.batch)

    def run(self) -> None:
        """Turn the links, bury the losers, move what hangs on them, and give the survivor its values."""
        call, shape = self.platform, self.shape
        repoint(call, shape, self.losers, self.survivor)
        losers = load(call, shape, self.losers, lock=True)
        delete_records(without_asking(call), shape, losers)
        files = self._files()
        moved = {each: move_talk(call, shape.key, each, self.survivor) for each in self.losers}
        if self.losers:
            first = self.losers[0]
            moved[first] = replace(moved[first], files=files)
        write_history(
            call,
            shape,
            (
                ("merge", each, losers[each]["version"] + 1, moved[each].document(self.survivor))
                for each in self.losers
            ),
        )
        self._give_values([key for key, *_ in files])

    def _chosen(self) -> list[Field]:
        return mergeable(self.call, self.shape)

    def _files(self) -> tuple[tuple[Any, ...], ...]:
        """The files that the survivor takes over, with whom they belong to now."""
        keys: list[str] = []
        for field in self._chosen():
            if field.type == "file":
                keys += [each["id"] for each in self._value(field) or ()]
            elif field.id in self.shape.tables:
                keys += self._files_of_rows(field)
        own = {
            each["id"]
            for field in self.shape.files
            for each in self.records[self.survivor].get(field.id) or ()
        }
        return owners_of(self.call, [key for key in dict.fromkeys(keys) if key not in own])

    def _files_of_rows(self, field: Field) -> list[str]:
        rows_shape = self.shape.tables[field.id]
        sources = [each for each in self._sources(field) if each != self.survivor]
        return [
            each["id"]
            for rows in load_rows(self.call, rows_shape, sources).values()
            for row in rows
            for name in rows_shape.files
            for each in row.get(name.id) or ()
        ]

    def _sources(self, field: Field) -> list[int]:
        """The records whose value is kept, in order."""
        default = BOTH if field.id in self.shape.tables or field in self.shape.lists else 0
        choice = self.choices.get(field.id, default)
        if choice == BOTH:
            return [self.survivor, *self.losers]
        if choice:
            return [int(choice)]
        filled = [
            each
            for each in (self.survivor, *self.losers)
            if self.records[each].get(field.id) not in (None, ())
        ]
        return filled[:1]

    def _value(self, field: Field) -> Value:
        """What the survivor will hold; lists are joined without repetition."""
        sources = self._sources(field)
        values = [self.records[each].get(field.id) for each in sources]
        if len(values) < 2:
            return values[0] if values else None
        joined: list[Value] = []
        for value in values:
            joined += [each for each in value or () if each not in joined]
        return tuple(joined) or None

    def _give_values(self, files: Sequence[str]) -> None:
        call, shape = self.platform, self.shape
        release_files(call, files)
        standing = load(call, shape, [self.survivor], lock=True)[self.survivor]
        [draft] = drafts_of(call, shape, [standing], shape.tables, [""])
        targets = {
            field.id: field.target.key for field in (*shape.links, *shape.lists) if field.target is not None
        }
        chosen = {field.id: self._value(field) for field in self._chosen() if field.id not in shape.tables}
        draft.values.update(without(chosen, {self.survivor, *self.losers}, targets, shape.key))
        for field in self._chosen():
            if field.id in shape.tables:
                self._give_rows(draft, field)
        draft.written.update(shape.entity.fields)
        complete(without_asking(call), shape, [draft])
        problems = problems_in([draft])
        if problems:
            raise Refusal("invalid", problems)
        write(call, shape, [draft])
        absorbed = {ABSORBED: [str(each) for each in self.losers]}
        write_history(call, shape, [("absorb", self.survivor, draft.values["version"], absorbed)])

    def _give_rows(self, draft: Draft, field: Field) -> None:
        """Rows of the others are copied to the survivor; theirs stay with them in the bin."""
        shape, sources = self.shape.tables[field.id], self._sources(field)
        standing = draft.rows[field.id].drafts
        kept = standing if self.survivor in sources or not sources else []
        found = load_rows(self.platform, shape, [each for each in sources if each != self.survivor])
        copies: list[Draft] = []
        for source in sources:
            for values in found.get(source, ()):
                fields = {
                    name: values.get(name) for name in shape.entity.fields if values.get(name) is not None
                }
                copies.append(
                    Draft(f"{field.id}/{len(kept) + len(copies)}/", fields, written=set(shape.entity.fields))
                )
        removed = [] if kept else [row.before for row in standing if row.before is not None]
        draft.rows[field.id] = Rows([*kept, *copies], removed)
