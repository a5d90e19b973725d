"""The queue in the database: `dg_job` holds every job and its fate, whichever engine wakes the worker.

All functions work inside the caller's transaction, so a job exists exactly when the change that caused it does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Update,
    and_,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from dougong.jobs import wake
from dougong.storage.system import JOB

WAITING, RUNNING, DONE, FAILED, CANCELLED = "waiting", "running", "done", "failed", "cancelled"
MAX_ATTEMPTS = 5
_CLAIM_LOCK = 0x646F7567_6A6F6273  # the letters "dougjobs": claims come one after the other
_LONGEST_ERROR = 2000
_WAITING_KEY = text("key IS NOT NULL AND state = 'waiting'")


@dataclass(frozen=True, slots=True)
class Lease:
    """A claimed job: who runs it, in which attempt; both fence off whoever lost the claim."""

    id: int
    task: str
    arguments: Mapping[str, Any]
    owner: str
    attempts: int
    max_attempts: int
    actor_id: int | None
    saved: Any


@dataclass(frozen=True, slots=True)
class JobState:
    """What a screen shows of a job."""

    id: int
    task: str
    state: str
    done: int
    total: int | None
    note: str
    result: Any
    error: str | None
    attempts: int
    max_attempts: int
    actor_id: int | None
    due: datetime
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    is_cancelling: bool


def enqueue(
    connection: Connection,
    task: str,
    arguments: Mapping[str, Any] | None = None,
    due: datetime | None = None,
    key: str | None = None,
    lock: str | None = None,
    *,
    priority: int = 0,
    max_attempts: int = MAX_ATTEMPTS,
    actor_id: int | None = None,
) -> int:
    """Add a job in the caller's transaction and return its id.

    `due`: not before; `key`: while a job with it waits, its id is returned and nothing is added; `lock`: jobs with the same
    lock never run at the same time; a higher `priority` runs first.
    """
    now = datetime.now(UTC)
    row = {
        "task": task,
        "arguments": dict(arguments or {}),
        "due": due or now,
        "key": key,
        "lock": lock,
        "priority": priority,
        "max_attempts": max_attempts,
        "actor_id": actor_id,
        "created_at": now,
    }
    job_id = _insert(connection, row)
    if job_id is None:
        return enqueue(
            connection,
            task,
            arguments,
            due,
            key,
            lock,
            priority=priority,
            max_attempts=max_attempts,
            actor_id=actor_id,
        )
    return job_id


def _insert(connection: Connection, row: Mapping[str, Any]) -> int | None:
    """Insert, or find the waiting job with the key; None when that one began to run in between."""
    if row["key"] is None:
        job_id: int = connection.execute(insert(JOB).values(row).returning(JOB.c.id)).scalar_one()
    else:
        make = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
        fresh = (
            make(JOB).values(row).on_conflict_do_nothing(index_elements=[JOB.c.key], index_where=_WAITING_KEY)
        )
        added: int | None = connection.execute(fresh.returning(JOB.c.id)).scalar_one_or_none()
        if added is None:
            waiting = select(JOB.c.id).where(JOB.c.key == row["key"], JOB.c.state == WAITING)
            return connection.execute(waiting).scalar_one_or_none()
        job_id = added
    wake.announce(connection, job_id, row["due"], row["lock"], row["priority"])
    return job_id


def claim(connection: Connection, owner: str, lease: timedelta, job_id: int | None = None) -> Lease | None:
    """Take the most urgent job that is due (or that one, if it can be had) and hold it for the length of the lease.

    A running job whose lease has run out counts as due again: its worker is dead or too slow.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_CLAIM_LOCK)))
    now = datetime.now(UTC)
    bury_lost(connection, now)
    parameters = {"now": now, "owner": owner, "until": now + lease, "wanted": job_id}
    row = connection.execute(_CLAIM if job_id is None else _CLAIM_ONE, parameters).one_or_none()
    if row is None:
        return None
    return Lease(
        row.id, row.task, row.arguments, owner, row.attempts, row.max_attempts, row.actor_id, row.result
    )


def bury_lost(connection: Connection, now: datetime) -> None:
    """Give up jobs whose last allowed attempt ended with the death of its worker."""
    lost = select(JOB.c.id).where(
        JOB.c.state == RUNNING, JOB.c.lease_until < now, JOB.c.attempts >= JOB.c.max_attempts
    )
    buried = update(JOB).where(JOB.c.id.in_(lost.with_for_update(skip_locked=True)))
    connection.execute(buried.values(state=FAILED, finished_at=now, error="the worker was lost", owner=None))


def renew(connection: Connection, held: Lease, lease: timedelta) -> bool | None:
    """Hold a job for another lease; return whether its cancellation was asked for, None when the claim is lost."""
    until = datetime.now(UTC) + lease
    renewed = update(JOB).where(_held(held)).values(lease_until=until).returning(JOB.c.cancel_requested)
    return connection.execute(renewed).scalar_one_or_none()


def report(connection: Connection, held: Lease, **values: Any) -> bool:
    """Write progress (done, total, note) or the result so far; False when the claim is lost."""
    return connection.execute(update(JOB).where(_held(held)).values(**values)).rowcount == 1


def finish(
    connection: Connection, held: Lease, state: str, result: Any = None, error: str | None = None
) -> bool:
    """Close a job; False when the claim is lost, in which case nothing is written."""
    values: dict[str, Any] = {
        "state": state,
        "finished_at": datetime.now(UTC),
        "owner": None,
        "lease_until": None,
    }
    values["error"] = None if error is None else error[:_LONGEST_ERROR]
    if state == DONE:
        values["result"] = result
    return connection.execute(update(JOB).where(_held(held)).values(values)).rowcount == 1


def put_back(connection: Connection, held: Lease, due: datetime, error: str) -> bool:
    """Let a failed job wait for its next attempt; when another job with its key waits already, that one takes its place."""
    values = {
        "state": WAITING,
        "due": due,
        "owner": None,
        "lease_until": None,
        "error": error[:_LONGEST_ERROR],
    }
    back = update(JOB).where(_held(held)).values(values).returning(JOB.c.lock, JOB.c.priority)
    try:
        with connection.begin_nested():
            row = connection.execute(back).one_or_none()
    except IntegrityError:
        return finish(connection, held, CANCELLED, error="replaced by a newer job with the same key")
    if row is not None:
        wake.announce(connection, held.id, due, row.lock, row.priority)
    return row is not None


def cancel(connection: Connection, job_id: int) -> str | None:
    """Cancel a waiting job, or ask a running one to stop; return its state now, None when there is no such job."""
    now = datetime.now(UTC)
    waiting = update(JOB).where(JOB.c.id == job_id, JOB.c.state == WAITING)
    if connection.execute(waiting.values(state=CANCELLED, finished_at=now)).rowcount:
        return CANCELLED
    connection.execute(
        update(JOB).where(JOB.c.id == job_id, JOB.c.state == RUNNING).values(cancel_requested=True)
    )
    return connection.execute(select(JOB.c.state).where(JOB.c.id == job_id)).scalar_one_or_none()


def retry(connection: Connection, job_id: int) -> bool:
    """Let a failed or cancelled job run again with all its attempts; False when it is neither."""
    again = update(JOB).where(JOB.c.id == job_id, JOB.c.state.in_([FAILED, CANCELLED]))
    values = {
        "state": WAITING,
        "attempts": 0,
        "due": datetime.now(UTC),
        "error": None,
        "finished_at": None,
        "cancel_requested": False,
    }
    try:
        with connection.begin_nested():
            row = connection.execute(
                again.values(values).returning(JOB.c.due, JOB.c.lock, JOB.c.priority)
            ).one_or_none()
    except IntegrityError:  # a job with the same key waits already
        return False
    if row is not None:
        wake.announce(connection, job_id, row.due, row.lock, row.priority)
    return row is not None


def get(connection: Connection, job_id: int) -> JobState | None:
    """Return what is to be seen of a job."""
    row = connection.execute(select(JOB).where(JOB.c.id == job_id)).one_or_none()
    return None if row is None else _state(row)


def list_jobs(
    connection: Connection, state: str | None = None, task: str | None = None, limit: int = 100
) -> list[JobState]:
    """Return jobs, the newest first; with state `failed` these are the dead letters."""
    query = select(JOB).order_by(JOB.c.id.desc()).limit(limit)
    if state is not None:
        query = query.where(JOB.c.state == state)
    if task is not None:
        query = query.where(JOB.c.task == task)
    return [_state(row) for row in connection.execute(query)]


def forget_old(connection: Connection, before: timedelta = timedelta(days=30)) -> int:
    """Delete jobs that ended a while ago; failed ones are kept for somebody to look at."""
    limit = datetime.now(UTC) - before
    old = delete(JOB).where(JOB.c.state.in_([DONE, CANCELLED]), JOB.c.finished_at < limit)
    return connection.execute(old).rowcount


def next_due(connection: Connection) -> datetime | None:
    """Return when the next job can be due: the earliest of waiting jobs and of leases that run out."""
    waiting = select(func.min(JOB.c.due)).where(JOB.c.state == WAITING)
    leased = select(func.min(JOB.c.lease_until)).where(JOB.c.state == RUNNING)
    times = [connection.execute(query).scalar_one() for query in (waiting, leased)]
    return min((time for time in times if time is not None), default=None)


def _held(held: Lease) -> ColumnElement[bool]:
    return and_(
        JOB.c.id == held.id,
        JOB.c.owner == held.owner,
        JOB.c.attempts == held.attempts,
        JOB.c.state == RUNNING,
    )


def _state(row: Row[*tuple[Any, ...]]) -> JobState:
    return JobState(
        id=row.id,
        task=row.task,
        state=row.state,
        done=row.done,
        total=row.total,
        note=row.note,
        result=row.result,
        error=row.error,
        attempts=row.attempts,
        max_attempts=row.max_attempts,
        actor_id=row.actor_id,
        due=row.due,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        is_cancelling=row.cancel_requested and row.state == RUNNING,
    )


def _claiming(only_one: bool) -> Update:
    now = bindparam("now", type_=JOB.c.due.type)
    candidate, other = JOB.alias("candidate"), JOB.alias("other")
    is_due = and_(candidate.c.state == WAITING, candidate.c.due <= now)
    is_lost = and_(
        candidate.c.state == RUNNING,
        candidate.c.lease_until < now,
        candidate.c.attempts < candidate.c.max_attempts,
    )
    holder = select(other.c.id).where(
        other.c.lock == candidate.c.lock,
        other.c.state == RUNNING,
        other.c.lease_until >= now,
        other.c.id != candidate.c.id,
    )
    is_free = or_(candidate.c.lock.is_(None), ~holder.exists())
    chosen = select(candidate.c.id).where(or_(is_due, is_lost), is_free)
    if only_one:
        chosen = chosen.where(candidate.c.id == bindparam("wanted"))
    chosen = chosen.order_by(candidate.c.priority.desc(), candidate.c.due, candidate.c.id).limit(1)
    chosen = chosen.with_for_update(of=candidate, skip_locked=True)  # one that writes its end is not lost
    values = {
        "state": RUNNING,
        "owner": bindparam("owner"),
        "attempts": JOB.c.attempts + 1,
        "lease_until": bindparam("until", type_=JOB.c.due.type),
        "started_at": now,
    }
    claimed = update(JOB).where(JOB.c.id == chosen.scalar_subquery()).values(values)
    return claimed.returning(
        JOB.c.id,
        JOB.c.task,
        JOB.c.arguments,
        JOB.c.attempts,
        JOB.c.max_attempts,
        JOB.c.actor_id,
        JOB.c.result,
    )


_CLAIM, _CLAIM_ONE = _claiming(only_one=False), _claiming(only_one=True)
