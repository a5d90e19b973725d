"""What PostgreSQL knows of the values of a table, and chooses its indexes by.

Its own watcher looks about once a minute; until then lists over what was just imported would be read whole and sorted, and
figures would be added up from the table instead of an index. SQLite keeps no such knowledge here: lists look through the first
records of their order instead (`records.walking`).
"""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy import Table
from sqlalchemy.exc import DBAPIError

from dougong.diagnostics import Refusal
from dougong.storage.database import Database
from dougong.storage.statements import run_script

MANY = 5000
"""From so many new rows on it is worth looking at a table at once."""


def refresh(database: Database, table: Table) -> None:
    """Have the values of a table looked at, and noted which of its pages everybody sees whole: only then an index is read alone.

    Where somebody else is at it, that is enough; where it fails, the watcher comes later.
    """
    if database.dialect == "postgresql":
        name = database.engine.dialect.identifier_preparer.format_table(table)
        command = f"VACUUM (ANALYZE, SKIP_LOCKED) {name}"
        with (
            suppress(DBAPIError, Refusal),
            database.asked(lambda connection: run_script(connection, command)),
        ):
            pass
