"""The table of figures over other records, through Python, SQLite, PostgreSQL and, where the records are at hand, the browser."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from playwright.sync_api import Page
from sqlalchemy import Engine, select

from dougong.expressions import evaluate, to_sql
from dougong.expressions.portable import is_for_browser
from dougong.model.expression import Value
from tests.expressions import in_browser, world
from tests.expressions.compared import count
from tests.expressions.test_cases import read, shown, values

TABLE = Path(__file__).with_name("related.yaml")


@cache
def table() -> Mapping[str, Any]:
    found: Mapping[str, Any] = yaml.load(TABLE.read_text(encoding="utf-8"), yaml.BaseLoader)
    return found


def cases() -> list[tuple[str, str, str]]:
    """Every case as the name of its deal, its expression and its result."""
    return [
        (group["on"], text, result) for group in table()["cases"] for text, result in group["expect"].items()
    ]


@cache
def accounts() -> dict[int, dict[str, Value]]:
    return {int(key): values(world.ACCOUNT_FIELDS, written) for key, written in table()["accounts"].items()}


@cache
def deals() -> dict[str, dict[str, Value]]:
    found: dict[str, dict[str, Value]] = {}
    for number, (name, written) in enumerate(table()["deals"].items(), start=1):
        record = {"id": number, **values(world.FIELDS, written)}
        record["lines"] = [values(world.LINE_FIELDS, line) for line in written.get("lines", ())]
        record["partners"] = tuple(int(item) for item in written.get("partners", ()))
        for field, kind in world.LISTS.items():
            record[field] = tuple(read(kind, item) for item in written.get(field, ()))
        found[name] = record
    return found


@cache
def others() -> world.Others:
    """The records of the other entities, and the deals themselves, by key and id."""
    found: dict[str, dict[int, dict[str, Value]]] = {
        "t.deal": {record["id"]: record for record in deals().values()}
    }
    for key, written in table()["others"].items():
        fields = world.TABLES[key][1]
        found[key] = {int(identifier): _other(fields, each) for identifier, each in written.items()}
    return found


def _other(fields: Mapping[str, Any], written: Mapping[str, Any]) -> dict[str, Value]:
    plain = {name: text for name, text in written.items() if name != "deal"}
    record = values(fields, plain)
    if "deal" in written:
        record["deal"] = deals()[written["deal"]]["id"]
    if "gone" in written:
        record["gone"] = True
    if "items" in fields or "items" in written:
        record["items"] = [values(world.ITEM_FIELDS, item) for item in written["items"]]
    return record


@pytest.fixture(scope="module")
def filled(engines: dict[str, Engine]) -> dict[str, Engine]:
    for engine in engines.values():
        with engine.begin() as connection:
            for each in world.METADATA.sorted_tables:
                connection.execute(each.delete())
            world.store(connection, deals().values(), accounts(), others())
    return engines


def test_the_table_is_large() -> None:
    assert len(cases()) >= 200


def test_python() -> None:
    wrong = []
    for on, text, expected in cases():
        context = world.python_context(deals()[on], accounts(), others=others())
        found = shown(evaluate(world.compiled(text, sql=True), context))
        if found != expected:
            wrong.append(f"{on}: {text} is {found}, not {expected}")
    assert wrong == []
    count("cases", "python", len(cases()))


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_database(filled: dict[str, Engine], dialect: str) -> None:
    wrong = []
    with filled[dialect].connect() as connection:
        for on, text, expected in cases():
            element = to_sql(world.compiled(text, sql=True), world.sql_context(dialect))
            wanted = select(element).where(world.DEALS.c.id == deals()[on]["id"])
            found = shown(connection.execute(wanted).scalar_one())
            if found != expected:
                wrong.append(f"{on}: {text} is {found}, not {expected}")
    assert wrong == []
    count("cases", dialect, len(cases()))


def test_browser(page: Page, assets: Path) -> None:
    """A form holds its rows and the records that it links to; the rest is asked of the server."""
    compiled = {text: world.compiled(text) for _, text, _ in cases()}
    expressions = {text: each for text, each in compiled.items() if is_for_browser(each.tree)}
    assert len(expressions) >= 50
    engine = in_browser.opened(page, assets)
    records = list(deals().values())
    found = in_browser.by_browser(page, engine, list(expressions.values()), records, accounts())
    by_text = dict(zip(expressions, found, strict=True))
    column = {name: at for at, name in enumerate(deals())}
    wrong = [
        f"{on}: {text} is {shown(by_text[text][column[on]])}, not {expected}"
        for on, text, expected in cases()
        if text in by_text and shown(by_text[text][column[on]]) != expected
    ]
    assert wrong == []
    count("cases", "browser", sum(text in by_text for _, text, _ in cases()))
