"""What PostgreSQL knows of the values of a table, and chooses its indexes by.

Its own watcher looks about once a minute; until then lists over what was just imported would be read whole and sorted. SQLite
keeps no such knowledge here: lists look through the first records of their order instead (`records.walking`).
"""

from __future__ import annotations

from sqlalchemy import Connection, Table, text

MANY = 5000
"""From so many new rows on it is worth looking at a table at once."""


def refresh(connection: Connection, table: Table) -> None:
    """Have the values of a table looked at; where somebody else is at it, that is enough."""
    if connection.dialect.name == "postgresql":
        name = connection.dialect.identifier_preparer.format_table(table)
        connection.execute(text(f"ANALYZE (SKIP_LOCKED) {name}"))
