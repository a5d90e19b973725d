"""The whole history of a record: every change with the door and the batch it came by, and taking it back."""

from __future__ import annotations

from dougong.policy.access import may
from dougong.records.batches import kind_of
from dougong.records.call import Call
from dougong.records.history import Entry, history
from dougong.records.record import Record
from dougong.records.undo_entries import UNDOABLE
from dougong.screens.addresses import entity_path, history_path, record_path, with_query
from dougong.screens.shape import Action, Confirm, Event, HistoryScreen, Link, Timeline
from dougong.screens.showing import Titles
from dougong.screens.texts import text
from dougong.screens.timeline import entry_event

PAGE = 50


def history_screen(call: Call, record: Record, before: int | None = None) -> HistoryScreen:
    """One page of what happened to a record."""
    entity = call.release.entity(record.key)
    found = history(call, record.key, record.id, PAGE, before)
    path = history_path(record.key, record.id)
    events = tuple(_event(call, record, each, found.titles) for each in found.entries)
    return HistoryScreen(
        title=text("history", call.language),
        crumbs=(
            Link(entity.plural.get(call.language), entity_path(record.key), icon=entity.icon),
            Link(record.title, record_path(record.key, record.id)),
        ),
        timeline=Timeline(
            events, more_href=with_query(path, [("before", str(found.next))]) if found.next else ""
        ),
        newest_href=path if before is not None else "",
    )


def _event(call: Call, record: Record, entry: Entry, titles: Titles) -> Event:
    notes = [text(f"door_{entry.door}", call.language)]
    kind = kind_of(entry.batch)
    if kind:
        notes.append(text(f"batch_{kind}", call.language, name=entry.batch))
    if entry.record_id != record.id:
        notes.append(text("of_merged", call.language, id=entry.record_id))
    return entry_event(
        call, call.release.entity(record.key), entry, titles, " · ".join(notes), _undo(call, record, entry)
    )


def _undo(call: Call, record: Record, entry: Entry) -> Action | None:
    """Taking an event back, where the reader might: what it is about decides when it is done."""
    language = call.language
    action = "delete" if entry.action in ("create", "restore", "merge") else "update"
    if entry.action not in UNDOABLE or not may(call.release, call.actor, record.key, action):
        return None
    if entry.action == "delete" or (entry.action == "create" and entry.record_id != record.id):
        return None
    confirm = Confirm(
        text("undo_title", language), text(f"undo_text_{entry.action}", language), text("undo", language)
    )
    return Action(
        f"undo-{entry.id}",
        text("undo", language),
        f"{history_path(record.key, entry.record_id)}/{entry.id}/undo",
        "post",
        "arrow-back-up",
        "quiet",
        (("back", history_path(record.key, record.id)),),
        confirm,
    )
