"""Long work in the background: ordered by a request, done by a worker in the name of who ordered it, looked at until it ends.

What was ordered, how far it is and how it ended stand with its job, so a browser that is closed loses nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, select

from dougong.diagnostics import Refusal
from dougong.jobs import Job, Task, enqueue, queue
from dougong.jobs.queue import JobState
from dougong.people.actor import Actor, load_actor
from dougong.records.call import Call
from dougong.screens.work import Work
from dougong.storage.database import is_crossed
from dougong.storage.plan import Plan
from dougong.storage.release import Release, Releases
from dougong.storage.system import JOB
from dougong.web.catalogue import refuse
from dougong.web.problems import diagnostic_document

TASK = "platform.work"
SHOWN = 50
REFUSED = "refused"
"""The state of work that was refused: it changed nothing, and says why."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How work ended well: what is said, where one goes on, the batch that takes it back, and the same as data for programs."""

    message: str
    href: str
    document: Mapping[str, Any] = field(default_factory=dict)
    batch: str = ""


@dataclass(frozen=True, slots=True)
class Working:
    """Work under way: what was ordered, and the transactions of who ordered it."""

    job: Job
    releases: Releases
    afterwards: Callable[[Connection, Plan], None]
    given: Mapping[str, Any]
    language: str
    door: str

    @contextmanager
    def reading(self) -> Iterator[Call]:
        """A reading transaction."""
        with self.releases.reading() as (connection, release):
            yield self._call(connection, release)

    @contextmanager
    def writing(self) -> Iterator[Call]:
        """A writing transaction that commits only while this worker holds the work."""
        with self.job.writing() as connection:
            yield self._call(connection, self.releases.pinned(connection))

    def _call(self, connection: Connection, release: Release) -> Call:
        actor = self.actor(connection)
        return Call(release, connection, actor, self.door, datetime.now(UTC), self.language, actor.timezone)

    def actor(self, connection: Connection) -> Actor:
        """Who ordered it, with the rights of now."""
        return load_actor(connection, self.job.actor_id or 0)

    def end(self, connection: Connection, ended: Ended) -> None:
        """Write down how it ended, in the transaction that did it: both happen or neither."""
        found = {"message": ended.message, "href": ended.href, "batch": ended.batch}
        self.job.complete(connection, found | {"document": dict(ended.document)})


Kinds = Mapping[str, Callable[[Working], None]]
"""What can be ordered: the name of a kind → what does it and ends it."""


def order(call: Call, kind: str, title: str, back: str, given: Mapping[str, Any], lock: str = "") -> int:
    """Enqueue work for the one who asks and return its number; work under the same lock is done one after the other."""
    arguments = {
        "kind": kind,
        "title": title,
        "back": back,
        "language": call.language,
        "door": call.door,
        "given": dict(given),
    }
    return enqueue(call.connection, TASK, arguments, lock=lock or None, actor_id=call.actor.id)


def task(releases: Releases, afterwards: Callable[[Connection, Plan], None], kinds: Kinds) -> Task:
    """The background task that does whatever was ordered; a refusal is an end like another one, and is told as one."""

    def work(job: Job, arguments: Mapping[str, Any]) -> None:
        language = arguments["language"]
        working = Working(job, releases, afterwards, arguments["given"], language, arguments["door"])
        try:
            kinds[arguments["kind"]](working)
        except Refusal as refusal:
            if is_crossed(refusal):
                raise
            problems = [diagnostic_document(each, language) for each in refusal.problems]
            with job.writing() as connection:
                job.complete(connection, {"refused": refusal.kind, "problems": problems})

    return Task(TASK, work)


@dataclass(frozen=True, slots=True)
class WorkState:
    """What is to be seen of ordered work. `state`: waiting, running, done, refused, failed or cancelled."""

    id: int
    title: str
    state: str
    back: str
    done: int
    total: int | None
    note: str
    ordered_at: datetime
    ended_at: datetime | None
    is_cancelling: bool
    message: str = ""
    href: str = ""
    batch: str = ""
    document: Mapping[str, Any] = field(default_factory=dict)
    refused: str = ""
    problems: tuple[Mapping[str, Any], ...] = ()

    @property
    def seen(self) -> Work:
        """The same as its page needs it."""
        return Work(
            id=self.id,
            title=self.title,
            state=self.state,
            back=self.back,
            done=self.done,
            total=self.total,
            note=self.note,
            ordered_at=self.ordered_at,
            is_cancelling=self.is_cancelling,
            message=self.message,
            href=self.href,
            batch=self.batch,
            problems=tuple(each["message"] for each in self.problems),
        )


def state_of(call: Call, identifier: int) -> WorkState:
    """Work that the one who asks has ordered; an administrator sees everybody's."""
    row = call.connection.execute(select(JOB.c.arguments).where(JOB.c.id == identifier, JOB.c.task == TASK))
    arguments = row.scalar_one_or_none()
    found = queue.get(call.connection, identifier)
    if arguments is None or found is None or not (found.actor_id == call.actor.id or call.actor.is_admin):
        raise refuse("missing", "W404")
    return _state(found, arguments)


def ordered_by(call: Call) -> list[WorkState]:
    """The latest work of the one who asks, the newest first."""
    wanted = select(JOB.c.id).where(JOB.c.task == TASK, JOB.c.actor_id == call.actor.id)
    newest = call.connection.execute(wanted.order_by(JOB.c.id.desc()).limit(SHOWN)).scalars().all()
    return [state_of(call, each) for each in newest]


def _state(found: JobState, arguments: Mapping[str, Any]) -> WorkState:
    result = found.result if found.state == queue.DONE and isinstance(found.result, dict) else {}
    refused = result.get("refused", "")
    return WorkState(
        id=found.id,
        title=arguments["title"],
        state=REFUSED if refused else found.state,
        back=arguments["back"],
        done=found.done,
        total=found.total,
        note=found.note,
        ordered_at=found.created_at,
        ended_at=found.finished_at,
        is_cancelling=found.is_cancelling,
        message=result.get("message", ""),
        href=result.get("href", ""),
        batch=result.get("batch", ""),
        document=result.get("document", {}),
        refused=refused,
        problems=tuple(result.get("problems", ())),
    )
