"""One link that becomes several, and several that become one: the pairs move between a column and a table of their own."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, Select, Table, column, func, insert, literal, select, update
from sqlalchemy import table as plain_table

from dougong.storage import tables
from dougong.storage.operations.base import Impact, Operation
from dougong.storage.schema import ColumnSpec, TableSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyToLinks(Operation):
    """Each link becomes the only pair of its record. `table` holds the pairs; `owner` is the table of the records as recorded,
    `former` their link; `owner_name` and `kept_name` are what both are called when the step runs.
    """

    owner: TableSpec
    former: ColumnSpec
    owner_name: str
    kept_name: str

    def _words(self) -> dict[str, str]:
        return {"table": self.owner.key, "column": self.table.field}

    def impact(self, connection: Connection) -> Impact:
        found = _linked(self.owner.name, self.former.name)
        return Impact(
            touched=connection.execute(select(func.count()).select_from(found.subquery())).scalar_one()
        )

    def run(self, connection: Connection) -> None:
        pairs = tables.table(self.table)
        source = _linked(self.owner_name, self.kept_name)
        connection.execute(insert(pairs).from_select(["source_id", "target_id", "position"], source))


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyFromLinks(Operation):
    """The first of a record's links becomes its only one; the others are kept for a rollback.

    `table` is that of the records, `pairs` the table of the links as recorded, `kept_name` what it is called when the step runs.
    """

    column: ColumnSpec
    pairs: TableSpec
    kept_name: str

    def _words(self) -> dict[str, str]:
        return {"table": self.table.key, "column": self.column.field}

    def impact(self, connection: Connection) -> Impact:
        pairs = _pairs(self.pairs.name)
        counted = select(func.count(), func.count(pairs.c.source_id.distinct())).select_from(pairs)
        every, records = connection.execute(counted).one()
        return Impact(touched=records, lost=every - records)

    def run(self, connection: Connection) -> None:
        owner, pairs = tables.table(self.table), _pairs(self.kept_name)
        first = (
            select(pairs.c.target_id)
            .where(pairs.c.source_id == owner.c.id)
            .order_by(pairs.c.position, pairs.c.target_id)
            .limit(1)
            .scalar_subquery()
        )
        connection.execute(update(owner).values({self.column.field: first}))


def _linked(table: str, link: str) -> Select[tuple[int, int, int]]:
    holder = plain_table(table, column("id"), column(link))
    return select(holder.c.id, holder.c[link], literal(0)).where(holder.c[link].is_not(None))


def _pairs(name: str) -> Table:
    return plain_table(name, column("source_id"), column("target_id"), column("position"))  # type: ignore[return-value]  # read alike
