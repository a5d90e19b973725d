"""What an expression is computed with: the record and person at hand, the day, the zone; or the columns of a query."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, FromClause

from dougong.model.calendar import PLAIN
from dougong.model.expression import Step, Value


class ActorFacts(Protocol):
    """What expressions ask about the person who acts (`people.Actor` has it all)."""

    @property
    def id(self) -> int: ...
    @property
    def is_admin(self) -> bool: ...
    @property
    def roles(self) -> Set[tuple[str, str]]: ...
    @property
    def department_ids(self) -> Any: ...
    @property
    def main_department_id(self) -> int | None: ...
    @property
    def subordinate_ids(self) -> Any: ...
    @property
    def department_tree_ids(self) -> Any: ...
    @property
    def teammate_ids(self) -> Any: ...
    @property
    def company(self) -> tuple[str, int] | None: ...


def _unrelated(entity_key: str, identifier: int) -> Mapping[str, Value] | None:
    return None


def _unlisted(
    step: Step, record: Mapping[str, Value], keys: tuple[tuple[str, Value], ...]
) -> Sequence[Value]:
    return ()


Listed = Callable[[Step, Mapping[str, Value], tuple[tuple[str, Value], ...]], Sequence[Value]]


@dataclass(frozen=True, slots=True)
class EvaluationContext:
    """One record and its surroundings. `related` gives a linked record, or None when there is none or it may not be read.

    `listed(step, record, keys)` gives the living records that a step leads to, in their order, where the record does not hold
    them itself; those whose fields do not have the values of `keys` may be left out.

    `record` holds the values of the fields as `model.expression.Value` says; a missing name is empty. In rows of a sub-table
    the value of `parent` is the mapping of the record they belong to. `calendar` is that of the company, as `model.calendar` writes it.
    """

    record: Mapping[str, Value]
    actor: ActorFacts | None
    today: date
    now: datetime
    timezone: str = "UTC"
    related: Callable[[str, int], Mapping[str, Value] | None] = _unrelated
    listed: Listed = _unlisted
    calendar: str = PLAIN


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a list in a query: where they come from, which belong to the record at hand, and their columns.

    `column(names)` is the column of a field of a row (over links too), `column(())` the item itself: the id of the linked
    record or member, or the id of the option. `order` is the order of the rows, `rows(names)` a list of a row.
    """

    source: FromClause
    condition: ColumnElement[bool]
    column: Callable[[tuple[str, ...]], ColumnElement[Any]]
    order: tuple[ColumnElement[Any], ...] = ()
    rows: Callable[[tuple[str, ...]], Rows] | None = None


@dataclass(frozen=True, slots=True)
class SqlContext:
    """The columns a translation uses. `column(path)` is the column of a field of the record or, by a correlated scalar subquery,
    of a linked one. `rows(path)` is a list: a sub-table, links, records that link to it, all of an entity, members or choices."""

    dialect: str
    column: Callable[[tuple[str, ...]], ColumnElement[Any]]
    actor: ActorFacts | None
    today: date
    now: datetime
    timezone: str = "UTC"
    rows: Callable[[tuple[str, ...]], Rows] | None = None
    calendar: str = PLAIN


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    """The time zone of that IANA name."""
    return ZoneInfo(name)
