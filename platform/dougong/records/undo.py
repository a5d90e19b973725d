"""Takes back what was done, newest first: a change, a batch, an import, a deletion or a merge, as far as nobody changed it since."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from sqlalchemy import select, update

from dougong.diagnostics import Diagnostic, Refusal
from dougong.policy.access import access
from dougong.records.batches import batch_name, kind_of
from dougong.records.call import Call, as_actor, without_asking
from dougong.records.chunks import CHUNK
from dougong.records.delete import delete_records, restore_records
from dougong.records.doors import open_door
from dougong.records.load import load
from dougong.records.messages import problem, refuse
from dougong.records.put_back import put_back
from dougong.records.selection import Selection
from dougong.records.shape import shape_of
from dougong.records.undo_entries import Conflict, PastEntry, entries_of, find_conflicts
from dougong.records.unmerge import unmerge
from dougong.storage.system import HISTORY, IMPORT

MODES: tuple[str, ...] = ("refuse", "skip")
"""What to do about records that were changed since: refuse all, or leave those as they are."""

_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back: records deleted and restored, and those left alone, with the reason for each.

    `batch` takes the undoing itself back.
    """

    deleted: int
    restored: int
    skipped: int
    conflicts: tuple[Conflict, ...] = ()
    batch: str = ""


def undo(call: Call, import_id: int, conflicts: str = "skip", dry_run: bool = False) -> Undone:
    """Take back an import that the actor made (an administrator: any), with the right to import alone."""
    row = call.connection.execute(select(IMPORT).where(IMPORT.c.id == import_id)).mappings().first()
    if row is None or not (row["actor_id"] == call.actor.id or call.actor.is_admin):
        refuse("missing", call.language, "unknown_import")
    shape = open_door(call, row["entity"], "import")
    if row["undone_at"] is not None or row["dry_run"]:
        refuse("conflict", call.language, "import_undone")
    entries = entries_of(call, HISTORY.c.batch == row["batch"], HISTORY.c.entity == shape.key)
    outcome = _undo(call, entries, conflicts, dry_run, trusted=True)
    if not dry_run:
        values = {"undone_at": call.at, "undone_by": call.actor.id, "state": "undone"}
        call.connection.execute(update(IMPORT).where(IMPORT.c.id == import_id).values(values))
    return outcome


def undo_batch(call: Call, batch: str, conflicts: str = "refuse", dry_run: bool = False) -> Undone:
    """Take back everything that was done under a batch; the actor needs the rights to do the opposite of each part.

    What the platform did because of a deletion or a merge is taken back with it, whoever undoes it.
    """
    if kind_of(batch) == "import":
        found = select(IMPORT.c.id).where(IMPORT.c.batch == batch)
        import_id = call.connection.execute(found).scalar_one_or_none()
        if import_id is not None:
            return undo(call, import_id, conflicts, dry_run)
    entries = entries_of(call, HISTORY.c.batch == batch) if batch else []
    _check_seen(call, entries)
    trusted = kind_of(batch) in ("delete", "merge")
    if trusted:
        _check_root(call, entries)
    return _undo(call, entries, conflicts, dry_run, trusted)


def undo_change(
    call: Call, key: str, identifier: int, entry_id: int, conflicts: str = "refuse", dry_run: bool = False
) -> Undone:
    """Take back one event of a record's history."""
    shape = open_door(call, key, "read")
    where = (HISTORY.c.id == entry_id, HISTORY.c.entity == shape.key, HISTORY.c.record_id == identifier)
    entries = entries_of(call, *where)
    _check_seen(call, entries)
    if entries[0].action == "merge" and entries[0].batch:
        return undo_batch(call, entries[0].batch, conflicts, dry_run)
    return _undo(call, entries, conflicts, dry_run, trusted=False)


def _check_seen(call: Call, entries: Sequence[PastEntry]) -> None:
    """A batch of which the actor may see nothing is answered like one that does not exist."""
    for key, found in groupby(sorted(entries, key=lambda entry: entry.key), lambda entry: entry.key):
        if not access(call.release, call.actor, key, "read").allowed:
            continue
        shape, identifiers = shape_of(call.release, key), [entry.record_id for entry in found]
        for deleted in (False, True):
            for start in range(0, len(identifiers), CHUNK):
                some = identifiers[start : start + CHUNK]
                if Selection(call, shape, "read", deleted).among(some).count():
                    return
    refuse("missing", call.language, "unknown_batch")


def _check_root(call: Call, entries: Sequence[PastEntry]) -> None:
    """The rights for a deletion or a merge as a whole are those for the records that it was about."""
    wanted = {"delete": "delete", "merge": "delete", "update": "update"}
    newest = entries[0]
    roots = [entry for entry in entries if entry.action == "merge"] or [newest]
    for entry in {newest, *roots}:
        action = wanted.get(entry.action, "delete")
        shape = open_door(call, entry.key, action)
        living, gone = (Selection(call, shape, action, deleted) for deleted in (False, True))
        if not any(each.among([entry.record_id]).count() for each in (living, gone)):
            refuse("conflict", call.language, "undo_forbidden")


def _undo(call: Call, entries: Sequence[PastEntry], conflicts: str, dry_run: bool, trusted: bool) -> Undone:
    if conflicts not in MODES:
        refuse("invalid", call.language, "undo_mode", "conflicts")
    found = find_conflicts(call, entries, trusted)
    if found and conflicts == "refuse" and not dry_run:
        _refuse(call, found)
    in_the_way = {(conflict.key, conflict.id) for conflict in found}
    able = [entry for entry in entries if (entry.key, entry.record_id) not in in_the_way]
    batch = batch_name("undo")
    work = _Undoing(
        replace(as_actor(call, replace(call.actor, lifted=True)), batch=batch), list(found), conflicts
    )
    if dry_run:
        work.count(able)
    else:
        for step in _steps(able):
            work.take(step)
    if work.conflicts and not able and not dry_run:
        _refuse(call, work.conflicts)
    return Undone(
        len(work.deleted),
        len(work.restored),
        len({(each.key, each.id) for each in work.conflicts}),
        tuple(work.conflicts),
        batch,
    )


def _refuse(call: Call, conflicts: Sequence[Conflict]) -> None:
    raise Refusal("conflict", [conflict_problem(call, conflict) for conflict in conflicts[:_SHOWN]])


def conflict_problem(call: Call, conflict: Conflict) -> Diagnostic:
    """Why a record was left alone, in words."""
    label = call.release.entity(conflict.key).label.get(call.language)
    path = f"{conflict.key}/{conflict.id}"
    names = [call.release.entity(conflict.key).fields.get(name) for name in conflict.fields]
    fields = ("、" if call.language == "zh" else ", ").join(
        each.label.get(call.language) for each in names if each is not None
    )
    reason = "；".join(each.message for each in conflict.problems[:3])
    if conflict.reason == "changed" and not fields:
        return problem(call.language, "undo_touched", path, label=label, id=conflict.id)
    return problem(
        call.language,
        f"undo_{conflict.reason}",
        path,
        label=label,
        id=conflict.id,
        fields=fields,
        reason=reason,
    )


def _steps(entries: Sequence[PastEntry]) -> Iterator[list[PastEntry]]:
    """Neighbours that can be taken back together: the same action on different records of one entity."""
    for _, group in groupby(entries, key=lambda entry: (entry.key, entry.action)):
        step: list[PastEntry] = []
        seen: set[int] = set()
        for entry in group:
            if entry.record_id in seen or len(step) == CHUNK:
                yield step
                step, seen = [], set()
            step.append(entry)
            seen.add(entry.record_id)
        yield step


@dataclass(slots=True)
class _Undoing:
    """One undoing under way, on behalf of the platform: rights were asked for before."""

    call: Call
    conflicts: list[Conflict]
    mode: str
    deleted: set[tuple[str, int]] = field(default_factory=set)
    restored: set[tuple[str, int]] = field(default_factory=set)

    def count(self, entries: Sequence[PastEntry]) -> None:
        """Only tell what taking them would do."""
        for entry in entries:
            self._note(entry)

    def take(self, step: Sequence[PastEntry]) -> None:
        """Take entries back together; where that is refused, one by one, so that the others are taken."""
        try:
            with self.call.connection.begin_nested():
                _reverse(self.call, step)
        except Refusal as refusal:
            if self.mode == "refuse":
                raise
            if len(step) > 1:
                for entry in step:
                    self.take([entry])
                return
            [entry] = step
            self.conflicts.append(
                Conflict(entry.key, entry.record_id, "refused", (), tuple(refusal.problems))
            )
            return
        for entry in step:
            self._note(entry)

    def _note(self, entry: PastEntry) -> None:
        record = (entry.key, entry.record_id)
        if entry.action in ("create", "restore"):
            self.deleted.add(record)
            self.restored.discard(record)
        else:
            self.restored.add(record)


def _reverse(call: Call, step: Sequence[PastEntry]) -> None:
    shape, action = shape_of(call.release, step[0].key), step[0].action
    standing = load(call, shape, [entry.record_id for entry in step], lock=True)
    if action in ("create", "restore"):
        delete_records(
            without_asking(call), shape, {entry.record_id: standing[entry.record_id] for entry in step}
        )
    elif action == "delete":
        gone = {
            entry.record_id: standing[entry.record_id]
            for entry in step
            if standing[entry.record_id]["deleted_at"] is not None
        }
        restore_records(call, shape, gone, follow=False)
    elif action == "merge":
        for entry in step:
            unmerge(call, shape, entry.record_id, entry.changes)
    else:
        put_back(call, shape, [(standing[entry.record_id], entry.changes) for entry in step])
