"""What is kept for how long: the recycle bin, uploads that nobody attached, and the keys of requests; a periodic task sweeps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, select, update

from dougong.jobs import Job, Task
from dougong.people.actor import SYSTEM
from dougong.records.call import Call, call_for
from dougong.records.files import SMALL_ENDING
from dougong.records.purge import expired, purge_records, shapes_of
from dougong.records.shape import Shape
from dougong.storage.release import Releases
from dougong.storage.stores.base import Store
from dougong.storage.system import FILE, IDEMPOTENCY

KEYS_KEPT = timedelta(days=2)
"""How long a request with an idempotency key is answered again as before."""

UPLOADS_KEPT = timedelta(days=2)
"""How long a file waits to be attached to a record."""

_AT_ONCE = 500

Writing = Callable[[], AbstractContextManager[Connection]]


@dataclass(frozen=True, slots=True)
class Retention:
    """How long deleted records stay in the recycle bin (0 days: for good), and what stays of their history."""

    days: int = 90
    history: str = "events"

    def before(self, now: datetime) -> datetime | None:
        """The moment before which a deleted record has been long enough in the bin."""
        return now - timedelta(days=self.days) if self.days else None


@dataclass(slots=True)
class Swept:
    """What a sweep took: records by entity, files, request keys; and the records that others, still kept, point to."""

    records: dict[str, int] = field(default_factory=dict)
    held: int = 0
    files: int = 0
    keys: int = 0

    def document(self) -> dict[str, Any]:
        """The figures as data."""
        return {"records": self.records, "held": self.held, "files": self.files, "keys": self.keys}


def task(releases: Releases, store: Store, retention: Retention) -> Task:
    """The periodic task that takes what has been kept long enough."""

    def run(job: Job, arguments: Mapping[str, Any]) -> dict[str, Any]:
        return sweep(releases, job.writing, store, retention).document()

    return Task("records.retention", run, every=timedelta(hours=1))


def sweep(
    releases: Releases,
    writing: Writing,
    store: Store,
    retention: Retention,
    now: datetime | None = None,
    dry_run: bool = False,
) -> Swept:
    """Take everything that has been kept long enough, a few hundred records in a transaction; `dry_run` only counts."""
    moment = now or datetime.now(UTC)
    swept = Swept()
    before = retention.before(moment)
    if before is not None:
        _sweep_bin(releases, writing, retention.history, before, swept, dry_run)
    _sweep_files(writing, store, moment, swept, dry_run)
    with writing() as connection:
        old = IDEMPOTENCY.c.created_at < moment - KEYS_KEPT
        found = connection.execute(select(IDEMPOTENCY.c.key).where(old)).all()
        swept.keys = len(found)
        if not dry_run:
            connection.execute(delete(IDEMPOTENCY).where(old))
    return swept


def _sweep_bin(
    releases: Releases, writing: Writing, history: str, before: datetime, swept: Swept, dry_run: bool
) -> None:
    """Purge pass after pass, as a record may be held by one that goes with the same sweep."""
    while True:
        gone = held = 0
        with writing() as connection:
            keys = [shape.key for shape in shapes_of(_call(releases, connection))]
        for key in keys:
            found, kept = _sweep_entity(releases, writing, key, history, before, dry_run)
            swept.records[key] = swept.records.get(key, 0) + found
            gone, held = gone + found, held + kept
        swept.held = held
        if dry_run or not gone or not held:
            break
    swept.records = {key: count for key, count in swept.records.items() if count}


def _sweep_entity(
    releases: Releases, writing: Writing, key: str, history: str, before: datetime, dry_run: bool
) -> tuple[int, int]:
    """How many records of one entity went, and how many are held."""
    after = gone = held = 0
    while True:
        with writing() as connection:
            call = _call(releases, connection)
            shape = _shape(call, key)
            if shape is None:
                return gone, held
            found = expired(call, shape, before, after, _AT_ONCE)
            taken = purge_records(call, shape, found, history, dry_run)
        gone, held = gone + len(taken), held + len(found) - len(taken)
        if len(found) < _AT_ONCE:
            return gone, held
        after = found[-1]


def _call(releases: Releases, connection: Connection) -> Call:
    return call_for(releases.pinned(connection), connection, SYSTEM, "job")


def _shape(call: Call, key: str) -> Shape | None:
    """The entity, unless its app was removed meanwhile."""
    return next((shape for shape in shapes_of(call) if shape.key == key), None)


def _sweep_files(writing: Writing, store: Store, now: datetime, swept: Swept, dry_run: bool) -> None:
    """Uploads that nobody attached, and the content of files whose record is gone: the content first, then what is known of it."""
    with writing() as connection:
        waiting = (
            FILE.c.entity.is_(None),
            FILE.c.created_at < now - UPLOADS_KEPT,
            FILE.c.deleted_at.is_(None),
        )
        if dry_run:
            marked = FILE.c.deleted_at.is_not(None)
            for condition in ((marked,), waiting):
                swept.files += len(connection.execute(select(FILE.c.id).where(*condition)).all())
            return
        connection.execute(update(FILE).where(*waiting).values(deleted_at=now))
    while True:
        with writing() as connection:
            statement = select(FILE.c.id, FILE.c.key).where(FILE.c.deleted_at.is_not(None)).limit(_AT_ONCE)
            rows = connection.execute(statement).all()
        for row in rows:
            store.delete(row.key)
            store.delete(f"{row.key}{SMALL_ENDING}")
        with writing() as connection:
            connection.execute(delete(FILE).where(FILE.c.id.in_([row.id for row in rows])))
        swept.files += len(rows)
        if len(rows) < _AT_ONCE:
            return
