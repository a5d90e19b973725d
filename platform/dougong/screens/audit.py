"""The page of the audit trail: who did what, when, from where and by which path, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from dougong.records.audit_trail import Trail, TrailEntry, Wish, knows
from dougong.records.batches import kind_of
from dougong.records.call import Call
from dougong.records.history import Entry
from dougong.records.record import MEMBER
from dougong.records.undo_entries import UNDOABLE
from dougong.screens.addresses import audit_path, record_path, revert_path, with_query
from dougong.screens.shape import Action, AuditInput, AuditLine, AuditScreen, Change, Link, Notice, Piece
from dougong.screens.showing import Titles, moment
from dougong.screens.texts import listed, text
from dougong.screens.timeline import changes_of, day_text
from dougong.screens.vocabulary.audit import ACTIONS, DETAILS, RECORD_ACTIONS
from dougong.screens.words import say
from dougong.storage.evidence.sealing import Head

_DRAWN: Mapping[str, tuple[str, ...]] = {
    "plus": ("create",),
    "edit": ("update",),
    "trash": ("delete", "purge"),
    "rotate": ("restore",),
    "arrows-join": ("merge", "absorb"),
    "eye": ("reveal",),
    "user": ("account", "person"),
    "users": ("department", "team"),
    "login": ("session",),
    "key": ("token",),
    "send": ("app",),
    "download": ("records",),
}
_ICONS = {action: icon for icon, actions in _DRAWN.items() for action in actions}
PEOPLE = ("user", "person")
"""What subjects of people begin with."""
_SHOWN = 60
"""How many characters of a detail are shown."""


def audit_screen(
    call: Call,
    found: Trail,
    wish: Wish,
    given: Mapping[str, str],
    head: Head,
    problems: Mapping[str, str],
) -> AuditScreen:
    """A page of the trail; `given` is what stands in the filter as it was written, `problems` what is wrong with it."""
    language = call.language
    kept = [(name, value) for name, value in given.items() if value and name != "before"]
    path = with_query(audit_path(), kept)
    older = with_query(audit_path(), [*kept, ("before", found.next)]) if found.next else ""
    seal = say("audit_unsealed", language)
    if head.at is not None:
        seal = say("audit_sealed", language, number=head.number, at=moment(head.at, call))
    export = Action(
        "export",
        say("audit_export", language),
        with_query(f"{audit_path()}/export", kept),
        icon="download",
    )
    return AuditScreen(
        title=say("audit", language),
        text=say("audit_text", language),
        inputs=_inputs(call, given, problems),
        lines=tuple(audit_line(call, each, found.titles) for each in found.entries),
        seal=seal,
        seal_hash=head.hash if head.at is not None else "",
        is_filtered=bool(kept),
        more_href=older,
        newest_href=path if given.get("before") else "",
        actions=(export,),
        notices=tuple(Notice(each, "warn") for each in problems.values()),
    )


def _inputs(call: Call, given: Mapping[str, str], problems: Mapping[str, str]) -> tuple[AuditInput, ...]:
    language = call.language
    every = ("", say("audit_every", language))
    entities = tuple(
        (entity.key, f"{app.label.get(language)} · {entity.label.get(language)}")
        for app in call.release.apps.values()
        for entity in app.entities.values()
        if not entity.parent
    )
    options = {
        "source": (
            every,
            ("audit", say("audit_platform", language)),
            ("history", say("audit_records", language)),
        ),
        "action": (every, *((name, action_label(name, language)) for name in (*RECORD_ACTIONS, *ACTIONS))),
        "entity": (every, *entities),
    }
    kinds = {"since": "date", "until": "date"}
    labels = {
        "source": "audit_records",
        "person": "audit_person",
        "action": "audit_action",
        "entity": "audit_entity",
        "record": "audit_record",
        "address": "audit_address",
        "since": "audit_since",
        "until": "audit_until",
    }
    names = ("person", "action", "entity", "record", "address", "since", "until")
    return tuple(
        AuditInput(
            name,
            say(labels[name], language),
            given.get(name, ""),
            "select" if name in options else kinds.get(name, "text"),
            options.get(name, ()),
            problems.get(name, ""),
        )
        for name in names
    )


def action_label(action: str, language: str) -> str:
    """What an action is called; one that has no words yet by its own name."""
    pair = ACTIONS.get(action) or RECORD_ACTIONS.get(action)
    return action if pair is None else pair[0 if language == "zh" else 1]


def audit_line(call: Call, entry: TrailEntry, titles: Titles) -> AuditLine:
    """One entry in words."""
    language, local = call.language, entry.at.astimezone(ZoneInfo(call.timezone))
    return AuditLine(
        icon=_ICONS.get(entry.action) or _ICONS.get(entry.action.partition(".")[0], "settings"),
        text=action_label(entry.action, language),
        day=day_text(call, local.date()),
        time=local.strftime("%H:%M:%S"),
        at=entry.at.isoformat(),
        person=_person(entry, titles, language),
        about=_about(call, entry, titles),
        changes=_changes(call, entry, titles),
        facts=_facts(call, entry),
        note=_where(call, entry),
        action=_taking_back(call, entry),
    )


def _person(entry: TrailEntry, titles: Titles, language: str) -> Piece:
    known = titles.get((MEMBER, entry.actor_id or 0), "")
    return Piece(known or say("audit_system", language), "person" if known else "system")


def _about(call: Call, entry: TrailEntry, titles: Titles) -> Link | None:
    if entry.record_id is not None:
        title = titles.get((entry.entity, entry.record_id), f"#{entry.record_id}")
        if not knows(call, entry.entity):
            return Link(f"{entry.entity} {title}", "")
        label = call.release.entity(entry.entity).label.get(call.language)
        is_there = (entry.entity, entry.record_id) in titles
        return Link(title, record_path(entry.entity, entry.record_id) if is_there else "", label)
    kind, _, name = entry.subject.partition(":")
    if not name:
        return None
    if kind in PEOPLE and name.isdigit():
        return Link(titles.get((MEMBER, int(name)), f"#{name}"), "")
    if kind == "entity" and knows(call, name):
        return Link(call.release.entity(name).label.get(call.language), "")
    if kind == "app" and name in call.release.apps:
        return Link(call.release.app(name).label.get(call.language), "")
    return None if kind == "session" else Link(name if kind in ("app", "entity") else f"#{name}", "")


def _changes(call: Call, entry: TrailEntry, titles: Titles) -> tuple[Change, ...]:
    if not entry.changes and not entry.rows:
        return ()
    event = Entry(
        entry.id,
        entry.at,
        entry.actor_id,
        "",
        entry.door,
        entry.action,
        entry.version,
        entry.batch or None,
        entry.record_id or 0,
        entry.changes,
        entry.rows,
    )
    return changes_of(call, call.release.entity(entry.entity), event, titles)


def _facts(call: Call, entry: TrailEntry) -> tuple[tuple[str, str], ...]:
    """The details by their names; nothing that has no name for people is left out, as this is evidence."""
    index = 0 if call.language == "zh" else 1
    found = []
    for name, value in entry.details.items():
        words = _words(value, call.language, index)
        if words:
            found.append((DETAILS[name][index] if name in DETAILS else name, words))
    if entry.revealed:
        fields = call.release.entity(entry.entity).fields if knows(call, entry.entity) else {}
        labels = [
            fields[each].label.get(call.language) if each in fields else each for each in entry.revealed
        ]
        found.append((DETAILS["fields"][index], listed(labels, call.language)))
    return tuple(found)


def _words(value: object, language: str, index: int) -> str:
    if value is None or value == [] or value == {}:
        return ""
    if isinstance(value, bool):
        return ("是", "yes")[index] if value else ("否", "no")[index]
    if isinstance(value, Mapping):
        pairs = (
            f"{DETAILS[name][index] if name in DETAILS else name}: {_words(each, language, index)}"
            for name, each in value.items()
        )
        return _cut(listed(pairs, language))
    if isinstance(value, Sequence) and not isinstance(value, str):
        if len(value) == 2 and not isinstance(value[0], Sequence | Mapping):
            return _cut(" → ".join(_words(each, language, index) or "–" for each in value))
        return _cut(listed((_words(each, language, index) for each in value), language))
    return _cut(str(value))


def _cut(words: str) -> str:
    return words if len(words) <= 2 * _SHOWN else f"{words[: 2 * _SHOWN]}…"


def _where(call: Call, entry: TrailEntry) -> str:
    """By which door, within which batch, from which address, by which session, token or job, and with which program."""
    language = call.language
    parts = [text(f"door_{entry.door}", language)] if entry.door else []
    kind = kind_of(entry.batch or None)
    if kind:
        parts.append(text(f"batch_{kind}", language, name=entry.batch))
    elif entry.batch:
        parts.append(say("audit_batch_of", language, name=entry.batch))
    parts += [each for each in (entry.address, entry.origin.replace(":", " "), entry.route) if each]
    if entry.agent:
        parts.append(entry.agent if len(entry.agent) <= _SHOWN else f"{entry.agent[:_SHOWN]}…")
    return " · ".join(parts)


def _taking_back(call: Call, entry: TrailEntry) -> Action | None:
    if entry.source != "history" or entry.action not in UNDOABLE or not knows(call, entry.entity):
        return None
    href = revert_path(entry.entity, entry.record_id or 0, entry.id)
    words = say("audit_take_back", call.language)
    return Action(f"revert-{entry.id}", words, href, icon="arrow-back-up", kind="quiet")
