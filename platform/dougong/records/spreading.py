"""Carries what was written on to the records that are computed from it: exactly those, in order, many at once, in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from dougong.diagnostics import Diagnostic, Refusal
from dougong.model.expression import Value
from dougong.records import store
from dougong.records.call import Call
from dougong.records.chunks import chunks
from dougong.records.computed import compute
from dougong.records.dependents import Dependent, Dependents, dependents_of, find_dependents
from dougong.records.draft import Draft, Rows, Stamp, Values
from dougong.records.evaluation import Evaluation
from dougong.records.events import Event, anybody_listens
from dougong.records.figures import figures_of
from dougong.records.load import drafts_of, load_held, load_rows
from dougong.records.searching import index_drafts
from dougong.records.shape import Shape, shape_of
from dougong.records.trail import changes_of, differing, write_history

AT_ONCE = 10_000
"""How many records are held in memory at the same time."""


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to a record, or to a row of a sub-table: which fields changed, or None where it came or went.

    `states` are its values before and after, as far as there were any.
    """

    key: str
    id: int
    fields: frozenset[str] | None
    states: tuple[Values, ...]
    is_new: bool = False


def spread_written(call: Call, shape: Shape, drafts: Sequence[Draft]) -> list[Event]:
    """Compute everything anew that depends on drafts that have just been written; the events are left to announce.

    It is written like any other change. The platform does it, whoever made the changes, and rules over whole records do not hold
    it up. Records in the recycle bin are left as they are until they come back. A value that does not fit its field refuses the
    changes.
    """
    if not _concerns(call, shape):
        return []
    stamps = [draft.stamp for draft in drafts if draft.stamp is not None]
    stamp = max(stamps, key=lambda stamp: stamp.at, default=None)
    spreading = _Spreading(call, dependents_of(call.release), stamp)
    if shape.reads_its_like:  # what was worked out with others that were not written after all
        spreading.renew(shape.key, [draft.id for draft in drafts])
    spreading.note(_written(shape, drafts))
    spreading.run()
    return spreading.events


def spread_gone(call: Call, gone: Iterable[tuple[Shape, Collection[Values]]]) -> list[Event]:
    """The same for records that went to the recycle bin."""
    spreading = _Spreading(call, dependents_of(call.release), None)
    spreading.note(change for shape, records in gone for change in _whole(call, shape, records))
    spreading.run()
    return spreading.events


def spread_back(call: Call, back: Iterable[tuple[Shape, Collection[Values]]]) -> list[Event]:
    """The same for records that came back from the recycle bin, which are computed anew themselves."""
    records = list(back)
    spreading = _Spreading(call, dependents_of(call.release), None)
    for shape, each in records:
        spreading.renew(shape.key, [values["id"] for values in each])
    spreading.note(change for shape, each in records for change in _whole(call, shape, each))
    spreading.run()
    return spreading.events


def _concerns(call: Call, shape: Shape) -> bool:
    """Whether anything at all is computed from the records of an entity or from their rows."""
    known = dependents_of(call.release).by_source
    return bool(known) and (shape.key in known or any(rows.key in known for rows in shape.tables.values()))


def _written(shape: Shape, drafts: Iterable[Draft]) -> Iterator[Change]:
    for draft in drafts:
        if draft.before is None:
            yield Change(shape.key, draft.id, None, (draft.values,), is_new=True)
        elif draft.changed:
            yield Change(shape.key, draft.id, frozenset(draft.changed), (draft.before, draft.values))
        for name, rows_shape in shape.tables.items():
            if name in draft.rows:
                yield from _rows(rows_shape, draft.rows[name])


def _rows(shape: Shape, rows: Rows) -> Iterator[Change]:
    for row in rows.drafts:
        if row.before is None:
            yield Change(shape.key, row.id, None, (row.values,), is_new=True)
        else:
            moved = ("position",) if row.before["position"] != row.values["position"] else ()
            if row.changed or moved:
                yield Change(shape.key, row.id, frozenset((*row.changed, *moved)), (row.before, row.values))
    for values in rows.removed:
        yield Change(shape.key, values["id"], None, (values,))


def _whole(call: Call, shape: Shape, records: Collection[Values]) -> Iterator[Change]:
    """Records that came or went, with all their rows."""
    for values in records:
        yield Change(shape.key, values["id"], None, (values,))
    known = dependents_of(call.release).by_source
    for rows_shape in shape.tables.values():
        if rows_shape.key in known:
            rows = load_rows(call, rows_shape, [values["id"] for values in records])
            for values in (row for each in rows.values() for row in each):
                yield Change(rows_shape.key, values["id"], None, (values,))


@dataclass(slots=True)
class _Spreading:
    """One spreading under way. `pending` are the records to compute, by the level of the formulas that are due and by entity."""

    call: Call
    dependents: Dependents
    stamp: Stamp | None
    pending: dict[tuple[int, str], set[int]] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)

    def note(self, changes: Iterable[Change]) -> None:
        """Find the records that depend on the changes."""
        starts: dict[tuple[Dependent, int], set[int]] = {}
        for change in changes:
            for dependent in self.dependents.of(change.key, change.fields):
                _start(dependent, change, starts)
        walks: dict[tuple[str, str, int, tuple[object, ...]], tuple[Dependent, int, set[int]]] = {}
        for (dependent, steps), found in starts.items():
            walked = (dependent.key, dependent.start, dependent.level, dependent.source.steps[:steps])
            walks.setdefault(walked, (dependent, steps, set()))[2].update(found)
        for dependent, steps, found in walks.values():
            self.renew_at(dependent.level, dependent.key, find_dependents(self.call, dependent, found, steps))

    def renew(self, key: str, identifiers: Collection[int]) -> None:
        """Have all formulas of some records computed anew."""
        for level in self.dependents.levels_at(key):
            self.renew_at(level, key, identifiers)

    def renew_at(self, level: int, key: str, identifiers: Collection[int]) -> None:
        """Have the formulas of some records computed anew, up to a level."""
        if identifiers:
            self.pending.setdefault((level, key), set()).update(identifiers)

    def run(self) -> None:
        """Compute what is due, the lower levels first: whatever a formula needs is final when its turn comes."""
        while self.pending:
            level, key = due = min(self.pending)
            for identifiers in chunks(sorted(self.pending.pop(due)), AT_ONCE):
                self._compute(level, shape_of(self.call.release, key), identifiers)

    def _compute(self, level: int, shape: Shape, identifiers: Sequence[int]) -> None:
        call = self.call
        drafts = renewed(call, shape, identifiers, self.dependents.skipped(shape.key, level))
        for draft in drafts:
            draft.stamp = self.stamp
        problems = [found for draft in drafts for found in problems_of(draft)]
        if problems:
            raise Refusal("invalid", problems)
        store.update_changed(call, shape, drafts)
        index_drafts(call, shape, drafts)
        entries = (("update", each.id, each.values["version"], changes_of(shape, each)) for each in drafts)
        stamps = {draft.id: self.stamp for draft in drafts} if self.stamp is not None else None
        write_history(call, shape, entries, stamps)
        if anybody_listens(call, shape.key, "update"):
            self.events += [_event(shape, draft) for draft in drafts]
        following = self.dependents.next_level(shape.key, level)
        if following is not None:
            self.renew_at(following, shape.key, [draft.id for draft in drafts])
        self.note(_written(shape, drafts))


def renewed(
    call: Call,
    shape: Shape,
    identifiers: Sequence[int],
    skipped: Collection[tuple[str, str]] = (),
    deleted: bool = False,
) -> list[Draft]:
    """Living records, kept from other writers, whose formulas give another value than what stands there, with the new values.

    `skipped` are formulas not to compute; `deleted` takes the records of the recycle bin too.
    """
    records = list(load_held(call, shape, identifiers, deleted).values())
    tables = [name for name, rows in shape.tables.items() if name in shape.row_readers or rows.computed]
    drafts = drafts_of(call, shape, records, tables, [""] * len(records))
    figures = figures_of(call, shape, [draft.id for draft in drafts], skipped)
    compute(Evaluation(call), shape, drafts, skipped, figures)
    for draft in drafts:
        _find_changes(shape, draft)
    return [draft for draft in drafts if has_changes(draft) or problems_of(draft)]


def has_changes(draft: Draft) -> bool:
    """Whether a record or one of its rows is not what stands there."""
    return bool(draft.changed)


def _find_changes(shape: Shape, draft: Draft) -> None:
    for name, rows in draft.rows.items():
        for row in rows.drafts:
            row.changed = differing(shape.tables[name], row)
    draft.changed = differing(shape, draft)


def problems_of(draft: Draft) -> list[Diagnostic]:
    """The values of a record and its rows that do not fit their fields."""
    return [
        *draft.problems,
        *(found for rows in draft.rows.values() for row in rows.drafts for found in row.problems),
    ]


def _event(shape: Shape, draft: Draft) -> Event:
    version, changed = draft.values["version"], frozenset(draft.changed)
    return Event("update", shape.key, draft.id, version, changed, draft.before, draft.values)


def _start(dependent: Dependent, change: Change, starts: dict[tuple[Dependent, int], set[int]]) -> None:
    """Note where the way back from a change to its dependents begins.

    A record that points to others says itself, by what it held before and holds now, from which of them it could be reached.
    """
    steps, last = len(dependent.source.steps), dependent.last
    if last.kind in ("inverse", "inverse_links", "rows"):
        name = "parent_id" if last.kind == "rows" else last.field
        found = {each for state in change.states for each in _ids(state.get(name))}
        starts.setdefault((dependent, steps - 1), set()).update(found)
    elif last.kind == "all" or not change.is_new:
        starts.setdefault((dependent, steps), set()).add(change.id)


def _ids(value: Value) -> tuple[int, ...]:
    if value is None:
        return ()
    return tuple(value) if isinstance(value, (tuple, list)) else (value,)
