"""Sweeps away the files of imports and exports that nobody needs any more: after some weeks they are only a risk."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import delete

from dougong.jobs import Job, Task
from dougong.storage.system import DRAFT

TASK = "records.sweep"
KEPT = timedelta(days=30)
FOLDERS: Mapping[str, str] = {"import": "imports", "export": "exports"}
"""The kind of note in the database → the folder of its files."""


def task(folder: Path) -> Task:
    """The periodic task; its result says how many files are gone."""

    def work(job: Job, arguments: Mapping[str, Any]) -> None:
        before = datetime.now(UTC) - KEPT
        gone = sum(_sweep(folder / name, before) for name in FOLDERS.values())
        with job.writing() as connection:
            old = (DRAFT.c.kind.in_(list(FOLDERS)), DRAFT.c.updated_at < before)
            connection.execute(delete(DRAFT).where(*old))
            job.complete(connection, {"files": gone})

    return Task(TASK, work, every=timedelta(hours=6))


def _sweep(folder: Path, before: datetime) -> int:
    gone = 0
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.is_file() and datetime.fromtimestamp(path.stat().st_mtime, UTC) < before:
            path.unlink(missing_ok=True)
            gone += 1
    return gone
