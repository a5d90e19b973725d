"""Values that the author of a version gives to records that would have none, or none that fits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import Column, ColumnElement, Connection, column, false, or_, true

from dougong.expressions import EvaluationContext, evaluate
from dougong.fieldtypes import TYPES
from dougong.fieldtypes.base import Invalid
from dougong.model.expression import Expression, Value
from dougong.model.field import Field
from dougong.storage import counting, doubles, rules, staging
from dougong.storage.company_calendar import calendar_of
from dougong.storage.convert import Among, Sample, Scanned, clear, scan, write
from dougong.storage.operations.base import NOTHING, Impact, Operation
from dougong.storage.operations.columns import ChangeType
from dougong.storage.schema import ColumnSpec, IndexSpec, TableSpec
from dougong.storage.staging import Staged

_OWN, _ORIGINAL = "@own", "@original"
"""Keys for the column itself and its values before, which no field can have."""
_SENTENCES = {"backfill": "FillValues", "default": "FillDefault", "aside": "SetAside"}
Reason = Literal["added", "empty", "unfit", "double"]


@dataclass(frozen=True, slots=True)
class Mend:
    """How values are mended: by an expression over the record as it was, by a constant, or not at all (they stay aside)."""

    way: Literal["backfill", "default", "aside"]
    expression: Expression | None = None
    constant: Value = None

    def value(self, record: dict[str, Value], target: Field, now: datetime, calendar: str) -> Value:
        """The value for one record; Invalid when what comes out does not fit the field."""
        if self.way == "aside":
            return None
        value = self.constant
        if self.expression is not None:
            value = evaluate(
                self.expression, EvaluationContext(record, None, now.date(), now, calendar=calendar)
            )
        return None if value is None else rules.checked(TYPES[target.type].assign(value, target), target)


@dataclass(frozen=True, slots=True, kw_only=True)
class FillValues(Operation):
    """Values for the rows that a reason names: `added` all, `empty` those without one, `unfit` those whose value the new type
    does not take, `double` the later ones of equal rows (`unique` is what
    must differ over the recorded columns, `unique_now` over the columns as they are called when the step runs).

    `sources` are the recorded columns that the expression reads, under the names they have when the step runs.
    """

    column: ColumnSpec
    target: Field
    mend: Mend
    reason: Reason
    needed: bool = False
    sources: tuple[ColumnSpec, ...] = ()
    former: ColumnSpec | None = None
    change: ChangeType | None = None
    unique: IndexSpec | None = None
    unique_now: IndexSpec | None = None
    coming: str = ""
    """The name under which a new column can be filled ahead."""
    now: datetime = field(default_factory=lambda: datetime.now(UTC), compare=False)

    def _sentence(self) -> str:
        return _SENTENCES[self.mend.way]

    def _words(self) -> dict[str, str]:
        told = self.mend.expression.text if self.mend.expression else str(self.mend.constant)
        return {"table": self.table.key, "column": self.column.field, "value": told}

    # -------------------------------------------------------------- before
    def impact(self, connection: Connection) -> Impact:
        return self._count(connection)

    def recount(self, connection: Connection, planned: Impact) -> Impact:
        """What was filled ahead was found to fit then."""
        found = self._staged(connection)
        if found is None or self.before is None:
            return self._count(connection)
        since = staging.written_since(found, self.before)
        missing = column(self.coming).is_(None) if self.needed else false()
        seen = self._count(connection, lambda table: or_(since(table), missing))
        return replace(planned, failing=seen.failing, first=seen.first, refused=seen.refused)

    def _staged(self, connection: Connection) -> Staged | None:
        if not self.coming or self.before is None:
            return None
        return staging.staged(connection, self.app, self.before.name, self.coming)

    def _count(self, connection: Connection, among: Among | None = None) -> Impact:
        if self.before is None:
            return NOTHING
        touched = aside = failing = 0
        refused: list[Sample] = []
        samples: list[Sample] = []
        calendar = calendar_of(connection)
        for row in self._met(connection, self.before, self._chosen(connection, self.before), among):
            value, is_refused = self._mended(row, calendar)
            before = row.values.get(_OWN, self._read(row))
            if (is_refused or (value is None and self.needed)) and not row.is_deleted:
                failing += 1
                refused.append(Sample(row.id, before=before))
            elif value is None:
                aside += _OWN in row.values and before is not None
            else:
                touched += 1
                samples.append(Sample(row.id, "", before, value))
            del refused[counting.FIRST :], samples[counting.SAMPLES :]
        first = tuple(each.row for each in refused)
        return Impact(touched, 0, failing, first, aside, tuple(refused), tuple(samples))

    def given(self, connection: Connection, doubled: frozenset[int]) -> dict[int, Value]:
        """What the rows will hold that the reason names, by id; `doubled` are the later ones of equal rows."""
        if self.before is None:
            return {}
        chosen = doubled if self.reason == "double" else self._chosen(connection, self.before)
        calendar = calendar_of(connection)
        return {row.id: self._mended(row, calendar)[0] for row in self._met(connection, self.before, chosen)}

    def _met(
        self,
        connection: Connection,
        before: TableSpec,
        chosen: frozenset[int] | None,
        among: Among | None = None,
    ) -> Iterator[Scanned]:
        """The recorded rows that the reason names."""
        recorded = {each.field: each for each in before.columns}
        columns = {each.field: recorded[each.field] for each in self.sources}
        if self.former is not None:
            columns[_OWN] = self.former
        empty = (lambda keyed: keyed[_OWN].is_(None)) if self.reason == "empty" and self.former else None
        for rows in scan(connection, before, columns, empty, among):
            yield from (row for row in rows if chosen is None or row.id in chosen)

    def _chosen(self, connection: Connection, before: TableSpec) -> frozenset[int] | None:
        if self.reason == "unfit" and self.change is not None:
            return frozenset(self.change.preview(connection).failing)
        if self.unique is None or self.unique_now is None or self.former is None:
            return None
        if self.change is None:
            return counting.later_doubles(connection, before, self.unique)
        field_id = self.column.field
        rows = [row for found in scan(connection, before, {field_id: self.former}) for row in found]
        values = {field_id: self.change.converted(connection)}
        return doubles.Coming(self.table, self.unique_now, rows, values).later()

    def _mended(self, row: Scanned, calendar: str) -> tuple[Value, bool]:
        try:
            return self._value(row, calendar), False
        except Invalid:
            return None, True

    def _value(self, row: Scanned, calendar: str) -> Value:
        return self.mend.value(
            {each.field: row.values[each.field] for each in self.sources}, self.target, self.now, calendar
        )

    def _read(self, row: Scanned) -> Value:
        """What an expression for a new field reads, as what was there before."""
        read = [row.values[each.field] for each in self.sources if row.values[each.field] is not None]
        return read[0] if len(read) == 1 else " · ".join(map(str, read)) or None

    # -------------------------------------------------------------- while it runs
    def run(self, connection: Connection) -> None:
        chosen = self._cleared(connection, self.unique_now) if self.unique_now else None
        columns = {each.field: each for each in self.sources} | {_OWN: self.column}
        if self.change is not None:
            columns[_ORIGINAL] = replace(self.change.former, name=self.change.tombstone.name)
        found = self._staged(connection)
        among = staging.written_since(found, self.table) if found is not None else None
        if among is not None:
            clear(connection, self.table, self.column, among)
        calendar = calendar_of(connection)
        for rows in scan(connection, self.table, columns, self._condition, among):
            wanted = [row for row in rows if chosen is None or row.id in chosen]
            values = [(row.id, self._mended(row, calendar)[0]) for row in wanted]
            write(connection, self.table, self.column, [each for each in values if each[1] is not None])

    # -------------------------------------------------------------- ahead of it
    def fill_ahead(self, connection: Connection, before: TableSpec, rows: Sequence[tuple[Any, ...]]) -> None:
        """Fill the coming column of some rows, given as ids and what `recorded_sources` hold; Invalid where a value does not fit."""
        fields = [each.field for each in self.sources]
        calendar = calendar_of(connection)
        values = []
        for identifier, *held in rows:
            value = self.mend.value(dict(zip(fields, held, strict=True)), self.target, self.now, calendar)
            values += [] if value is None else [(identifier, value)]
        write(connection, before, replace(self.column, name=self.coming), values)

    def recorded_sources(self) -> tuple[ColumnSpec, ...]:
        """The recorded columns that the expression reads, under the names they have now."""
        recorded = {each.field: each for each in self.before.columns} if self.before else {}
        return tuple(recorded[each.field] for each in self.sources)

    def _condition(self, keyed: Mapping[str, Column[Any]]) -> ColumnElement[bool]:
        if self.reason == "unfit" and self.change is not None:
            return keyed[_OWN].is_(None) & keyed[_ORIGINAL].is_not(None)
        return true() if self.reason == "added" else keyed[_OWN].is_(None)

    def _cleared(self, connection: Connection, index: IndexSpec) -> frozenset[int]:
        """The later ones of equal rows, their values taken out: a mended value may be equal to one of them."""
        found = counting.later_doubles(connection, self.table, index)
        write(connection, self.table, self.column, [(each, None) for each in found])
        return found
