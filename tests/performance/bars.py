"""What the figures of `make bench` must reach; a run that misses one of these bars ends with exit status 1."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

LIST, FILTERED, CURSOR, OFFSET, SEARCH = (
    "list of 25, open ones",
    "… filtered, by another date",
    "… far behind, by cursor",
    "… far behind, by offset",
    "… found by two characters",
)
ONE, PAGE, SUM, CREATE, UPDATE, IMPORT, MEMORY = (
    "one record",
    "list as a page, beside the API",
    "grouped sum",
    "create",
    "update",
    "import",
    "memory of the import",
)
PYTHON, COMPILE, REFUSAL = (
    "20 formulas of a record in Python",
    "… compiled",
    "the worst expression, refused",
)
SQL_FILTER, SQL_CONDITION, SQL_ROWS, SQL_PATH, SQL_ROLL_UP, SQL_WHERE, SQL_SUM, SQL_SUM_IF = (
    "filter as SQL, over all rows",
    "… with branches and LIKE",
    "… by a sum over sub-table rows",
    "… by a field of a linked record",
    "… by a sum over records that link to it",
    "… by a count of them with WHERE",
    "sum as SQL",
    "… with a condition",
)
KEYSTROKE, EVERY_ROW = "a keystroke, 200 rows in a browser", "… on which every row depends"
IN_SQL = (SQL_FILTER, SQL_CONDITION, SQL_ROWS, SQL_PATH, SQL_ROLL_UP, SQL_WHERE, SQL_SUM, SQL_SUM_IF)


@dataclass(frozen=True, slots=True)
class Measured:
    """One line of the table, in a unit: `ms` of a request, `µs` of a record, `rows/s` or `MB` of an import."""

    name: str
    dougong: float
    bare: float | None
    unit: str = "ms"

    @property
    def ratio(self) -> float | None:
        """How many times the bare application is faster."""
        if self.bare is None:
            return None
        return self.bare / self.dougong if self.unit == "rows/s" else self.dougong / self.bare


@dataclass(frozen=True, slots=True)
class Bar:
    """The most that a figure may be: times the bare application, in its unit by database, times another line."""

    ratio: float | None = None
    most: Mapping[str, float] | None = None
    least: float | None = None
    times: tuple[float, str] | None = None


_QUICK = MappingProxyType({"SQLite": 2.0, "PostgreSQL": 4.0})
_KEYSTROKE = MappingProxyType({"SQLite": 2.0, "PostgreSQL": 2.0})
_MILLION = MappingProxyType({"SQLite": 20.0, "PostgreSQL": 20.0})
BARS: Mapping[str, Bar] = MappingProxyType(
    {
        LIST: Bar(ratio=5, most=_QUICK),
        FILTERED: Bar(ratio=5, most=_QUICK),
        # A quarter more than the first page is the noise of a median on a shared machine.
        CURSOR: Bar(times=(1.25, LIST)),
        OFFSET: Bar(ratio=2),
        SEARCH: Bar(most=_MILLION),
        ONE: Bar(ratio=5),
        PAGE: Bar(ratio=3),
        SUM: Bar(ratio=1.3),
        CREATE: Bar(ratio=6),
        UPDATE: Bar(ratio=6),
        IMPORT: Bar(least=15_000),
        PYTHON: Bar(most=MappingProxyType({"SQLite": 100.0, "PostgreSQL": 100.0})),
        COMPILE: Bar(most=MappingProxyType({"SQLite": 100.0, "PostgreSQL": 100.0})),
        REFUSAL: Bar(most=MappingProxyType({"SQLite": 100.0, "PostgreSQL": 100.0})),
        KEYSTROKE: Bar(most=_KEYSTROKE),
        EVERY_ROW: Bar(most=_KEYSTROKE),
        **dict.fromkeys(IN_SQL, Bar(ratio=1.5)),
        MEMORY: Bar(most=MappingProxyType({"SQLite": 300.0, "PostgreSQL": 300.0})),
    }
)


def missed(database: str, found: Sequence[Measured]) -> Iterator[str]:
    """What a run falls short of, in words."""
    by_name = {each.name: each for each in found}
    for each in found:
        bar = BARS[each.name]
        where = f"{database}, {each.name}"
        if bar.ratio is not None and each.ratio is not None and round(each.ratio, 1) > bar.ratio:
            yield f"{where}: {each.ratio:.1f}× of the bare application, at most {bar.ratio}×"
        if bar.most is not None and each.dougong > bar.most[database]:
            yield f"{where}: {each.dougong:.2f} {each.unit}, at most {bar.most[database]:g}"
        if bar.least is not None and each.dougong < bar.least:
            yield f"{where}: {each.dougong:,.0f} {each.unit}, at least {bar.least:,.0f}"
        if bar.times is not None and each.dougong > bar.times[0] * by_name[bar.times[1]].dougong:
            yield f"{where}: more than {bar.times[0]}× of “{bar.times[1]}”"
