"""Evaluation in Python: the meaning that the other back ends must agree with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from dougong.expressions import values
from dougong.expressions.context import EvaluationContext as EvaluationContext
from dougong.expressions.functions import FUNCTIONS
from dougong.expressions.functions.internal import INTERNAL
from dougong.model.expression import Call, Expression, ListOf, Literal, Node, Path, Value

MAX_STEPS = 2_000_000
"""How many parts one evaluation may compute, over all rows of all lists."""

COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": lambda left, right: bool(left == right),
    "<>": lambda left, right: bool(left != right),
    "<": lambda left, right: bool(left < right),
    "<=": lambda left, right: bool(left <= right),
    ">": lambda left, right: bool(left > right),
    ">=": lambda left, right: bool(left >= right),
}


class TooManySteps(Exception):
    """An evaluation went over the bound on its work."""


class Row(NamedTuple):
    """The row of a list that an aggregate is at: the names that lead to the list, and the row or item itself."""

    prefix: tuple[str, ...]
    value: Value


def evaluate(expression: Expression, context: EvaluationContext) -> Value:
    """The value of an expression for one record; numbers are Decimal, and what cannot be computed is empty."""
    return Evaluator(context).value(expression.tree)


def holds(expression: Expression, context: EvaluationContext) -> bool:
    """Whether a condition is true; empty is not true."""
    return evaluate(expression, context) is True


class Evaluator:
    """Walks one tree over one record."""

    def __init__(self, context: EvaluationContext) -> None:
        self.context = context
        self.row: Row | None = None
        self.steps = 0

    def value(self, node: Node) -> Value:
        """The value of a part; only what is needed is computed."""
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise TooManySteps
        if isinstance(node, Literal):
            return node.value
        if isinstance(node, Path):
            return self._path(node)
        if isinstance(node, ListOf):
            return tuple(self.value(item) for item in node.items)
        core = CORE.get(node.name)
        if core is not None:
            return core(self, node.arguments)
        return self._function(node)

    # ——— names ———

    def _path(self, path: Path) -> Value:
        names, through = path.names, path.through
        row = self.row
        if row is not None and not path.type.many and names[: len(row.prefix)] == row.prefix:
            used = len(row.prefix)
            if used == len(names):
                return row.value
            through = through[used:]
            return self._inside(self._linked(row.value, path.through[used - 1]), names[used:], through, path)
        return self._inside(self.context.record, names, through, path)

    def _inside(
        self, record: Mapping[str, Value] | None, names: Sequence[str], through: Sequence[str], path: Path
    ) -> Value:
        for index, name in enumerate(names):
            if record is None:
                return None
            value = record.get(name)
            if index == len(names) - 1:
                return tuple(value or ()) if path.type.many else _clean(value, path)
            record = self._linked(value, through[index])
        return None

    def _linked(self, value: Value, entity_key: str) -> Mapping[str, Value] | None:
        """The record behind a link; rows of sub-tables and `parent` are at hand already."""
        if value is None or isinstance(value, Mapping):
            return value
        return self.context.related(entity_key, int(value))

    # ——— functions ———

    def _function(self, node: Call) -> Value:
        function = FUNCTIONS.get(node.name) or INTERNAL[node.name]
        assert function.python is not None
        arguments = [self.value(argument) for argument in node.arguments]
        for index, (value, argument) in enumerate(zip(arguments, node.arguments, strict=True)):
            if value is None:
                if function.empty == "result" or argument.type.kind not in ("text", "choice", "empty"):
                    return None
                arguments[index] = ""
        if function.zoned:
            arguments.append(self.context.timezone)
        try:
            result = function.python(*arguments)
        except OverflowError:  # a clock beyond the calendar, at the very ends of time
            return None
        return None if result == "" else result

    def each_row(self, path: Node) -> Iterator[None]:
        """Goes through the rows of a list; while it does, paths into the list mean the row."""
        assert isinstance(path, Path)
        items = self._path(path)
        before = self.row
        try:
            for item in items:
                self.row = Row(path.names, item)
                yield
        finally:
            self.row = before


def _clean(value: Value, path: Path) -> Value:
    """A value of a record as expressions see it: whole numbers are Decimal too, blank text is empty."""
    if type(value) is int and path.type.kind == "number":
        return Decimal(value)
    return None if value == "" else value


# ——— the operations that decide themselves what they compute ———

Core = Callable[[Evaluator, tuple[Node, ...]], Value]


def _and(evaluator: Evaluator, arguments: tuple[Node, ...]) -> Value:
    result: bool | None = True
    for argument in arguments:
        value = evaluator.value(argument)
        if value is False:
            return False
        if value is None:
            result = None
    return result


def _or(evaluator: Evaluator, arguments: tuple[Node, ...]) -> Value:
    result: bool | None = False
    for argument in arguments:
        value = evaluator.value(argument)
        if value is True:
            return True
        if value is None:
            result = None
    return result


def _not(evaluator: Evaluator, arguments: tuple[Node, ...]) -> Value:
    value = evaluator.value(arguments[0])
    return None if value is None else not value


def _is_empty(evaluator: Evaluator, arguments: tuple[Node, ...]) -> Value:
    value = evaluator.value(arguments[0])
    return value is None or value in ((), {}, [])


def _comparison(name: str) -> Core:
    compare = COMPARISONS[name]

    def compared(evaluator: Evaluator, arguments: tuple[Node, ...]) -> Value:
        left = evaluator.value(arguments[0])
        right = evaluator.value(arguments[1])
        return None if left is None or right is None else compare(left, right)

    return compared


def _between(evaluator: Evaluator, arguments: tuple[Node, ...]) -> Value:
    value, low, high = (evaluator.value(argument) for argument in arguments)
    above = None if value is None or low is None else value >= low
    below = None if value is None or high is None else value <= high
    if above is False or below is False:
        return False
    return None if above is None or below is None else True


def _in(evaluator: Evaluator, arguments: tuple[Node, ...]) -> Value:
    value = evaluator.value(arguments[0])
    items = evaluator.value(arguments[1])
    if not items:
        return False
    if value is None:
        return None
    if any(value == item for item in items if item is not None):
        return True
    return None if any(item is None for item in items) else False


def _case(evaluator: Evaluator, arguments: tuple[Node, ...]) -> Value:
    for index in range(0, len(arguments) - 1, 2):
        if evaluator.value(arguments[index]) is True:
            return evaluator.value(arguments[index + 1])
    return evaluator.value(arguments[-1])


def _switch(evaluator: Evaluator, arguments: tuple[Node, ...]) -> Value:
    subject = evaluator.value(arguments[0])
    if subject is not None:
        for index in range(1, len(arguments) - 1, 2):
            if evaluator.value(arguments[index]) == subject:
                return evaluator.value(arguments[index + 1])
    return evaluator.value(arguments[-1])


def _coalesce(evaluator: Evaluator, arguments: tuple[Node, ...]) -> Value:
    return next((value for value in map(evaluator.value, arguments) if value is not None), None)


def _joined(evaluator: Evaluator, arguments: tuple[Node, ...]) -> Value:
    return "".join(evaluator.value(argument) or "" for argument in arguments) or None


# ——— aggregates ———


def summary(name: str, found: Iterable[Value]) -> Value:
    """One figure for many values; empty ones are left out."""
    known = [value for value in found if value is not None]
    if name == "SUM":
        return values.total(known)
    if name == "COUNT":
        return Decimal(len(known))
    if name == "COUNTUNIQUE":
        return Decimal(len(set(known)))
    if not known:
        return Decimal(0) if name == "PRODUCT" else None
    if name == "AVERAGE":
        whole = values.total(known)
        return None if whole is None else values.divide(whole, Decimal(len(known)))
    if name == "PRODUCT":
        product: Decimal | None = Decimal(1)
        for value in known:
            product = None if product is None else values.multiply(product, value)
        return product
    return min(known) if name == "MIN" else max(known)


def _over_rows(name: str) -> Core:
    def aggregated(evaluator: Evaluator, arguments: tuple[Node, ...]) -> Value:
        path, value, *condition = arguments
        found = [
            _countable(evaluator.value(value))
            for _ in evaluator.each_row(path)
            if not condition or evaluator.value(condition[0]) is True
        ]
        return summary(name, found)

    return aggregated


def _values(evaluator: Evaluator, arguments: tuple[Node, ...]) -> Value:
    path, value = arguments
    found = [evaluator.value(value) for _ in evaluator.each_row(path)]
    return tuple(item for item in found if item is not None)


def _countable(value: Value) -> Value:
    """A whole row counts as there; it has no value of its own."""
    return True if isinstance(value, Mapping) else value


def _over_arguments(name: str) -> Core:
    return lambda evaluator, arguments: summary(name, [evaluator.value(argument) for argument in arguments])


AGGREGATE_NAMES = ("SUM", "AVERAGE", "MIN", "MAX", "COUNT", "COUNTUNIQUE", "PRODUCT")
CORE: Mapping[str, Core] = {
    "AND": _and,
    "OR": _or,
    "NOT": _not,
    "IS_EMPTY": _is_empty,
    "BETWEEN": _between,
    "IN": _in,
    "CASE": _case,
    "SWITCH": _switch,
    "COALESCE": _coalesce,
    "&": _joined,
    **{name: _comparison(name) for name in COMPARISONS},
    **{f"{name}@rows": _over_rows(name) for name in AGGREGATE_NAMES},
    **{name: _over_arguments(name) for name in AGGREGATE_NAMES},
    "VALUES@rows": _values,
    "ME": lambda evaluator, _: evaluator.context.actor.id if evaluator.context.actor else None,
    "TODAY": lambda evaluator, _: evaluator.context.today,
    "NOW": lambda evaluator, _: evaluator.context.now,
    "MY_DEPARTMENTS": lambda evaluator, _: _ids(evaluator, "department_ids"),
    "MY_SUBORDINATES": lambda evaluator, _: _ids(evaluator, "subordinate_ids"),
    "HAS_ROLE": lambda evaluator, arguments: _has_role(evaluator, arguments),
}


def _ids(evaluator: Evaluator, attribute: str) -> Value:
    actor = evaluator.context.actor
    return tuple(sorted(getattr(actor, attribute))) if actor else ()


def _has_role(evaluator: Evaluator, arguments: tuple[Node, ...]) -> bool:
    app, role = (evaluator.value(argument) for argument in arguments)
    actor = evaluator.context.actor
    return actor is not None and (actor.is_admin or (app, role) in actor.roles)
