"""Work on a ledger that makes its own transactions: imports, new versions of the app, and going back to the one before."""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import select

from dougong.assembly import after_apply
from dougong.records.call import Call
from dougong.records.import_ import Options, run
from dougong.storage.apply import apply
from dougong.storage.plan import Plan, plan
from dougong.storage.release import releases_of
from dougong.storage.rollback import plan_rollback
from tests.graph.conftest import Ledger
from tests.graph.ledger import SECOND, SOURCES
from tests.installed import compiled

COLUMNS = {"region": ("name", "rate", "class"), "account": ("name", "level"), "product": ("name", "price")}
"""The entities that are imported, which lines find by name, and what stands in a line."""


def import_lines(book: Ledger, random: Random, entity: str, lines: list[dict[str, Any]]) -> str:
    """Add or update by name; about half of the lines meet a record that is there. The name of the batch."""
    with book.reading() as call:
        names = _names(call, entity)
    for line in lines:
        if names and random.random() < 0.5:
            line["name"] = random.choice(names)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{entity}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS[entity], extrasaction="ignore")
            writer.writeheader()
            writer.writerows(lines)
        options = Options(mode="upsert", match=("name",))
        done = run(book.database, book.release, book.people["root"], f"ledger.{entity}", path, options)
    counts = done.counts
    assert counts.added + counts.updated + counts.unchanged + counts.failed == counts.total == len(lines), (
        counts
    )
    return done.batch


def _names(call: Call, entity: str) -> list[str]:
    table = call.release.table(f"ledger.{entity}")
    alive = select(table.c.name).where(table.c.deleted_at.is_(None)).order_by(table.c.id)
    return list(call.connection.execute(alive).scalars())


def is_first(book: Ledger) -> bool:
    """Whether the first version of the app is the present one."""
    return book.release.apps["ledger"].version == "1.0.0"


def publish_other(book: Ledger) -> None:
    """Publish the other version of the app as a new one."""
    releases = releases_of(book.database)
    with book.database.reading() as connection:
        recorded = releases.recorded(connection, "ledger")
        made = plan(recorded, compiled(SECOND if is_first(book) else SOURCES), connection)
    _apply(book, made)


def roll_back(book: Ledger) -> None:
    """Go back to the version before the present one, if there is one."""
    with book.database.reading() as connection:
        made = plan_rollback(releases_of(book.database), connection, "ledger")
    _apply(book, made)


def _apply(book: Ledger, made: Plan) -> None:
    apply(made, book.database, allow_loss=True, afterwards=after_apply)
    book.release = releases_of(book.database).current()
