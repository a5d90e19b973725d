"""What the page, the API and the export of the audit trail have in common: what is looked for, and an entry as data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from dougong.diagnostics import Refusal
from dougong.model.sheet import Heading, Sheet
from dougong.records.audit_trail import MOST, SOURCES, TrailEntry, Wish, knows, trail
from dougong.records.call import Call
from dougong.records.record import MEMBER
from dougong.screens.audit import action_label, audit_line
from dougong.screens.words import say
from dougong.storage.system import USER
from dougong.web.catalogue import finding

PARAMETERS = (
    "source",
    "person",
    "action",
    "subject",
    "entity",
    "record",
    "batch",
    "address",
    "since",
    "until",
)
MOST_EXPORTED = 100_000
_LONGEST = 200
COLUMNS = (
    "at",
    "person",
    "action",
    "about",
    "details",
    "door",
    "route",
    "batch",
    "address",
    "origin",
    "agent",
    "request_id",
    "source",
    "id",
)


def wish_of(call: Call, given: Mapping[str, str]) -> tuple[Wish, dict[str, str]]:
    """What is looked for, and for every parameter that cannot be understood what is wrong with it. Days are those of the reader."""
    problems: dict[str, str] = {}
    values: dict[str, Any] = {}
    for name in ("action", "subject", "batch", "address", "source", "entity"):
        values[name] = given.get(name, "").strip()[:_LONGEST]
    if values["source"] not in ("", *(name for name, _ in SOURCES)):
        problems["source"] = say("audit_bad", call.language, name="source")
    if values["entity"] and not knows(call, values["entity"]):
        problems["entity"] = say("audit_bad", call.language, name="entity")
    person = given.get("person", "").strip()[:_LONGEST]
    if person:
        values["actor_id"] = _person(call, person)
        if values["actor_id"] is None:
            problems["person"] = say("audit_unknown_person", call.language, name=person)
    record = given.get("record", "").strip()
    if record:
        is_id = record.isascii() and record.isdigit() and len(record) <= 18
        values["record_id"] = int(record) if is_id else None
        if not is_id:
            problems["record"] = say("audit_bad", call.language, name=say("audit_record", call.language))
    for name in ("since", "until"):
        if given.get(name, "").strip():
            values[name] = _moment(given[name].strip(), name == "until", call.timezone)
            if values[name] is None:
                problems[name] = say("audit_bad", call.language, name=say(f"audit_{name}", call.language))
    return Wish(**values), problems


def unclear(problems: Mapping[str, str]) -> Refusal:
    """The refusal for what cannot be understood."""
    return Refusal("invalid", [finding("W480", name, words=words) for name, words in problems.items()])


def _person(call: Call, login: str) -> int | None:
    statement = select(USER.c.id).where(USER.c.login == login.casefold())
    return call.connection.execute(statement).scalar_one_or_none()


def _moment(text: str, is_end: bool, zone: str) -> datetime | None:
    """A day (its beginning, or as an end the beginning of the next one) or a moment."""
    try:
        if len(text) == 10:
            day = date.fromisoformat(text)
            begin = datetime.combine(day, time.min, ZoneInfo(zone))
            return (begin + timedelta(days=1) if is_end else begin).astimezone(UTC)
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def document(call: Call, entry: TrailEntry, titles: Mapping[tuple[str, int], str]) -> dict[str, Any]:
    """An entry for programs."""
    actor = None
    if entry.actor_id:
        actor = {"id": str(entry.actor_id), "title": titles.get((MEMBER, entry.actor_id), "")}
    return {
        "source": entry.source,
        "id": str(entry.id),
        "at": entry.at.astimezone(ZoneInfo(call.timezone)).isoformat(),
        "actor": actor,
        "door": entry.door,
        "action": entry.action,
        "subject": entry.subject,
        "entity": entry.entity or None,
        "record": str(entry.record_id) if entry.record_id is not None else None,
        "version": entry.version,
        "batch": entry.batch or None,
        "address": entry.address,
        "origin": entry.origin,
        "agent": entry.agent,
        "route": entry.route,
        "request_id": entry.request_id,
        "details": dict(entry.details),
        "changes": {
            name: {"before": before, "after": after} for name, (before, after) in entry.changes.items()
        },
        "rows": {name: len(rows) for name, rows in entry.rows.items()},
        "revealed": list(entry.revealed),
    }


def sheet_of(call: Call, wish: Wish) -> Sheet:
    """The trail as a table, newest first; each of the two can be walked once."""
    language = call.language
    headings = tuple(Heading(name, name) for name in COLUMNS)
    return Sheet(
        say("audit", language),
        headings,
        ([_cell(call, entry, titles, name) for name in COLUMNS] for entry, titles in _every(call, wish)),
        (document(call, entry, titles) for entry, titles in _every(call, wish)),
    )


def _every(call: Call, wish: Wish) -> Iterator[tuple[TrailEntry, Mapping[tuple[str, int], str]]]:
    cursor, count = "", 0
    while count < MOST_EXPORTED:
        page = trail(call, wish, MOST, cursor)
        for entry in page.entries:
            yield entry, page.titles
        cursor, count = page.next, count + len(page.entries)
        if not cursor:
            return


def _cell(call: Call, entry: TrailEntry, titles: Mapping[tuple[str, int], str], name: str) -> Any:
    line = audit_line(call, entry, dict(titles))
    if name == "at":
        return entry.at.astimezone(ZoneInfo(call.timezone)).isoformat()
    if name == "person":
        return line.person.text if line.person is not None else ""
    if name == "action":
        return action_label(entry.action, call.language)
    if name == "about":
        return f"{line.about.note} {line.about.text}".strip() if line.about is not None else ""
    if name == "details":
        changed = [f"{each.label}: {each.before} → {each.after}" for each in line.changes]
        return "; ".join([*changed, *(f"{label}: {words}" for label, words in line.facts)])
    return str(getattr(entry, name))
