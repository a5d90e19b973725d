"""The closed list of what a plan can do to the tables of an app: frozen data that describe, count, undo and run themselves.

`impact` looks at the data as they are before anything runs, so specs that an operation counts by are the recorded ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from sqlalchemy import Connection
from sqlalchemy.engine import Dialect

from dougong.model.field import Field
from dougong.storage import convert, counting, ddl, fill
from dougong.storage.labels import Labels
from dougong.storage.schema import ColumnSpec, IndexSpec, TableSpec, Tombstone
from dougong.storage.wording import say


@dataclass(frozen=True, slots=True)
class Impact:
    """What an operation meets: rows it touches, values that would disappear, rows that stand against it with the first ids."""

    touched: int = 0
    lost: int = 0
    failing: int = 0
    first: tuple[int, ...] = ()


NOTHING = Impact()


def _labelled(operation: Operation, words: dict[str, str], labels: Labels, language: str) -> dict[str, str]:
    entity = operation.table.key.partition(".")[2]
    former = operation.before.key.partition(".")[2] if operation.before else entity
    known = {"table": labels.table(words["table"], language)}
    if "column" in words:
        known["column"] = labels.field(entity, words["column"], language)
    if "columns" in words:
        fields = [labels.field(entity, each, language) for each in words["columns"].split(", ")]
        known["columns"] = say("comma", language).join(fields)
    if isinstance(operation, ChangeType):
        known |= {name: labels.type(words[name], language) for name in ("old", "new")}
    elif isinstance(operation, RenameTable):
        known["old"] = labels.table(words["old"], language)
    elif isinstance(operation, RenameColumn):
        known["old"] = labels.field(former, words["old"], language)
    return words | known


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One step; `table` is the table as it is when the step runs, `before` as it was recorded (None: it did not exist)."""

    app: str
    table: TableSpec
    before: TableSpec | None = None

    is_internal: ClassVar[bool] = False

    @property
    def technical(self) -> bool:
        """Whether the step matters to the database alone, so that a plan for people leaves it out."""
        return self.is_internal or self.table.kind == "search"

    def describe(self, language: str, labels: Labels | None = None) -> str:
        """What the step does: by ids, or by the labels that people know."""
        words = self._words()
        return say(
            self._sentence(), language, **(_labelled(self, words, labels, language) if labels else words)
        )

    def _sentence(self) -> str:
        return type(self).__name__

    def _words(self) -> dict[str, str]:
        return {"table": self.table.key}

    def impact(self, connection: Connection) -> Impact:
        """Count what the step meets in the data as they are now."""
        return NOTHING

    def undo(self) -> Operation | None:
        """The step that takes this one back, or nothing when only a rollback to a recorded version can."""
        return None

    def statements(self, dialect: Dialect) -> list[str]:
        """The SQL of the step; steps that move data do more than their statements."""
        return []

    def run(self, connection: Connection) -> None:
        """Do the step inside the transaction of the connection."""
        execute(connection, self.statements(connection.dialect))


def execute(connection: Connection, statements: Sequence[str]) -> None:
    """Run statements one after the other."""
    for statement in statements:
        connection.exec_driver_sql(statement)


# ------------------------------------------------------------------ tables
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateTable(Operation):
    """A new table, empty."""

    def statements(self, dialect: Dialect) -> list[str]:
        return ddl.create_table(dialect, self.app, self.table)

    def undo(self) -> Operation:
        return DropTable(app=self.app, table=self.table, before=self.table)


@dataclass(frozen=True, slots=True, kw_only=True)
class DropTable(Operation):
    """A table whose content can be made again: the search index, or a table that was just created."""

    is_internal: ClassVar[bool] = True

    def statements(self, dialect: Dialect) -> list[str]:
        return ddl.drop_table(dialect, self.table, self.table.name)

    def undo(self) -> Operation:
        return CreateTable(app=self.app, table=self.table)


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveTable(Operation):
    """A table out of sight; its rows are kept under another name until they are purged."""

    tombstone: Tombstone

    def impact(self, connection: Connection) -> Impact:
        rows = counting.rows(connection, self.table)
        return Impact(touched=rows, lost=rows)

    def statements(self, dialect: Dialect) -> list[str]:
        return ddl.rename_table(dialect, self.table, self.table.name, self.tombstone.name)

    def run(self, connection: Connection) -> None:
        for column in self.table.columns:
            fill.detach(connection, self.app, self.table, column)
        execute(connection, self.statements(connection.dialect))
        fill.rename_ids(connection, self.table.name, self.tombstone.name)

    def undo(self) -> Operation:
        return RestoreTable(app=self.app, table=self.table, tombstone=self.tombstone)


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreTable(Operation):
    """A removed table back under its name, with its rows."""

    tombstone: Tombstone

    def impact(self, connection: Connection) -> Impact:
        return Impact(touched=counting.rows(connection, replace(self.table, name=self.tombstone.name)))

    def statements(self, dialect: Dialect) -> list[str]:
        return ddl.rename_table(dialect, self.table, self.tombstone.name, self.table.name)

    def run(self, connection: Connection) -> None:
        execute(connection, self.statements(connection.dialect))
        fill.rename_ids(connection, self.tombstone.name, self.table.name)

    def undo(self) -> Operation:
        return RemoveTable(app=self.app, table=self.table, before=self.table, tombstone=self.tombstone)


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameTable(Operation):
    """A table under another name; all data stay."""

    old: str
    new: str

    def _words(self) -> dict[str, str]:
        return {"table": self.table.key, "old": self.before.key if self.before else self.old}

    def statements(self, dialect: Dialect) -> list[str]:
        return ddl.rename_table(dialect, self.table, self.old, self.new)

    def run(self, connection: Connection) -> None:
        execute(connection, self.statements(connection.dialect))
        fill.rename_ids(connection, self.old, self.new)

    def undo(self) -> Operation:
        return replace(self, table=self.before or self.table, before=self.table, old=self.new, new=self.old)


# ------------------------------------------------------------------ columns
@dataclass(frozen=True, slots=True, kw_only=True)
class AddColumn(Operation):
    """A new column. `default` is what existing records get; `needed` when they must have a value and there is none."""

    column: ColumnSpec
    default: object = None
    needed: bool = False

    def _words(self) -> dict[str, str]:
        return {"table": self.table.key, "column": self.column.field}

    def impact(self, connection: Connection) -> Impact:
        if self.before is None or not (self.needed or self.default is not None):
            return NOTHING
        rows = counting.rows(connection, self.before, live=True)
        if self.default is not None:
            return Impact(touched=rows)
        return Impact(failing=rows, first=counting.first_ids(connection, self.before) if rows else ())

    def statements(self, dialect: Dialect) -> list[str]:
        reference = ddl.column_reference(self.app, self.table, self.column)
        return [ddl.add_column(dialect, self.table.name, self.column.name, self.column.kind, reference)]

    def run(self, connection: Connection) -> None:
        execute(connection, self.statements(connection.dialect))
        if self.default is not None:
            fill.constant(connection, self.table, self.column, self.default)


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveColumn(Operation):
    """A column out of sight; its values are kept under another name until they are purged."""

    column: ColumnSpec
    tombstone: Tombstone

    def _words(self) -> dict[str, str]:
        return {"table": self.table.key, "column": self.column.field}

    def impact(self, connection: Connection) -> Impact:
        filled = counting.filled(connection, self.before or self.table, self.column)
        return Impact(touched=filled, lost=filled)

    def statements(self, dialect: Dialect) -> list[str]:
        return [ddl.rename_column(dialect, self.table.name, self.column.name, self.tombstone.name)]

    def run(self, connection: Connection) -> None:
        fill.detach(connection, self.app, self.table, self.column)
        execute(connection, self.statements(connection.dialect))

    def undo(self) -> Operation:
        return RestoreColumn(app=self.app, table=self.table, column=self.column, tombstone=self.tombstone)


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreColumn(Operation):
    """A removed column back under its name, with its values."""

    column: ColumnSpec
    tombstone: Tombstone

    def _words(self) -> dict[str, str]:
        return {"table": self.table.key, "column": self.column.field}

    def statements(self, dialect: Dialect) -> list[str]:
        return [ddl.rename_column(dialect, self.table.name, self.tombstone.name, self.column.name)]

    def run(self, connection: Connection) -> None:
        execute(connection, self.statements(connection.dialect))
        fill.attach(connection, self.app, self.table, self.column)

    def undo(self) -> Operation:
        return RemoveColumn(app=self.app, table=self.table, column=self.column, tombstone=self.tombstone)


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameColumn(Operation):
    """A column under another name; all values stay."""

    column: ColumnSpec
    old: str
    new: str
    former: str

    def _words(self) -> dict[str, str]:
        return {"table": self.table.key, "column": self.column.field, "old": self.former}

    def statements(self, dialect: Dialect) -> list[str]:
        return [ddl.rename_column(dialect, self.table.name, self.old, self.new)]

    def undo(self) -> Operation:
        return replace(self, old=self.new, new=self.old, former=self.column.field)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeType(Operation):
    """Values of another type in a column; where the database stores them otherwise, the old ones are kept as a tombstone."""

    column: ColumnSpec
    former: ColumnSpec
    old_field: Field
    new_field: Field
    tombstone: Tombstone | None

    def _words(self) -> dict[str, str]:
        return {
            "table": self.table.key,
            "column": self.column.field,
            "old": self.former.field_type,
            "new": self.column.field_type,
        }

    def impact(self, connection: Connection) -> Impact:
        found = convert.preview(
            connection, self.before or self.table, self.former, self.old_field, self.new_field
        )
        return Impact(touched=found.filled, lost=found.rounded, failing=found.failing, first=found.first)

    def statements(self, dialect: Dialect) -> list[str]:
        if self.tombstone is None:
            return []
        return [
            ddl.rename_column(dialect, self.table.name, self.column.name, self.tombstone.name),
            ddl.add_column(dialect, self.table.name, self.column.name, self.column.kind),
        ]

    def run(self, connection: Connection) -> None:
        execute(connection, self.statements(connection.dialect))
        source = replace(self.former, name=self.tombstone.name if self.tombstone else self.column.name)
        convert.convert(connection, self.table, source, self.column, self.old_field, self.new_field)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeReference(Operation):
    """What the database does with a link when its target is purged."""

    is_internal: ClassVar[bool] = True
    column: ColumnSpec
    former: ColumnSpec

    def _words(self) -> dict[str, str]:
        return {"table": self.table.key, "column": self.column.field}

    def run(self, connection: Connection) -> None:
        fill.detach(connection, self.app, self.table, self.former)
        fill.attach(connection, self.app, self.table, self.column)

    def undo(self) -> Operation:
        return replace(self, column=self.former, former=self.column)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddReferences(Operation):
    """The foreign keys of a new table, once every table they point to exists (SQLite writes them into the table itself)."""

    is_internal: ClassVar[bool] = True

    def statements(self, dialect: Dialect) -> list[str]:
        if dialect.name == "sqlite":
            return []
        found = ddl.references(self.app, self.table)
        return [ddl.add_reference(dialect, self.table.name, each) for each in found]


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachReferences(Operation):
    """The foreign keys of the links of a restored table."""

    is_internal: ClassVar[bool] = True
    columns: tuple[ColumnSpec, ...]

    def run(self, connection: Connection) -> None:
        for column in self.columns:
            fill.attach(connection, self.app, self.table, column)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetRequired(Operation):
    """A field that must be filled from now on; records without a value stand against it."""

    column: ColumnSpec
    former: ColumnSpec

    def _words(self) -> dict[str, str]:
        return {"table": self.table.key, "column": self.column.field}

    def impact(self, connection: Connection) -> Impact:
        failing, first = counting.empty(connection, self.before or self.table, self.former)
        return Impact(failing=failing, first=first)


# ------------------------------------------------------------------ indexes
@dataclass(frozen=True, slots=True, kw_only=True)
class AddIndex(Operation):
    """An index that lists, links or rules need; a unique one stands as long as no two records are alike."""

    index: IndexSpec
    former: tuple[str, ...] = ()
    """The recorded columns that it will cover; empty when some are new and therefore hold nothing yet."""

    @property
    def is_unique(self) -> bool:
        """Whether it forbids equal records."""
        return self.index.unique

    @property
    def technical(self) -> bool:
        return not self.index.unique

    def _sentence(self) -> str:
        return "AddUnique" if self.index.unique else "AddIndex"

    def _words(self) -> dict[str, str]:
        return {"table": self.table.key, "columns": ", ".join(self.index.fields)}

    def impact(self, connection: Connection) -> Impact:
        if not self.index.unique or self.before is None or not self.former:
            return NOTHING
        failing, first = counting.duplicates(connection, self.before, self.former, live=self.index.live)
        return Impact(failing=failing, first=first)

    def statements(self, dialect: Dialect) -> list[str]:
        return [ddl.create_index(dialect, self.table, self.index)]

    def undo(self) -> Operation:
        return DropIndex(app=self.app, table=self.table, index=self.index)


@dataclass(frozen=True, slots=True, kw_only=True)
class DropIndex(Operation):
    """An index that nothing needs any more."""

    index: IndexSpec

    @property
    def technical(self) -> bool:
        return not self.index.unique

    def _sentence(self) -> str:
        return "DropUnique" if self.index.unique else "DropIndex"

    def _words(self) -> dict[str, str]:
        return {"table": self.table.key, "columns": ", ".join(self.index.fields)}

    def statements(self, dialect: Dialect) -> list[str]:
        return [ddl.drop_index(dialect, self.index)]

    def undo(self) -> Operation:
        return AddIndex(app=self.app, table=self.table, index=self.index)


@dataclass(frozen=True, slots=True, kw_only=True)
class RebuildSearch(Operation):
    """The full-text index made anew from the records. `table` is the index, `records` the table of the entity."""

    is_internal: ClassVar[bool] = True
    records: TableSpec

    def run(self, connection: Connection) -> None:
        fill.search(connection, self.table, self.records)
