"""Eight writers at the same moment, through API, batch and import: a bound over other records holds for all of them together."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from dougong.diagnostics import Refusal
from dougong.records.create import create
from dougong.records.import_ import Options, run
from dougong.records.query import Query, list_records
from dougong.records.update import update
from tests.installed import Installed
from tests.rules.test_bounds_over_others import SOURCES as DEPOT
from tests.servers.databases import DIALECTS, Databases
from tests.web_server import Server, serving_app

WRITERS = 8
SOURCES = {
    **DEPOT,
    "entities/stay.yaml": """
label: Stay
fields:
  product: {type: link, to: product}
  quantity: {type: decimal, decimals: 2}
rules:
  - check: "SUM(ALL(stay).quantity WHERE product = this.product) >= 10"
    message: {en: Something must stay}
    on: [delete]
""",
}
Writer = Callable[[int], str]
"""Writes one record of its number; the answer is what refused it."""


@pytest.fixture(scope="module", params=DIALECTS)
def server(
    request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    with serving_app(databases, request.param, SOURCES, tmp_path_factory.mktemp("depot")) as started:
        yield started


def at_once(writers: list[Writer]) -> Counter[str]:
    """Let all write at the same moment; how often each answer came."""
    together, answers = threading.Barrier(len(writers)), list[str]()

    def write(number: int, writer: Writer) -> None:
        together.wait(60)
        answers.append(writer(number))

    threads = [threading.Thread(target=write, args=each) for each in enumerate(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert len(answers) == len(writers)
    return Counter(answers)


def _answered(answer: Any) -> str:
    return "" if answer.status_code < 300 else str(answer.json["errors"][0]["message"])


def writers_of(server: Server, folder: Path, entity: str, values: dict[str, Any]) -> list[Writer]:
    """Eight writers of the same values: three by the API, two by batches, two by imports, one by the verb."""
    house = Installed(server.database)
    key = f"depot.{entity}"

    def api(number: int) -> str:
        return _answered(server.api("ada")("POST", f"/depot/{entity}", values))

    def batch(number: int) -> str:
        body = {"operations": [{"action": "create", "values": values}]}
        return _answered(server.api("ada")("POST", f"/depot/{entity}/batch", body))

    def file(number: int) -> str:
        path = folder / f"{entity}-{number}.csv"
        path.write_text(f"{','.join(values)}\n{','.join(values.values())}\n", encoding="utf-8")
        result = run(house.database, house.release, house.people["ada"], key, path, Options(), language="en")
        return "" if result.counts.added else result.failures[0].problems[0].message

    def verb(number: int) -> str:
        try:
            with house.writing("ada") as call:
                create(call, key, values)
        except Refusal as refusal:
            return refusal.problems[0].message
        return ""

    return [api, api, api, batch, batch, file, file, verb]


def total(house: Installed, key: str, field: str, owner: tuple[str, int]) -> Decimal:
    with house.reading("ada") as call:
        rows = list_records(call, key, Query(filter=f"{owner[0]} = {owner[1]}", limit=100)).rows
    return sum((row.values[field] for row in rows), Decimal(0))


def test_stock_never_falls_below_nothing(server: Server, tmp_path: Path) -> None:
    house = Installed(server.database)
    with house.writing("ada") as call:
        bolt = create(call, "depot.product", {"name": "Bolt at once"}).id
        create(call, "depot.move", {"product": bolt, "quantity": "10"})
    writers = writers_of(server, tmp_path, "move", {"product": str(bolt), "quantity": "-3"})
    assert at_once(writers) == {"": 3, "Not enough in stock": 5}
    assert total(house, "depot.move", "quantity", ("product", bolt)) == 1


def test_a_budget_is_spent_once(server: Server, tmp_path: Path) -> None:
    house = Installed(server.database)
    with house.writing("ada") as call:
        fair = create(call, "depot.budget", {"name": "Fair", "amount": "100"}).id
    writers = writers_of(server, tmp_path, "expense", {"budget": str(fair), "amount": "30"})
    assert at_once(writers) == {"": 3, "Beyond the budget by 20": 5}
    assert total(house, "depot.expense", "amount", ("budget", fair)) == 90


def test_changes_count_like_creations(server: Server) -> None:
    house = Installed(server.database)
    with house.writing("ada") as call:
        fair = create(call, "depot.budget", {"name": "Changed", "amount": "100"}).id
        small = [create(call, "depot.expense", {"budget": fair, "amount": "1"}).id for _ in range(WRITERS)]

    def api(number: int) -> str:
        return _answered(server.api("ada")("PATCH", f"/depot/expense/{small[number]}", {"amount": "30"}))

    def verb(number: int) -> str:
        try:
            with house.writing("ada") as call:
                update(call, "depot.expense", small[number], {"amount": "30"})
        except Refusal as refusal:
            return refusal.problems[0].message
        return ""

    assert at_once([api, verb] * 4) == {"": 3, "Beyond the budget by 24": 5}
    assert total(house, "depot.expense", "amount", ("budget", fair)) == 95


def test_deletions_take_turns_too(server: Server) -> None:
    house = Installed(server.database)
    with house.writing("ada") as call:
        nut = create(call, "depot.product", {"name": "Nut at once"}).id
        stays = [create(call, "depot.stay", {"product": nut, "quantity": "4"}).id for _ in range(WRITERS)]

    def api(number: int) -> str:
        return _answered(server.api("ada")("DELETE", f"/depot/stay/{stays[number]}"))

    def batch(number: int) -> str:
        body = {"operations": [{"action": "delete", "id": str(stays[number])}]}
        return _answered(server.api("ada")("POST", "/depot/stay/batch", body))

    assert at_once([api, batch] * 4) == {"": 5, "Something must stay": 3}
    assert total(house, "depot.stay", "quantity", ("product", nut)) == 12
