"""Evaluates expressions over records that are being written: who asks, what day it is, and what linked records hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from dougong.expressions import EvaluationContext
from dougong.expressions.evaluate import Evaluator
from dougong.model.expression import Expression, Value
from dougong.records.call import Call
from dougong.records.chunks import chunks
from dougong.records.draft import Draft, Values
from dougong.records.shape import Shape, shape_of


def today_of(call: Call) -> date:
    """The calendar day of the call where the actor is."""
    return call.at.astimezone(ZoneInfo(call.timezone)).date()


class Evaluation:
    """Evaluates for one call; linked records are fetched once, together where it is known which will be needed.

    Formulas and rules belong to the definition, so they see linked records whatever the actor's rights are.
    """

    def __init__(self, call: Call) -> None:
        self.call = call
        self.today = today_of(call)
        self._related: dict[tuple[str, int], Values] = {}
        self._evaluator = Evaluator(
            EvaluationContext(
                {}, call.actor, self.today, call.at, call.timezone, self.related, call.release.calendar
            )
        )
        self.value = self._evaluator.value
        """The value of an expression for a record."""
        self.over = self._evaluator.over
        """An expression as a function of a record, for many of them."""

    def day_of(self, moment: datetime) -> date:
        """The calendar day of a moment where the actor is."""
        return moment.astimezone(ZoneInfo(self.call.timezone)).date()

    def holds(self, expression: Expression, record: Mapping[str, Value]) -> bool:
        """Whether a condition is true for a record; empty is not true."""
        return self.value(expression, record) is True

    def related(self, key: str, identifier: int) -> Mapping[str, Value]:
        """The values of a linked record, empty when there is none."""
        if (key, identifier) not in self._related:
            self._fetch(key, {identifier})
        return self._related[key, identifier]

    def prepare(self, shape: Shape, expressions: Iterable[Expression], drafts: Iterable[Draft]) -> None:
        """Fetch the linked records that the expressions will ask for, one query for each kind."""
        roads = {path[0] for expression in expressions for path in expression.reads if len(path) > 1}
        wanted: dict[str, set[int]] = {}
        for field in shape.links:
            if field.id in roads and field.target is not None:
                ids = {draft.values[field.id] for draft in drafts if draft.values.get(field.id) is not None}
                wanted.setdefault(field.target.key, set()).update(ids)
        for key, ids in wanted.items():
            self._fetch(key, {each for each in ids if (key, each) not in self._related})

    def _fetch(self, key: str, ids: set[int]) -> None:
        shape = shape_of(self.call.release, key)
        table = shape.table
        for chunk in chunks(sorted(ids)):
            statement = select(table).where(table.c.id.in_(chunk), table.c.deleted_at.is_(None))
            for row in self.call.connection.execute(statement).mappings():
                self._related[key, row["id"]] = shape.tidy(dict(row))
        for identifier in ids:
            self._related.setdefault((key, identifier), {})
