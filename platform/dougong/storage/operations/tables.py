"""Operations on whole tables."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from sqlalchemy import Connection
from sqlalchemy.engine import Dialect

from dougong.storage import counting, ddl, fill
from dougong.storage.labels import Labels
from dougong.storage.operations.base import Impact, Operation, execute
from dougong.storage.schema import ColumnSpec, Tombstone


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateTable(Operation):
    """A new table, empty."""

    def statements(self, dialect: Dialect) -> list[str]:
        return ddl.create_table(dialect, self.app, self.table)

    def undo(self) -> tuple[Operation, ...]:
        return (DropTable(app=self.app, table=self.table, before=self.table),)


@dataclass(frozen=True, slots=True, kw_only=True)
class DropTable(Operation):
    """A table whose content can be made again: the search index, or a table that was just created."""

    is_internal: ClassVar[bool] = True

    def statements(self, dialect: Dialect) -> list[str]:
        return ddl.drop_table(dialect, self.table, self.table.name)

    def undo(self) -> tuple[Operation, ...]:
        return (CreateTable(app=self.app, table=self.table),)


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveTable(Operation):
    """A table out of sight; its rows are kept under another name until they are purged.

    `is_moved` when another step puts them into a new place.
    """

    tombstone: Tombstone
    is_moved: bool = False

    def impact(self, connection: Connection) -> Impact:
        rows = counting.rows(connection, self.table)
        return Impact(touched=rows, lost=0 if self.is_moved else rows)

    def statements(self, dialect: Dialect) -> list[str]:
        return ddl.rename_table(dialect, self.table, self.table.name, self.tombstone.name)

    def run(self, connection: Connection) -> None:
        for column in self.table.columns:
            fill.detach(connection, self.app, self.table, column)
        execute(connection, self.statements(connection.dialect))
        fill.rename_ids(connection, self.table.name, self.tombstone.name)

    def undo(self) -> tuple[Operation, ...]:
        links = tuple(each for each in self.table.columns if each.references)
        restored = RestoreTable(app=self.app, table=self.table, tombstone=self.tombstone)
        return restored, AttachReferences(app=self.app, table=self.table, columns=links)


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

    def undo(self) -> tuple[Operation, ...]:
        return (RemoveTable(app=self.app, table=self.table, before=self.table, tombstone=self.tombstone),)


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameTable(Operation):
    """A table under another name; all data stay."""

    old: str
    new: str

    def _words(self) -> dict[str, str]:
        return {"table": self.table.key, "old": self.before.key if self.before else self.old}

    def labelled_words(self, labels: Labels, language: str) -> dict[str, str]:
        return Operation.labelled_words(self, labels, language) | {
            "old": labels.table(self._words()["old"], language)
        }

    def statements(self, dialect: Dialect) -> list[str]:
        return ddl.rename_table(dialect, self.table, self.old, self.new)

    def run(self, connection: Connection) -> None:
        execute(connection, self.statements(connection.dialect))
        fill.rename_ids(connection, self.old, self.new)
        if self.table.kind in {"entity", "rows"}:
            fill.rename_entity(connection, self._key_of(self.old), self._key_of(self.new))

    def _key_of(self, name: str) -> str:
        """The key of the entity that has a table of that name; a name for the while of an exchange stands for itself."""
        known = {each.name: each.key for each in (self.table, self.before) if each is not None}
        return known.get(name, name)

    def undo(self) -> tuple[Operation, ...]:
        return (
            replace(self, table=self.before or self.table, before=self.table, old=self.new, new=self.old),
        )


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
