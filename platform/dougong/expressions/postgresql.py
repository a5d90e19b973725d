"""Translation to PostgreSQL: exact numerics, and functions in its own words."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Date,
    DateTime,
    Integer,
    Select,
    Text,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

from dougong.expressions import emit
from dougong.expressions.context import Rows
from dougong.expressions.functions import FUNCTIONS
from dougong.expressions.functions.internal import INTERNAL
from dougong.expressions.results import Computed
from dougong.expressions.sql import COMPARE, Translator, bracketed, filtered, identifier
from dougong.expressions.types import IDENTIFIED, MAX_DECIMALS, decimals_of
from dougong.fieldtypes.columns import DIGITS, Wide
from dougong.model.expression import Call, Literal, Node, Path, Type

Element = ColumnElement[Any]
TYPES: dict[str, TypeEngine[Any]] = {
    "number": emit.NUMERIC,
    "text": Text(),
    "choice": Text(),
    "boolean": Boolean(),
    "date": Date(),
    "datetime": DateTime(timezone=True),
    "record": BigInteger(),
    "member": BigInteger(),
    "department": BigInteger(),
    "json": JSONB(),
    "markup": Text(),
    "empty": Text(),
}
KEPT_DIGITS = 30


class PostgreSQL(Translator):
    """Translates one folded tree."""

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
        if isinstance(node, Literal):
            return _literal(node)
        if isinstance(node, Path):
            return self._typed(self.column(node), node.type)
        assert isinstance(node, Call)
        if "@" in node.name:
            return self._typed(self.aggregate(node), node.type)
        return (
            self.condition(node)
            if node.type.kind == "boolean" and node.name not in _VALUES
            else self.computed(node)
        )

    @staticmethod
    def _typed(column: Element, kind: Type) -> Element:
        if kind.kind == "number" and isinstance(column.type, Integer):
            return cast(column, emit.NUMERIC)
        return type_coerce(column, TYPES.get(kind.kind, column.type))

    def plain(self, node: Node) -> Element:
        return self.column(node) if isinstance(node, Path) else self.value(node)

    # ——— conditions ———

    def compared(self, name: str, left: Node, right: Node) -> ColumnElement[bool]:
        first, second = self.side(left, right), self.side(right, left)
        if left.type.kind == "boolean":
            first, second = bracketed(first), bracketed(second)
        if left.type.kind in ("text", "choice") and name not in ("=", "<>"):
            first = first.collate("C")
        found: ColumnElement[bool] = COMPARE[name](first, second)
        return found

    def side(self, node: Node, other: Node) -> Element:
        """One side of a comparison: ids and whole columns as integers, so that their index serves."""
        if other.type.kind in IDENTIFIED and isinstance(node, Literal):
            return identifier(node)
        if isinstance(other, Path) and isinstance(node, Literal) and isinstance(node.value, Decimal):
            value = node.value
            if (
                isinstance(self.column(other).type, Integer)
                and value == value.to_integral_value()
                and abs(value) < 2**63
            ):
                return identifier(node)
        if isinstance(node, Path) and node.type.kind == "number" and isinstance(other, Literal):
            column = self.column(node)
            return column if isinstance(column.type, Integer) else type_coerce(column, emit.NUMERIC)
        return self.value(node)

    def member(self, node: Node, other: Node) -> Element:
        identifying = other.type.kind in IDENTIFIED and isinstance(node, Literal)
        return identifier(node) if identifying else self.value(node)  # type: ignore[arg-type]

    def listed(self, value: Node, items: tuple[Node, ...]) -> ColumnElement[bool]:
        if not all(isinstance(item, Literal) for item in items):
            return or_(*(self.compared("=", value, item) for item in items))
        return self.side(value, items[0]).in_([self.side(item, value) for item in items])

    # ——— values ———

    def computed(self, node: Call) -> Element:
        chosen = getattr(self, _VALUES.get(node.name, ""), None)
        if chosen is not None:
            found: Element = chosen(node)
            return found
        function = FUNCTIONS.get(node.name) or INTERNAL[node.name]
        assert function.postgresql is not None
        arguments = tuple(self.value(argument) for argument in node.arguments)
        element = function.postgresql(node, arguments, self.context.timezone)
        if node.type.kind == "number":
            element = (
                type_coerce(element, emit.NUMERIC) if node.name in INTERNAL else cast(element, emit.NUMERIC)
            )
            return self._kept(node, element)
        return type_coerce(element, TYPES[node.type.kind])

    def _kept(self, node: Call, element: Element) -> Element:
        """A product or sum within the digits that are kept, where it could have more."""
        if node.name not in ("+", "-", "*", "/"):
            return element
        if node.name == "*" and sum(decimals_of(argument.type) for argument in node.arguments) > MAX_DECIMALS:
            element = func.round(element, MAX_DECIMALS)
        return element if self._digits(node) <= KEPT_DIGITS else emit.clamped(element)

    def _digits(self, node: Node) -> int:
        """The most digits before the point that a number can have, as far as the tree and its columns say."""
        if isinstance(node, Literal):
            return max(0, node.value.adjusted() + 1) if isinstance(node.value, Decimal) else 0
        if isinstance(node, Path):
            stored = self.column(node).type
            return stored.digits - stored.decimals if isinstance(stored, Wide) else DIGITS
        if isinstance(node, Call) and node.name in ("+", "-"):
            return min(KEPT_DIGITS, max(self._digits(argument) for argument in node.arguments)) + 1
        if isinstance(node, Call) and node.name == "*":
            return sum(min(KEPT_DIGITS, self._digits(argument)) for argument in node.arguments)
        return KEPT_DIGITS + 1

    def _case(self, node: Call) -> Element:
        parts = node.arguments
        pairs = [
            (self.condition(parts[index]), self._branch(parts[index + 1], node))
            for index in range(0, len(parts) - 1, 2)
        ]
        return type_coerce(case(*pairs, else_=self._branch(parts[-1], node)), TYPES[node.type.kind])

    def _switch(self, node: Call) -> Element:
        subject, *parts = node.arguments
        pairs = [
            (self.side(parts[index], subject), self._branch(parts[index + 1], node))
            for index in range(0, len(parts) - 1, 2)
        ]
        value = self.side(subject, parts[0])
        return type_coerce(
            case(*pairs, value=value, else_=self._branch(parts[-1], node)), TYPES[node.type.kind]
        )

    def _branch(self, node: Node, whole: Call) -> Element:
        """A branch with a type, also when it is empty."""
        if isinstance(node, Literal) and node.value is None:
            return cast(literal(None, TYPES[whole.type.kind]), TYPES[whole.type.kind])
        return self.value(node)

    def _coalesce(self, node: Call) -> Element:
        found = func.coalesce(*(self._branch(argument, node) for argument in node.arguments))
        return type_coerce(found, TYPES[node.type.kind])

    def _joined(self, node: Call) -> Element:
        first, *rest = (emit.blank(self.value(argument)) for argument in node.arguments)
        for part in rest:
            first = first.op("||")(part)
        return emit.filled(first)

    def _arguments(self, node: Call) -> Element:
        """SUM(a, b) and its like, over the arguments."""
        values = [self.value(argument) for argument in node.arguments]
        if node.name in ("MIN", "MAX"):
            return type_coerce(
                func.least(*values) if node.name == "MIN" else func.greatest(*values), TYPES[node.type.kind]
            )
        if node.name == "COUNT":
            return cast(func.num_nonnulls(*values), emit.NUMERIC)
        total: Element = emit.numeric(0)
        for value in values:
            total = total + func.coalesce(value, emit.numeric(0))
        total = emit.clamped(total)
        if node.name == "SUM":
            return total
        return emit.quotient(total, cast(func.num_nonnulls(*values), emit.NUMERIC))

    # ——— aggregates ———

    def summed(self, value: Node, condition: ColumnElement[bool] | None) -> Element:
        return emit.clamped(func.coalesce(filtered(func.sum(self.value(value)), condition), emit.numeric(0)))

    def joined_rows(self, found: Select[Any], rows: Rows, separator: Element) -> Select[Any]:
        own = found.correlate_except(rows.source).subquery()
        return select(type_coerce(func.string_agg(own.c[0], separator), Text())).select_from(own)

    def mean(self, value: Node, condition: ColumnElement[bool] | None) -> Element:
        element = self.value(value)
        count = cast(filtered(func.count(element), condition), emit.NUMERIC)
        return emit.quotient(emit.clamped(filtered(func.sum(element), condition)), count)


_VALUES = {
    "CASE": "_case",
    "SWITCH": "_switch",
    "COALESCE": "_coalesce",
    "&": "_joined",
    **dict.fromkeys(("SUM", "AVERAGE", "MIN", "MAX", "COUNT"), "_arguments"),
}


def _literal(node: Literal) -> Element:
    value, kind = node.value, node.type.kind
    if value is None:
        return cast(literal(None, TYPES[kind]), TYPES[kind])
    if isinstance(value, bool):
        return literal(value, Boolean())
    if isinstance(value, Decimal):
        return identifier(node) if kind in IDENTIFIED else emit.numeric(value)
    if isinstance(value, datetime):
        return literal(value, DateTime(timezone=True))
    return emit.text(value) if isinstance(value, str) else literal(value, Date())
