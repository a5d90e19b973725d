"""Translation to SQLite: columns are compared and summed by SQLite itself, everything else is handed to the Python evaluator.

SQLite has no exact decimals, no zones and no case beyond ASCII, so a part that is more than a comparison of columns becomes one call
of `dg_evaluate(tree, column, …)`, which runs the very code of `evaluate`. Numbers come back as text that orders as numbers do.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import ROUND_FLOOR, Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Float,
    Integer,
    Select,
    Text,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    not_,
    null,
    or_,
    select,
    true,
    type_coerce,
)

from dougong.expressions import portable, values
from dougong.expressions.context import EvaluationContext, Rows
from dougong.expressions.evaluate import value_of
from dougong.expressions.results import Computed, microseconds, moment
from dougong.expressions.sql import COMPARE, MIRRORED, Translator, filtered, identifier, text
from dougong.expressions.types import IDENTIFIED
from dougong.fieldtypes.columns import Scaled
from dougong.fieldtypes.ordering import decode, encode
from dougong.model.expression import Call, Literal, Node, Path

Element = ColumnElement[Any]
LARGEST = 2**63 - 1
LARGEST_COMPARED = 2**62
"""Below it a scaled constant can be compared with a sum of integers: beyond 2^63 SQLite makes such a sum a double, which lies
on the same side of the constant."""
EXACT = Computed("number")
_SUMS = {"SUM@rows": 1, "SUM@records": 0}
"""Sums and which of their arguments is added up."""
_NEVER = datetime(1, 1, 1, tzinfo=UTC)


class SQLite(Translator):
    """Translates one folded tree."""

    _compared: tuple[Node, Decimal] | None = None
    """The value whose sum is only compared with a constant, and that constant."""

    def result(self, node: Node) -> Element:
        if node.type.kind == "boolean":
            return self.condition(node)
        if isinstance(node, Path):
            return self.column(node)
        element = self.value(node)
        return (
            type_coerce(element, Computed(node.type.kind))
            if node.type.kind in ("number", "date", "datetime")
            else element
        )

    def value(self, node: Node) -> Element:
        """A part in the form it has in a result: numbers as ordering text."""
        if isinstance(node, Literal):
            return _literal(node)
        if isinstance(node, Path):
            column = self.column(node)
            return _exact(column, _scale(column)) if node.type.kind == "number" else column
        assert isinstance(node, Call)
        if "@" in node.name:
            element = self.aggregate(node)
            scale = _scale(element) if node.type.kind == "number" else None
            return element if scale is None else _exact(element, scale)
        return self.condition(node) if node.type.kind == "boolean" else self.computed(node)

    def plain(self, node: Node) -> Element:
        if isinstance(node, Path):
            return self.column(node)
        return self.aggregate(node) if isinstance(node, Call) and "@" in node.name else self.value(node)

    # ——— conditions ———

    def compared(self, name: str, left: Node, right: Node) -> ColumnElement[bool]:
        if "boolean" in (left.type.kind, right.type.kind):
            return type_coerce(
                self.computed(Call(name, (left, right), replace(left.type, kind="boolean"))), Boolean()
            )
        if left.type.kind == "number" and right.type.kind == "number":
            return self._numbers(name, left, right)
        return _compare(name, self.side(left, right), self.side(right, left))

    def side(self, node: Node, other: Node) -> Element:
        identifying = other.type.kind in IDENTIFIED
        if identifying and isinstance(node, Literal):
            return identifier(node)
        if identifying and node.type.kind == "number":
            return func.dg_whole(self.value(node), type_=BigInteger())
        return _untyped(self.value(node))

    def _numbers(self, name: str, left: Node, right: Node) -> ColumnElement[bool]:
        if isinstance(left, Literal) and not isinstance(right, Literal):
            left, right, name = right, left, MIRRORED.get(name, name)
        first = self._added(left, right) if isinstance(right, Literal) else self.plain(left)
        scale = _scale(first)
        if isinstance(right, Literal):
            if scale is None or right.value is None:
                return _compare(name, _exact(first, scale), _literal(right))
            return _with_constant(name, first, right.value, scale)  # type: ignore[arg-type]
        second = self.plain(right)
        other = _scale(second)
        if scale is not None and scale == other:
            return _compare(name, first, second)
        return _compare(name, _exact(first, scale), _exact(second, other))

    def _added(self, node: Node, bound: Literal) -> Element:
        """What is compared with a constant; a sum of columns is then left to SQLite, as no exact text of it is needed."""
        if not isinstance(node, Call) or node.name not in _SUMS or not isinstance(bound.value, Decimal):
            return self.plain(node)
        before, self._compared = self._compared, (node.arguments[_SUMS[node.name]], bound.value)
        try:
            return self.plain(node)
        finally:
            self._compared = before

    def listed(self, value: Node, items: tuple[Node, ...]) -> ColumnElement[bool]:
        comparable = value.type.kind not in ("number", "boolean") and all(
            isinstance(item, Literal) for item in items
        )
        if not comparable:
            return or_(*(self.compared("=", value, item) for item in items))
        return _untyped(self.side(value, items[0])).in_([_untyped(self.side(item, value)) for item in items])

    # ——— values ———

    def computed(self, node: Call) -> Element:
        if node.name == "PART":
            return self._part(node)
        if node.name == "PART_NUMBER":
            whole = cast(
                func.round(type_coerce(self._part(node), Float()) * literal(1e6, Float())), BigInteger()
            )
            return func.dg_exact(whole, literal(6, Integer()), type_=EXACT)
        if _is_plain_search(node):
            return self._searched(node)
        return self._branches(node) if node.name == "CASE" else self._evaluated(node)

    def _branches(self, node: Call) -> Element:
        """The first value whose condition holds, chosen by SQLite."""
        *pairs, otherwise = node.arguments
        chosen = [
            (self.condition(condition), self._branch(value, node))
            for condition, value in zip(pairs[::2], pairs[1::2], strict=True)
        ]
        return type_coerce(case(*chosen, else_=self._branch(otherwise, node)), _result_type(node.type.kind))

    def _branch(self, value: Node, whole: Call) -> Element:
        if isinstance(value, Literal) and value.value is None:
            return null()
        return self.condition(value) if whole.type.kind == "boolean" else _untyped(self.value(value))

    def _part(self, node: Call) -> Element:
        """A part of a structured value; its name was checked when the expression was compiled."""
        name = str(node.arguments[1].value)  # type: ignore[union-attr]
        return func.json_extract(_untyped(self.column(node.arguments[0])), text(f"$.{name}"), type_=Text())  # type: ignore[arg-type]

    def _searched(self, node: Call) -> Element:
        """A column searched for a constant without letters beyond ASCII, whose case SQLite folds itself."""
        column, part = self.column(node.arguments[0]), values.lower(str(node.arguments[1].value))  # type: ignore[arg-type, union-attr]
        subject = _untyped(column)
        if node.name == "LIKE":
            return subject.like(text(part), escape="\\")
        if node.name == "CONTAINS":
            return func.coalesce(func.instr(func.lower(subject), text(part)), 0) > 0
        return func.coalesce(func.substr(func.lower(subject), 1, len(part)) == text(part), false())

    def _evaluated(self, node: Call) -> Element:
        leaves: dict[Node, Path] = {}
        decoders: list[str] = []
        columns: list[Element] = []
        tree = self._portable(node, leaves, decoders, columns)
        plan = json.dumps(
            {"tree": portable.dump(tree), "leaves": decoders, "zone": self.context.timezone},
            ensure_ascii=False,
            separators=(",", ":"),
        )
        return func.dg_evaluate(text(plan), *columns, type_=_result_type(node.type.kind))

    def _portable(
        self, node: Node, leaves: dict[Node, Path], decoders: list[str], columns: list[Element]
    ) -> Node:
        """The tree with numbered leaves instead of what only the query knows: columns, and figures over lists and groups."""
        if isinstance(node, Literal):
            return node
        if isinstance(node, Path) or (isinstance(node, Call) and self._stays(node)):
            if node not in leaves:
                element = self.condition(node) if node.type.kind == "boolean" else self.plain(node)
                leaves[node] = Path((str(len(columns)),), node.type)
                decoders.append(_decoder(node, element))
                columns.append(_untyped(element))
            return leaves[node]
        if isinstance(node, Call):
            arguments = tuple(
                self._portable(argument, leaves, decoders, columns) for argument in node.arguments
            )
            return replace(node, arguments=arguments)
        return replace(
            node, items=tuple(self._portable(item, leaves, decoders, columns) for item in node.items)
        )

    @staticmethod
    def _stays(node: Call) -> bool:
        """Whether an operation on a list is for the query to answer."""
        if "@" in node.name or node.name in ("PART", "PART_NUMBER"):
            return True
        last = node.arguments[-1] if node.arguments else None
        listed = (
            isinstance(last, Path) and last.type.many or isinstance(last, Call) and last.name == "VALUES@rows"
        )
        return node.name in ("IN", "IS_EMPTY") and listed

    # ——— aggregates ———

    def summed(self, value: Node, condition: ColumnElement[bool] | None) -> Element:
        """Columns are added by SQLite, the upper halves of large values for themselves, so that nothing can overflow; computed values
        by the evaluator's code."""
        element = self.plain(value)
        scale = _scale(element)
        if scale is None:
            return func.dg_total(filtered(func.group_concat(element), condition), type_=EXACT)
        raw = _untyped(element)
        small = raw.between(literal(-(2**32), BigInteger()), literal(2**32, BigInteger()))
        low = filtered(
            func.sum(case((small, raw), else_=raw.op("&")(literal(2**32 - 1, BigInteger())))), condition
        )
        high = filtered(
            func.sum(raw.op(">>")(literal(32, Integer()))),
            not_(small) if condition is None else and_(condition, not_(small)),
        )
        if self._is_compared(value, scale):
            whole = func.coalesce(high, 0) * literal(2**32, BigInteger()) + func.coalesce(low, 0)
            return type_coerce(whole, Scaled(scale))
        return func.dg_halves(high, low, literal(scale, Integer()), type_=EXACT)

    def _is_compared(self, value: Node, scale: int) -> bool:
        """Whether a sum of these values is only compared with a constant that leaves it to SQLite."""
        if self._compared is None or value is not self._compared[0]:
            return False
        return abs(values.EXACT.scaleb(self._compared[1], scale)) < LARGEST_COMPARED

    def joined_rows(self, found: Select[Any], rows: Rows, separator: Element) -> Select[Any]:
        """SQLite adds texts up in the order in which they come; the limit keeps the order of the inner query."""
        own = found.correlate_except(rows.source).limit(literal(-1, Integer())).subquery()
        return select(func.group_concat(own.c[0], separator)).select_from(own)

    def mean(self, value: Node, condition: ColumnElement[bool] | None) -> Element:
        count = filtered(func.count(self.plain(value)), condition)
        return func.dg_mean(self.summed(value, condition), count, type_=EXACT)


def _compare(name: str, left: Element, right: Element) -> ColumnElement[bool]:
    found: ColumnElement[bool] = COMPARE[name](_untyped(left), _untyped(right))
    return found


def _with_constant(name: str, column: Element, value: Decimal, scale: int) -> ColumnElement[bool]:
    """A scaled column against a constant, which may have more decimals than the column."""
    exact = values.EXACT.scaleb(value, scale)
    floor = int(exact.to_integral_value(ROUND_FLOOR, values.ROUNDING))
    number = literal(max(-LARGEST, min(LARGEST, floor)), BigInteger())
    raw = _untyped(column)
    if floor == exact:
        return _compare(name, raw, number)
    if name in ("=", "<>"):
        return type_coerce(
            case((raw.is_not(None), false() if name == "=" else true()), else_=null()), Boolean()
        )
    return _compare("<=" if name in ("<", "<=") else ">", raw, number)


def _scale(element: Element) -> int | None:
    """The decimals of a number that SQLite holds as a scaled integer; None when it is ordering text."""
    if isinstance(element.type, Scaled):
        return element.type.decimals
    return 0 if isinstance(element.type, Integer) else None


def _exact(element: Element, scale: int | None) -> Element:
    """A number as ordering text."""
    if scale is None:
        return element
    return func.dg_exact(_untyped(element), literal(scale, Integer()), type_=EXACT)


def _untyped(element: Element) -> Element:
    """The element as SQLite sees it, so that what it meets is not converted a second time."""
    stored = BigInteger() if _scale(element) is not None else Text()
    if isinstance(element.type, (Boolean, BigInteger, Text)):
        return element
    return type_coerce(element, stored)


def _literal(node: Literal) -> Element:
    value = node.value
    if value is None:
        return null()
    if isinstance(value, bool):
        return true() if value else false()
    if isinstance(value, Decimal):
        return identifier(node) if node.type.kind in IDENTIFIED else literal(encode(value), Text())
    if isinstance(value, datetime):
        return literal(microseconds(value), BigInteger())
    return text(value if isinstance(value, str) else value.isoformat())


def _decoder(node: Node, element: Element) -> str:
    """How `dg_evaluate` reads an argument: a scale for scaled integers, else the kind."""
    kind = node.type.kind
    if kind != "number":
        return kind
    scale = _scale(element)
    return "exact" if scale is None else str(scale)


def _is_plain_search(node: Call) -> bool:
    if node.name not in ("LIKE", "CONTAINS", "STARTSWITH") or not isinstance(node.arguments[0], Path):
        return False
    part = node.arguments[1]
    return isinstance(part, Literal) and isinstance(part.value, str) and values.is_ascii_cased(part.value)


def _result_type(kind: str) -> Any:
    if kind in ("number", "date", "datetime"):
        return Computed(kind)
    if kind == "boolean":
        return Boolean()
    return BigInteger() if kind in IDENTIFIED else Text()


# ——— the functions SQLite is given ———


@dataclass(frozen=True, slots=True)
class SqliteFunction:
    """A deterministic function for SQLite: its name, its number of arguments (-1: any) and what it does."""

    name: str
    arguments: int
    call: Callable[..., Any]


@dataclass(frozen=True, slots=True)
class _Plan:
    tree: Node
    names: tuple[str, ...]
    decoders: tuple[Callable[[Any], Any], ...]
    timezone: str
    encode: Callable[[Any], Any]


@lru_cache(maxsize=512)
def _plan(written: str) -> _Plan:
    data = json.loads(written)
    tree = portable.load(data["tree"])
    decoders = tuple(_reader(kind) for kind in data["leaves"])
    names = tuple(str(index) for index in range(len(decoders)))
    return _Plan(tree, names, decoders, data["zone"], _WRITERS.get(tree.type.kind, _same))


def _evaluate(written: str, *columns: Any) -> Any:
    plan = _plan(written)
    record = {
        name: None if column is None else read(column)
        for name, read, column in zip(plan.names, plan.decoders, columns, strict=True)
    }
    value = value_of(plan.tree, EvaluationContext(record, None, _NEVER, _NEVER, plan.timezone))
    return None if value is None else plan.encode(value)


def _same(value: Any) -> Any:
    return value


def _reader(kind: str) -> Callable[[Any], Any]:
    if kind.isdigit():
        exponent = -int(kind)
        return lambda value: Decimal(value).scaleb(exponent, values.ROUNDING)
    readers: dict[str, Callable[[Any], Any]] = {
        "exact": decode,
        "boolean": bool,
        "date": date.fromisoformat,
        "datetime": moment,
    }
    return readers.get(kind, _same)


_WRITERS: dict[str, Callable[[Any], Any]] = {
    "number": lambda value: encode(value if isinstance(value, Decimal) else Decimal(value)),
    "boolean": int,
    "date": lambda value: value.isoformat(),
    "datetime": microseconds,
}


def _exact_text(value: int | None, scale: int) -> str | None:
    return None if value is None else encode(Decimal(value).scaleb(-scale, values.ROUNDING))


def _halves(high: int | None, low: int | None, scale: int) -> str | None:
    whole = (high or 0) * 2**32 + (low or 0)
    return _bounded(Decimal(whole).scaleb(-scale, values.ROUNDING))


def _bounded(value: Decimal | None) -> str | None:
    known = None if value is None else values.bounded(value)
    return None if known is None else encode(known)


def _total(numbers: str | None) -> str | None:
    return _bounded(values.total(decode(number) for number in numbers.split(",")) if numbers else Decimal(0))


def _mean(total: str | None, count: int) -> str | None:
    return None if total is None or not count else _bounded(values.divide(decode(total), Decimal(count)))


def _whole(value: str | None) -> int | None:
    """A computed number as an id; what is no whole number is the id of nothing."""
    if value is None:
        return None
    number = decode(value)
    return int(number) if number == number.to_integral_value() and abs(number) < 2**53 else 0


SQLITE_FUNCTIONS: tuple[SqliteFunction, ...] = (
    SqliteFunction("dg_evaluate", -1, _evaluate),
    SqliteFunction("dg_exact", 2, _exact_text),
    SqliteFunction("dg_halves", 3, _halves),
    SqliteFunction("dg_total", 1, _total),
    SqliteFunction("dg_mean", 2, _mean),
    SqliteFunction("dg_whole", 1, _whole),
)
"""What every connection to SQLite must be given before expressions can be used on it."""
