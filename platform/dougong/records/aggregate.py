"""Groups records and computes figures over them, within the rights of whoever asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, bindparam, case, func, type_coerce

from dougong.diagnostics import Refusal, nearest
from dougong.expressions import EvaluationContext, Scope, compile_expression, evaluate
from dougong.expressions.types import IDENTIFIED
from dougong.fieldtypes.numbers import EXACT
from dougong.model.expression import Expression, Type, Value
from dougong.records.call import Call
from dougong.records.day import today_of
from dougong.records.doors import open_door
from dougong.records.kept import kept
from dougong.records.messages import refuse
from dougong.records.query import Query
from dougong.records.scope import BOOLEAN, compiled, condition
from dougong.records.selection import Selection
from dougong.records.shape import Shape
from dougong.records.titles import Titles, find_titles, key_of
from dougong.storage.statements import Statement
from dougong.storage.types import Day

GRAINS: dict[str, str] = {
    "day": "DATE({0})",
    "week": "DATEADD(DATE({0}), 1 - WEEKDAY({0}, 2), 'day')",
    "month": "DATE(YEAR({0}), MONTH({0}), 1)",
    "quarter": "DATE(YEAR({0}), 3 * QUARTER({0}) - 2, 1)",
    "year": "DATE(YEAR({0}), 1, 1)",
}
"""Grain → the expression that gives the first day of the period, by the clock of whoever asks."""

MOST_GROUPS = 50_000
MOST_COLUMNS = 20


@dataclass(frozen=True, slots=True)
class Group:
    """What to group by: a path or expression, and for dates a grain; `id` names the column of the answer."""

    path: str | Expression
    grain: str = ""
    id: str = ""

    @property
    def name(self) -> str:
        """The id, or what was written."""
        text = self.path if isinstance(self.path, str) else self.path.text
        return self.id or (f"{self.grain}:{text}" if self.grain else text)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the answer: `kind` is group or measure."""

    id: str
    kind: str
    type: Type
    grain: str = ""


@dataclass(frozen=True, slots=True)
class Aggregate:
    """The figures: one row for each group, in order; `titles` name the linked records and people among the groups."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    titles: Titles = field(default_factory=dict)


def parse_group(text: str) -> Group:
    """`month:close_on` or `stage` as a group."""
    grain, colon, path = text.partition(":")
    return Group(path.strip(), grain.strip()) if colon and grain.strip() in GRAINS else Group(text.strip())


def aggregate(
    call: Call,
    key: str,
    group: Sequence[Group | str] = (),
    measures: Mapping[str, str | Expression] | None = None,
    filter: str | Expression | None = None,  # noqa: A002 - the word of the contract
    having: str | None = None,
    sort: str | Sequence[tuple[str, bool]] = (),
    limit: int = 0,
    query: Query | None = None,
) -> Aggregate:
    """Figures over the records that the actor may read; only readable names can be grouped by, measured or filtered.

    `having` is a condition over the ids of the measures; `sort` names groups and measures, `-` for descending; without it the
    groups are in order, choices and stages in that of their options. `query` narrows like a list does.
    """
    shape = open_door(call, key, "read")
    groups = [parse_group(each) if isinstance(each, str) else each for each in group]
    wanted = measures if measures is not None else {"count": "COUNT()"}
    if len(groups) + len(wanted) > MOST_COLUMNS:
        refuse("invalid", call.language, "too_many", limit=MOST_COLUMNS)
    question = _Question.of(call, shape, groups, wanted, filter, query)
    columns = question.columns
    rows = _run(question)
    if having:
        rows = _having(call, columns, rows, having)
    rows = _sorted(call, shape, columns, rows, sort)[: limit or None]
    return Aggregate(columns, tuple(rows), _titles(call, columns, rows))


def totals(call: Call, key: str, query: Query, fields: Sequence[str]) -> dict[str, Decimal]:
    """The sums of number fields over everything that a list means, not only its page; hidden fields are refused like unknown ones."""
    if not fields:
        return {}
    found = aggregate(call, key, (), {name: f"SUM({name})" for name in fields}, query=query)
    return dict(zip(fields, found.rows[0], strict=True))


@dataclass(frozen=True, slots=True)
class _Question:
    """Figures that are asked for, with their expressions compiled; `columns` has one of each group and measure, in their order."""

    call: Call
    shape: Shape
    query: Query
    filters: tuple[Expression, ...]
    expressions: tuple[Expression, ...]
    columns: tuple[Column, ...]

    @classmethod
    def of(
        cls,
        call: Call,
        shape: Shape,
        groups: Sequence[Group],
        measures: Mapping[str, str | Expression],
        given: str | Expression | None,
        query: Query | None,
    ) -> _Question:
        """The question of a query, narrowed by a filter; refuses what cannot be grouped by or measured."""
        query = query or Query()
        filters = [each for each in (query.view, query.filter, given) if each is not None and each != ""]
        conditions = tuple(condition(call, shape.key, each) for each in filters)
        grouped = [_grouped(call, shape.key, each) for each in groups]
        measured = [_measure(call, shape.key, name, each) for name, each in measures.items()]
        columns = (
            *(
                Column(each.name, "group", Type("date") if each.grain else expression.type, each.grain)
                for each, expression in zip(groups, grouped, strict=True)
            ),
            *(
                Column(name, "measure", expression.type)
                for name, expression in zip(measures, measured, strict=True)
            ),
        )
        return cls(call, shape, query, conditions, (*grouped, *measured), columns)

    def statement(self) -> Statement:
        """The statement for the figures, worked out once."""
        query = self.query
        asked = ("aggregate", self.shape.key, query.deleted, query.q or None)
        kinds = tuple((column.kind, column.grain) for column in self.columns)
        return kept(
            self.call,
            (*asked, kinds),
            lambda: Statement(self._select(), self.call.dialect),
            (*self.filters, *self.expressions, *self.shape.worked_out),
        )

    def _select(self) -> Select[Any]:
        call, query = self.call, self.query
        selection = Selection(call, self.shape, "delete" if query.deleted else "read", query.deleted)
        for each in self.filters:
            selection.filter(each)
        selection.search(query.q)
        elements = [
            _period(call, selection, expression, column.grain)
            if column.grain
            else selection.translate(expression)
            for expression, column in zip(self.expressions, self.columns, strict=True)
        ]
        labels = [f"_column_{place}" for place in range(len(elements))]
        statement = selection.select(
            *(element.label(label) for element, label in zip(elements, labels, strict=True))
        )
        groups = [label for label, column in zip(labels, self.columns, strict=True) if column.kind == "group"]
        limit = bindparam(None, MOST_GROUPS + 1, Integer, literal_execute=True)
        return statement.group_by(*groups).limit(limit) if groups else statement


def _grouped(call: Call, key: str, group: Group) -> Expression:
    """The expression to group by, of which a grain takes the first day of the period."""
    path = group.path
    expression = path if isinstance(path, Expression) else compiled(call, key, path, "group")
    if expression.type.many or expression.type.kind in ("file", "json", "markup"):
        refuse("invalid", call.language, "bad_group", "group", name=expression.text)
    if group.grain and (group.grain not in GRAINS or expression.type.kind not in ("date", "datetime")):
        hint = nearest(group.grain, GRAINS)
        refuse("invalid", call.language, "bad_grain", "group", hint, name=expression.text, grain=group.grain)
    return expression


def _period(call: Call, selection: Selection, expression: Expression, grain: str) -> ColumnElement[Any]:
    """The first day of the period: by the database itself where the column is a plain day, by the language elsewhere."""
    element = selection.translate(expression)
    if isinstance(element.type, Day):
        return type_coerce(_native(call, element, grain), Day())
    text = GRAINS[grain].format(expression.text)
    whole = compiled(call, selection.shape.key, text, "group")
    return selection.translate(whole)


def _native(call: Call, day: ColumnElement[Any], grain: str) -> ColumnElement[Any]:
    if grain == "day":
        return day
    if call.dialect == "postgresql":
        return func.date_trunc(grain, day).cast(Day())
    text = type_coerce(day, day.type.impl)  # type: ignore[attr-defined]
    if grain == "week":
        return func.date(text, "-6 days", "weekday 1")
    if grain == "year":
        return func.substr(text, 1, 4).concat("-01-01")
    if grain == "month":
        return func.substr(text, 1, 7).concat("-01")
    month = func.substr(text, 6, 2)
    first = case(
        (month <= "03", "-01-01"), (month <= "06", "-04-01"), (month <= "09", "-07-01"), else_="-10-01"
    )
    return func.substr(text, 1, 4).concat(first)


def _measure(call: Call, key: str, name: str, given: str | Expression) -> Expression:
    if isinstance(given, Expression):
        return given
    return compiled(call, key, given, f"measures/{name}", aggregate=True)


def _run(question: _Question) -> list[tuple[Value, ...]]:
    call, columns = question.call, question.columns
    rows = question.statement().rows(call.connection)
    if len(rows) > MOST_GROUPS:
        refuse("too_large", call.language, "too_many_groups", "group", limit=MOST_GROUPS)
    return [tuple(_figure(value, column) for value, column in zip(row, columns, strict=True)) for row in rows]


def _figure(value: Value, column: Column) -> Value:
    """Numbers are decimals that show the whole scale of their type, also where the database leaves zeros out."""
    if column.type.kind != "number" or value is None:
        return value
    number, decimals = Decimal(value), column.type.decimals
    exponent = number.as_tuple().exponent
    if decimals is None or not isinstance(exponent, int) or -exponent >= decimals:
        return number
    return number.quantize(Decimal(1).scaleb(-decimals), context=EXACT)


def _having(
    call: Call, columns: Sequence[Column], rows: Sequence[tuple[Value, ...]], text: str
) -> list[tuple[Value, ...]]:
    names = {column.id: column.type for column in columns if column.id.isidentifier()}
    having = compile_expression(text, Scope(names), expect=BOOLEAN, place=None, path="having")
    if not isinstance(having, Expression):
        raise Refusal("invalid", having)
    ids = [column.id for column in columns]
    today = today_of(call)
    return [
        row
        for row in rows
        if evaluate(
            having,
            EvaluationContext(
                dict(zip(ids, row, strict=True)),
                call.actor,
                today,
                call.at,
                call.timezone,
                calendar=call.release.calendar,
            ),
        )
        is True
    ]


def _sorted(
    call: Call,
    shape: Shape,
    columns: Sequence[Column],
    rows: Sequence[tuple[Value, ...]],
    sort: str | Sequence[tuple[str, bool]],
) -> list[tuple[Value, ...]]:
    """By the groups first, then by what is asked for; empty values are last in either direction."""
    wanted = (
        [_sort_key(each) for each in sort.split(",") if each.strip()] if isinstance(sort, str) else list(sort)
    )
    ids = [column.id for column in columns]
    result = list(rows)
    defaults = [(column.id, False) for column in reversed(columns) if column.kind == "group"]
    for name, descending in (*defaults, *reversed(wanted)):
        if name not in ids:
            refuse("invalid", call.language, "unsortable", "sort", nearest(name, ids), name=name)
        place = ids.index(name)
        order = {option: rank for rank, option in enumerate(columns[place].type.options)}
        filled = [row for row in result if row[place] is not None]
        empty = [row for row in result if row[place] is None]
        filled.sort(key=_ranked(place, order), reverse=descending)
        result = filled + empty
    return result


def _ranked(place: int, order: Mapping[Value, int]) -> Callable[[tuple[Value, ...]], Any]:
    return lambda row: order.get(row[place], row[place])


def _sort_key(text: str) -> tuple[str, bool]:
    word = text.strip()
    return word.removeprefix("-"), word.startswith("-")


def _titles(call: Call, columns: Sequence[Column], rows: Sequence[tuple[Value, ...]]) -> Titles:
    wanted: dict[str, set[int]] = {}
    for place, column in enumerate(columns):
        if column.kind == "group" and column.type.kind in IDENTIFIED:
            key = key_of(column.type)
            wanted.setdefault(key, set()).update(int(row[place]) for row in rows if row[place] is not None)
    return find_titles(call, wanted)
