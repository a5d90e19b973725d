"""Imports from the browser: the uploaded file, what was chosen for it, and the job that tries and runs it."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import Connection, delete, insert, select, update

from dougong.diagnostics import Refusal
from dougong.jobs import Cancelled, Job, Task, enqueue, queue
from dougong.people.actor import load_actor
from dougong.policy.access import may
from dougong.records import import_log
from dougong.records.attachments import ARCHIVE
from dougong.records.call import Call
from dougong.records.files import clean_name
from dougong.records.import_ import Counts, Options, Result, resume, run
from dougong.records.import_options import ColumnHabits
from dougong.records.preview import ColumnPreview, preview
from dougong.records.reading import DETECTED, Layout, Line, open_table
from dougong.records.shape import shape_of
from dougong.storage.archive import open_archive
from dougong.storage.release import Releases
from dougong.storage.stores.base import Store
from dougong.storage.system import DRAFT, PREFERENCE
from dougong.web.catalogue import refuse
from dougong.web.import_result import result_document
from dougong.web.problems import message_of
from dougong.web.security import random_token

KIND = "import"
TASK = "records.import"
_LOOKED_AT = 5_000
"""Lines from which it is found out how columns are written, before the whole file is read."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What a file looks like: its header, its first lines, how it is read, and the sheets to choose from."""

    header: tuple[str, ...]
    head: Sequence[Line]
    layout: Layout
    sheets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was uploaded for an import, and how far it has come.

    `job` tries or runs it, `identity` is the import in the database; `remembered` says that an earlier import of such a file
    told how to do it. `total` are the records that a trial found in it.
    """

    token: str
    entity: str
    name: str
    header: tuple[str, ...]
    columns: tuple[ColumnPreview, ...] = ()
    layout: Layout = DETECTED
    sheets: tuple[str, ...] = ()
    mapping: Mapping[str, str | None] = field(default_factory=dict)
    habits: Mapping[str, ColumnHabits] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    keep_empty: bool = False
    keep_numbers: bool = False
    keep_origin: bool = False
    skip_cells: bool = False
    mode: str = "add"
    match: tuple[str, ...] = ()
    remembered: bool = False
    job: int = 0
    identity: int = 0
    tried: bool = False
    total: int = 0
    result: Mapping[str, Any] | None = None
    error: str = ""

    attachments: bool = False

    def file(self, folder: Path) -> Path:
        """Where the uploaded file lies."""
        return folder / "imports" / self.token

    def archive(self, folder: Path) -> Path:
        """Where the archive of files lies that came with it."""
        return folder / "imports" / f"{self.token}.zip"


def keep(folder: Path, name: str, stream: BinaryIO, archive: BinaryIO | None = None) -> Upload:
    """Keep an uploaded file, and the archive of files that came with it; nobody but the platform may read them."""
    kept = Upload(random_token(), "", clean_name(name) or "import.csv", (), attachments=archive is not None)
    for path, source in ((kept.file(folder), stream), (kept.archive(folder), archive)):
        if source is not None:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with path.open("wb") as target:
                shutil.copyfileobj(source, target)
            path.chmod(0o600)
    if archive is not None:
        try:
            with kept.archive(folder).open("rb") as file:
                open_archive(file, ARCHIVE)
        except BaseException:
            forget(folder, kept)
            raise
    return kept


def forget(folder: Path, kept: Upload) -> None:
    """Take the files of an upload away."""
    kept.file(folder).unlink(missing_ok=True)
    kept.archive(folder).unlink(missing_ok=True)


def look(path: Path, name: str, language: str, layout: Layout = DETECTED) -> Looked:
    """Read the beginning of a file; refused when it is no table. Needs no database, so that no transaction waits for it."""
    with open_table(path, name, language, layout) as reading:
        head = list(islice(reading.lines, _LOOKED_AT))
        return Looked(reading.header, head, reading.layout, reading.sheets)


def begin(call: Call, key: str, kept: Upload, looked: Looked) -> Upload:
    """Recognise the columns of a kept file and remember it; what such a file was told before holds again."""
    if not may(call.release, call.actor, key, "import"):
        raise refuse("forbidden", "W426")
    made = replace(kept, entity=key, header=looked.header, layout=looked.layout, sheets=looked.sheets)
    made = seen(call, _recalled(call, made), looked)
    row = {"user_id": call.actor.id, "kind": KIND, "app": key, "key": made.token, "data": _document(made)}
    call.connection.execute(insert(DRAFT).values(**row, created_at=call.at, updated_at=call.at))
    return made


def seen(call: Call, upload: Upload, looked: Looked) -> Upload:
    """The upload with what its columns look like under what was chosen; to an admin, numbers are a column like others."""
    shape = shape_of(call.release, upload.entity)
    columns = preview(
        replace(call, keeps_numbers=call.actor.is_admin, keeps_origin=call.actor.is_admin),
        shape,
        looked.header,
        looked.head,
        upload.mapping,
        upload.habits,
    )
    return replace(upload, header=looked.header, columns=columns, layout=looked.layout, sheets=looked.sheets)


def _preference(upload: Upload) -> str:
    """The name under which a person's choices for files with this header are kept."""
    signature = hashlib.sha256("\x1f".join(upload.header).encode()).hexdigest()[:24]
    return f"import:{upload.entity}:{signature}"


def _recalled(call: Call, upload: Upload) -> Upload:
    where = (PREFERENCE.c.user_id == call.actor.id, PREFERENCE.c.key == _preference(upload))
    found = call.connection.execute(select(PREFERENCE.c.value).where(*where)).scalar_one_or_none()
    if found is None:
        return upload
    return replace(
        upload,
        mapping=found["mapping"],
        habits={header: ColumnHabits(**each) for header, each in found["habits"].items()},
        constants=found["constants"],
        keep_empty=found["keep_empty"],
        skip_cells=found.get("skip_cells", False),
        mode=found["mode"],
        match=tuple(found["match"]),
        remembered=True,
    )


def _remember(call: Call, upload: Upload) -> None:
    document = _document(upload)
    kept = {
        name: document[name]
        for name in ("mapping", "habits", "constants", "keep_empty", "skip_cells", "mode", "match")
    }
    kept["mapping"] = {column.header: column.target or None for column in upload.columns}
    row = {"user_id": call.actor.id, "key": _preference(upload)}
    where = (PREFERENCE.c.user_id == row["user_id"], PREFERENCE.c.key == row["key"])
    call.connection.execute(delete(PREFERENCE).where(*where))
    call.connection.execute(insert(PREFERENCE).values(**row, value=kept, updated_at=call.at))


def _document(upload: Upload) -> dict[str, Any]:
    return asdict(upload)


def load(connection: Connection, user_id: int, key: str, token: str) -> Upload:
    """An upload of that person for that entity."""
    where = (DRAFT.c.user_id == user_id, DRAFT.c.kind == KIND, DRAFT.c.app == key, DRAFT.c.key == token)
    data = connection.execute(select(DRAFT.c.data).where(*where)).scalar_one_or_none()
    if data is None:
        raise refuse("missing", "W404")
    typed: dict[str, Any] = {
        "header": tuple(data["header"]),
        "match": tuple(data["match"]),
        "sheets": tuple(data["sheets"]),
        "layout": Layout(**data["layout"]),
        "habits": {header: ColumnHabits(**each) for header, each in data["habits"].items()},
        "columns": tuple(
            ColumnPreview(**{**each, "habits": ColumnHabits(**each["habits"])}) for each in data["columns"]
        ),
    }
    return Upload(**{**data, **typed})


def save(connection: Connection, user_id: int, upload: Upload) -> Upload:
    """Keep what was chosen."""
    where = (DRAFT.c.user_id == user_id, DRAFT.c.kind == KIND, DRAFT.c.key == upload.token)
    changed = {"data": _document(upload), "updated_at": datetime.now(UTC)}
    connection.execute(update(DRAFT).where(*where).values(**changed))
    return upload


def begin_anew(call: Call, key: str, token: str) -> None:
    """Forget how an upload was imported, now that the import is taken back."""
    upload = load(call.connection, call.actor.id, key, token)
    save(call.connection, call.actor.id, replace(upload, result=None, job=0, identity=0))


def start(call: Call, upload: Upload, dry_run: bool, go_on: bool = False) -> Upload:
    """Enqueue the trial or the import itself (or, with `go_on`, the rest of it); the same one is not enqueued twice."""
    if not may(call.release, call.actor, upload.entity, "import"):
        raise refuse("forbidden", "W426")
    arguments = {
        "token": upload.token,
        "entity": upload.entity,
        "dry_run": dry_run,
        "language": call.language,
        "import": upload.identity if go_on else 0,
    }
    key = f"import:{upload.token}:{'try' if dry_run else 'run'}"
    job = enqueue(call.connection, TASK, arguments, key=key, lock=key, actor_id=call.actor.id)
    if not dry_run:
        _remember(call, upload)
    identity = upload.identity if go_on else 0
    return save(
        call.connection,
        call.actor.id,
        replace(upload, job=job, identity=identity, tried=dry_run, result=None, error=""),
    )


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the job of an upload is: `state` waiting, running, done, failed or cancelled."""

    state: str
    done: int = 0
    error: str = ""


def progress_of(connection: Connection, upload: Upload) -> Progress | None:
    """The progress of the upload's job, or nothing before there is one."""
    found = queue.get(connection, upload.job) if upload.job else None
    return None if found is None else Progress(found.state, found.done, found.error or "")


def task(releases: Releases, folder: Path, store: Store) -> Task:
    """The background task that tries or runs an import with the rights of who asked for it.

    When its worker dies, the next one goes on where the last chunk was committed.
    """

    def work(job: Job, arguments: Mapping[str, Any]) -> None:
        user_id, language = job.actor_id or 0, arguments["language"]
        with releases.database.reading() as connection:
            upload = load(connection, user_id, arguments["entity"], arguments["token"])
        error, result = "", None
        try:
            result = _run(job, arguments, releases, folder, store, upload)
        except Refusal as refusal:
            error = "\n".join(message_of(each, language) for each in refusal.problems)
        except Cancelled:
            _stop(releases, job, arguments)
            raise
        with job.writing() as connection:
            current = load(connection, user_id, arguments["entity"], arguments["token"])
            outcome = None if result is None else result_document(result, language)
            identity = result.id if result is not None else _identity(job, arguments)
            total = result.counts.total if result is not None else upload.total
            kept = replace(upload, result=outcome, error=error, identity=identity, total=total)
            if current.job == job.id:  # something else was asked for in the meantime
                save(connection, user_id, kept)
            job.complete(connection, outcome)

    return Task(TASK, work)


def _identity(job: Job, arguments: Mapping[str, Any]) -> int:
    """The import that the job has begun, in this attempt or an earlier one."""
    return int((job.saved or {}).get("import", 0) or arguments.get("import", 0))


def _run(
    job: Job,
    arguments: Mapping[str, Any],
    releases: Releases,
    folder: Path,
    store: Store,
    upload: Upload,
) -> Result:
    database, language = releases.database, arguments["language"]
    with database.reading() as connection:
        release = releases.pinned(connection)
        actor = load_actor(connection, job.actor_id or 0)
    path, report = upload.file(folder), _reporter(job)
    identity = _identity(job, arguments)
    if identity:
        return resume(database, release, actor, identity, path, language, report, store)
    return run(
        database,
        release,
        actor,
        upload.entity,
        path,
        options_of(upload, folder, arguments["dry_run"]),
        upload.name,
        language,
        report,
        lambda connection, begun: job.save(connection, {"import": begun}),
        store,
    )


def _stop(releases: Releases, job: Job, arguments: Mapping[str, Any]) -> None:
    """Note that the import was stopped by hand; what it has done stays and can be undone or gone on with."""
    user_id = job.actor_id or 0
    identity = _identity(job, arguments)
    with releases.database.writing() as connection:
        upload = load(connection, user_id, arguments["entity"], arguments["token"])
        if upload.job == job.id:
            save(connection, user_id, replace(upload, identity=identity))
        import_log.stop(connection, identity)


def _reporter(job: Job) -> Callable[[Counts], None]:
    return lambda counts: job.progress(counts.total)


def options_of(upload: Upload, folder: Path, dry_run: bool) -> Options:
    """How the upload is to be imported: what the person saw and left, or changed."""
    return Options(
        mode=upload.mode,
        match=upload.match,
        mapping={column.header: column.target or None for column in upload.columns},
        dry_run=dry_run,
        layout=upload.layout,
        habits={column.header: column.habits for column in upload.columns if column.kind},
        constants=dict(upload.constants),
        keep_empty=upload.keep_empty,
        keep_numbers=upload.keep_numbers,
        keep_origin=upload.keep_origin,
        skip_cells=upload.skip_cells,
        attachments=str(upload.archive(folder).resolve()) if upload.attachments else "",
    )
