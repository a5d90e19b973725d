"""The shared table of cases, through Python, SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import Engine, select

from dougong.expressions import evaluate, to_sql
from dougong.expressions.values import plain
from dougong.model.calendar import PLAIN
from dougong.model.expression import Type, Value
from tests.expressions import world
from tests.expressions.compared import count

TABLE = Path(__file__).with_name("cases.yaml")


@cache
def table() -> Mapping[str, Any]:
    found: Mapping[str, Any] = yaml.load(TABLE.read_text(encoding="utf-8"), yaml.BaseLoader)
    return found


@dataclass(frozen=True)
class Surroundings:
    """Where the cases are computed that need another time zone or calendar than the rest."""

    zone: str = world.ZONE
    calendar: str = PLAIN


def cases() -> list[tuple[str, str, str]]:
    """Every case as the name of its record, its expression and its result."""
    listed = [
        (group["on"], text, result) for group in table()["cases"] for text, result in group["expect"].items()
    ]
    return listed + varied(table()["vary"])


def elsewhere() -> list[tuple[Surroundings, str, str, str]]:
    """The cases of other surroundings."""
    return [
        (Surroundings(group.get("zone", world.ZONE), group.get("calendar", PLAIN)), *case)
        for group in table()["elsewhere"]
        for case in varied(group["vary"])
    ]


def varied(groups: Sequence[Mapping[str, Any]]) -> list[tuple[str, str, str]]:
    """One case for every line of an expression over many values."""
    return [
        (f"{group['over']}: {line}", group["text"], result)
        for group in groups
        for line, result in group["gives"].items()
    ]


def varying() -> dict[str, dict[str, str]]:
    """The records of such lines, by name: each has values in a few fields only."""
    groups = [*table()["vary"], *(each for group in table()["elsewhere"] for each in group["vary"])]
    found: dict[str, dict[str, str]] = {}
    for group in groups:
        fields = group["over"].split(", ")
        for line in group["gives"]:
            values_of_line = line.split(" | ")
            assert len(values_of_line) == len(fields), line
            pairs = zip(fields, values_of_line, strict=True)
            found[f"{group['over']}: {line}"] = {field: text for field, text in pairs if text != "EMPTY"}
    return found


def read(kind: Type, written: str) -> Value:
    """A value of the table."""
    if kind.kind == "number":
        return Decimal(written)
    if kind.kind in ("record", "member"):
        return int(written)
    if kind.kind == "date":
        return date.fromisoformat(written)
    if kind.kind == "datetime":
        return datetime.fromisoformat(written)
    return written == "TRUE" if kind.kind == "boolean" else written


def values(fields: Mapping[str, tuple[Type, Any]], written: Mapping[str, str]) -> dict[str, Value]:
    return {key: read(fields[key][0], text) for key, text in written.items() if key in fields}


@cache
def accounts() -> dict[int, dict[str, Value]]:
    return {int(key): values(world.ACCOUNT_FIELDS, written) for key, written in table()["accounts"].items()}


@cache
def records() -> dict[str, dict[str, Value]]:
    found: dict[str, dict[str, Value]] = {}
    for number, (name, written) in enumerate((table()["records"] | varying()).items(), start=1):
        record = {"id": number, **values(world.FIELDS, written)}
        record["lines"] = [values(world.LINE_FIELDS, line) for line in written.get("lines", ())]
        for field, kind in world.LISTS.items():
            record[field] = tuple(read(kind, item) for item in written.get(field, ()))
        found[name] = record
    return found


def shown(value: Value) -> str:
    """A result as the table writes it."""
    if value is None:
        return "EMPTY"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, Decimal)):
        return plain(Decimal(value))
    return f"'{value}'" if isinstance(value, str) else str(value.isoformat())


@pytest.fixture(scope="module")
def filled(engines: dict[str, Engine]) -> dict[str, Engine]:
    for engine in engines.values():
        with engine.begin() as connection:
            for each in world.METADATA.sorted_tables:
                connection.execute(each.delete())
            world.store(connection, records().values(), accounts())
    return engines


def test_the_table_is_large() -> None:
    assert len(cases()) + len(elsewhere()) >= 1000
    assert {"SUM", "DATEDIF", "LIKE", "BETWEEN"} <= {
        word for _, text, _ in cases() for word in text.replace("(", " ").split()
    }


@pytest.mark.parametrize(("on", "text", "expected"), cases(), ids=lambda part: part[:60])
def test_python(on: str, text: str, expected: str) -> None:
    expression = world.compiled(text, sql=True)
    assert shown(evaluate(expression, world.python_context(records()[on], accounts()))) == expected
    count("cases", "python", 1)


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_database(filled: dict[str, Engine], dialect: str) -> None:
    """All cases in one test: a query takes a fraction of a millisecond, a test of its own does not."""
    wrong = []
    with filled[dialect].connect() as connection:
        for on, text, expected in cases():
            element = to_sql(world.compiled(text, sql=True), world.sql_context(dialect))
            found = connection.execute(
                select(element).where(world.DEALS.c.id == records()[on]["id"])
            ).scalar_one()
            if shown(found) != expected:
                wrong.append(f"{on}: {text} is {shown(found)}, not {expected}")
    assert wrong == []
    count("cases", dialect, len(cases()))


@pytest.mark.parametrize(("around", "on", "text", "expected"), elsewhere(), ids=lambda part: str(part)[:60])
def test_python_elsewhere(around: Surroundings, on: str, text: str, expected: str) -> None:
    context = world.python_context(records()[on], accounts())
    context = replace(context, timezone=around.zone, calendar=around.calendar)
    assert shown(evaluate(world.compiled(text, sql=True), context)) == expected
    count("cases", "python", 1)


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_database_elsewhere(filled: dict[str, Engine], dialect: str) -> None:
    wrong = []
    with filled[dialect].connect() as connection:
        for around, on, text, expected in elsewhere():
            context = replace(world.sql_context(dialect), timezone=around.zone, calendar=around.calendar)
            element = to_sql(world.compiled(text, sql=True), context)
            wanted = select(element).where(world.DEALS.c.id == records()[on]["id"])
            found = connection.execute(wanted).scalar_one()
            if shown(found) != expected:
                wrong.append(f"{around} {on}: {text} is {shown(found)}, not {expected}")
    assert wrong == []
    count("cases", dialect, len(elsewhere()))


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_conditions_filter_alike(filled: dict[str, Engine], dialect: str) -> None:
    """As a filter a condition keeps exactly the records for which it is true, and its negation those for which it is false."""
    wrong = []
    texts = {text for _, text, result in cases() if result in ("TRUE", "FALSE")}
    with filled[dialect].connect() as connection:
        for text in sorted(texts):
            for condition, wanted in ((text, True), (f"NOT ({text})", False)):
                element = to_sql(world.compiled(condition, sql=True), world.sql_context(dialect))
                kept = set(connection.scalars(select(world.DEALS.c.id).where(element)))
                plain_expression = world.compiled(text)
                holds = {
                    record["id"]
                    for record in records().values()
                    if evaluate(plain_expression, world.python_context(record, accounts())) is wanted
                }
                if kept != holds:
                    wrong.append(f"{condition} keeps {kept}, not {holds}")
    assert wrong == []
