"""What goes through many records at once in the background: taking back imports and batches, and numbering again."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from dougong.records.batches import in_batch
from dougong.records.call import Call
from dougong.records.renumber import Renumbered, Renumbering, preview, renumber
from dougong.records.undo import Undone, undo, undo_batch
from dougong.screens.addresses import entity_path, numbering_path, with_query
from dougong.screens.texts import text
from dougong.storage.system import HISTORY, IMPORT
from dougong.web import importing
from dougong.web.catalogue import refuse
from dougong.web.importing import Upload
from dougong.web.undone import renumbering_document, undone_document
from dougong.web.working import Ended, Working, order, state_of

UNDO, UNDO_IMPORT, RENUMBER, PREVIEW = "undo", "undo_import", "renumber", "renumber_preview"
MANY_CHANGES = 2_000
"""Changes from which on they are not taken back while a request waits."""
MANY_RECORDS = 20_000
"""Records from which on they are not numbered, nor gone through to see what that would change, while a request waits."""


# ------------------------------------------------------------------ how much there is to do
def is_long_batch(call: Call, batch: str) -> bool:
    """Whether a batch holds so much that nobody should wait for its undoing in a request."""
    some = select(HISTORY.c.id).where(HISTORY.c.batch == batch).limit(MANY_CHANGES).subquery()
    return _number(call, select(func.count()).select_from(some)) >= MANY_CHANGES


def is_long_import(call: Call, identity: int) -> bool:
    """The same of an import."""
    batch = call.connection.execute(
        select(IMPORT.c.batch).where(IMPORT.c.id == identity)
    ).scalar_one_or_none()
    return batch is not None and is_long_batch(call, batch)


def has_many(call: Call, key: str) -> bool:
    """Whether an entity has so many records that going through all of them takes long."""
    table = call.release.table(key)
    some = select(table.c.id).limit(MANY_RECORDS).subquery()
    return _number(call, select(func.count()).select_from(some)) >= MANY_RECORDS


def _number(call: Call, counted: Any) -> int:
    return int(call.connection.execute(counted).scalar_one())


# ------------------------------------------------------------------ ordering
def order_undoing(call: Call, batch: str, conflicts: str, back: str) -> int:
    """Have a batch taken back."""
    given = {"batch": batch, "conflicts": conflicts, "href": back}
    return order(call, UNDO, text("undo_batch_title", call.language), back, given, lock=f"undo:{batch}")


def order_undoing_of_import(
    call: Call, identity: int, conflicts: str, back: str, upload: Upload | None = None
) -> int:
    """Have an import taken back; the upload that it came from can then be imported again."""
    given = {"import": identity, "conflicts": conflicts, "href": back}
    given |= {"upload": [upload.entity, upload.token]} if upload is not None else {}
    lock = f"undo:import:{identity}"
    return order(call, UNDO_IMPORT, text("import_undo", call.language), back, given, lock=lock)


def order_numbering(call: Call, key: str, field: str, *, only_preview: bool = False) -> int:
    """Have all records numbered again, or only found out what that would change."""
    label = call.release.entity(key).fields[field].label.get(call.language)
    title = text("renumber_more", call.language, label=label).rstrip("…")
    kind = PREVIEW if only_preview else RENUMBER
    back = numbering_path(key, field)
    return order(call, kind, title, back, {"entity": key, "field": field}, lock=f"renumber:{key}.{field}")


# ------------------------------------------------------------------ doing
def take_back(working: Working) -> None:
    """Take a batch back."""
    given = working.given
    with working.writing() as call:
        done = undo_batch(call, given["batch"], given["conflicts"])
        working.end(call.connection, _undone(call, done, "work_undone", given["href"]))


def take_import_back(working: Working) -> None:
    """Take an import back."""
    given = working.given
    with working.writing() as call:
        done = undo(call, given["import"], given["conflicts"])
        if "upload" in given:
            importing.begin_anew(call, *given["upload"])
        working.end(call.connection, _undone(call, done, "import_undone", given["href"]))


def _undone(call: Call, done: Undone, words: str, href: str) -> Ended:
    counts = {name: f"{getattr(done, name):,}" for name in ("deleted", "restored", "skipped")}
    return Ended(text(words, call.language, **counts), href, undone_document(call, done), done.batch)


def number_again(working: Working) -> None:
    """Number all records again."""
    key, field = working.given["entity"], working.given["field"]
    with working.writing() as call:
        call = in_batch(call, "renumber")
        done = renumber(call, key, field)
        said = text("renumbered", call.language, changed=f"{len(done.changed):,}")
        ended = Ended(said, entity_path(key), renumbering_document(done, call.batch))
        working.end(call.connection, ended)


def look_at_numbers(working: Working) -> None:
    """Find out what numbering again would change; the page of numbering shows it."""
    key, field = working.given["entity"], working.given["field"]
    with working.reading() as call:
        found = preview(call, key, field)
        words = {"records": f"{found.records:,}", "changed": f"{len(found.changed):,}"}
        said = text("renumber_counts", call.language, **words)
    href = with_query(numbering_path(key, field), [("work", str(working.job.id))])
    with working.job.writing() as connection:
        working.end(connection, Ended(said, href, renumbering_document(found)))


def looked_up(call: Call, key: str, field: str, identifier: int) -> tuple[Renumbering, int]:
    """What such work found out: the first changes, and how many there are in all."""
    state = state_of(call, identifier)
    if state.state != "done" or state.back != numbering_path(key, field) or "records" not in state.document:
        raise refuse("missing", "W404")
    first = [Renumbered(int(each["id"]), each["before"], each["after"]) for each in state.document["first"]]
    return Renumbering(int(state.document["records"]), first), int(state.document["changed"])
