"""Operations on single columns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from sqlalchemy import Connection
from sqlalchemy.engine import Dialect

from dougong.model.field import Field
from dougong.storage import convert, counting, ddl, fill
from dougong.storage.labels import Labels
from dougong.storage.operations.base import NOTHING, Impact, Operation, execute
from dougong.storage.schema import ColumnSpec, Tombstone


@dataclass(frozen=True, slots=True, kw_only=True)
class AddColumn(Operation):
    """A new column. `default` is what existing records get; `needed` when they must have a value and there is none.

    `numbered` when every record gets a serial number, in the order in which they were created.
    """

    column: ColumnSpec
    default: object = None
    needed: bool = False
    numbered: bool = False

    def _sentence(self) -> str:
        return "AddSerial" if self.numbered and self.before is not None else "AddColumn"

    def _words(self) -> dict[str, str]:
        return {"table": self.table.key, "column": self.column.field}

    def impact(self, connection: Connection) -> Impact:
        if self.before is None or not (self.needed or self.numbered or self.default is not None):
            return NOTHING
        if self.numbered:
            return Impact(touched=counting.rows(connection, self.before))
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

    def undo(self) -> tuple[Operation, ...]:
        return (RestoreColumn(app=self.app, table=self.table, column=self.column, tombstone=self.tombstone),)


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

    def undo(self) -> tuple[Operation, ...]:
        return (RemoveColumn(app=self.app, table=self.table, column=self.column, tombstone=self.tombstone),)


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameColumn(Operation):
    """A column under another name; all values stay."""

    column: ColumnSpec
    old: str
    new: str
    former: str

    def _words(self) -> dict[str, str]:
        return {"table": self.table.key, "column": self.column.field, "old": self.former}

    def labelled_words(self, labels: Labels, language: str) -> dict[str, str]:
        former = (self.before or self.table).key.partition(".")[2]
        return Operation.labelled_words(self, labels, language) | {
            "old": labels.field(former, self.former, language)
        }

    def statements(self, dialect: Dialect) -> list[str]:
        return [ddl.rename_column(dialect, self.table.name, self.old, self.new)]

    def undo(self) -> tuple[Operation, ...]:
        return (replace(self, old=self.new, new=self.old, former=self.column.field),)


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

    def labelled_words(self, labels: Labels, language: str) -> dict[str, str]:
        types = {"old": self.former.field_type, "new": self.column.field_type}
        told = {name: labels.type(each, language) for name, each in types.items()}
        return Operation.labelled_words(self, labels, language) | told

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

    def undo(self) -> tuple[Operation, ...]:
        return (replace(self, column=self.former, former=self.column),)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveOptions(Operation):
    """Options that a field no longer has; records that still hold one stand against it."""

    column: ColumnSpec
    former: ColumnSpec
    options: tuple[str, ...]

    def _words(self) -> dict[str, str]:
        return {"table": self.table.key, "column": self.column.field, "options": ", ".join(self.options)}

    def impact(self, connection: Connection) -> Impact:
        held = counting.holding(connection, self.before or self.table, self.former, self.options)
        return Impact(failing=held[0], first=held[1])
