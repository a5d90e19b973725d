"""Filtered lists in an order that an index gives: page after page the same records, and no more read than a page needs."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from sqlalchemy import BindParameter, bindparam

from dougong.records.create import create_many
from dougong.records.order import order_keys, parse_sort
from dougong.records.query import Query, list_records
from dougong.records.selection import Selection
from dougong.records.shape import shape_of
from dougong.records.walking import is_walked, walk
from tests.installed import Installed, open_database, publish
from tests.servers.databases import DIALECTS, Databases

SOURCES = {
    "app.yaml": "id: pile\nversion: 1.0.0\nlabel: {en: Pile, zh: 堆}\n",
    "entities/stone.yaml": """
label: {en: Stone, zh: 石}
fields:
  name: {type: text}
  colour: {type: choice, options: {red: {label: Red}, grey: {label: Grey}, blue: {label: Blue}}}
  found_on: {type: date}
  weight: {type: integer}
""",
    "views/stone.yaml": """
views:
  old: {label: {en: Old, zh: 旧}, columns: [name], sort: [found_on]}
  heavy: {label: {en: Heavy, zh: 重}, columns: [name], sort: ["-weight"]}
""",
}
STONES = 6000
COMMON = "colour = 'grey'"
KEPT: dict[str, Callable[[Mapping[str, Any]], bool]] = {
    COMMON: lambda values: values["colour"] == "grey",
    "colour = 'blue'": lambda values: values["colour"] == "blue",
    "found_on IS EMPTY": lambda values: values["found_on"] is None,
    "name = 'nobody'": lambda values: False,
}


@pytest.fixture(scope="module", params=DIALECTS)
def pile(request: pytest.FixtureRequest, databases: Databases) -> Iterator[Installed]:
    """Stones of two common colours, and a few blue ones; some were found nobody knows when."""
    url = databases.fresh(request.param)
    database = open_database(url)
    publish(database, SOURCES)
    installed = Installed(database)
    chance = random.Random(11)
    for start in range(0, STONES, 2000):
        with installed.writing() as call:
            create_many(call, "pile.stone", [_stone(chance, start + each) for each in range(2000)])
    yield installed
    database.dispose()
    databases.drop(url)


def _stone(chance: random.Random, number: int) -> dict[str, Any]:
    stone: dict[str, Any] = {
        "name": f"S{number}",
        "colour": "blue" if number % 300 == 7 else chance.choice(["red", "grey"]),
    }
    if number % 7:
        stone["found_on"] = f"20{chance.randrange(10, 40)}-0{chance.randrange(1, 10)}-11"
    if number % 5:
        stone["weight"] = chance.randrange(900)
    return stone


@pytest.mark.parametrize(
    "sort", ["found_on", "-found_on", "-weight", "weight", "-updated_at", "updated_at", "name"]
)
@pytest.mark.parametrize("condition", KEPT)
def test_pages_hold_every_record_once_and_in_order(pile: Installed, condition: str, sort: str) -> None:
    found: list[Any] = []
    cursor = None
    with pile.reading() as call:
        everything = [
            record
            for offset in range(0, STONES, 1000)
            for record in list_records(call, "pile.stone", Query(sort=sort, limit=1000, offset=offset)).rows
        ]
        while True:
            page = list_records(
                call, "pile.stone", Query(filter=condition, sort=sort, limit=400, cursor=cursor)
            )
            found += [record.id for record in page.rows]
            cursor = page.next_cursor
            if cursor is None:
                break
    assert found == [record.id for record in everything if KEPT[condition](record.values)]


@pytest.mark.parametrize("pile", ["sqlite"], indirect=True)
@pytest.mark.parametrize("sort", ["found_on", "-found_on", "-updated_at"])
def test_a_page_of_a_common_value_reads_few_records(pile: Installed, sort: str) -> None:
    query = Query(filter=COMMON, sort=sort, limit=25)
    steps = [0]

    def counted() -> int:
        steps[0] += 1
        return 0

    with pile.reading() as call:
        list_records(call, "pile.stone", query)
        driver: Any = call.connection.connection.driver_connection
        driver.set_progress_handler(counted, 100)
        try:
            list_records(call, "pile.stone", query)
        finally:
            driver.set_progress_handler(None, 0)
    assert steps[0] < 50, "reading all grey stones takes more than 600 times a hundred steps"


@pytest.mark.parametrize("pile", ["postgresql"], indirect=True)
@pytest.mark.parametrize("sort", ["found_on", "-found_on", "-weight", "weight"])
def test_the_order_comes_from_an_index_both_ways(pile: Installed, sort: str) -> None:
    with pile.reading() as call:
        selection = Selection(call, shape_of(pile.release, "pile.stone")).filter(COMMON)
        keys = order_keys(call, selection.columns, parse_sort(sort))
        assert is_walked(selection, keys) == (sort in ("-found_on", "weight"))
        columns = [selection.shape.table.c.id]
        limit: BindParameter[int] = bindparam("limit", 26)
        if is_walked(selection, keys):
            page = walk(selection, keys, columns, limit, ())
        else:
            page = selection.select(*columns).order_by(*(key.clause() for key in keys)).limit(limit)
        driver = call.connection.dialect
        text_ = str(page.compile(dialect=driver, compile_kwargs={"literal_binds": True}))
        call.connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        call.connection.exec_driver_sql("SET LOCAL enable_bitmapscan = off")
        shown = call.connection.exec_driver_sql("EXPLAIN " + text_.replace("%", "%%")).scalars().all()
    assert any(line.strip().startswith("Presorted Key") for line in shown), "\n".join(shown)
