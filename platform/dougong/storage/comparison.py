"""The state of one comparison between a recorded schema and a wanted one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dougong.model.app import App
from dougong.storage.operations import Operation, RestoreTable
from dougong.storage.schema import Schema, TableSpec, Tombstone


@dataclass(slots=True)
class Comparison:
    """The work in progress: what is compared, and the operations, tables and tombstones found so far."""

    recorded: Schema
    former: Schema | None
    old_app: App | None
    new_app: App
    next_uid: int
    number: int
    tombstones: list[Tombstone]
    same_entity: Mapping[str, str] = field(default_factory=dict)
    operations: list[Operation] = field(default_factory=list)
    tables: list[TableSpec] = field(default_factory=list)

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
        return any(isinstance(each, RestoreTable) and each.table.uid == table.uid for each in self.operations)
