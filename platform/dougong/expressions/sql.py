"""Translation to SQL: what both databases spell alike; the rest is left to the translator of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Integer,
    Select,
    Text,
    and_,
    distinct,
    exists,
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
from sqlalchemy.sql.elements import Grouping

from dougong.expressions.context import Rows, SqlContext
from dougong.expressions.fold import folded
from dougong.model.expression import Call, Expression, ListOf, Literal, Node, Path

Element = ColumnElement[Any]
COMPARE: Mapping[str, Callable[[Any, Any], Any]] = {
    "=": lambda left, right: left == right,
    "<>": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}
_IN_ORDER = frozenset({"FIRST", "LAST", "JOIN"})
MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def to_sql(expression: Expression, context: SqlContext, positive: bool = False) -> ColumnElement[Any]:
    """The expression as SQL of the dialect. Conditions are conditions; numbers, dates and moments come back as Decimal, date and
    aware datetime, and compare, order and group as what they are. The expression must have been compiled for SQL.

    `positive`: the result is a filter, so that empty is as good as false."""
    from dougong.expressions.postgresql import PostgreSQL
    from dougong.expressions.sqlite import SQLite

    tree = folded(expression.tree, context, positive)
    translator: Translator = SQLite(context) if context.dialect == "sqlite" else PostgreSQL(context)
    return translator.result(tree)


@dataclass(frozen=True, slots=True)
class _Frame:
    prefix: tuple[str, ...]
    rows: Rows


class Translator:
    """The parts of the translation that are the same everywhere; a subclass adds values, arithmetic and functions."""

    def __init__(self, context: SqlContext) -> None:
        self.context = context
        self._frames: list[_Frame] = []

    # ——— for the subclasses ———

    def result(self, node: Node) -> Element:
        """The whole expression as a column of a result, or a condition."""
        raise NotImplementedError

    def value(self, node: Node) -> Element:
        """A part as a value."""
        raise NotImplementedError

    def compared(self, name: str, left: Node, right: Node) -> ColumnElement[bool]:
        """A comparison."""
        raise NotImplementedError

    def side(self, node: Node, other: Node) -> Element:
        """One side of an equality, in the form that can be compared with the other."""
        raise NotImplementedError

    def member(self, node: Node, other: Node) -> Element:
        """One side of a search in a list; the other side may be a row that is not at hand here."""
        return self.side(node, other)

    def listed(self, value: Node, items: tuple[Node, ...]) -> ColumnElement[bool]:
        """Whether a value is among others."""
        raise NotImplementedError

    def computed(self, node: Call) -> Element:
        """Any other operation or function."""
        raise NotImplementedError

    def summed(self, value: Node, condition: ColumnElement[bool] | None) -> Element:
        """The exact sum of a group, 0 of nothing."""
        raise NotImplementedError

    def mean(self, value: Node, condition: ColumnElement[bool] | None) -> Element:
        """The exact mean of a group."""
        raise NotImplementedError

    def joined_rows(self, found: Select[Any], rows: Rows, separator: Element) -> Select[Any]:
        """The texts that a query finds, in its order, as one; those that are empty are left out."""
        raise NotImplementedError

    def plain(self, node: Node) -> Element:
        """A part as the thing to count or compare by the database itself."""
        raise NotImplementedError

    # ——— shared ———

    def condition(self, node: Node) -> ColumnElement[bool]:
        """A part as a condition."""
        if isinstance(node, Literal):
            return _truth(node.value)
        if isinstance(node, Path):
            return type_coerce(self.column(node), Boolean())
        assert isinstance(node, Call)
        name, arguments = node.name, node.arguments
        if name == "AND":
            return and_(*(self.condition(argument) for argument in arguments))
        if name == "OR":
            return or_(*(self.condition(argument) for argument in arguments))
        if name == "NOT":
            return bracketed(not_(self.condition(arguments[0])))
        if name == "IS_EMPTY":
            return self._is_empty(arguments[0])
        if name in COMPARE:
            return self.compared(name, arguments[0], arguments[1])
        if name == "BETWEEN":
            low = self.compared(">=", arguments[0], arguments[1])
            return and_(low, self.compared("<=", arguments[0], arguments[2]))
        if name == "IN":
            return self._membership(arguments[0], arguments[1])
        if "@" in name:
            return type_coerce(self.aggregate(node), Boolean())
        return type_coerce(self.computed(node), Boolean())

    def column(self, path: Path) -> Element:
        """The column of a name, or of a row while an aggregate goes over rows."""
        for frame in reversed(self._frames):
            if path.names[: len(frame.prefix)] == frame.prefix:
                return frame.rows.column(path.names[len(frame.prefix) :])
        return self.context.column(path.names)

    def _is_empty(self, node: Node) -> ColumnElement[bool]:
        if isinstance(node, Path) and node.type.many:
            rows = self._rows(node.names)
            return ~exists(
                select(1).select_from(rows.source).where(rows.condition).correlate_except(rows.source)
            )
        if isinstance(node, ListOf):
            return false() if node.items else true()
        element = self.plain(node)
        return (bracketed(element) if node.type.kind == "boolean" else element).is_(None)

    def _membership(self, value: Node, items: Node) -> ColumnElement[bool]:
        if isinstance(items, ListOf):
            return self.listed(value, items.items) if items.items else false()
        path, item = items.arguments if isinstance(items, Call) else (items, items)
        assert isinstance(path, Path)
        wanted = self.member(value, item)
        rows = self._rows(path.names)
        with self._within(_Frame(path.names, rows)):
            column = self.member(item, value)
        found = select(column).select_from(rows.source).where(rows.condition, column.is_not(None))
        return wanted.in_(found.correlate_except(rows.source))

    def _rows(self, names: tuple[str, ...]) -> Rows:
        """A list of the record, or of the row of an aggregate around it."""
        find, rest = self.context.rows, names
        for frame in reversed(self._frames):
            if len(names) > len(frame.prefix) and names[: len(frame.prefix)] == frame.prefix:
                find, rest = frame.rows.rows, names[len(frame.prefix) :]
                break
        if find is None:
            raise ValueError("this query knows no lists")
        return find(rest)

    def aggregate(self, node: Call) -> Element:
        """A figure over the rows of a list, as a subquery, or over the records of a group."""
        name, _, form = node.name.partition("@")
        if form == "records":
            return self._figure(name, node.arguments)
        path, value, *rest = node.arguments
        assert isinstance(path, Path)
        rows = self._rows(path.names)
        with self._within(_Frame(path.names, rows)):
            wanted = [self.condition(condition) for condition in rest[:1]]
            figure = self.value(value) if name in _IN_ORDER else self._figure(name, (value,))
        found = select(figure).select_from(rows.source).where(rows.condition, *wanted)
        if name in _IN_ORDER:
            found = self._in_order(name, found, rows, rest)
        return type_coerce(found.correlate_except(rows.source).scalar_subquery(), figure.type)

    def _in_order(self, name: str, found: Select[Any], rows: Rows, rest: list[Node]) -> Select[Any]:
        """The value of the first or last row, or the values of all of them as one text."""
        if name == "JOIN":
            separator = rest[1]
            assert isinstance(separator, Literal)
            return self.joined_rows(found.order_by(*rows.order), rows, text(separator.value))
        order = rows.order if name == "FIRST" else tuple(each.desc() for each in rows.order)
        return found.order_by(*order).limit(literal(1, Integer()))

    @contextmanager
    def _within(self, frame: _Frame) -> Iterator[None]:
        self._frames.append(frame)
        try:
            yield
        finally:
            self._frames.pop()

    def _figure(self, name: str, arguments: tuple[Node, ...]) -> Element:
        value = arguments[0]
        condition = self.condition(arguments[1]) if len(arguments) > 1 else None
        if name == "SUM":
            return self.summed(value, condition)
        if name == "AVERAGE":
            return self.mean(value, condition)
        if name == "COUNT":
            every = isinstance(value, Literal) and value.value is True
            return filtered(func.count() if every else func.count(self.plain(value)), condition)
        if name == "COUNTUNIQUE":
            return filtered(func.count(distinct(self.plain(value))), condition)
        element = self.plain(value)
        found = func.min(element) if name == "MIN" else func.max(element)
        return type_coerce(filtered(found, condition), element.type)


def bracketed(element: ColumnElement[bool]) -> ColumnElement[bool]:
    """A condition in brackets: SQLAlchemy gives NOT the rank of `~`, but in SQL it binds weaker than = and IS."""
    return type_coerce(Grouping(element), Boolean())


def filtered(element: Any, condition: ColumnElement[bool] | None) -> Element:
    """An aggregate over the rows that fulfil a condition."""
    found: Element = element if condition is None else element.filter(condition)
    return found


def identifier(node: Literal) -> Element:
    """The id of a record or member as a parameter."""
    return literal(None if node.value is None else int(node.value), BigInteger())  # type: ignore[arg-type]


def text(value: object) -> Element:
    """A text as a parameter."""
    return literal(value, Text())


def _truth(value: object) -> ColumnElement[bool]:
    if value is None:
        return type_coerce(null(), Boolean())
    return true() if value else false()
