"""Takes the chunks of an import one by one, each in a transaction of its own; while one is written, the next is prepared.

The writer works in a thread of its own. Databases store rows without Python's lock, so that both cores are at work. Nothing but
writing runs beside the preparation: what a chunk did is taken over, and told, before the next one may begin.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event

from dougong.diagnostics import Refusal
from dougong.records import import_log
from dougong.records.cells import Entry
from dougong.records.import_run import Run
from dougong.records.importer import Importer, Prepared, Taken, chunked, prepare, take, take_over
from dougong.storage import search
from dougong.storage.database import is_crossed

_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Some entries, from which position of the file they take the import to which, and whether they have waited before."""

    entries: list[Entry]
    position: tuple[int, int]
    again: bool = False
    decided: Event = field(default_factory=Event)
    """Set when nothing is left to do for it but what the database does: the best moment to prepare the next one."""

    def anew(self) -> _Chunk:
        """The same before anything was read of it."""
        return _Chunk([Entry(entry.lines) for entry in self.entries], self.position, self.again)


def take_all(under_way: Run, identity: int, importer: Importer, entries: Iterator[Entry]) -> None:
    """Take everything that is left, in order, then what had to wait for records further down."""
    writing: tuple[_Chunk, Future[Taken]] | None = None
    with _indexing(under_way) as index_behind, ThreadPoolExecutor(1, "import") as writer:
        for some in chunked(entries):
            if writing is not None:
                writing[0].decided.wait()
            prepared = _prepared(under_way, importer, some)
            if writing is not None:
                _finish(under_way, identity, importer, *writing)
                index_behind()
            chunk = _Chunk(some, _position(importer, some))
            writing = chunk, writer.submit(_deciding, under_way, identity, importer, chunk, prepared)
        if writing is not None:
            _finish(under_way, identity, importer, *writing)
    for some in importer.postponed():
        chunk = _Chunk(some, _position(importer, some), again=True)
        _take_over(under_way, importer, chunk, _attempts(under_way, identity, importer, chunk, _ATTEMPTS))


@contextmanager
def _indexing(under_way: Run) -> Iterator[Callable[[], None]]:
    """What has the search index of the written chunks sorted while the next are written; in the end all of it is."""
    index = under_way.release.tables.search(under_way.key)
    if index is None or under_way.options.dry_run:
        yield lambda: None
        return
    last: Future[None] | None = None
    with ThreadPoolExecutor(1, "index") as thread:

        def begin() -> None:
            nonlocal last
            if last is None or last.done():
                last = thread.submit(search.sort_in, under_way.database, index)

        try:
            yield begin
        finally:  # an import that breaks off leaves nothing for the next writer to sort either
            thread.submit(search.sort_in, under_way.database, index)


def _position(importer: Importer, entries: list[Entry]) -> tuple[int, int]:
    return importer.position, max(importer.position, entries[-1].lines[-1].number)


def _prepared(under_way: Run, importer: Importer, entries: list[Entry]) -> Prepared | None:
    if not importer.looks_ahead:
        return None
    with under_way.database.looking() as connection:
        return prepare(under_way.call(connection), importer, entries)


def _finish(under_way: Run, identity: int, importer: Importer, chunk: _Chunk, written: Future[Taken]) -> None:
    """Wait for a chunk; a race lost against another writer is tried again."""
    try:
        taken = written.result()
    except Refusal as refusal:
        if not _was_lost(refusal):
            raise
        chunk = chunk.anew()
        taken = _attempts(under_way, identity, importer, chunk, _ATTEMPTS - 1)
    _take_over(under_way, importer, chunk, taken)


def _attempts(under_way: Run, identity: int, importer: Importer, chunk: _Chunk, count: int) -> Taken:
    try:
        return _attempt(under_way, identity, importer, chunk)
    except Refusal as refusal:
        if not _was_lost(refusal) or count == 1:
            raise
    return _attempts(under_way, identity, importer, chunk.anew(), count - 1)


def _was_lost(refusal: Refusal) -> bool:
    """Whether another writer came first, or waited for this one while this one waited for it."""
    return refusal.kind == "conflict" or is_crossed(refusal)


def _take_over(under_way: Run, importer: Importer, chunk: _Chunk, taken: Taken) -> None:
    take_over(importer, chunk.entries, taken)
    if under_way.progress is not None:
        under_way.progress(importer.counts)


def _deciding(
    under_way: Run, identity: int, importer: Importer, chunk: _Chunk, prepared: Prepared | None
) -> Taken:
    try:
        return _attempt(under_way, identity, importer, chunk, prepared)
    finally:
        chunk.decided.set()


def _attempt(
    under_way: Run, identity: int, importer: Importer, chunk: _Chunk, prepared: Prepared | None = None
) -> Taken:
    """Take a chunk in one transaction, together with the note of how far the import then is."""
    waited = chunk.entries if chunk.again else ()
    is_dry = under_way.options.dry_run
    with _files_kept(importer), under_way.database.writing() as connection:
        search.collect(connection)
        call = under_way.call(connection, None if prepared is None else prepared.at)
        taken = take(call, importer, chunk.entries, not is_dry, prepared, chunk.decided.set)
        if is_dry:
            connection.rollback()
        else:
            import_log.note_chunk(call, identity, chunk.position, taken, waited)
    if is_dry:
        with under_way.database.writing() as connection:
            import_log.note_chunk(under_way.call(connection), identity, chunk.position, taken, waited)
    return taken


@contextmanager
def _files_kept(importer: Importer) -> Iterator[None]:
    """Files that a chunk stored stay when it is committed and go when it is not."""
    try:
        yield
    except BaseException:
        if importer.attachments is not None:
            importer.attachments.discard()
        raise
    if importer.attachments is not None:
        importer.attachments.settle()
