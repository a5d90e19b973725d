"""Operations on single columns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from sqlalchemy import Connection
from sqlalchemy.engine import Dialect

from dougong.model.expression import Value
from dougong.model.field import Field
from dougong.storage import convert, counting, ddl, fill, rules, staging
from dougong.storage.called import Things
from dougong.storage.conversion import NOBODY, Change, Names, conversion
from dougong.storage.convert import Original
from dougong.storage.labels import Labels
from dougong.storage.operations.base import NOTHING, Impact, Operation, execute
from dougong.storage.schema import ColumnSpec, Tombstone
from dougong.storage.staging import Staged
from dougong.storage.wording import say


@dataclass(frozen=True, slots=True, kw_only=True)
class AddColumn(Operation):
    """A new column. `default` is what existing records get; `needed` when they must have a value and nothing gives it.

    `numbered` when every record gets a serial number, in the order in which they were created. `coming` is the name under which
    the column can be filled ahead, with the default or by the expression of a backfill.
    """

    column: ColumnSpec
    default: object = None
    needed: bool = False
    numbered: bool = False
    coming: str = ""

    def _sentence(self) -> str:
        return "AddSerial" if self.numbered and self.before is not None else "AddColumn"

    def _words(self) -> dict[str, str]:
        return {"table": self.table.key, "column": self.column.field}

    def impact(self, connection: Connection) -> Impact:
        if self.before is None or not (self.needed or self.numbered or self.default is not None):
            return NOTHING
        if self.numbered:
            return Impact(touched=counting.rows(connection, self.before))
        if self.default is not None:
            return Impact(touched=counting.rows(connection, self.before))
        rows = counting.rows(connection, self.before, live=True)
        return Impact(failing=rows, first=counting.first_ids(connection, self.before) if rows else ())

    def statements(self, dialect: Dialect) -> list[str]:
        reference = ddl.column_reference(self.app, self.table, self.column)
        return [ddl.add_column(dialect, self.table.name, self.column.name, self.column.kind, reference)]

    def run(self, connection: Connection) -> None:
        if staging.is_begun(connection, self.app, self.before, self.coming):
            name = self.table.name
            execute(connection, [ddl.rename_column(connection.dialect, name, self.coming, self.column.name)])
        else:
            execute(connection, self.statements(connection.dialect))
        if self.default is not None:
            fill.constant(connection, self.table, self.column, self.default)


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveColumn(Operation):
    """A column out of sight; its values are kept under another name until they are purged.

    `is_moved` when another step puts them into a new place, `is_worked_out` when they are what a formula gives whenever it is
    asked, so that nothing is lost.
    """

    column: ColumnSpec
    tombstone: Tombstone
    is_moved: bool = False
    is_worked_out: bool = False

    def _sentence(self) -> str:
        return "UnstoreColumn" if self.is_worked_out else "RemoveColumn"

    def _words(self) -> dict[str, str]:
        return {"table": self.table.key, "column": self.column.field}

    def impact(self, connection: Connection) -> Impact:
        filled = counting.filled(connection, self.before or self.table, self.column)
        return Impact(touched=filled, lost=0 if self.is_moved or self.is_worked_out else filled)

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
    """Values of another type in a column, or mended ones; the old values are kept as a tombstone.

    `things` are what links refer to: as they were recorded, and as they stand when the step runs. A rollback goes by
    `originals`, the kept earlier forms. What does not fit stands against the step, unless it is `mended`.
    """

    column: ColumnSpec
    former: ColumnSpec
    old_field: Field
    new_field: Field
    tombstone: Tombstone
    things: tuple[Things, Things] | None = None
    originals: tuple[Original, ...] = ()
    mended: bool = False
    is_return: bool = False
    """Whether a rollback asks for it, which never fails for a value: what does not go back is kept aside."""
    owner: str = ""
    """The name under which the records that rows belong to stand until the first step."""

    def _sentence(self) -> str:
        if self.originals:
            return "GiveBack"
        return "ChangeType" if self.old_field.type != self.new_field.type else "ChangeValues"

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

    def change(self, names: Names = NOBODY) -> Change:
        """What becomes of one value; the rules of the new field hold, but for a rollback to values that were there."""
        found = conversion(self.old_field, self.new_field, names)
        if self.is_return:
            return found
        if self.old_field.type == self.new_field.type:
            return rules.staying(found, self.new_field)
        return rules.fitting(found, self.new_field)

    def preview(self, connection: Connection) -> convert.Preview:
        """What becomes of the values as they are now."""
        change = self.change(self.things[0].names(connection) if self.things else NOBODY)
        return convert.preview(
            connection, self.before or self.table, self.former, change, self.originals, owner=self.owner
        )

    def converted(self, connection: Connection) -> dict[int, Value]:
        """What every row would hold afterwards, by id."""
        change = self.change(self.things[0].names(connection) if self.things else NOBODY)
        return convert.converted(
            connection, self.before or self.table, self.former, change, self.originals, owner=self.owner
        )

    def impact(self, connection: Connection) -> Impact:
        found = self.preview(connection)
        counted = Impact(touched=found.filled, lost=found.narrowed, samples=found.samples)
        if self.is_return:
            return replace(counted, aside=len(found.failing))
        if self.mended:
            return counted
        first = found.failing[: counting.FIRST]
        return replace(counted, failing=len(found.failing), first=first, refused=found.refused)

    @property
    def staging(self) -> str:
        """The name of the column in which the values can be converted ahead."""
        return staging.staging_name(self.former.uid, self.old_field, self.new_field)

    @property
    def can_be_staged(self) -> bool:
        """Whether records tell when they were written, so that those written meanwhile can be caught up with."""
        is_plain = self.things is None and not self.originals and not self.column.references
        is_same_kind = self.before is not None and self.before.kind == self.table.kind
        return is_plain and is_same_kind and staging.is_dated(self.before)

    def _staged(self, connection: Connection) -> Staged | None:
        if not self.can_be_staged or self.before is None:
            return None
        return staging.staged(connection, self.app, self.before.name, self.staging)

    def recount(self, connection: Connection, planned: Impact) -> Impact:
        found = self._staged(connection)
        if found is None:
            return self.impact(connection)
        assert self.before is not None
        seen = convert.preview(
            connection,
            self.before,
            self.former,
            self.change(),
            among=staging.written_since(found, self.before),
        )
        failing = () if self.mended else seen.failing
        return replace(planned, failing=len(failing), first=failing[: counting.FIRST], refused=seen.refused)

    def statements(self, dialect: Dialect) -> list[str]:
        reference = ddl.column_reference(self.app, self.table, self.column)
        return [
            ddl.rename_column(dialect, self.table.name, self.column.name, self.tombstone.name),
            ddl.add_column(dialect, self.table.name, self.column.name, self.column.kind, reference),
        ]

    def run(self, connection: Connection) -> None:
        found = self._staged(connection)
        if found is not None:
            self._catch_up(connection, found)
            return
        fill.detach(connection, self.app, self.table, replace(self.former, name=self.column.name))
        execute(connection, self.statements(connection.dialect))
        change = self.change(self.things[1].names(connection) if self.things else NOBODY)
        source = replace(self.former, name=self.tombstone.name)
        convert.convert(
            connection, self.table, source, self.column, change, self.originals, aside=self.mended
        )

    def _catch_up(self, connection: Connection, found: Staged) -> None:
        """Take the column that was filled ahead, and convert again what was written since."""
        dialect, name = connection.dialect, self.table.name
        execute(
            connection,
            [
                ddl.rename_column(dialect, name, self.column.name, self.tombstone.name),
                ddl.rename_column(dialect, name, found.name, self.column.name),
            ],
        )
        since = staging.written_since(found, self.table)
        convert.clear(connection, self.table, self.column, since)
        source = replace(self.former, name=self.tombstone.name)
        convert.convert(
            connection, self.table, source, self.column, self.change(), aside=self.mended, among=since
        )


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
        fill.attach(connection, self.app, self.table, self.column, held=True)

    def undo(self) -> tuple[Operation, ...]:
        return (replace(self, column=self.former, former=self.column),)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetRequired(Operation):
    """A field that must be filled from now on; records without a value stand against it."""

    column: ColumnSpec
    former: ColumnSpec
    mended: bool = False

    def _words(self) -> dict[str, str]:
        return {"table": self.table.key, "column": self.column.field}

    def impact(self, connection: Connection) -> Impact:
        if self.mended:
            return NOTHING
        failing, first = counting.empty(connection, self.before or self.table, self.former)
        return Impact(failing=failing, first=first)


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveOptions(Operation):
    """Options that a field no longer has; records that still hold one stand against it."""

    column: ColumnSpec
    former: ColumnSpec
    options: tuple[str, ...]
    mended: bool = False

    def _words(self) -> dict[str, str]:
        return {"table": self.table.key, "column": self.column.field, "options": ", ".join(self.options)}

    def impact(self, connection: Connection) -> Impact:
        if self.mended:
            return NOTHING
        held = counting.holding(connection, self.before or self.table, self.former, self.options)
        return Impact(failing=held[0], first=held[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class TightenField(Operation):
    """Bounds, a length or a pattern that take less than before; records whose value they refuse stand against it."""

    column: ColumnSpec
    former: ColumnSpec
    new_field: Field
    tighter: tuple[rules.Rule, ...]
    mended: bool = False

    def _words(self) -> dict[str, str]:
        told = ", ".join(f"{name} {value}" for name, value in self.tighter)
        return {"table": self.table.key, "column": self.column.field, "rules": told}

    def labelled_words(self, labels: Labels, language: str) -> dict[str, str]:
        told = [f"{say(f'part:{name}', language)} {value}" for name, value in self.tighter]
        return Operation.labelled_words(self, labels, language) | {"rules": say("comma", language).join(told)}

    def impact(self, connection: Connection) -> Impact:
        if self.mended:
            return NOTHING
        change = rules.standing(self.new_field)
        found = convert.preview(
            connection, self.before or self.table, self.former, change, among=counting.live_rows
        )
        return Impact(
            failing=len(found.failing), first=found.failing[: counting.FIRST], refused=found.refused
        )
