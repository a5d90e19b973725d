"""Imports from the browser: the uploaded file, what was chosen for it, and the job that tries and runs it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import Connection, insert, select, update

from dougong.diagnostics import Refusal
from dougong.jobs import Job, Task, enqueue
from dougong.people.actor import load_actor
from dougong.policy.access import may
from dougong.records.call import Call
from dougong.records.files import clean_name
from dougong.records.import_ import Counts, Options, Result, run
from dougong.records.mapping import map_columns
from dougong.records.reading import open_table
from dougong.records.shape import shape_of
from dougong.storage.release import Releases
from dougong.storage.system import DRAFT, JOB
from dougong.web.catalogue import refuse
from dougong.web.problems import message_of
from dougong.web.security import random_token

KIND = "import"
TASK = "records.import"
SAMPLE = 5
SHOWN_PROBLEMS = 20


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was uploaded for an import, and how far it has come. `job` is the one that tries or runs it."""

    token: str
    entity: str
    name: str
    header: tuple[str, ...]
    sample: tuple[tuple[str, ...], ...]
    found: Mapping[str, str | None]
    """Header → the field it was recognised as."""
    mapping: Mapping[str, str | None] = field(default_factory=dict)
    mode: str = "add"
    match: tuple[str, ...] = ()
    job: int = 0
    tried: bool = False
    result: Mapping[str, Any] | None = None
    error: str = ""

    def file(self, folder: Path) -> Path:
        """Where the uploaded file lies."""
        return folder / "imports" / self.token

    def failed_file(self, folder: Path) -> Path:
        """Where the lines that failed are written."""
        return folder / "imports" / f"{self.token}.failed.csv"


def begin(call: Call, folder: Path, key: str, name: str, stream: BinaryIO) -> Upload:
    """Keep an uploaded file and recognise its columns; refused when it is no table."""
    if not may(call.release, call.actor, key, "import"):
        raise refuse("forbidden", "W426")
    token = random_token()
    path = folder / "imports" / token
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("wb") as target:
        shutil.copyfileobj(stream, target)
    path.chmod(0o600)
    clean = clean_name(name) or "import.csv"
    try:
        with open_table(path, clean, call.language) as reading:
            header = reading.header
            sample = tuple(
                tuple("" if cell is None else str(cell)[:80] for cell in line.cells)
                for line, _ in zip(reading.lines, range(SAMPLE), strict=False)
            )
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    found = {name: recognised(call, key, name) for name in header}
    made = Upload(token, key, clean, header, sample, found, dict(found))
    row = {"user_id": call.actor.id, "kind": KIND, "app": key, "key": token, "data": asdict(made)}
    call.connection.execute(insert(DRAFT).values(**row, created_at=call.at, updated_at=call.at))
    return made


def recognised(call: Call, key: str, header: str) -> str | None:
    """The path of the field that a header names by id or label, or nothing."""
    try:
        columns = map_columns(call, shape_of(call.release, key), [header], {}).columns
    except Refusal:
        return None
    if not columns:
        return None
    return f"{columns[0].table}.{columns[0].name}" if columns[0].table else columns[0].name


def load(connection: Connection, user_id: int, key: str, token: str) -> Upload:
    """An upload of that person for that entity."""
    where = (DRAFT.c.user_id == user_id, DRAFT.c.kind == KIND, DRAFT.c.app == key, DRAFT.c.key == token)
    data = connection.execute(select(DRAFT.c.data).where(*where)).scalar_one_or_none()
    if data is None:
        raise refuse("missing", "W404")
    lists = {
        "header": tuple(data["header"]),
        "match": tuple(data["match"]),
        "sample": tuple(map(tuple, data["sample"])),
    }
    return Upload(**{**data, **lists})


def save(connection: Connection, user_id: int, upload: Upload) -> Upload:
    """Keep what was chosen."""
    where = (DRAFT.c.user_id == user_id, DRAFT.c.kind == KIND, DRAFT.c.key == upload.token)
    changed = {"data": asdict(upload), "updated_at": datetime.now(UTC)}
    connection.execute(update(DRAFT).where(*where).values(**changed))
    return upload


def start(call: Call, upload: Upload, dry_run: bool) -> Upload:
    """Enqueue the trial or the import itself; the same one is not enqueued twice."""
    if not may(call.release, call.actor, upload.entity, "import"):
        raise refuse("forbidden", "W426")
    arguments = {
        "token": upload.token,
        "entity": upload.entity,
        "dry_run": dry_run,
        "language": call.language,
    }
    key = f"import:{upload.token}:{'try' if dry_run else 'run'}"
    job = enqueue(call.connection, TASK, arguments, key=key, actor_id=call.actor.id, max_attempts=1)
    return save(
        call.connection, call.actor.id, replace(upload, job=job, tried=dry_run, result=None, error="")
    )


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the job of an upload is: `state` waiting, running, done, failed or cancelled."""

    state: str
    done: int = 0
    error: str = ""


def progress_of(connection: Connection, upload: Upload) -> Progress | None:
    """The progress of the upload's job, or nothing before there is one."""
    if not upload.job:
        return None
    row = connection.execute(
        select(JOB.c.state, JOB.c.done, JOB.c.error).where(JOB.c.id == upload.job)
    ).one_or_none()
    return None if row is None else Progress(row.state, row.done, row.error or "")


def task(releases: Releases, folder: Path) -> Task:
    """The background task that tries or runs an import with the rights of who asked for it."""

    def work(job: Job, arguments: Mapping[str, Any]) -> None:
        database = releases.database
        user_id = job.actor_id or 0
        with database.reading() as connection:
            release = releases.pinned(connection)
            actor = load_actor(connection, user_id)
            upload = load(connection, user_id, arguments["entity"], arguments["token"])
        options = options_of(upload, folder, arguments["dry_run"])
        language = arguments["language"]
        error, result = "", None
        try:
            result = run(
                database,
                release,
                actor,
                upload.entity,
                upload.file(folder),
                options,
                upload.name,
                language,
                _reporter(job),
            )
        except Refusal as refusal:
            error = "\n".join(message_of(each, language) for each in refusal.problems)
        with job.writing() as connection:
            outcome = None if result is None else result_document(result, language)
            save(connection, user_id, replace(upload, result=outcome, error=error))
            job.complete(connection, outcome)

    return Task(TASK, work)


def _reporter(job: Job) -> Callable[[Counts], None]:
    return lambda counts: job.progress(counts.total)


def options_of(upload: Upload, folder: Path, dry_run: bool) -> Options:
    """How the upload is to be imported."""
    return Options(
        mode=upload.mode,
        match=upload.match,
        mapping=dict(upload.mapping),
        dry_run=dry_run,
        failed=None if dry_run else upload.failed_file(folder),
    )


def result_document(result: Result, language: str) -> dict[str, Any]:
    """What an import did, as data."""
    counts = result.counts
    return {
        "id": result.id,
        "batch": result.batch,
        "total": counts.total,
        "added": counts.added,
        "updated": counts.updated,
        "unchanged": counts.unchanged,
        "failed": counts.failed,
        "dry_run": result.dry_run,
        "ignored": list(result.ignored),
        "failures": [
            {
                "line": failure.line,
                "errors": [
                    {"path": each.path, "code": each.code, "message": message_of(each, language)}
                    for each in failure.problems
                ],
            }
            for failure in result.failures[:SHOWN_PROBLEMS]
        ],
    }
