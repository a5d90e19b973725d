"""Takes the entries of a file into the database, chunk by chunk: reads, matches, completes, writes and counts them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice

from dougong.diagnostics import Diagnostic
from dougong.records.attachments import Attachments
from dougong.records.call import Call
from dougong.records.cells import CellReader, Entry
from dougong.records.differences import Difference, differences_in
from dougong.records.draft import Draft
from dougong.records.mapping import ColumnMap
from dougong.records.matching import Matcher
from dougong.records.pipeline import complete, has_problems, problems_in, settle, warnings_in, work_out, write
from dougong.records.rehearsal import Rehearsal
from dougong.records.resolving import Resolver
from dougong.records.shape import Shape

CHUNK = 5000
SHOWN_DIFFERENCES = 20


@dataclass(frozen=True, slots=True)
class Counts:
    """How far an import is: records read, added, updated, found equal, and failed."""

    total: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class Failure:
    """A record that was not imported: its first line in the file and why."""

    line: int
    problems: tuple[Diagnostic, ...]


@dataclass(slots=True)
class Importer:
    """The state of one import from chunk to chunk."""

    shape: Shape
    columns: ColumnMap
    reader: CellReader
    matcher: Matcher
    resolver: Resolver
    width: int
    counts: Counts = Counts()
    position: int = 0
    """The last line of the file that was taken."""
    later: list[Entry] = field(default_factory=list)
    """Entries that name records of the same entity which were not there yet: they may follow further down in the file."""
    is_last: bool = False
    rehearsal: Rehearsal | None = None
    """In a dry run, what the file would have written."""
    attachments: Attachments | None = None
    differences: list[Difference] = field(default_factory=list)
    """In a dry run, the first changes that it would have made."""

    @property
    def looks_ahead(self) -> bool:
        """Whether a chunk can be prepared while the one before it is written: not where it may name records of that one."""
        return self.attachments is None and not self.reader.names_any(self.shape.key)

    def postponed(self) -> Iterator[list[Entry]]:
        """The postponed entries, again and again as long as any of them got in; the last time they count as failed."""
        while self.later:
            waiting, self.later = self.later, []
            yield from chunked(iter(waiting))
            if len(self.later) == len(waiting):
                waiting, self.later, self.is_last = self.later, [], True
                yield from chunked(iter(waiting))


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a chunk: how far the import is with it, and its entries that failed or must wait."""

    counts: Counts
    failed: tuple[Entry, ...]
    waiting: tuple[Entry, ...]
    partial: tuple[Entry, ...] = ()
    """Those that are in without the cells that were skipped, or though a rule warns of them."""


def chunked(entries: Iterator[Entry]) -> Iterator[list[Entry]]:
    """The entries in pieces that each go into a transaction."""
    while chunk := list(islice(entries, CHUNK)):
        yield chunk


def take_over(importer: Importer, entries: Sequence[Entry], taken: Taken) -> None:
    """Take over what a committed chunk did; entries that only miss a record of the same entity are put aside."""
    importer.counts = taken.counts
    importer.position = max(importer.position, *(entry.lines[-1].number for entry in entries))
    importer.later += [Entry(entry.lines) for entry in taken.waiting]
    importer.resolver.forget_records(importer.shape.key)


def _only_misses_own(shape: Shape, entry: Entry) -> bool:
    own = {
        name
        for field in (*shape.links, *shape.lists)
        if field.target is not None and field.target.key == shape.key
        for name in (field.id, field.one_of.field if field.one_of else field.id)
    }
    return all(found.code == "unknown_target" and found.path in own for found in entry.problems)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A chunk whose cells were read, and whose drafts were worked out if all of them are new, before its transaction began."""

    at: datetime
    pairs: list[tuple[Entry, Draft]] | None


def prepare(call: Call, importer: Importer, entries: Sequence[Entry]) -> Prepared:
    """Do what needs no transaction of its own; nothing is written."""
    importer.reader.read(call, entries, importer.width)
    if not importer.matcher.only_adds:
        return Prepared(call.at, None)
    pairs = _matched(call, importer, entries)
    work_out(call, importer.shape, [draft for _, draft in pairs])
    return Prepared(call.at, pairs)


def _matched(call: Call, importer: Importer, entries: Sequence[Entry]) -> list[tuple[Entry, Draft]]:
    """The entries that are good so far, with the drafts of what they say."""
    pairs = importer.matcher.drafts(call, [entry for entry in entries if not entry.problems])
    return [pair for pair in pairs if not pair[0].problems]


def _drafts(
    call: Call, importer: Importer, entries: Sequence[Entry], prepared: Prepared | None
) -> list[tuple[Entry, Draft]]:
    """The drafts of the entries, worked out and numbered."""
    if prepared is not None and prepared.pairs is not None:
        settle(call, importer.shape, [draft for _, draft in prepared.pairs])
        return prepared.pairs
    if prepared is None:
        importer.reader.read(call, entries, importer.width)
    pairs = _matched(call, importer, entries)
    complete(call, importer.shape, [draft for _, draft in pairs])
    return pairs


def take(
    call: Call,
    importer: Importer,
    entries: Sequence[Entry],
    write_them: bool,
    prepared: Prepared | None = None,
    decided: Callable[[], None] | None = None,
) -> Taken:
    """Take the entries into the database, as far as they have no problem, and return how far the import then is.

    `decided` is called when nothing is left to do but to store them.
    """
    pairs = _drafts(call, importer, entries, prepared)
    if decided is not None:
        decided()
    drafts = [draft for _, draft in pairs]
    if importer.rehearsal is not None:
        importer.rehearsal.rehearse(call, [draft for draft in drafts if not has_problems(draft)])
    for entry, draft in pairs:
        if has_problems(draft):
            entry.problems.extend(problems_in([draft]))
        else:
            entry.skipped.extend(dict.fromkeys(warnings_in([draft])))
    good = [draft for draft in drafts if not has_problems(draft)]
    write(call, importer.shape, good, dry_run=not write_them)
    if importer.rehearsal is not None:
        _note_differences(call, importer, pairs)
    waiting = () if importer.is_last else tuple(each for each in entries if _waits(importer, each))
    aside = {id(entry) for entry in waiting}
    done = [each for each in entries if id(each) not in aside]
    counts = _counted(importer.counts, done, good)
    rehearsed = _rehearsed(call, importer, done)
    counts = replace(counts, added=counts.added + rehearsed, failed=counts.failed - rehearsed)
    failed = tuple(each for each in done if each.problems)
    return Taken(counts, failed, waiting, tuple(each for each in done if each.skipped and not each.problems))


def _note_differences(call: Call, importer: Importer, pairs: Sequence[tuple[Entry, Draft]]) -> None:
    """Remember the first differences, those of changed records before those of new ones."""
    free = SHOWN_DIFFERENCES - len(importer.differences)
    changed = [pair for pair in pairs if pair[1].changed and not has_problems(pair[1])]
    for entry, draft in changed[: max(0, free)]:
        importer.differences += differences_in(call, importer.shape, entry.lines[0].number, draft)


def _waits(importer: Importer, entry: Entry) -> bool:
    return bool(entry.problems) and _only_misses_own(importer.shape, entry)


def _rehearsed(call: Call, importer: Importer, entries: Sequence[Entry]) -> int:
    """How many entries miss nothing but records which the dry run would have written; their problems are taken back."""
    waiting = [entry for entry in entries if importer.rehearsal is not None and _waits(importer, entry)]
    count = 0
    while importer.rehearsal is not None:
        known = [
            each
            for each in waiting
            if all(importer.rehearsal.knows(_missed(found)) for found in each.problems)
        ]
        if not known:
            break
        for entry in known:
            draft = Draft("", entry.values)
            importer.rehearsal.rehearse(call, [draft])
            entry.problems[:] = draft.problems
        count += sum(not entry.problems for entry in known)
        finished = {id(entry) for entry in known}
        waiting = [entry for entry in waiting if id(entry) not in finished]
    return count


def _missed(found: Diagnostic) -> str:
    return dict(found.parameters).get("value", "")


def _counted(before: Counts, entries: Sequence[Entry], good: Sequence[Draft]) -> Counts:
    added = sum(draft.is_new for draft in good)
    updated = sum(bool(draft.changed) for draft in good if not draft.is_new)
    return Counts(
        total=before.total + len(entries),
        added=before.added + added,
        updated=before.updated + updated,
        unchanged=before.unchanged + len(good) - added - updated,
        failed=before.failed + sum(bool(entry.problems) for entry in entries),
    )
