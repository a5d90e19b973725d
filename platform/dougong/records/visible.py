"""What a reader sees in a query: which rows of a table, and the column that a name or a road over links stands for.

Whatever the reader may not see behaves as if it were empty: a hidden field, a linked record that is not theirs, a list of such.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, FromClause, Text, cast, false, func, null, or_, select, true

from dougong.expressions.context import Rows, SqlContext
from dougong.expressions.sql import to_sql
from dougong.fieldtypes.references import REFERRING
from dougong.model.expression import Expression
from dougong.model.field import Field
from dougong.policy.access import access
from dougong.policy.masks import concealed
from dougong.records.call import Call
from dougong.records.evaluation import today_of
from dougong.records.shape import Shape, shape_of

Road = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RowRule:
    """`nothing`: no row at all; otherwise every one of `conditions` must hold. `hidden` are the fields that may not be seen."""

    nothing: bool
    conditions: tuple[ColumnElement[bool], ...] = ()
    hidden: frozenset[str] = frozenset()


def readable(call: Call, key: str, table: FromClause, action: str = "read") -> RowRule:
    """The rows of `table` (an entity's table or an alias of it) for an action; every action also needs the right to read."""
    read = access(call.release, call.actor, key, "read")
    wanted = read if action == "read" else access(call.release, call.actor, key, action)
    if not (read.allowed and wanted.allowed):
        return RowRule(True)
    rules = [rows for rows in dict.fromkeys((read.rows, wanted.rows)) if rows is not None]
    return RowRule(False, tuple(_any_of(call, key, table, each) for each in rules), read.hidden)


def _any_of(call: Call, key: str, table: FromClause, rules: Iterable[Expression]) -> ColumnElement[bool]:
    """Row rules belong to the definition: they see every field and record that they name, whatever the actor may see."""
    context = sql_context(call, key, table, as_definition=True)
    return or_(*(to_sql(rule, context, positive=True) for rule in rules))


def sql_context(call: Call, key: str, table: FromClause, as_definition: bool = False) -> SqlContext:
    """What an expression over the rows of `table` is translated with."""
    columns = Columns(call, key, table, as_definition)
    return SqlContext(
        dialect=call.dialect,
        column=columns.column,
        rows=columns.rows,
        actor=call.actor,
        today=today_of(call),
        now=call.at,
        timezone=call.timezone,
        calendar=call.release.calendar,
    )


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of one table (or an alias of it) of an entity.

    `as_definition`: for row rules, which see everything; otherwise the rights of the call's actor hold.
    """

    call: Call
    key: str
    table: FromClause
    as_definition: bool = False
    shape: Shape = field(init=False)
    hidden: frozenset[str] = field(init=False)
    concealed: frozenset[str] = field(init=False)
    """Fields that a condition or an order must not use: hidden ones, and masked ones that the actor may not see whole."""

    def __post_init__(self) -> None:
        release, actor = self.call.release, self.call.actor
        object.__setattr__(self, "shape", shape_of(release, self.key))
        hidden = frozenset() if self.as_definition else access(release, actor, self.key, "read").hidden
        object.__setattr__(self, "hidden", hidden)
        kept = frozenset() if self.as_definition else concealed(release, actor, self.key)
        object.__setattr__(self, "concealed", kept)

    def column(self, road: Road) -> ColumnElement[Any]:
        """The column of a field or system column, or of a linked record by a correlated subquery."""
        name, rest = road[0], road[1:]
        if rest:
            return self._linked(name, rest)
        own = self.table.c[name]
        return cast(null(), own.type) if name in self.concealed else own

    def _linked(self, name: str, rest: Road) -> ColumnElement[Any]:
        key, own = self._link(name)
        target = shape_of(self.call.release, key).table.alias()
        rule = self._rule(key, target)
        column = Columns(self.call, key, target, self.as_definition).column(rest)
        if rule.nothing or name in self.hidden:
            return cast(null(), column.type)
        return (
            select(column)
            .where(target.c.id == own, target.c.deleted_at.is_(None), *rule.conditions)
            .correlate(self.table)
            .scalar_subquery()
        )

    def _link(self, name: str) -> tuple[str, ColumnElement[Any]]:
        """The entity that a link (or `parent`, in rows) points to, and the column that holds the id."""
        if name == "parent" and self.shape.entity.parent:
            return self.shape.entity.parent, self.table.c.parent_id
        target = self.shape.field(name).target
        if target is None:
            raise LookupError(f"{self.key}: {name} is not a link")
        return target.key, self.table.c[name]

    def _rule(self, key: str, table: FromClause) -> RowRule:
        return RowRule(False) if self.as_definition else readable(self.call, key, table)

    def rows(self, road: Road) -> Rows:
        """The rows of a sub-table, of links or of choices of the record, or of a record it links to."""
        if len(road) > 1:
            key, _ = self._link(road[0])
            identifier = self.column((road[0], "id"))
            return Columns(
                self.call, key, shape_of(self.call.release, key).table, self.as_definition
            ).rows_at(road[1:], identifier, self)
        return self.rows_at(road, self.table.c["id"], self)

    def rows_at(self, road: Road, identifier: ColumnElement[Any], origin: Columns) -> Rows:
        """A list of the record with that id, which `origin` asks for."""
        if len(road) > 1:
            raise LookupError(f"{self.key}: a list stands at most one link away, not at {'.'.join(road)}")
        listed = self.shape.field(road[0])
        if listed.type == "table":
            return self._table_rows(listed, identifier)
        if listed.type == "links":
            return self._link_rows(listed, identifier)
        return self._choice_rows(listed, origin)

    def _table_rows(self, listed: Field, identifier: ColumnElement[Any]) -> Rows:
        table = shape_of(self.call.release, listed.table).table.alias()
        columns = Columns(self.call, listed.table, table, self.as_definition)
        condition = false() if listed.id in self.hidden else table.c.parent_id == identifier
        return Rows(table, condition, lambda names: columns.column(names) if names else table.c.id)

    def _link_rows(self, listed: Field, identifier: ColumnElement[Any]) -> Rows:
        if listed.target is None:
            raise LookupError(f"{self.key}: {listed.id} has no target")
        pairs = self.call.release.tables.links(self.key, listed.id).alias()
        target = shape_of(self.call.release, listed.target.key).table.alias()
        rule = self._rule(listed.target.key, target)
        columns = Columns(self.call, listed.target.key, target, self.as_definition)
        closed = rule.nothing or listed.id in self.hidden
        condition = false() if closed else (pairs.c.source_id == identifier) & target.c.deleted_at.is_(None)
        for each in rule.conditions:
            condition = condition & each
        source = pairs.join(target, target.c.id == pairs.c.target_id)
        return Rows(source, condition, lambda names: columns.column(names) if names else target.c.id)

    def _choice_rows(self, listed: Field, origin: Columns) -> Rows:
        if origin is not self:
            raise LookupError(f"{self.key}: choices of a linked record cannot be taken apart in a query")
        column = self.column((listed.id,))
        if self.call.dialect == "sqlite":
            items = func.json_each(column).table_valued("value").alias()
        else:
            items = func.jsonb_array_elements_text(column).table_valued("value").alias()
        stored = BigInteger() if listed.type in REFERRING else Text()
        return Rows(items, true(), lambda names: cast(items.c.value, stored))
