"""Numbers that are never given twice: ids of records and the counters of serial numbers."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import BigInteger, Connection, Text, text

from dougong.storage.names import id_sequence
from dougong.storage.statements import Statement

_TAKE_TEXT = text(
    "INSERT INTO dg_sequence (name, value) VALUES (:name, :count) "
    "ON CONFLICT (name) DO UPDATE SET value = dg_sequence.value + excluded.value RETURNING value"
).columns(value=BigInteger)
_TAKE = {dialect: Statement(_TAKE_TEXT, dialect) for dialect in ("sqlite", "postgresql")}
_NEXT = Statement(
    text(
        "SELECT string_agg(nextval(CAST(:name AS regclass))::text, ',') AS taken FROM generate_series(1, :count)"
    ).columns(taken=Text),
    "postgresql",
)


def allocate(connection: Connection, table_name: str, count: int = 1) -> Sequence[int]:
    """Ids for new rows of a table, ascending; on PostgreSQL from a sequence, so that writers do not wait for each other."""
    if connection.dialect.name == "sqlite":
        first = take(connection, f"id:{table_name}", count)
        return range(first, first + count)
    values = {"name": sequence_of(connection, table_name), "count": count}
    taken = _NEXT.rows(connection, values)[0][0]
    return sorted(map(int, taken.split(","))) if taken else []


def sequence_of(connection: Connection, table_name: str) -> str:
    """The sequence of a table's ids, as PostgreSQL wants it named."""
    return connection.dialect.identifier_preparer.quote_identifier(id_sequence(table_name))


def take(connection: Connection, name: str, count: int = 1) -> int:
    """The first of `count` consecutive numbers of a counter that begins at 1.

    The counter stays locked until the transaction ends, so a number that is rolled back is given again: no gaps.
    """
    last: int = _TAKE[connection.dialect.name].rows(connection, {"name": name, "count": count})[0][0]
    return last - count + 1
