"""What expressions cost: twenty formulas of a form in Python, conditions and sums in SQL beside statements written by hand."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, func, insert, select, text

from dougong.expressions import compile_expression
from dougong.expressions.evaluate import Evaluator
from dougong.expressions.fold import folded
from dougong.expressions.postgresql import PostgreSQL
from dougong.expressions.sqlite import SQLite
from dougong.expressions.syntax import parse
from dougong.model.expression import Expression
from tests.expressions import world
from tests.expressions.hostile import HOSTILE
from tests.performance import bars
from tests.performance.bars import Measured

FORMULAS = (
    "SUM(lines.quantity * lines.price)",
    "ROUND(SUM(lines.quantity * lines.price) * 0.13, 2)",
    "COUNT(lines)",
    "MAX(lines.price)",
    "ROUND(a * (1 - b), 2)",
    "a * c",
    "IF(a > 10000, 'large', IF(a > 1000, 'middle', 'small'))",
    "stage.probability * a",
    "IF(stage.outcome = 'won', a, 0)",
    "t & ' / ' & u",
    "UPPER(LEFT(t, 2))",
    "DATEDIF(d, e, 'D')",
    "DATEADD(d, 1, 'month')",
    "YEAR(d)",
    "DATEDIF(d, TODAY(), 'D') > 30",
    "account.limit - a",
    "a > account.limit AND NOT f",
    "grade IN ('a', 'b') AND a > 100",
    "COALESCE(w, a, 0)",
    "IFERROR(a / c, 0)",
)
"""What a quote with five lines shows while it is filled in."""
RECORDS = 400
LINES = 5
DEALS_A_CHUNK = 5_000
GRADES = ("a", "b", "c", None)

Statement = tuple[str, str, str, str]
CONDITIONS: tuple[Statement, ...] = (
    (
        bars.SQL_FILTER,
        "a > 900 AND grade = 'b' AND f",
        "SELECT count(*) FROM deal WHERE a > 90000 AND grade = 'b' AND f",
        "SELECT count(*) FROM deal WHERE a > 900 AND grade = 'b' AND f",
    ),
    (
        bars.SQL_CONDITION,
        "IF(a > 500, b > 1, c < 5) OR t LIKE 'x%'",
        "SELECT count(*) FROM deal WHERE CASE WHEN a > 50000 THEN b > 10000 ELSE c < 5 END OR t LIKE 'x%'",
        "SELECT count(*) FROM deal WHERE CASE WHEN a > 500 THEN b > 1 ELSE c < 5 END OR t ILIKE 'x%'",
    ),
    (
        bars.SQL_ROWS,
        "SUM(lines.price) > 500",
        "SELECT count(*) FROM deal WHERE (SELECT sum(price) FROM deal_line WHERE parent_id = deal.id) > 50000",
        "SELECT count(*) FROM deal WHERE (SELECT sum(price) FROM deal_line WHERE parent_id = deal.id) > 500",
    ),
)
SUMS: tuple[Statement, ...] = (
    (bars.SQL_SUM, "SUM(a)", "SELECT sum(a) FROM deal", "SELECT sum(a) FROM deal"),
    (
        bars.SQL_SUM_IF,
        "SUM(a, grade = 'b')",
        "SELECT sum(CASE WHEN grade = 'b' THEN a END) FROM deal",
        "SELECT sum(a) FILTER (WHERE grade = 'b') FROM deal",
    ),
)


def deal(number: int) -> dict[str, Any]:
    """A record, the same in every run."""
    lines = [
        {
            "id": line,
            "position": line,
            "quantity": Decimal(line),
            "price": Decimal(number * line % 400),
            "note": "x",
        }
        for line in range(1, LINES + 1)
    ]
    return {
        "id": number,
        "a": Decimal(number * 7919 % 100_000) / 100,
        "b": Decimal(number * 31 % 40_000) / 10_000,
        "c": Decimal(number % 10),
        "t": f"{'xyz'[number % 3]}-{number}",
        "u": "产线改造",
        "d": date(2026, 1, 1) + timedelta(days=number % 300),
        "e": date(2026, 11, 22),
        "m": datetime(2026, 1, 1, tzinfo=UTC),
        "f": number % 2 == 0,
        "g": None,
        "stage": ("new", "proposal", "won", "lost")[number % 4],
        "grade": GRADES[number % 4],
        "owner": 7,
        "account": 1,
        "lines": lines,
    }


ACCOUNT = {"name": "青禾岭", "limit": Decimal(500), "since": date(2020, 1, 1), "manager": 8}


def in_python() -> Iterator[Measured]:
    """Microseconds of the processor that the formulas take for a record, and milliseconds that compiling them takes."""
    yield Measured(bars.COMPILE, _best(_compile, 5) * 1000, None)
    formulas = [world.compiled(each) for each in FORMULAS]
    records = [deal(number) for number in range(1, RECORDS + 1)]
    evaluator = Evaluator(world.python_context({}, {1: ACCOUNT}))

    def evaluate() -> None:
        for record in records:
            for formula in formulas:
                evaluator.value(formula, record)

    yield Measured(bars.PYTHON, _best(evaluate, 9) / RECORDS * 1_000_000, None, "µs")
    yield Measured(bars.REFUSAL, max(_best(_refused(each), 3) for each, _ in HOSTILE.values()) * 1000, None)


def _compile() -> None:
    parse.cache_clear()
    for each in FORMULAS:
        assert isinstance(compile_expression(each, world.scope()), Expression)


def _refused(hostile: str) -> Callable[[], None]:
    def refuse() -> None:
        parse.cache_clear()
        compile_expression(hostile, world.scope(), sql=True)

    return refuse


def _best(work: Callable[[], object], times: int) -> float:
    """The least processor time of some runs: what else the machine does only ever adds to it."""
    found = []
    for _ in range(times):
        began = time.process_time()
        work()
        found.append(time.process_time() - began)
    return min(found)


def in_sql(url: str, rows: int, times: int = 15) -> Iterator[Measured]:
    """The translated statement beside the one that is written by hand; both must find the same."""
    engine = world.engine(url)
    with engine.begin() as connection:
        _fill(connection, rows)
    with engine.connect() as connection:
        lite = connection.dialect.name == "sqlite"
        if not lite:
            connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("VACUUM (ANALYZE)")
        translator = (SQLite if lite else PostgreSQL)(world.sql_context(connection.dialect.name))
        for name, written, for_sqlite, for_postgresql in (*CONDITIONS, *SUMS):
            is_sum = written.startswith("SUM(a")
            tree = folded(
                world.compiled(written, sql=True, aggregate=is_sum).tree,
                world.sql_context(connection.dialect.name),
            )
            ours = (
                select(translator.result(tree)).select_from(world.DEALS)
                if is_sum
                else select(func.count()).select_from(world.DEALS).where(translator.result(tree))
            )
            theirs = text(for_sqlite if lite else for_postgresql)
            yield beside(connection, name, ours, theirs, times)
    engine.dispose()


def beside(connection: Connection, name: str, ours: Any, theirs: Any, times: int) -> Measured:
    """Both in turn, so that what the machine does meanwhile meets both."""
    found = {True: connection.execute(ours).scalar_one(), False: connection.execute(theirs).scalar_one()}
    scaled = found[True] != found[False] and found[True] * 100 == found[False]
    assert found[True] == found[False] or scaled, f"{name}: {found}"
    seconds: Mapping[bool, list[float]] = {True: [], False: []}
    for _ in range(times):
        for is_ours, statement in ((True, ours), (False, theirs)):
            began = time.perf_counter()
            connection.execute(statement).scalar_one()
            seconds[is_ours].append(time.perf_counter() - began)
    return Measured(name, statistics.median(seconds[True]) * 1000, statistics.median(seconds[False]) * 1000)


def _fill(connection: Connection, rows: int) -> None:
    for first in range(1, rows + 1, DEALS_A_CHUNK):
        numbers = range(first, min(first + DEALS_A_CHUNK, rows + 1))
        made = [deal(number) for number in numbers]
        columns = {"id", *world.FIELDS}
        connection.execute(insert(world.DEALS), [{name: each.get(name) for name in columns} for each in made])
        blank = dict.fromkeys(world.LINE_FIELDS)
        lines = [
            {**blank, "id": each["id"] * 10 + line["id"], "parent_id": each["id"], "price": line["price"]}
            for each in made
            for line in each["lines"][:2]
        ]
        connection.execute(insert(world.LINES), lines)
    connection.exec_driver_sql("CREATE INDEX line_parent ON deal_line (parent_id)")
