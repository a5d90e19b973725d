"""What does not depend on a record is computed before a query, and days of instants become ranges an index can serve."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from dougong.expressions.context import EvaluationContext, SqlContext, zone
from dougong.expressions.evaluate import once
from dougong.expressions.options import as_options
from dougong.expressions.support import is_constant
from dougong.expressions.types import BOOLEAN, MOMENT
from dougong.model.expression import Call, ListOf, Literal, Node, Path

NOTHING: Mapping[str, Any] = {}


def folded(node: Node, context: SqlContext, positive: bool = False) -> Node:
    """The tree with its constant parts replaced by their values: who acts, today, and whatever follows from them.

    `positive`: only where the whole is true counts, as in a filter.
    """
    surroundings = EvaluationContext(
        NOTHING, context.actor, context.today, context.now, context.timezone, calendar=context.calendar
    )
    return _folded(node, surroundings, positive)


def _folded(node: Node, surroundings: EvaluationContext, positive: bool) -> Node:
    if isinstance(node, (Literal, Path)):
        return node
    if is_constant(node):
        return _constant(node, surroundings)
    if isinstance(node, ListOf):
        return replace(node, items=tuple(_folded(item, surroundings, False) for item in node.items))
    inside = positive and node.name in ("AND", "OR")
    call = replace(
        node, arguments=tuple(_folded(argument, surroundings, inside) for argument in node.arguments)
    )
    found = as_options(call, surroundings, positive)
    return _days_as_instants(found, surroundings.timezone) if isinstance(found, Call) else found


def _constant(node: Node, surroundings: EvaluationContext) -> Node:
    return as_constant(node, once(node, surroundings))


def as_constant(node: Node, value: Any) -> Node:
    """What stands for a part of which the value is known."""
    kind = node.type
    if isinstance(value, tuple):
        single = replace(kind, many=False)
        return ListOf(tuple(Literal(_literal(item), single) for item in value), kind, node.position)
    return Literal(_literal(value), kind, node.position)


def _literal(value: Any) -> Any:
    return Decimal(value) if type(value) is int else value


def _days_as_instants(call: Call, timezone: str) -> Node:
    """`DATE(created_at) >= day` as `created_at >= its first moment`, which an index on the column can serve."""
    if call.name not in (">", ">=", "<", "<=", "=", "BETWEEN") or not _is_day_of_column(call.arguments[0]):
        return call
    found = [argument.value for argument in call.arguments[1:] if isinstance(argument, Literal)]
    days = [day for day in found if isinstance(day, date)]
    if len(days) != len(call.arguments) - 1:
        return call
    starts = [_start(day, timezone) for day in days]
    nexts = [_start(day + timedelta(days=1), timezone) if day < date.max else None for day in days]
    if None in starts or None in nexts:
        return call
    column = call.arguments[0].arguments[0]  # type: ignore[union-attr]
    name = call.name
    if name in (">", ">="):
        return _compared(">=", column, nexts[0] if name == ">" else starts[0])
    if name in ("<", "<="):
        return _compared("<", column, starts[0] if name == "<" else nexts[0])
    bounds = (_compared(">=", column, starts[0]), _compared("<", column, nexts[-1]))
    return Call("AND", bounds, BOOLEAN, call.position)


def _is_day_of_column(node: Node) -> bool:
    if not (isinstance(node, Call) and node.name == "DATE" and len(node.arguments) == 1):
        return False
    return isinstance(node.arguments[0], Path) and node.arguments[0].type.kind == "datetime"


def _start(day: date, timezone: str) -> datetime | None:
    """The first moment of a day in a zone."""
    try:
        return datetime(day.year, day.month, day.day, tzinfo=zone(timezone)).astimezone(UTC)
    except OverflowError:
        return None


def _compared(name: str, column: Node, moment: datetime | None) -> Call:
    return Call(name, (column, Literal(moment, MOMENT)), BOOLEAN, column.position)
