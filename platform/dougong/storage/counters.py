"""The counters of serial numbers: taken inside a transaction without gaps, or outside of it without waiting."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import BigInteger, Connection, bindparam, case, delete, select, text, update

from dougong.storage.ids import sequence_of
from dougong.storage.statements import Statement
from dougong.storage.system import SEQUENCE

_HIGHER = case(
    (SEQUENCE.c.value < bindparam("floor", type_=SEQUENCE.c.value.type), bindparam("floor")),
    else_=SEQUENCE.c.value,
)
_NEXT = {
    dialect: Statement(
        update(SEQUENCE)
        .where(SEQUENCE.c.name == bindparam("counter"))
        .values(value=_HIGHER + bindparam("count", type_=SEQUENCE.c.value.type))
        .returning(SEQUENCE.c.value),
        dialect,
    )
    for dialect in ("sqlite", "postgresql")
}
_NEXT_WITH_ID = Statement(
    text(
        "UPDATE dg_sequence SET value = CASE WHEN value < :floor THEN :floor ELSE value END + 1 "
        "WHERE name = :counter RETURNING value, nextval(CAST(:sequence AS regclass)) AS id"
    ).columns(value=BigInteger, id=BigInteger),
    "postgresql",
)
_OPEN = text(
    "INSERT INTO dg_sequence (name, value) VALUES (:counter, :floor + :count) ON CONFLICT (name) DO UPDATE "
    "SET value = CASE WHEN dg_sequence.value < :floor THEN :floor ELSE dg_sequence.value END + :count RETURNING value"
)


def take_next(connection: Connection, counter: str, count: int, floor: int) -> int | None:
    """The first of `count` consecutive numbers of a counter, all above `floor`; None when there is no such counter yet.

    The counter stays locked until the transaction ends, so a number that is rolled back is given again.
    """
    values = {"counter": counter, "count": count, "floor": floor}
    found = _NEXT[connection.dialect.name].rows(connection, values)
    return found[0][0] - count + 1 if found else None


def take_next_with_id(
    connection: Connection, counter: str, floor: int, table_name: str
) -> tuple[int, int] | None:
    """The next number of a counter as above, together with an id for a new row of a table; for PostgreSQL only."""
    values = {"counter": counter, "floor": floor, "sequence": sequence_of(connection, table_name)}
    found = _NEXT_WITH_ID.rows(connection, values)
    return (found[0][0], found[0][1]) if found else None


def open_and_take(connection: Connection, counter: str, count: int, floor: int) -> int:
    """The same for a counter that is begun, unless somebody else was faster, so that its first number is above `floor`."""
    last: int = connection.execute(_OPEN, {"counter": counter, "count": count, "floor": floor}).scalar_one()
    return last - count + 1


@contextmanager
def outside(connection: Connection) -> Iterator[Connection]:
    """A connection whose statements are final at once, whatever becomes of the transaction of the given one.

    SQLite has one writer, who holds the lock already: there the transaction itself must do.
    """
    if connection.dialect.name == "sqlite":
        yield connection
        return
    engine = connection.engine.execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as other:
        yield other


def forget(connection: Connection, prefix: str) -> None:
    """Remove the counters whose name begins so; the next number continues after those that records hold."""
    beginning = SEQUENCE.c.name.startswith(prefix, autoescape=True)
    names = connection.execute(select(SEQUENCE.c.name).where(beginning)).scalars().all()
    exact = [name for name in names if name.startswith(prefix)]  # LIKE knows no case on SQLite
    if exact:
        connection.execute(delete(SEQUENCE).where(SEQUENCE.c.name.in_(exact)))
