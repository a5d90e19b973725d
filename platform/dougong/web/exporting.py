"""Exports from the browser that take long: what was asked for, the job that writes the file, and the file until it is fetched."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import Connection, insert, select, update

from dougong.diagnostics import Refusal
from dougong.jobs import Cancelled, Job, Task, enqueue
from dougong.model.sheet import Sheet
from dougong.people.actor import load_actor
from dougong.people.audit import noted
from dougong.policy.access import may
from dougong.records.call import Call
from dougong.records.export import export, fitting
from dougong.records.packed import write_packed
from dougong.screens.list import query_of
from dougong.screens.list_request import ListRequest
from dougong.screens.list_views import view_of
from dougong.storage.release import Releases
from dougong.storage.stores.base import Store
from dougong.storage.system import DRAFT
from dougong.web.catalogue import refuse
from dougong.web.problems import message_of
from dougong.web.security import random_token

KIND = "export"
TASK = "records.export"
PACKED = "zip"
Write = Callable[[Sheet, BinaryIO], int]


@dataclass(frozen=True, slots=True)
class Ordered:
    """An export that somebody asked for. `asked` is the address of the list; `count` the lines, once it is written."""

    token: str
    entity: str
    kind: str
    asked: Mapping[str, Any]
    fields: tuple[str, ...] = ()
    rows: bool = True
    name: str = ""
    total: int = 0
    job: int = 0
    count: int | None = None
    error: str = ""

    def file(self, folder: Path) -> Path:
        """Where the written file lies."""
        return folder / "exports" / self.token


def order(call: Call, wanted: Ordered) -> Ordered:
    """Enqueue an export and remember it for its owner."""
    if not may(call.release, call.actor, wanted.entity, "export"):
        raise refuse("forbidden", "W403")
    made = replace(wanted, token=random_token())
    arguments = {"token": made.token, "entity": made.entity, "language": call.language}
    job = enqueue(call.connection, TASK, arguments, actor_id=call.actor.id)
    made = replace(made, job=job)
    row = {"user_id": call.actor.id, "kind": KIND, "app": made.entity, "key": made.token}
    row |= {"data": asdict(made), "created_at": call.at, "updated_at": call.at}
    call.connection.execute(insert(DRAFT).values(**row))
    return made


def load(connection: Connection, user_id: int, key: str, token: str) -> Ordered:
    """An export of that person from that entity."""
    where = (DRAFT.c.user_id == user_id, DRAFT.c.kind == KIND, DRAFT.c.app == key, DRAFT.c.key == token)
    data = connection.execute(select(DRAFT.c.data).where(*where)).scalar_one_or_none()
    if data is None:
        raise refuse("missing", "W404")
    return Ordered(**{**data, "fields": tuple(data["fields"])})


def _save(connection: Connection, user_id: int, ordered: Ordered) -> None:
    where = (DRAFT.c.user_id == user_id, DRAFT.c.kind == KIND, DRAFT.c.key == ordered.token)
    changed = {"data": asdict(ordered), "updated_at": datetime.now(UTC)}
    connection.execute(update(DRAFT).where(*where).values(**changed))


def task(releases: Releases, folder: Path, store: Store, writers: Mapping[str, Write]) -> Task:
    """The background task that writes an export with the rights of who asked for it, beside its place until it is complete."""

    def work(job: Job, arguments: Mapping[str, Any]) -> None:
        user_id = job.actor_id or 0
        with releases.database.reading() as connection:
            ordered = load(connection, user_id, arguments["entity"], arguments["token"])
        path = ordered.file(folder)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        partial = path.with_suffix(".part")
        try:
            with partial.open("wb") as target:
                ordered = _write(job, arguments, releases, store, writers, ordered, target)
            partial.chmod(0o600)
            partial.replace(path)
        except Refusal as refusal:
            partial.unlink(missing_ok=True)
            words = "\n".join(message_of(each, arguments["language"]) for each in refusal.problems)
            ordered = replace(ordered, error=words)
        except Cancelled:
            partial.unlink(missing_ok=True)
            raise
        with job.writing() as connection:
            _save(connection, user_id, ordered)
            if ordered.count is not None:
                _note(connection, user_id, ordered)
            job.complete(connection, {"count": ordered.count})

    return Task(TASK, work)


def _note(connection: Connection, user_id: int, ordered: Ordered) -> None:
    """Data that leave in masses are kept in mind: who took how many records of what, with which fields."""
    told = {"format": ordered.kind, "count": ordered.count, "fields": list(ordered.fields)}
    noted(connection, "records.export", f"entity:{ordered.entity}", actor_id=user_id, **told)


def _write(
    job: Job,
    arguments: Mapping[str, Any],
    releases: Releases,
    store: Store,
    writers: Mapping[str, Write],
    ordered: Ordered,
    target: BinaryIO,
) -> Ordered:
    with releases.database.reading() as connection:
        release = releases.pinned(connection)
        actor = load_actor(connection, job.actor_id or 0)
        language = arguments["language"]
        call = Call(
            release, connection, actor, "screen", datetime.now(UTC), language, actor.timezone, f"job-{job.id}"
        )
        asked = ListRequest(**{**ordered.asked, "added": tuple(ordered.asked["added"])})
        view = view_of(call, release.entity(ordered.entity), asked.view)
        query = replace(query_of(asked, view), count="none", cursor=None)
        is_packed = ordered.kind == PACKED
        sheet = export(call, ordered.entity, query, ordered.fields or None, ordered.rows, files=is_packed)
        counted = replace(sheet, rows=_counted(job, sheet.rows), records=_counted(job, sheet.records))
        with fitting(language):
            if is_packed:
                count = write_packed(counted, writers["csv"], "records.csv", target, store)
            else:
                count = writers[ordered.kind](counted, target)
    return replace(ordered, count=count, name=f"{sheet.name}.{ordered.kind}")


def _counted(job: Job, rows: Iterator[Any]) -> Iterator[Any]:
    """The rows, with the progress told on the way."""
    done = 0
    for done, row in enumerate(rows, 1):  # the last number is told below
        if done % 500 == 0:
            job.progress(done)
        yield row
    job.progress(done, done)
