"""A page looked for where it most likely stands, before everything that a filter finds is put in order.

SQLite does not count a limit when it chooses an index: for a page of a common value it reads and sorts everything that has the
value. Most filters find a page among the first records of the order, which an index gives one after the other.
PostgreSQL counts it, but its index gives empty values at one end only: read backwards it has them first, lists have them last.
Of the records that are not empty, the index gives the order both ways.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import BindParameter, Column, ColumnElement, Join, Select, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from dougong.records import cursor
from dougong.records.order import OrderKey
from dougong.records.selection import Selection
from dougong.storage.desired import specifications

_LOOKED_THROUGH = 2000
"""So many records are looked through, which takes about two milliseconds where the filter finds too few."""


class _Cross(Join):
    """A join whose left side SQLite always walks first (https://sqlite.org/lang_select.html, CROSS JOIN)."""

    inherit_cache = True


@compiles(_Cross)
def _cross(element: _Cross, compiler: SQLCompiler, **options: Any) -> str:
    options["asfrom"] = True
    left, right = compiler.process(element.left, **options), compiler.process(element.right, **options)
    return f"{left} CROSS JOIN {right}"


def is_walked(selection: Selection, keys: Sequence[OrderKey]) -> bool:
    """Whether it is worth looking there first: only where an index gives the order, and the database would not use it by itself."""
    shape, first = selection.shape, keys[0]
    if selection.deleted or not isinstance(first.column, Column) or first.column.table is not shape.table:
        return False
    app = selection.call.release.apps[shape.key.partition(".")[0]]
    own = next(each for each in specifications(app, shape.entity) if each.key == shape.key)
    name = first.column.key
    indexes = [each for each in own.indexes if each.live and each.fields[0] == name and not each.where]
    if selection.call.dialect == "sqlite":
        return bool(indexes) and len(selection.conditions) > 1
    ways = {name in each.descending for each in indexes}
    return first.nullable and ways == {not first.descending}


def walk(
    selection: Selection,
    keys: Sequence[OrderKey],
    columns: Sequence[ColumnElement[Any]],
    limit: BindParameter[int],
    place: Sequence[Any],
) -> Select[Any]:
    """The page as far as it stands there, behind the place of a cursor; fewer rows than the limit say nothing."""
    if selection.call.dialect == "sqlite":
        return _among_first(selection, keys, columns, limit, place)
    return _not_empty(selection, keys, columns, limit, place)


def _among_first(
    selection: Selection,
    keys: Sequence[OrderKey],
    columns: Sequence[ColumnElement[Any]],
    limit: BindParameter[int],
    place: Sequence[Any],
) -> Select[Any]:
    """The rows come in the order in which the left side gives them; an ORDER BY would look through all of it every time."""
    table = selection.shape.table
    behind = [cursor.after(keys, place)] if place else []
    first = (
        select(table.c.id)
        .where(table.c.deleted_at.is_(None), *behind)
        .order_by(*(key.clause() for key in keys))
        .limit(_LOOKED_THROUGH)
        .subquery()
    )
    own = first.c.id == table.c.id
    both = _Cross(first, table, own)
    return select(*columns).select_from(both).where(own, *selection.conditions).limit(limit)


def _not_empty(
    selection: Selection,
    keys: Sequence[OrderKey],
    columns: Sequence[ColumnElement[Any]],
    limit: BindParameter[int],
    place: Sequence[Any],
) -> Select[Any]:
    """Ordered as the index is when it is read backwards; that of empty values makes no difference here."""
    first, *others = keys
    selection.where(first.column.is_not(None))
    if place:
        selection.where(cursor.after([replace(first, nullable=False), *others], place))
    backwards = first.column.desc().nulls_first() if first.descending else first.column.asc().nulls_first()
    return selection.select(*columns).order_by(backwards, *(key.clause() for key in others)).limit(limit)
