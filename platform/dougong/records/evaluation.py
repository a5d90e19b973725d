"""Evaluates expressions over records that are being written: who asks, what day it is, and what linked records hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from dougong.expressions import EvaluationContext
from dougong.expressions.evaluate import Evaluator
from dougong.expressions.matching import Match, matches
from dougong.model.expression import Call as FunctionCall
from dougong.model.expression import Expression, ListOf, Node, Path, Step, Value
from dougong.records.call import Call
from dougong.records.day import today_of as today_of
from dougong.records.draft import Draft
from dougong.records.gathering import Gathering
from dougong.records.shape import Shape


class Evaluation:
    """Evaluates for one call; linked records are fetched once, together where it is known which will be needed.

    Formulas and rules belong to the definition, so they see linked records whatever the actor's rights are.
    """

    def __init__(self, call: Call) -> None:
        self.call = call
        self.today = today_of(call)
        self.gathering = Gathering(call)
        self.related = self.gathering.record
        """The values of a linked record, empty when there is none."""
        self._evaluator = Evaluator(
            EvaluationContext(
                {},
                call.actor,
                self.today,
                call.at,
                call.timezone,
                self.related,
                self.gathering.listed,
                call.release.calendar,
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

    def prepare(
        self,
        shape: Shape,
        expressions: Iterable[Expression],
        drafts: Sequence[Draft],
        *,
        written: bool = True,
    ) -> None:
        """Fetch the other records that the expressions will ask for, one query for each kind, not one for each draft.

        The drafts count as they will be `written`, unless they are of records that are being deleted.
        """
        values = [draft.values for draft in drafts]
        if written:
            self.gathering.attend(shape, (draft for draft in drafts if not shape.entity.parent))
        leading = [each for each in expressions if any(road.steps for road in each.roads)]
        if not leading:
            return
        roads = {road for expression in leading for road in expression.roads if road.steps}
        self.gathering.expect(shape.key, roads, values)
        for expression in filter(_asks_for_all, leading):
            for step, match in _matches(expression.tree):
                wanted = Expression("", match.value, match.value.type)
                self.gathering.match(step, match.field, {self.value(wanted, each) for each in values})


def _asks_for_all(expression: Expression) -> bool:
    return any(step.kind == "all" for road in expression.roads for step in road.steps)


def _matches(node: Node) -> Iterator[tuple[Step, Match]]:
    """How the outermost aggregates of an expression look up records of a whole entity."""
    if isinstance(node, FunctionCall) and node.name.endswith("@rows"):
        listed = node.arguments[0]
        if isinstance(listed, Path) and listed.steps and listed.steps[-1].kind == "all":
            yield from ((listed.steps[-1], match) for match in matches(node)[:1])
        return
    parts = (
        node.arguments if isinstance(node, FunctionCall) else node.items if isinstance(node, ListOf) else ()
    )
    for part in parts:
        yield from _matches(part)
