"""Operations on indexes, whose content can always be made again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import Connection
from sqlalchemy.engine import Dialect

from dougong.storage import catalogue, conditions, counting, ddl, fill, staging
from dougong.storage.operations.base import NOTHING, Impact, Operation, execute
from dougong.storage.operations.coming import Giving, coming
from dougong.storage.operations.values import FillValues
from dougong.storage.schema import IndexSpec, TableSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class AddIndex(Operation):
    """An index that lists, links or rules need; a unique one stands as long as no two records are alike."""

    index: IndexSpec
    former: IndexSpec | None = None
    """The same over the recorded columns; None when some are new and therefore hold nothing yet."""
    steps: tuple[Giving, ...] = ()
    """The steps that give what it reads other values, after which records may be alike that were not."""

    @property
    def mended(self) -> bool:
        """Whether the later ones of equal records are mended before."""
        return any(isinstance(each, FillValues) and each.reason == "double" for each in self.steps)

    @property
    def is_unique(self) -> bool:
        """Whether it forbids equal records."""
        return self.index.unique

    @property
    def technical(self) -> bool:
        return not self.index.unique

    def _sentence(self) -> str:
        if not self.index.unique:
            return "AddIndex"
        return "AddUniqueWhere" if self.index.where else "AddUnique"

    def _words(self) -> dict[str, str]:
        where = ", ".join(conditions.in_words(each) for each in self.index.where)
        return {"table": self.table.key, "columns": ", ".join(self.index.fields), "where": where}

    def impact(self, connection: Connection) -> Impact:
        if not self.index.unique or self.before is None:
            return NOTHING
        if self.steps:
            alike = coming(connection, self.table, self.before, self.index, self.steps).repeated()
            return Impact(failing=len(alike), first=alike[: counting.FIRST])
        if self.former is None:
            return NOTHING
        failing, first = counting.duplicates(connection, self.before, self.former)
        return Impact(failing=failing, first=first)

    def statements(self, dialect: Dialect) -> list[str]:
        return [ddl.create_index(dialect, self.table, self.index)]

    def run(self, connection: Connection) -> None:
        is_begun = self.before is not None and self.index.name in staging.known_indexes(connection, self.app)
        if not is_begun or not self._stands(connection):
            execute(connection, self.statements(connection.dialect))

    def _stands(self, connection: Connection) -> bool:
        """Whether it was made ahead; one that was begun and not finished is dropped."""
        if self.index.name in catalogue.read(connection).indexes:
            return True
        execute(connection, [ddl.drop_index_named(connection.dialect, self.index.name)])
        return False

    def undo(self) -> tuple[Operation, ...]:
        return (DropIndex(app=self.app, table=self.table, index=self.index),)


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

    def undo(self) -> tuple[Operation, ...]:
        return (AddIndex(app=self.app, table=self.table, index=self.index),)


@dataclass(frozen=True, slots=True, kw_only=True)
class RebuildSearch(Operation):
    """The full-text index made anew from the records. `table` is the index, `records` the table of the entity."""

    is_internal: ClassVar[bool] = True
    records: TableSpec

    def run(self, connection: Connection) -> None:
        fill.search(connection, self.table, self.records)
