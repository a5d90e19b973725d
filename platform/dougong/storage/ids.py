"""Numbers that are never given twice: ids of records and the counters of serial numbers."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, text

from dougong.storage.names import id_sequence

_TAKE = text(
    "INSERT INTO dg_sequence (name, value) VALUES (:name, :count) "
    "ON CONFLICT (name) DO UPDATE SET value = dg_sequence.value + excluded.value RETURNING value"
)
_NEXT = text("SELECT nextval(CAST(:name AS regclass)) FROM generate_series(1, :count)")


def allocate(connection: Connection, table_name: str, count: int = 1) -> Sequence[int]:
    """Ids for new rows of a table, ascending; on PostgreSQL from a sequence, so that writers do not wait for each other."""
    if connection.dialect.name == "sqlite":
        first = take(connection, f"id:{table_name}", count)
        return range(first, first + count)
    quoted = connection.dialect.identifier_preparer.quote_identifier(id_sequence(table_name))
    return sorted(connection.execute(_NEXT, {"name": quoted, "count": count}).scalars())


def take(connection: Connection, name: str, count: int = 1) -> int:
    """The first of `count` consecutive numbers of a counter that begins at 1.

    The counter stays locked until the transaction ends, so a number that is rolled back is given again: no gaps.
    """
    last: int = connection.execute(_TAKE, {"name": name, "count": count}).scalar_one()
    return last - count + 1
