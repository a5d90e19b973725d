"""Keeps the chain of evidence: seals what is new every few minutes, and lets go what was kept long enough."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from dougong.jobs import Job, Task
from dougong.people.audit import noted
from dougong.storage.database import Database
from dougong.storage.evidence.anchors import CUT
from dougong.storage.evidence.cutting import cut
from dougong.storage.evidence.sealing import head, seal

EVERY = timedelta(minutes=5)
MOST_BLOCKS = 200
"""How many blocks one run seals at most, so that what was written in masses is sealed bit by bit."""


def task(database: Database, days: int) -> Task:
    """Return the periodic task; entries of the audit trail older than `days` go (0: never)."""

    def run(job: Job, arguments: Mapping[str, Any]) -> dict[str, Any]:
        sealed = seal(database, MOST_BLOCKS)
        gone = cut_before(database, datetime.now(UTC) - timedelta(days=days)) if days else 0
        with database.reading() as connection:
            newest = head(connection)
        return {"sealed": sealed, "cut": gone, "number": newest.number, "hash": newest.hash}

    return Task("evidence.seal", run, every=EVERY)


def cut_before(database: Database, moment: datetime) -> int:
    """Let go what is older, and say so in the audit trail; returns how many entries went."""
    with database.writing() as connection:
        through, gone = cut(connection, moment)
        if gone:
            noted(connection, CUT, through=through, count=gone, before=moment.isoformat())
    return gone
