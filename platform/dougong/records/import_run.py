"""One import while it runs, and what comes out of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from dougong.people.actor import Actor
from dougong.records.call import Call
from dougong.records.differences import Difference
from dougong.records.import_log import Reason
from dougong.records.import_options import Options
from dougong.records.importer import Counts, Failure
from dougong.storage.database import Database
from dougong.storage.release import Release
from dougong.storage.stores.base import Store

Progress = Callable[[Counts], None]
Begun = Callable[[Connection, int], None]
Ended = Callable[[Connection, "Result"], None]


@dataclass(frozen=True, slots=True)
class Result:
    """What an import did. `id` and `batch` undo it; `failures` are the first ones, `reasons` what they have in common.

    `ignored` are the headers that were left out, `differences` the first changes that a dry run would have made; `partial` counts
    the records that are in without the cells that were skipped, and `skipped` says why those were.
    """

    id: int
    batch: str
    counts: Counts
    failures: tuple[Failure, ...]
    ignored: tuple[str, ...]
    dry_run: bool
    reasons: tuple[Reason, ...] = ()
    differences: tuple[Difference, ...] = ()
    partial: int = 0
    skipped: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """One import under way: where everything is, and who does it."""

    database: Database
    release: Release
    actor: Actor
    key: str
    path: Path
    name: str
    options: Options
    batch: str
    language: str
    progress: Progress | None
    files: Store | None
    ended: Ended | None = None

    def call(self, connection: Any, at: datetime | None = None) -> Call:
        """A call for one transaction, as of now or of the moment at which it was prepared."""
        return Call(
            self.release,
            connection,
            self.actor,
            "import",
            at or datetime.now(UTC),
            self.language,
            self.actor.timezone,
            self.batch,
            self.options.keep_numbers,
            self.options.keep_origin,
        )
