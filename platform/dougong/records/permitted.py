"""Sets of records that rights are for, as conditions of the database."""

from __future__ import annotations

from sqlalchemy import ColumnElement, FromClause, false, or_, true

from dougong.expressions.context import SqlContext
from dougong.expressions.sql import bracketed, to_sql
from dougong.policy.row_sets import RowSet
from dougong.records.call import Call
from dougong.records.lent import is_lent


def conditions_of(
    call: Call, key: str, table: FromClause, rows: RowSet, context: SqlContext
) -> list[ColumnElement[bool]]:
    """What must hold for a record of `table` to be in the set.

    Row rules belong to the definition: `context` lets them see every field and record that they name.
    """
    found: list[ColumnElement[bool]] = []
    if rows.any_of is not None:
        ways = [to_sql(rule, context, positive=True) for rule in rows.any_of]
        if rows.shared:
            ways.append(is_lent(call, key, table, rows.shared))
        found.append(or_(false(), *ways))
    found += [bracketed(to_sql(rule, context)).is_not(true()) for rule in rows.none_of]
    return found
