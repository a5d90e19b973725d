"""The query builder: which records of an entity are meant, within the rights of the actor; lists, exports and figures share it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, and_, bindparam, false, func, select

from dougong.expressions.sql import to_sql
from dougong.fieldtypes.base import Invalid
from dougong.fieldtypes.texts import storable
from dougong.model.expression import Expression
from dougong.records.call import Call
from dougong.records.chunks import possible_ids
from dougong.records.kept import kept
from dougong.records.messages import refuse
from dougong.records.scope import condition
from dougong.records.searching import LONGEST_QUERY, found_by
from dougong.records.shape import Shape
from dougong.records.visible import Columns, Joins, readable, sql_context
from dougong.storage.search import Frequency
from dougong.storage.statements import Statement


@dataclass(slots=True)
class Selection:
    """Records of one entity: begins with every record the actor may use for `action`, and is narrowed from there."""

    call: Call
    shape: Shape
    action: str = "read"
    deleted: bool = False
    columns: Columns = field(init=False)
    _conditions: list[ColumnElement[bool]] = field(init=False)
    _filters: list[Expression] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        table = self.shape.table
        self.columns = Columns(self.call, self.shape.key, table)
        rule = readable(self.call, self.shape.key, table, self.action, living=not self.deleted)
        in_bin = table.c.deleted_at.is_not(None) if self.deleted else table.c.deleted_at.is_(None)
        self._conditions = [false()] if rule.nothing else [in_bin, *rule.conditions]

    @property
    def hidden(self) -> frozenset[str]:
        """The fields that the actor may not see."""
        return self.columns.hidden

    @property
    def conditions(self) -> tuple[ColumnElement[bool], ...]:
        """Everything that must hold for a record to be meant, for a statement that selects from its table alone."""
        return (*self._conditions, *self._filtered(None))

    def filter(self, given: str | Expression | None) -> Selection:
        """Keep the records for which a filter is true."""
        if given is not None and given != "":
            self._filters.append(condition(self.call, self.shape.key, given))
        return self

    def _filtered(self, joins: Joins | None) -> list[ColumnElement[bool]]:
        """The filters as conditions."""
        context = sql_context(self.call, self.shape.key, self.shape.table, joins=joins)
        return [to_sql(each, context, positive=True) for each in self._filters]

    def search(self, text: str | None, frequency: Frequency = Frequency.RARE) -> Selection:
        """Keep the records that a search finds; `frequency` says whether they are so many that a list is better walked in its order."""
        if text is not None and text.strip():
            check_query(self.call, text)
            own = self.columns
            found = found_by(
                self.call, self.shape, own.table, text, own.hidden, own.seen, own.veils, frequency
            )
            self._conditions.append(found)
        return self

    def where(self, given: ColumnElement[bool]) -> Selection:
        """Keep the records that meet a condition made by the platform itself."""
        self._conditions.append(given)
        return self

    def among(self, identifiers: Sequence[int]) -> Selection:
        """Keep the records with these ids."""
        return self.where(self.shape.table.c.id.in_(possible_ids(identifiers)))

    def translate(self, expression: Expression) -> ColumnElement[Any]:
        """An expression over these records as SQL, within the actor's rights."""
        return to_sql(expression, sql_context(self.call, self.shape.key, self.shape.table))

    def select(self, *columns: ColumnElement[Any]) -> Select[Any]:
        """A statement for these columns of the records meant."""
        joins = Joins(self.shape.table)
        conditions = [*self._conditions, *self._filtered(joins)]
        return select(*columns).select_from(joins.source).where(and_(*conditions))

    def count(self) -> int:
        """How many records are meant."""
        found: int = self.call.connection.execute(self.select(func.count())).scalar_one()
        return found


def stands(call: Call, shape: Shape, identifier: int, action: str = "read") -> bool:
    """Whether there is a living record with that id which the actor may use for the action."""
    if not possible_ids([identifier]):
        return False
    statement = kept(call, ("stands", shape.key, action), lambda: _stands(call, shape, action))
    return bool(statement.rows(call.connection, {"id": identifier}))


def _stands(call: Call, shape: Shape, action: str) -> Statement:
    own = shape.table.c.id
    selection = Selection(call, shape, action).where(own == bindparam("id", type_=BigInteger))
    return Statement(selection.select(own), call.dialect)


def check_query(call: Call, text: str) -> None:
    """Refuse what cannot be searched for."""
    if len(text) > LONGEST_QUERY or not is_storable(text):
        refuse("invalid", call.language, "bad_query", "q")


def is_storable(text: str) -> bool:
    """Whether every database can hold the text: no NUL, no half of a surrogate pair."""
    try:
        storable(text)
    except Invalid:
        return False
    return True
