"""Lists records: filter, search, order, page after page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select

from dougong.diagnostics import nearest
from dougong.model.expression import Expression
from dougong.model.form import Sort
from dougong.records import cursor
from dougong.records.call import Call
from dougong.records.doors import open_door
from dougong.records.messages import refuse
from dougong.records.order import OrderKey, order_keys, parse_sort
from dougong.records.record import Page
from dougong.records.rows import Wanted, fetch_records, wanted_fields
from dougong.records.selection import Selection
from dougong.records.shape import Shape

LIMIT = 1000
_DEEPEST_OFFSET = 10_000_000
_DEEP = 500
"""From this offset on the page's ids are found first, so that rows passed over are never read whole."""


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


def list_records(call: Call, key: str, query: Query) -> Page:
    """One page of the records that the actor may read; a name that may not be read is refused like an unknown one."""
    return list_narrowed(call, key, query, None)


def list_narrowed(call: Call, key: str, query: Query, narrow: ColumnElement[bool] | None) -> Page:
    """The same for the records that also meet a condition which the platform itself makes."""
    shape = open_door(call, key, "delete" if query.deleted else "read")
    _check(call, query)
    selection = select_by(call, shape, query)
    if narrow is not None:
        selection.where(narrow)
    wanted = wanted_fields(call, shape, selection.hidden, query.fields, query.expand)
    sorts = parse_sort(query.sort) if isinstance(query.sort, str) else tuple(query.sort)
    keys = order_keys(call, selection.columns, sorts)
    mark = cursor.fingerprint(key, str(query.filter), query.q, sorts, str(query.view), query.deleted)
    count = selection.count() if query.count == "exact" else None
    statement = _page_statement(call, selection, wanted, query, keys, mark)
    rows = call.connection.execute(statement).all()
    more = len(rows) > query.limit
    rows = rows[: query.limit]
    next_cursor = cursor.encode(mark, rows[-1][-len(keys) :]) if more else None
    return Page(tuple(fetch_records(call, shape, wanted, rows)), next_cursor, count)


def select_by(call: Call, shape: Shape, query: Query) -> Selection:
    """The records that a query means, without order and page."""
    selection = Selection(call, shape, "delete" if query.deleted else "read", query.deleted)
    return selection.filter(query.view).filter(query.filter).search(query.q)


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


def _page_statement(
    call: Call, selection: Selection, wanted: Wanted, query: Query, keys: Sequence[OrderKey], mark: str
) -> Select[Any]:
    order = [key.clause() for key in keys]
    columns = (*wanted.columns, *(key.column.label(f"order_{place}") for place, key in enumerate(keys)))
    if query.cursor:
        place = cursor.decode(call, mark, query.cursor, keys)
        selection.where(cursor.after(keys, place))
    elif query.offset >= _DEEP:
        table = selection.shape.table
        ids = selection.select(table.c.id).order_by(*order).limit(query.limit + 1).offset(query.offset)
        page = ids.subquery()
        return selection.select(*columns).where(table.c.id.in_(page.select())).order_by(*order)
    statement = selection.select(*columns).order_by(*order).limit(query.limit + 1)
    return statement.offset(query.offset) if query.offset else statement
