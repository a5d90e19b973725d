"""What a reader sees in a query: which rows of a table, and the column that a name or a road over links stands for.

Whatever the reader may not see behaves as if it were empty: a hidden field, a linked record that is not theirs, a list of such.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Boolean, ColumnElement, FromClause, and_, case, cast, false, null, select, type_coerce

from dougong.expressions.context import Rows, SqlContext
from dougong.expressions.sql import bracketed, to_sql
from dougong.policy.access import Access, access
from dougong.policy.masks import concealed
from dougong.policy.row_sets import RowSet
from dougong.records.call import Call
from dougong.records.day import today_of
from dougong.records.lists import rows_of
from dougong.records.permitted import conditions_of
from dougong.records.shape import Shape, shape_of
from dougong.storage.types import Characters

Road = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RowRule:
    """`nothing`: no row at all; otherwise every one of `conditions` must hold. `hidden` are the fields that may not be seen."""

    nothing: bool
    conditions: tuple[ColumnElement[bool], ...] = ()
    hidden: frozenset[str] = frozenset()


def readable(call: Call, key: str, table: FromClause, action: str = "read", living: bool = False) -> RowRule:
    """The rows of `table` (an entity's table or an alias of it) for an action; every action also needs the right to read.

    `living` says that the statement asks for records that are not deleted.
    """
    read = access(call.release, call.actor, key, "read")
    wanted = read if action == "read" else access(call.release, call.actor, key, action)
    if not (read.allowed and wanted.allowed):
        return RowRule(True)
    sets = dict.fromkeys((read.row_set, wanted.row_set))
    return RowRule(
        False,
        tuple(one for each in sets for one in _conditions(call, key, table, each, living)),
        read.hidden,
    )


def _conditions(
    call: Call, key: str, table: FromClause, rows: RowSet, living: bool = False
) -> list[ColumnElement[bool]]:
    """A set of records that a right is for, as conditions; row rules see everything, as formulas do."""

    def contexts(entity_key: str, of: FromClause) -> SqlContext:
        return sql_context(call, entity_key, of, as_definition=True)

    return conditions_of(call, key, table, rows, contexts, living)


def sql_context(
    call: Call, key: str, table: FromClause, as_definition: bool = False, joins: Joins | None = None
) -> SqlContext:
    """What an expression over the rows of `table` is translated with; `joins` as in `Columns`."""
    columns = Columns(call, key, table, as_definition, joins)
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


@dataclass(slots=True)
class Joins:
    """The linked records that a statement reads beside its own: each record has one or none, so joining them adds no rows.

    A database can go about a join in more ways than about a subquery for each record.
    """

    source: FromClause
    """What the statement selects from."""
    _found: dict[tuple[FromClause, str], Columns] = field(default_factory=dict)

    def linked(self, columns: Columns, name: str) -> Columns:
        """The columns of the records that a link leads to, joined when they are first asked for."""
        found = self._found.get((columns.table, name))
        if found is None:
            other, condition = columns.beside(name)
            found = self._found[columns.table, name] = replace(other, joins=self)
            self.source = self.source.outerjoin(found.table, condition)
        return found


_NO_LIMITS = Access(True, None, frozenset(), frozenset(), ())


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of one table (or an alias of it) of an entity.

    `as_definition`: for row rules, which see everything; otherwise the rights of the call's actor hold. `joins` takes the records
    that links lead to into the statement; without it each is found by a subquery.
    """

    call: Call
    key: str
    table: FromClause
    as_definition: bool = False
    joins: Joins | None = None
    shape: Shape = field(init=False)
    hidden: frozenset[str] = field(init=False)
    concealed: frozenset[str] = field(init=False)
    """Fields that a condition or an order must not use: hidden ones, and masked ones that the actor may not see whole."""
    veils: Mapping[str, RowSet] = field(init=False)
    """Fields that are seen in some records only, with those."""

    def __post_init__(self) -> None:
        release, actor = self.call.release, self.call.actor
        object.__setattr__(self, "shape", shape_of(release, self.key))
        answer = _NO_LIMITS if self.as_definition else access(release, actor, self.key, "read")
        object.__setattr__(self, "hidden", answer.hidden)
        object.__setattr__(self, "veils", answer.veils)
        kept = frozenset() if self.as_definition else concealed(release, actor, self.key)
        object.__setattr__(self, "concealed", kept)

    def column(self, road: Road) -> ColumnElement[Any]:
        """The column of a field or system column, or of a linked record by a correlated subquery."""
        name, rest = road[0], road[1:]
        if rest:
            return self._linked(name, rest)
        return cast(null(), self.own(name).type) if name in self.concealed else self.seen(name)

    def seen(self, name: str) -> ColumnElement[Any]:
        """What is seen of a field of the records themselves: nothing in those where it is not."""
        own, is_seen = self.own(name), self.is_seen(name)
        return own if is_seen is None else case((is_seen, own))

    def is_seen(self, name: str) -> ColumnElement[bool] | None:
        """The condition under which a field is seen in a record; nothing where it is seen in each that may be read."""
        veil = self.veils.get(name)
        return None if veil is None else self.within(veil)

    def within(self, rows: RowSet) -> ColumnElement[bool]:
        """The condition that a record is among those of a right; for rows of a sub-table, that theirs is."""
        parent = self.shape.entity.parent
        if not parent:
            return and_(*_conditions(self.call, self.key, self.table, rows))
        table = shape_of(self.call.release, parent).table.alias()
        found = select(table.c.id).where(
            table.c.id == self.table.c.parent_id, *_conditions(self.call, parent, table, rows)
        )
        return found.correlate(self.table).exists()

    def own(self, name: str) -> ColumnElement[Any]:
        """The column of a field of the records themselves, or what a virtual field is worked out by, whoever may see it."""
        formula = self.shape.virtual.get(name)
        if formula is None:
            return self.table.c[name]
        # Formulas belong to the definition, as row rules do.
        context = sql_context(self.call, self.key, self.table, as_definition=True)
        element = to_sql(formula, context)
        if formula.type.kind == "boolean":
            # A condition that is known beforehand must not stand alone in an order: PostgreSQL takes no constant there.
            return cast(bracketed(element), Boolean())
        if formula.type.kind in ("text", "choice"):
            ordered = element.collate("C") if self.call.dialect == "postgresql" else element
            return type_coerce(ordered, Characters())
        return element

    def _linked(self, name: str, rest: Road) -> ColumnElement[Any]:
        key, _ = self._link(name)
        # What a virtual field of no record at all would come to must not be seen: only a subquery finds nothing.
        if self.joins is not None and rest[0] not in shape_of(self.call.release, key).virtual:
            return self.joins.linked(self, name).column(rest)
        other, condition = self.beside(name)
        column = other.column(rest)
        return select(column).where(condition).correlate(self.table).scalar_subquery()

    def beside(self, name: str) -> tuple[Columns, ColumnElement[bool]]:
        """The columns of the records that a link leads to, by an alias of their table, and which of them belongs to a record."""
        key, own = self._link(name)
        other = Columns(self.call, key, shape_of(self.call.release, key).table.alias(), self.as_definition)
        rule = self.rule(key, other.table)
        if rule.nothing or name in self.hidden:
            return other, false()
        is_seen = self.is_seen(name)
        conditions = rule.conditions if is_seen is None else (*rule.conditions, is_seen)
        return other, and_(other.table.c.id == own, other.table.c.deleted_at.is_(None), *conditions)

    def _link(self, name: str) -> tuple[str, ColumnElement[Any]]:
        """The entity that a link (or `parent`, in rows) points to, and the column that holds the id."""
        if name == "parent" and self.shape.entity.parent:
            return self.shape.entity.parent, self.table.c.parent_id
        target = self.shape.field(name).target
        if target is None:
            raise LookupError(f"{self.key}: {name} is not a link")
        return target.key, self.table.c[name]

    def rule(self, key: str, table: FromClause) -> RowRule:
        """The rows of another entity that may be seen from here."""
        return RowRule(False) if self.as_definition else readable(self.call, key, table)

    def rows(self, road: Road) -> Rows:
        """The rows of a list of the record, or of a record it links to."""
        return rows_of(self, road)
