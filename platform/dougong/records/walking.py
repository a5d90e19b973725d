"""Lists with a filter on SQLite: the first records of their order are looked through before the filter's own index is asked.

SQLite does not count a limit when it chooses an index: for a page of a common value it reads and sorts everything that has the
value. Most filters of a list find a page among the first records of its order, which an index gives one after the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BindParameter, Column, ColumnElement, Join, Select, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

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
    """Whether the records of a filter are looked for in the order of the list first: only where an index gives that order."""
    if selection.call.dialect != "sqlite" or selection.deleted or len(selection.conditions) < 2:
        return False
    shape, first = selection.shape, keys[0].column
    if not isinstance(first, Column) or first.table is not shape.table:
        return False
    app = selection.call.release.apps[shape.key.partition(".")[0]]
    own = next(each for each in specifications(app, shape.entity) if each.key == shape.key)
    return any(index.live and index.fields[0] == first.key and not index.where for index in own.indexes)


def walk(
    selection: Selection,
    keys: Sequence[OrderKey],
    columns: Sequence[ColumnElement[Any]],
    limit: BindParameter[int],
    behind: Sequence[ColumnElement[bool]],
) -> Select[Any]:
    """The page as far as it stands among the first records of the order; `behind` are those after a cursor.

    The rows come in the order in which the left side gives them; an ORDER BY would look through all of it every time.
    """
    table = selection.shape.table
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
