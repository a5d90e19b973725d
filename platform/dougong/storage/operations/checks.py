"""What a version asks anew of whole records: those that break it are counted; they stay as they are until they are next changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy import column as plain_column
from sqlalchemy import table as plain_table

from dougong.expressions import EvaluationContext
from dougong.expressions.evaluate import Evaluator
from dougong.fieldtypes import TYPES
from dougong.fieldtypes.base import Invalid
from dougong.model.entity import Rule
from dougong.model.expression import Expression, Value
from dougong.model.field import Field
from dougong.storage import counting, tables
from dougong.storage.company_calendar import calendar_of
from dougong.storage.conversion import Change
from dougong.storage.convert import scan
from dougong.storage.labels import Labels
from dougong.storage.operations.base import NOTHING, Impact, Operation
from dougong.storage.schema import ColumnSpec, TableSpec


@dataclass(frozen=True, slots=True)
class Source:
    """Where a field of the new version has its value from: a recorded column with its conversion, or a constant."""

    column: ColumnSpec | None = None
    change: Change | None = None
    constant: Value = None

    def value(self, held: Value) -> Value:
        """The value that a record will have; what cannot be converted is counted elsewhere."""
        if self.column is None:
            return self.constant
        try:
            value = held if self.change is None or held is None else self.change(held)
        except Invalid:
            return None
        return tuple(value) if isinstance(value, list) else value


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRecords(Operation):
    """`sources` are the fields that are read, by their names in the new version; None: other records are read too, and nobody can
    count beforehand what comes out."""

    sources: Mapping[str, Source] | None = None
    now: datetime = field(default_factory=lambda: datetime.now(UTC), compare=False)

    def _broken(self, evaluator: Evaluator) -> Callable[[Mapping[str, Value]], bool]:
        """Whether a record breaks what is asked."""
        raise NotImplementedError

    def impact(self, connection: Connection) -> Impact:
        if self.before is None or self.sources is None:
            return NOTHING
        evaluator = Evaluator(
            EvaluationContext({}, None, self.now.date(), self.now, calendar=calendar_of(connection))
        )
        is_broken, count = self._broken(evaluator), 0
        first: list[int] = []
        for identifier, record in self._records(connection, self.before):
            if is_broken(record):
                count += 1
                first += [identifier] if len(first) < counting.FIRST else []
        return Impact(unmet=count, first=tuple(first))

    def recount(self, connection: Connection, planned: Impact) -> Impact:
        """Nothing stands against the step, so nothing is counted while everybody waits."""
        return planned

    def _records(
        self, connection: Connection, before: TableSpec
    ) -> Iterator[tuple[int, Mapping[str, Value]]]:
        sources = self.sources or {}
        columns = {name: each.column for name, each in sources.items() if each.column is not None}
        for rows in scan(connection, before, columns):
            for row in rows:
                if not row.is_deleted:
                    values = {name: each.value(row.values.get(name)) for name, each in sources.items()}
                    yield row.id, values


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRule(CheckRecords):
    """A rule over whole records that is new or was changed."""

    rule: Rule

    def _sentence(self) -> str:
        return "CheckRule" if self.sources is not None else "CheckRuleLater"

    def _words(self) -> dict[str, str]:
        said = [each.text for each in (self.rule.when, self.rule.check) if each is not None]
        return {
            "table": self.table.key,
            "rule": " → ".join([*said, ", ".join(self.rule.require)]).strip(" →"),
        }

    def labelled_words(self, labels: Labels, language: str) -> dict[str, str]:
        told = Operation.labelled_words(self, labels, language)
        message = self.rule.message.get(language)
        return told | ({"rule": message} if message else {})

    def _broken(self, evaluator: Evaluator) -> Callable[[Mapping[str, Value]], bool]:
        rule = self.rule
        applies = evaluator.over(rule.when) if rule.when is not None else None
        holds = evaluator.over(rule.check) if rule.check is not None else None

        def broken(record: Mapping[str, Value]) -> bool:
            if applies is not None and applies(record) is not True:
                return False
            if any(record.get(name) in (None, ()) for name in rule.require):
                return True
            return holds is not None and holds(record) is False

        return broken


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckBounds(CheckRecords):
    """Bounds that are expressions over the record, new or changed."""

    target: Field

    def _sentence(self) -> str:
        return "CheckBounds" if self.sources is not None else "CheckBoundsLater"

    def _words(self) -> dict[str, str]:
        bounds = (self.target.minimum, self.target.maximum)
        told = ", ".join(each.text for each in bounds if isinstance(each, Expression))
        return {"table": self.table.key, "column": self.target.id, "rule": told}

    def _broken(self, evaluator: Evaluator) -> Callable[[Mapping[str, Value]], bool]:
        target, type_ = self.target, TYPES[self.target.type]
        low, high = (
            evaluator.over(each) if isinstance(each, Expression) else None
            for each in (target.minimum, target.maximum)
        )

        def broken(record: Mapping[str, Value]) -> bool:
            value = record.get(target.id)
            if value is None:
                return False
            least, most = (low(record) if low else None), (high(record) if high else None)
            return bool(type_.check_bounds(value, least, most, target))

        return broken


@dataclass(frozen=True, slots=True, kw_only=True)
class RequireOthers(Operation):
    """Links or rows of which a record must have one from now on. `others` is the recorded table that holds them, if it was there."""

    target: str
    others: TableSpec | None = None

    def _words(self) -> dict[str, str]:
        return {"table": self.table.key, "column": self.target}

    def impact(self, connection: Connection) -> Impact:
        if self.before is None:
            return NOTHING
        records = tables.table(replace(self.before, columns=()))
        wanted = select(records.c.id).where(counting.live_rows(records))
        if self.others is not None:
            holder = "source_id" if self.others.kind == "links" else "parent_id"
            held: Any = plain_table(self.others.name, plain_column(holder))
            wanted = wanted.where(~select(held.c[holder]).where(held.c[holder] == records.c.id).exists())
        count = connection.execute(select(func.count()).select_from(wanted.subquery())).scalar_one()
        first = (
            connection.execute(wanted.order_by(records.c.id).limit(counting.FIRST)).scalars() if count else ()
        )
        return Impact(unmet=count, first=tuple(first))

    def recount(self, connection: Connection, planned: Impact) -> Impact:
        """Nothing stands against the step, so nothing is counted while everybody waits."""
        return planned
