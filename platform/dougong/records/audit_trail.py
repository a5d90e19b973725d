"""The audit trail as one reads it: what was done to the platform and to records, newest first, page by page, for administrators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, or_, select

from dougong.policy.masks import REVEAL
from dougong.records.call import Call
from dougong.records.history import RowChange, named_in, visible_changes
from dougong.records.messages import refuse
from dougong.records.record import MEMBER
from dougong.records.shape import shape_of
from dougong.records.titles import Titles, Wanted, find_titles, merge
from dougong.records.trail import REVEALED
from dougong.records.withheld import unseen_in
from dougong.storage.system import AUDIT, HISTORY

MOST = 500
SOURCES: tuple[tuple[str, Table], ...] = (("audit", AUDIT), ("history", HISTORY))
"""What the trail is put together from; of two things done at one moment the first stands above."""
RECORD_ACTIONS: tuple[str, ...] = (
    "create",
    "update",
    "delete",
    "restore",
    "merge",
    "absorb",
    "purge",
    REVEAL,
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is looked for; what is empty does not matter. `action` is one action or, with a point at its end, all that begin so."""

    source: str = ""
    actor_id: int | None = None
    action: str = ""
    subject: str = ""
    entity: str = ""
    record_id: int | None = None
    batch: str = ""
    address: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class TrailEntry:
    """One thing that was done: of the platform (`subject`, `details`), or of a record (`entity`, `record_id`, `changes`)."""

    source: str
    id: int
    at: datetime
    actor_id: int | None
    door: str
    action: str
    subject: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    entity: str = ""
    record_id: int | None = None
    version: int | None = None
    batch: str = ""
    address: str = ""
    origin: str = ""
    agent: str = ""
    route: str = ""
    request_id: str = ""
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    rows: Mapping[str, Sequence[RowChange]] = field(default_factory=dict)
    revealed: tuple[str, ...] = ()

    @property
    def cursor(self) -> str:
        """What asks for the entries before this one."""
        rank = [name for name, _ in SOURCES].index(self.source)
        return f"{(self.at - _EPOCH) // _TICK}.{rank}.{self.id}"


@dataclass(frozen=True, slots=True)
class Trail:
    """A page of the trail, the titles of the people and records in it, and the cursor of the next page, if there is one."""

    entries: tuple[TrailEntry, ...]
    titles: Titles
    next: str = ""


def trail(call: Call, wish: Wish, limit: int, cursor: str = "") -> Trail:
    """A page of what was done; refused (forbidden) for whoever is no administrator. Masks stand over values as everywhere."""
    if not call.actor.is_admin:
        refuse("forbidden", call.language, "admin_only")
    begin = _place(call, cursor) if cursor else None
    found: list[TrailEntry] = []
    for rank, (source, table) in enumerate(SOURCES):
        if wish.source in ("", source) and _may_hold(wish, source):
            conditions = [*_conditions(wish, table), *(_before(table, rank, begin) if begin else ())]
            statement = select(table).where(*conditions).order_by(table.c.at.desc(), table.c.id.desc())
            rows = call.connection.execute(statement.limit(min(limit, MOST) + 1)).mappings()
            found += [_entry(call, source, row) for row in rows]
    ranks = {name: rank for rank, (name, _) in enumerate(SOURCES)}
    found.sort(key=lambda each: (-((each.at - _EPOCH) // _TICK), ranks[each.source], -each.id))
    shown = found[:limit]
    return Trail(tuple(shown), _titles(call, shown), shown[-1].cursor if len(found) > limit and shown else "")


def _place(call: Call, cursor: str) -> tuple[datetime, int, int]:
    parts = cursor.split(".")
    if len(parts) != 3 or not all(each.isascii() and each.isdigit() and len(each) <= 18 for each in parts):
        refuse("invalid", call.language, "bad_cursor", "cursor")
    moment, rank, identifier = map(int, parts)
    try:
        return _EPOCH + moment * _TICK, rank, identifier
    except OverflowError:
        return refuse("invalid", call.language, "bad_cursor", "cursor")


def _before(table: Table, rank: int, begin: tuple[datetime, int, int]) -> list[ColumnElement[bool]]:
    """Older than the place of the cursor; at the same moment, sources stand one after the other."""
    at, place, identifier = begin
    if rank == place:
        return [or_(table.c.at < at, and_(table.c.at == at, table.c.id < identifier))]
    return [table.c.at <= at if rank > place else table.c.at < at]


def _may_hold(wish: Wish, source: str) -> bool:
    """Whether such entries can have what is looked for at all."""
    if source == "audit":
        return not (wish.batch or wish.record_id is not None or wish.action in RECORD_ACTIONS) and (
            not wish.entity or bool(wish.subject)
        )
    return not wish.subject and (not wish.action or wish.action in RECORD_ACTIONS)


def _conditions(wish: Wish, table: Table) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wish.actor_id is not None:
        found.append(table.c.actor_id == wish.actor_id)
    if wish.action.endswith("."):
        found.append(table.c.action.startswith(wish.action, autoescape=True))
    elif wish.action:
        found.append(table.c.action == wish.action)
    if wish.address:
        found.append(table.c.address == wish.address)
    if wish.since is not None:
        found.append(table.c.at >= wish.since)
    if wish.until is not None:
        found.append(table.c.at < wish.until)
    for name, value in (("subject", wish.subject), ("entity", wish.entity), ("batch", wish.batch)):
        if value and name in table.c:
            found.append(table.c[name] == value)
    if wish.record_id is not None:
        found.append(table.c.record_id == wish.record_id)
    return found


def _entry(call: Call, source: str, row: Mapping[Any, Any]) -> TrailEntry:
    common: dict[str, Any] = {name: row[name] for name in ("id", "at", "actor_id", "door", "action")}
    common |= {"source": source, "address": row["address"] or "", "origin": row["origin"] or ""}
    if source == "audit":
        common |= {name: row[name] for name in ("subject", "agent", "route", "request_id")}
        return TrailEntry(**common, details=row["details"] or {})
    told = row["changes"] or {}
    changes, rows = _visible(call, row["entity"], row["record_id"], {} if row["action"] == REVEAL else told)
    return TrailEntry(
        **common,
        entity=row["entity"],
        record_id=row["record_id"],
        version=row["version"],
        batch=row["batch"] or "",
        changes=changes,
        rows=rows,
        revealed=tuple(told.get(REVEALED, ())) if row["action"] == REVEAL else (),
    )


def _visible(
    call: Call, key: str, identifier: int, changes: Mapping[str, Any]
) -> tuple[dict[str, tuple[Any, Any]], dict[str, list[RowChange]]]:
    """What of a change may be shown; nothing of records whose entity is gone, as nobody knows its masks any more."""
    if not knows(call, key):
        return {}, {}
    shape = shape_of(call.release, key)
    return visible_changes(call, shape, changes, unseen_in(call, shape, [identifier]))


def knows(call: Call, key: str) -> bool:
    """Whether an entity is still part of an installed app."""
    app, _, name = key.partition(".")
    return app in call.release.apps and name in call.release.app(app).entities


def _titles(call: Call, entries: Sequence[TrailEntry]) -> Titles:
    wanted: Wanted = {MEMBER: {each.actor_id for each in entries if each.actor_id}}
    for each in entries:
        kind, _, identifier = each.subject.partition(":")
        if kind in ("user", "person") and identifier.isascii() and identifier.isdigit():
            wanted[MEMBER].add(int(identifier))
        if each.record_id is not None and knows(call, each.entity):
            wanted.setdefault(each.entity, set()).add(each.record_id)
            wanted = merge(wanted, named_in(shape_of(call.release, each.entity), each.changes, each.rows))
    return find_titles(call, wanted)
