"""Rows of a sub-table become records of their own, and back: the table stays where it is, with every row and id in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, func, or_, select, update
from sqlalchemy.engine import Dialect

from dougong.storage import counting, ddl, fill, names, tables
from dougong.storage.labels import Labels
from dougong.storage.operations.base import Impact, Operation, execute
from dougong.storage.schema import ColumnSpec, TableSpec, Tombstone

SYSTEM: tuple[tuple[str, str], ...] = (
    ("created_at", "instant"),
    ("created_by", "integer"),
    ("updated_at", "instant"),
    ("updated_by", "integer"),
    ("version", "integer"),
    ("deleted_at", "instant"),
)
"""The columns that records have and rows have not, with their kinds."""
POSITION = ("position", "integer")
_PARENT = "parent_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing(Operation):
    """`link` is the link that is the parent of the rows; `hidden` the system columns that go out of sight, `back` those that return."""

    link: ColumnSpec
    hidden: tuple[Tombstone, ...] = ()
    back: tuple[Tombstone, ...] = ()

    def _words(self) -> dict[str, str]:
        return {"table": self.table.key, "old": self.before.key if self.before else ""}

    def labelled_words(self, labels: Labels, language: str) -> dict[str, str]:
        told = Operation.labelled_words(self, labels, language)
        return told | {"old": labels.table(self._words()["old"], language)}

    def _exchanged(self, dialect: Dialect, wanted: Sequence[tuple[str, str]]) -> Iterator[str]:
        """Put the columns of one side out of sight and bring in those of the other."""
        table = self.table.name
        for stone in self.hidden:
            yield ddl.rename_column(dialect, table, _field(stone), stone.name)
        returning = {_field(stone): stone for stone in self.back}
        for name, kind in wanted:
            if name in returning:
                yield ddl.rename_column(dialect, table, returning[name].name, name)
            else:
                yield ddl.add_column(dialect, table, name, kind)


def _field(stone: Tombstone) -> str:
    assert stone.column is not None
    return stone.column.field


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeRecords(Standing):
    """The rows of a sub-table as records: their parent is a link now, and they get what every record has.

    The moment of the change counts as their creation. Rows of records in the recycle bin lie there too.
    """

    def impact(self, connection: Connection) -> Impact:
        assert self.before is not None
        rows, owner = _table(self.before), _owner(self.before)
        buried = select(owner.c.id).where(owner.c.deleted_at.is_not(None))
        wanted = select(func.count()).select_from(rows).where(rows.c.parent_id.in_(buried))
        return Impact(touched=connection.execute(wanted).scalar_one())

    def statements(self, dialect: Dialect) -> list[str]:
        table = self.table.name
        found = [ddl.rename_column(dialect, table, _PARENT, self.link.name)]
        if dialect.name == "postgresql":
            found.append(_renamed_constraint(dialect, self, "parent", self.link.uid))
        return [*found, *self._exchanged(dialect, ())]

    def run(self, connection: Connection) -> None:
        dialect, now = connection.dialect, datetime.now(UTC)
        execute(connection, self.statements(dialect))
        given: dict[str, Any] = {"created_at": now, "updated_at": now, "version": 1}
        returning = {_field(stone): stone for stone in self.back}
        for name, kind in SYSTEM:
            stone = returning.get(name)
            if stone is None:
                execute(connection, _with_constant(dialect, self.table, name, kind, given.get(name)))
            else:
                execute(connection, [ddl.rename_column(dialect, self.table.name, stone.name, name)])
        records = tables.table(replace(self.table, columns=(self.link,)))
        if returning:
            self._fill(connection, records, given)
        self._bury(connection, records)

    @staticmethod
    def _fill(connection: Connection, records: Table, given: dict[str, Any]) -> None:
        """Rows that were added while they were rows."""
        connection.execute(update(records).where(records.c.version.is_(None)).values(given))

    def _bury(self, connection: Connection, records: Table) -> None:
        owner = tables.table(
            TableSpec(self.link.references, "entity", names.table_name(self.link.references), "")
        )
        deleted = select(owner.c.deleted_at).where(owner.c.id == records.c[self.link.field]).scalar_subquery()
        differs = records.c.deleted_at.is_distinct_from(deleted)
        connection.execute(update(records).where(differs).values(deleted_at=deleted))


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbedRecords(Standing):
    """The records of an entity as rows of what their link points to; a record without it, or in the recycle bin by itself, has no place."""

    def impact(self, connection: Connection) -> Impact:
        assert self.before is not None
        records = _table(self.before)
        owner = tables.table(
            TableSpec(self.link.references, "entity", names.table_name(self.link.references), "")
        )
        link = records.c[self.link.field]
        together = (
            select(owner.c.id)
            .where(owner.c.id == link, owner.c.deleted_at.is_not_distinct_from(records.c.deleted_at))
            .correlate(records)
            .exists()
        )
        failing: ColumnElement[bool] = or_(link.is_(None), and_(records.c.deleted_at.is_not(None), ~together))
        count = connection.execute(select(func.count()).select_from(records).where(failing)).scalar_one()
        first = select(records.c.id).where(failing).order_by(records.c.id).limit(counting.FIRST)
        return Impact(failing=count, first=tuple(connection.execute(first).scalars()) if count else ())

    def statements(self, dialect: Dialect) -> list[str]:
        found = [ddl.rename_column(dialect, self.table.name, self.link.name, _PARENT)]
        if dialect.name == "postgresql":
            found.append(_renamed_constraint(dialect, self, self.link.uid, "parent"))
        return [*found, *self._exchanged(dialect, (POSITION,))]

    def run(self, connection: Connection) -> None:
        if self.link.on_delete != "CASCADE":
            held = replace(self.table, indexes=())
            parent = replace(self.link, references=self.table.entity, on_delete="CASCADE")
            fill.detach(connection, self.app, held, self.link)
            fill.attach(connection, self.app, held, parent, held=True)
        execute(connection, self.statements(connection.dialect))
        rows = tables.table(replace(self.table, kind="rows", columns=()))
        number = func.row_number().over(
            partition_by=rows.c.parent_id, order_by=(rows.c.position.nulls_last(), rows.c.id)
        )
        numbered = select(rows.c.id, (number - 1).label("place")).subquery()
        place = select(numbered.c.place).where(numbered.c.id == rows.c.id).scalar_subquery()
        connection.execute(update(rows).where(rows.c.position.is_(None)).values(position=place))


def _table(spec: TableSpec) -> Table:
    return tables.table(spec)


def _owner(rows: TableSpec) -> Table:
    return tables.table(TableSpec(rows.entity, "entity", names.table_name(rows.entity), ""))


def _renamed_constraint(dialect: Dialect, step: Standing, old: str, new: str) -> str:
    before, after = (names.identity_name(step.app, "fk", step.table.uid, each) for each in (old, new))
    return (
        f"ALTER TABLE {ddl.quoted(dialect, step.table.name)} "
        f"RENAME CONSTRAINT {ddl.quoted(dialect, before)} TO {ddl.quoted(dialect, after)}"
    )


def _with_constant(dialect: Dialect, spec: TableSpec, name: str, kind: str, value: object) -> list[str]:
    """A new column that holds a constant in every row, which neither database writes into the rows."""
    added = ddl.add_column(dialect, spec.name, name, kind)
    if value is None:
        return [added]
    column = tables.table(replace(spec, kind="entity", columns=())).c[name]
    render = column.type.dialect_impl(dialect).literal_processor(dialect) or str
    table = ddl.quoted(dialect, spec.name)
    found = [f"{added} DEFAULT {render(value)}"]
    if dialect.name == "postgresql":
        found.append(f"ALTER TABLE {table} ALTER COLUMN {ddl.quoted(dialect, name)} DROP DEFAULT")
    return found
