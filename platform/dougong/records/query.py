"""Lists records: filter, search, order, page after page."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import BigInteger, BindParameter, ColumnElement, Integer, Select, bindparam, func

from dougong.diagnostics import nearest
from dougong.model.expression import Expression
from dougong.model.form import Sort
from dougong.records import cursor
from dougong.records.call import Call
from dougong.records.doors import open_door
from dougong.records.kept import Kept, kept
from dougong.records.messages import refuse
from dougong.records.order import OrderKey, order_keys, parse_sort
from dougong.records.record import Page, Record
from dougong.records.rows import Wanted, fetch_records, wanted_fields
from dougong.records.scope import condition
from dougong.records.searching import frequency_of
from dougong.records.selection import Selection, check_query
from dougong.records.shape import Shape
from dougong.records.walking import is_walked, walk
from dougong.storage.search import Frequency
from dougong.storage.statements import Rows, Statement, Step, among_many, together

LIMIT = 1000
_DEEPEST_OFFSET = 10_000_000
_DEEP = 500
"""From this offset on the page's ids are found first, so that rows passed over are never read whole. So they are where virtual
fields are read, which are worked out for the rows of the page only."""
_MOST_PAGES = 50
_IDS_AT_A_TIME = 10_000


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked of a list. `filter` and `sort` are what a person typed or what a definition holds; `count`: exact or none."""

    filter: str | Expression | None = None
    q: str | None = None
    sort: str | Sequence[Sort] = ()
    fields: Sequence[str] | None = None
    expand: Sequence[str] = ()
    limit: int = 50
    cursor: str | None = None
    offset: int = 0
    count: str = "none"
    view: Expression | None = None
    """A second filter, of the saved view that is looked at."""
    deleted: bool = False
    """The recycle bin instead of the living records."""
    named: bool = True
    """Whether every record comes with its title, and its links with theirs; otherwise only the links to `expand` do."""
    action: str = "read"
    """What is to be done with the records: only those are meant with which the actor may do it."""


def list_records(call: Call, key: str, query: Query) -> Page:
    """One page of the records that the actor may read; a name that may not be read is refused like an unknown one."""
    return list_narrowed(call, key, query, None)


@dataclass(frozen=True, slots=True)
class Narrow:
    """A condition that the platform itself makes; it is known by its name, and its parameters have values of their own."""

    name: tuple[str, ...]
    condition: ColumnElement[bool]
    values: Mapping[str, Any]


def list_narrowed(call: Call, key: str, query: Query, narrow: Narrow | None) -> Page:
    """The same for the records that also meet a condition of the platform."""
    shape = open_door(call, key, "delete" if query.deleted else "read")
    _check(call, query)
    question = _Question.of(call, shape, query, narrow)
    plan = question.kept("list", lambda: _plan(question))
    place, tied = cursor.decode(call, plan.mark, query.cursor, plan.keys) if query.cursor else ([], False)
    values = {**question.values, "offset": query.offset, **cursor.values_of(place)}
    rows: Rows = []
    if plan.walked and not query.offset and (not place or place[0] is not None):
        rows = plan.walk(question, place).rows(call.connection, values)
    elif tied and call.dialect == "sqlite":
        rows = plan.ties(question, place).rows(call.connection, values)
    steps: list[Step] = [] if len(rows) > query.limit else [(plan.statement(question, place), values)]
    if query.count == "exact":
        steps.append((question.counting(), question.values))
    answers = together(call.connection, steps)
    if len(rows) <= query.limit:
        rows = answers.pop(0)
    next_cursor = None
    if len(rows) > query.limit:
        last, following = (row[-len(plan.keys) :] for row in rows[query.limit - 1 : query.limit + 1])
        next_cursor = cursor.encode(plan.mark, last, following)
        rows = rows[: query.limit]
    count = answers[0][0][0] if answers else None
    return Page(tuple(fetch_records(call, shape, plan.wanted, rows)), next_cursor, count)


def every_record(call: Call, key: str, query: Query) -> Iterator[Record]:
    """All records of a list in its order, without its page; they are put in order once, however many there are."""
    shape = open_door(call, key, "delete" if query.deleted else "read")
    identifiers = _in_order(call, shape, query)
    narrow = Narrow(("among",), among_many(shape.table.c.id, "among", call.dialect), {})
    paged = replace(query, filter=None, q=None, view=None, sort="id", limit=LIMIT, cursor=None, offset=0)
    paged = replace(paged, count="none")
    for start in range(0, len(identifiers), LIMIT):
        some = identifiers[start : start + LIMIT].tolist()
        page = list_narrowed(call, key, paged, replace(narrow, values={"among": some}))
        records = {record.id: record for record in page.rows}
        yield from (records[each] for each in some)


def _in_order(call: Call, shape: Shape, query: Query) -> array[int]:
    """The ids of all records of a list in its order."""
    question = _Question.of(call, shape, query, None)
    selection = question.selection()
    order = [each.clause() for each in order_keys(call, selection.columns, question.sorts)]
    statement = selection.select(shape.table.c.id).order_by(*order)
    found = call.connection.execute(statement.execution_options(yield_per=_IDS_AT_A_TIME))
    return array("q", found.scalars())


@dataclass(frozen=True, slots=True)
class _Question:
    """A list that is asked for, with its expressions compiled."""

    call: Call
    shape: Shape
    query: Query
    narrow: Narrow | None
    view: Expression | None
    filter: Expression | None
    sorts: tuple[Sort, ...]
    frequency: Frequency
    """Whether the search finds so many records that the list is better walked in its usual order."""

    @classmethod
    def of(cls, call: Call, shape: Shape, query: Query, narrow: Narrow | None) -> _Question:
        """The question of a query."""
        given = query.filter or None
        expression = condition(call, shape.key, given) if given is not None else None
        sorts = parse_sort(query.sort) if isinstance(query.sort, str) else tuple(query.sort)
        plain = not sorts and query.view is None and expression is None and narrow is None
        is_plain = plain and not query.deleted
        frequency = _frequency(call, shape, query.q) if is_plain else Frequency.RARE
        return cls(call, shape, query, narrow, query.view, expression, sorts, frequency)

    @property
    def values(self) -> Mapping[str, Any]:
        """The values of the parameters of the platform's own condition."""
        return self.narrow.values if self.narrow is not None else {}

    def kept(self, name: str, build: Callable[[], Kept]) -> Kept:
        """Something worked out for this question, whichever page of it is asked for."""
        query = self.query
        asked = (
            query.action,
            query.deleted,
            query.q or None,
            self.frequency,
            self.narrow.name if self.narrow is not None else (),
        )
        fields = None if query.fields is None else tuple(query.fields)
        question = (name, self.shape.key, *asked, fields, tuple(query.expand), query.named, self.sorts)
        return kept(self.call, question, build, (self.view, self.filter, *self.shape.worked_out))

    def selection(self, frequency: Frequency = Frequency.RARE) -> Selection:
        """The records that are meant."""
        query = self.query
        found = Selection(self.call, self.shape, "delete" if query.deleted else query.action, query.deleted)
        found.filter(self.view).filter(self.filter).search(query.q, frequency)
        return found if self.narrow is None else found.where(self.narrow.condition)

    def counting(self) -> Statement:
        """The statement for how many records are meant."""
        return self.kept("count", lambda: Statement(self.selection().select(func.count()), self.call.dialect))


def _frequency(call: Call, shape: Shape, text: str | None) -> Frequency:
    if text is None or not text.strip():
        return Frequency.RARE
    check_query(call, text)
    return frequency_of(call, shape, text)


@dataclass(frozen=True, slots=True)
class _Plan:
    """A list worked out: what is fetched, in which order, and its statements: for first pages and later ones."""

    wanted: Wanted
    keys: tuple[OrderKey, ...]
    mark: str
    walked: bool
    """Whether a page is looked for where it most likely stands, before everything that is found is put in order."""
    statements: dict[tuple[object, ...], Statement]

    def statement(self, question: _Question, place: Sequence[Any]) -> Statement:
        """The statement for a page; those of every size, and of every pattern of empty values in a cursor, differ."""
        query = question.query
        depth = 2 if query.offset >= _DEEP else 1 if query.offset else 0
        return self._kept(question, (depth, place), lambda: _page_statement(question, self, place))

    def ties(self, question: _Question, place: Sequence[Any]) -> Statement:
        """The statement for a page of rows that follow a place and have its sort values.

        An import gives thousands of rows one moment, and SQLite would step over those before the place: it seeks a pair of values
        by an index only where its second column is not the row's own id.
        """
        return self._kept(question, ("ties", place), lambda: _ties_statement(question, self, place))

    def walk(self, question: _Question, place: Sequence[Any]) -> Statement:
        """The statement that finds a page among the first records."""
        return self._kept(question, ("walk", place), lambda: _walk_statement(question, self, place))

    def _kept(
        self, question: _Question, kind: tuple[object, Sequence[Any]], build: Callable[[], Select[Any]]
    ) -> Statement:
        name, place = kind
        page = (name, question.query.limit, *(value is None for value in place))
        found = self.statements.get(page)
        if found is None:
            if len(self.statements) >= _MOST_PAGES:
                self.statements.clear()
            found = self.statements[page] = Statement(build(), question.call.dialect)
        return found


def _plan(question: _Question) -> _Plan:
    call, shape, query = question.call, question.shape, question.query
    selection = question.selection(question.frequency)
    wanted = wanted_fields(call, shape, selection.hidden, query.fields, query.expand, named=query.named)
    keys = tuple(order_keys(call, selection.columns, question.sorts))
    mark = cursor.fingerprint(
        shape.key, str(query.filter), query.q, question.sorts, str(query.view), query.deleted
    )
    walked = query.q is None and question.narrow is None and is_walked(selection, keys)
    return _Plan(wanted, keys, mark, walked, {})


def _columns(plan: _Plan) -> tuple[ColumnElement[Any], ...]:
    order = (key.column.label(f"order_{position}") for position, key in enumerate(plan.keys))
    return (*plan.wanted.columns, *order)


def _limit(query: Query) -> BindParameter[int]:
    """One more than asked for: it tells whether there is another page."""
    return bindparam(None, query.limit + 1, Integer, literal_execute=True)


def _walk_statement(question: _Question, plan: _Plan, place: Sequence[Any]) -> Select[Any]:
    selection = question.selection(question.frequency)
    return walk(selection, plan.keys, _columns(plan), _limit(question.query), place)


def _ties_statement(question: _Question, plan: _Plan, place: Sequence[Any]) -> Select[Any]:
    selection = question.selection(question.frequency).where(cursor.tied(plan.keys, place))
    order = [key.clause() for key in plan.keys]
    return selection.select(*_columns(plan)).order_by(*order).limit(_limit(question.query))


def _page_statement(question: _Question, plan: _Plan, place: Sequence[Any]) -> Select[Any]:
    query, selection = question.query, question.selection(question.frequency)
    order = [key.clause() for key in plan.keys]
    columns, limit = _columns(plan), _limit(query)
    offset = bindparam("offset", type_=BigInteger)
    if place:
        selection.where(cursor.after(plan.keys, place))
    if query.offset >= _DEEP or not selection.shape.virtual.keys().isdisjoint(plan.wanted.names):
        table = selection.shape.table
        ids = selection.select(table.c.id).order_by(*order).limit(limit)
        page = (ids.offset(offset) if query.offset else ids).subquery()
        return selection.select(*columns).where(table.c.id.in_(page.select())).order_by(*order)
    statement = selection.select(*columns).order_by(*order).limit(limit)
    return statement.offset(offset) if query.offset else statement


def _check(call: Call, query: Query) -> None:
    language = call.language
    if isinstance(query.limit, bool) or not 1 <= query.limit <= LIMIT:
        refuse("invalid", language, "bad_limit", "limit", limit=LIMIT)
    if not 0 <= query.offset <= _DEEPEST_OFFSET:
        refuse("invalid", language, "bad_offset", "offset", limit=_DEEPEST_OFFSET)
    if query.cursor and query.offset:
        refuse("invalid", language, "cursor_and_offset", "cursor")
    if query.count not in ("exact", "none"):
        refuse("invalid", language, "bad_count", "count", nearest(query.count, ("exact", "none")))
