"""Sets of records that rights are for, as conditions of the database, each in a form that an index can serve.

Alternatives stand apart, as each may find its records by an index of its own. What is said of a linked record is asked of that
one first, as few have it: the records that link to them are then looked up, instead of looking at the link of every record.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, FromClause, and_, false, or_, select, true

from dougong.expressions.context import SqlContext
from dougong.expressions.fold import folded
from dougong.expressions.sql import bracketed, to_sql
from dougong.model.expression import Call as Operation
from dougong.model.expression import Expression, ListOf, Literal, Node, Path
from dougong.policy.row_sets import RowSet
from dougong.records.call import Call
from dougong.records.lent import is_lent
from dougong.records.shape import shape_of

if TYPE_CHECKING:
    from collections.abc import Callable

    Contexts = Callable[[str, FromClause], SqlContext]

_STRICT = frozenset({"=", "IN"})
"""Comparisons that are not true of an empty value."""


def conditions_of(
    call: Call, key: str, table: FromClause, rows: RowSet, contexts: Contexts, living: bool = False
) -> list[ColumnElement[bool]]:
    """What must hold for a record of `table` to be in the set.

    Row rules belong to the definition: `contexts` gives what they are translated with for any table, and lets them see every
    field and record that they name. `living` says that the statement asks for records that are not deleted.
    """
    found: list[ColumnElement[bool]] = []
    if rows.any_of is not None:
        ways = [
            _way(call, key, table, replace(rule, tree=node), contexts)
            for rule in rows.any_of
            for node in _alternatives(rule.tree)
        ]
        if rows.shared:
            ways.append(is_lent(call, key, table, rows.shared))
        if living and len(ways) > 1 and call.dialect == "sqlite":
            # Its indexes hold living records only; SQLite uses one for an alternative that says so itself.
            ways = [and_(table.c["deleted_at"].is_(None), way) for way in ways]
        found.append(or_(false(), *ways))
    context = contexts(key, table)
    found += [bracketed(to_sql(rule, context)).is_not(true()) for rule in rows.none_of]
    return found


def _alternatives(node: Node) -> Iterator[Node]:
    """The parts of which one has to be true."""
    if isinstance(node, Operation) and node.name == "OR":
        for argument in node.arguments:
            yield from _alternatives(argument)
    else:
        yield node


def _way(
    call: Call, key: str, table: FromClause, rule: Expression, contexts: Contexts
) -> ColumnElement[bool]:
    context = contexts(key, table)
    node = folded(rule.tree, context, positive=True)
    path = _compared(node)
    field = call.release.entity(key).fields.get(path.names[0]) if path is not None else None
    is_stored = field is not None and field.type == "link" and field.id in table.c
    if path is None or field is None or field.target is None or not is_stored:
        return to_sql(rule, context, positive=True)
    other = shape_of(call.release, field.target.key).table.alias()
    behind = replace(path, names=path.names[1:], steps=path.steps[1:])
    inner = replace(rule, tree=_with(node, path, behind))
    condition = _way(call, field.target.key, other, inner, contexts)
    linked = select(other.c.id).where(other.c.deleted_at.is_(None), condition)
    return table.c[field.id].in_(linked)


def _compared(node: Node) -> Path | None:
    """The one field of a linked record that a comparison holds against known values, none of which is empty."""
    if not isinstance(node, Operation) or node.name not in _STRICT:
        return None
    first, *others = sorted(node.arguments, key=lambda argument: not isinstance(argument, Path))
    is_linked = (
        isinstance(first, Path) and len(first.names) > 1 and all(not each.is_many for each in first.steps)
    )
    return first if isinstance(first, Path) and is_linked and all(map(_is_known, others)) else None


def _is_known(node: Node) -> bool:
    if isinstance(node, ListOf):
        return bool(node.items) and all(map(_is_known, node.items))
    return isinstance(node, Literal) and node.value not in (None, "")


def _with(node: Node, path: Path, other: Path) -> Node:
    assert isinstance(node, Operation)
    return replace(node, arguments=tuple(other if each is path else each for each in node.arguments))
