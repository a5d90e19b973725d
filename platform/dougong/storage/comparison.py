"""The state of one comparison between a recorded schema and a wanted one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from dougong.diagnostics import Diagnostic
from dougong.model.app import App
from dougong.storage import names
from dougong.storage.operations import Operation, RenameTable, RestoreTable
from dougong.storage.schema import Schema, TableSpec, Tombstone


def _unknown(number: int) -> tuple[App, datetime] | None:
    return None


@dataclass(frozen=True, slots=True)
class Return:
    """What a rollback goes by: the schema and number of the version it returns to, and any version's app with its moment."""

    schema: Schema
    number: int = 0
    version: Callable[[int], tuple[App, datetime] | None] = _unknown


@dataclass(slots=True)
class Comparison:
    """The work in progress: what is compared, and the operations, tables and tombstones found so far."""

    recorded: Schema
    wanted: Schema
    returning: Return | None
    old_app: App | None
    new_app: App
    next_uid: int
    number: int
    tombstones: list[Tombstone]
    same_entity: Mapping[str, str] = field(default_factory=dict)
    operations: list[Operation] = field(default_factory=list)
    tables: list[TableSpec] = field(default_factory=list)
    problems: list[Diagnostic] = field(default_factory=list)
    """What keeps values from being mended as the definition says."""

    @property
    def former(self) -> Schema | None:
        """The schema of the version that a rollback returns to."""
        return self.returning.schema if self.returning else None

    def uid(self, letter: str) -> str:
        """A new identity."""
        given = f"{letter}{self.next_uid}"
        self.next_uid += 1
        return given

    def add(self, operation: Operation) -> None:
        """One more step."""
        self.operations.append(operation)

    @property
    def app(self) -> str:
        """The id of the app."""
        return self.recorded.app

    def is_restored(self, table: TableSpec) -> bool:
        """Whether a table comes back from removal; its tombstone is where it stood until now."""
        return self.stone_of(table) is not None

    def stone_of(self, table: TableSpec) -> Tombstone | None:
        """The tombstone of a table that comes back from removal."""
        back = (each for each in self.operations if isinstance(each, RestoreTable))
        return next((each.tombstone for each in back if each.table.uid == table.uid), None)

    def owner_of(self, rows: TableSpec) -> str:
        """The name under which the records that recorded rows belong to stand as yet; empty for what are no rows."""
        if rows.kind != "rows":
            return ""
        if self.is_restored(rows):  # the rows go by the name that their records are to have
            for each in self.operations:
                if each.table.key == rows.entity and isinstance(each, RestoreTable):
                    return each.tombstone.name
                if each.table.key == rows.entity and isinstance(each, RenameTable):
                    return each.old
        return names.table_name(rows.entity)
