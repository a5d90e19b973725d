"""What happened to a record, newest first: changes with before and after, comments, and steps of approvals."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from dougong.fieldtypes import TYPES
from dougong.fieldtypes.base import Invalid
from dougong.model.entity import Entity
from dougong.model.field import Field
from dougong.records.call import Call
from dougong.records.comments import Comment, list_comments
from dougong.records.history import Entry, history
from dougong.records.record import MEMBER, Record
from dougong.records.trail import SHARED, UNSHARED
from dougong.screens.addresses import history_path, record_path
from dougong.screens.shape import Action, Change, Event, Timeline
from dougong.screens.showing import Titles, person, pieces_of
from dougong.screens.texts import counted, listed, text

SHOWN = 50


def timeline(call: Call, record: Record, more: tuple[Event, ...] = ()) -> Timeline:
    """The events of a record; `more` are those of its approvals."""
    entity = call.release.entity(record.key)
    past = history(call, record.key, record.id, limit=SHOWN)
    events = [_entry(call, entity, each, past.titles) for each in past.entries]
    events += [_comment(call, each) for each in list_comments(call, record.key, record.id)]
    ordered = sorted((*events, *more), key=lambda event: event.at, reverse=True)
    return Timeline(
        tuple(ordered[:SHOWN]),
        comment_action=f"{record_path(record.key, record.id)}/comments",
        more_href=history_path(record.key, record.id) if past.next or len(ordered) > SHOWN else "",
    )


def event_at(
    call: Call,
    kind: str,
    words: str,
    at: datetime,
    actor_id: int | None,
    titles: Titles,
    changes: tuple[Change, ...] = (),
    quote: str = "",
    word: str = "",
    tone: str = "",
) -> Event:
    """One event with its day and time on the reader's clock."""
    local = at.astimezone(ZoneInfo(call.timezone))
    return Event(
        kind=kind,
        text=words,
        day=day_text(call, local.date()),
        time=local.strftime("%H:%M"),
        at=at.isoformat(),
        person=person(call, actor_id or 0, titles),
        changes=changes,
        quote=quote,
        word=word,
        tone=tone,
    )


def day_text(call: Call, day: date) -> str:
    """A day as one speaks of it."""
    today = call.at.astimezone(ZoneInfo(call.timezone)).date()
    if day == today:
        return text("today_day", call.language)
    if day == today - timedelta(days=1):
        return text("yesterday_day", call.language)
    if call.language == "zh":
        return day.strftime("%m-%d") if day.year == today.year else day.isoformat()
    return f"{day:%b} {day.day}" if day.year == today.year else f"{day:%b} {day.day}, {day.year}"


def _comment(call: Call, comment: Comment) -> Event:
    return event_at(
        call,
        "comment",
        text("ev_comment", call.language),
        comment.at,
        comment.author_id,
        {(MEMBER, comment.author_id or 0): comment.author},
        quote=comment.text,
    )


def entry_event(
    call: Call, entity: Entity, entry: Entry, titles: Titles, note: str, action: Action | None
) -> Event:
    """An event of the history with where it came from and what may be done about it."""
    return replace(_entry(call, entity, entry, titles), note=note, action=action)


def _entry(call: Call, entity: Entity, entry: Entry, titles: Titles) -> Event:
    kinds = {"create": "created", "update": "changed", "delete": "deleted", "restore": "restored"}
    kind = kinds.get(entry.action, "changed")
    if kind == "created" and entry.door == "import":
        kind = "imported"
    if entry.merged:
        words = (
            counted("ev_absorbed", len(entry.merged), call.language)
            if entry.action == "absorb"
            else text("ev_merged", call.language, id=entry.merged[0])
        )
        return event_at(call, "merged", words, entry.at, entry.actor_id, titles)
    if entry.action == "reveal":
        labels = listed((_label(call, entity, each) for each in entry.revealed), call.language)
        words = text("ev_revealed", call.language, label=labels)
        return event_at(call, "revealed", words, entry.at, entry.actor_id, titles)
    if entry.action in (SHARED, UNSHARED):
        word = "ev_shared" if entry.action == SHARED else "ev_unshared"
        return event_at(call, "changed", text(word, call.language), entry.at, entry.actor_id, titles)
    changes = () if kind in ("created", "imported") else changes_of(call, entity, entry, titles)
    words = text(f"ev_{kind}", call.language) if kind != "changed" else _changed_words(call, changes)
    stage = entity.stage_field
    if (
        kind == "changed"
        and stage is not None
        and len(changes) == 1
        and changes[0].label == stage.label.get(call.language)
    ):
        return event_at(
            call,
            "stage",
            text("ev_stage", call.language, stage=changes[0].after),
            entry.at,
            entry.actor_id,
            titles,
            changes=changes,
        )
    return event_at(call, kind, words, entry.at, entry.actor_id, titles, changes=changes)


def _label(call: Call, entity: Entity, path: str) -> str:
    field = entity.fields.get(path.partition(".")[0])
    return path if field is None else field.label.get(call.language)


def _changed_words(call: Call, changes: tuple[Change, ...]) -> str:
    if len(changes) == 1:
        return text("ev_changed_one", call.language, label=changes[0].label)
    return counted("ev_changed", len(changes), call.language).replace("{label}", "")


def changes_of(call: Call, entity: Entity, entry: Entry, titles: Titles) -> tuple[Change, ...]:
    """What an event changed, by labels, each value before and after as text."""
    found = []
    for name, (before, after) in entry.changes.items():
        field = entity.fields.get(name)
        if field is not None:
            words = [_words(call, entity, field, each, titles) for each in (before, after)]
            found.append(Change(field.label.get(call.language), words[0], words[1]))
    for name, rows in entry.rows.items():
        count = counted("rows", len(rows), call.language)
        found.append(Change(entity.fields[name].label.get(call.language), "", count))
    return tuple(found)


def _words(call: Call, entity: Entity, field: Field, stored: object, titles: Titles) -> str:
    """A value of the history (as JSON) as text; what the field no longer accepts is shown as it was stored."""
    if stored is None:
        return ""
    kind = TYPES[field.type]
    try:
        value = kind.coerce(stored, field)
    except Invalid:
        return str(stored)
    pieces = pieces_of(call, entity, field, value, titles) if value is not None else ()
    if pieces is not None:
        return listed((piece.text for piece in pieces), call.language)
    return kind.to_text(value, field, call.language, ZoneInfo(call.timezone))
