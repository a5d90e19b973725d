"""How long a plan would take, and who waits meanwhile: row counts by rates that were measured, no more than an estimate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from dougong.storage import counting
from dougong.storage.operations import (
    AddColumn,
    AddIndex,
    ChangeReference,
    ChangeType,
    FillValues,
    Operation,
    RebuildSearch,
)
from dougong.storage.schema import TableSpec
from dougong.storage.wording import say

_RATES: Mapping[type[Operation], Mapping[str, int]] = {
    AddColumn: {"sqlite": 1_500_000, "postgresql": 150_000},
    AddIndex: {"sqlite": 1_500_000, "postgresql": 350_000},
    ChangeReference: {"sqlite": 1_500_000, "postgresql": 50_000_000},
    ChangeType: {"sqlite": 60_000, "postgresql": 25_000},
    FillValues: {"sqlite": 50_000, "postgresql": 20_000},
    RebuildSearch: {"sqlite": 50_000, "postgresql": 30_000},
}
"""Rows a second, on two cores with a table of eight columns: by the step and the database. PostgreSQL only counts the rows under a
changed foreign key; it looks at them afterwards, when nobody waits."""
_COMPUTED = {"sqlite": 25_000, "postgresql": 12_000}
"""Records a second whose formulas are worked out."""
_NUMBERED = {"sqlite": 10_000, "postgresql": 5_000}
"""Records a second that get a serial number."""
_SHORT = 1.0
"""Seconds below which nobody needs to be told."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """Seconds that applying would take, the tables that are locked for as long, and the indexes that are made."""

    seconds: float = 0.0
    tables: tuple[str, ...] = ()
    indexes: tuple[str, ...] = ()
    dialect: str = "sqlite"

    @property
    def is_noticeable(self) -> bool:
        """Whether anybody would notice."""
        return self.seconds >= _SHORT

    def describe(self, language: str) -> str:
        """The estimate in a sentence."""
        key = "quick" if not self.is_noticeable else f"takes:{self.dialect}"
        seconds = f"{self.seconds:,.0f}"
        return say(key, language, seconds=seconds, tables=say("comma", language).join(self.tables))


def estimate(
    operations: Iterable[Operation], connection: Connection, computed: Iterable[TableSpec] = ()
) -> Estimate:
    """The estimate for all steps of a plan together; `computed` are the tables whose formulas are worked out anew."""
    dialect = connection.dialect.name
    counted: dict[str, int] = {}
    seconds = 0.0
    locked: dict[str, None] = {}
    indexes: list[str] = []
    for each in operations:
        if each.before is not None and each.before.kind != "search":
            locked[each.before.key] = None
        if isinstance(each, AddIndex):
            indexes.append(f"{each.table.key}: {', '.join(each.index.fields)}")
        rates = _rates(each)
        source = each.records if isinstance(each, RebuildSearch) else each.before
        if rates is not None and source is not None:
            seconds += _rows(connection, source, counted) / rates[dialect]
    for table in computed:
        locked[table.key] = None
        seconds += _rows(connection, table, counted) / _COMPUTED[dialect]
    return Estimate(seconds, tuple(locked), tuple(indexes), dialect)


def _rates(operation: Operation) -> Mapping[str, int] | None:
    """The rates of a step that goes over all rows; a column without values for them is added at once."""
    if isinstance(operation, AddColumn) and operation.numbered:
        return _NUMBERED
    if isinstance(operation, AddColumn) and operation.default is None:
        return None
    return _RATES.get(type(operation))


def _rows(connection: Connection, table: TableSpec, counted: dict[str, int]) -> int:
    """Rows of a recorded table; one that is only about to be made, or renamed, has none that could be counted."""
    if table.name not in counted:
        known = counting.exists(connection, table.name)
        counted[table.name] = counting.rows_of(connection, table.name) if known else 0
    return counted[table.name]
