"""Eight writers in two processes at once: no number twice, no gap where there must be none, nothing lost, nobody told of locks.

`DOUGONG_RACES` says how many operations there are; `make races` runs ten times as many as `make test`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from dougong.diagnostics import Refusal
from dougong.storage.database import Database
from dougong.storage.drift import verify
from dougong.storage.release import releases_of
from dougong.storage.system import HISTORY
from tests.races.warehouse import CODES, NEXT, SOURCES, STOCK, open_depot, publish, set_up

ROOT = Path(__file__).parents[2]
OPERATIONS = int(os.environ.get("DOUGONG_RACES", "1000"))
PROCESSES, THREADS = 2, 4
VERSIONS = 4
PATIENCE = 60 + OPERATIONS // 5


def race(url: str) -> Counter[str]:
    """Let the processes begin together and wait for both; what came of their operations."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (ROOT / "platform", ROOT)))}
    share = str(OPERATIONS // (PROCESSES * THREADS))
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.races.writer", url, str(THREADS), share, str(seed)],
            env=environment,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for seed in range(PROCESSES)
    ]
    try:
        return _run_together(started, url)
    finally:
        for process in started:
            process.kill()
            process.communicate()


def _run_together(started: list[subprocess.Popen[str]], url: str) -> Counter[str]:
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n", process.communicate()[1]
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    outcomes: Counter[str] = Counter({"version published": _publish_meanwhile(started, url)})
    for process in started:
        out, err = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, err
        report = json.loads(out)
        assert report["unexpected"] == []
        outcomes.update(report["outcomes"])
    return outcomes


def _publish_meanwhile(started: list[subprocess.Popen[str]], url: str) -> int:
    """New versions under the writers' hands, back and forth, each after they have written some more; how many there were."""
    database, published, written = open_depot(url), 0, 0
    try:
        while published < VERSIONS and all(each.poll() is None for each in started):
            if (present := _written(database)) >= written + OPERATIONS // (4 * VERSIONS):
                published += _is_published(database, SOURCES if published % 2 else NEXT)
                written = present
    finally:
        database.dispose()
    return published


def _written(database: Database) -> int:
    with database.reading() as connection:
        return int(connection.execute(select(func.max(HISTORY.c.id))).scalar_one())


def _is_published(database: Database, sources: dict[str, str]) -> bool:
    try:
        publish(database, sources)
    except Refusal as refusal:
        if refusal.kind != "unavailable":
            raise
        return False  # too busy just now: nothing was changed
    return True


def column(database: Database, key: str, name: str) -> list[Any]:
    """The values of a field of all records, the smallest first."""
    table = releases_of(database).current().table(key)
    with database.reading() as connection:
        return list(connection.execute(select(table.c[name]).order_by(table.c[name])).scalars())


@pytest.fixture
def depot(database_url: str) -> Iterator[tuple[Database, Counter[str]]]:
    set_up(database_url)
    database = open_depot(database_url)
    yield database, race(database_url)
    database.dispose()


def test_eight_writers_at_once(depot: tuple[Database, Counter[str]]) -> None:
    database, outcomes = depot
    expected = OPERATIONS // (PROCESSES * THREADS) * PROCESSES * THREADS
    assert outcomes.total() - outcomes["stale"] - outcomes["version published"] == expected
    assert outcomes["version published"] > 0
    _check_numbers(database, outcomes)
    _check_codes(database, outcomes)
    _check_stock(database, outcomes)
    _check_visits(database, outcomes)
    with database.reading() as connection:
        assert verify(connection) == []
    figures = ", ".join(f"{name}: {count}" for name, count in sorted(outcomes.items()))
    print(f"{database.dialect}: {expected} operations by {PROCESSES} × {THREADS} writers. {figures}")


def _check_numbers(database: Database, outcomes: Counter[str]) -> None:
    numbers = column(database, "depot.ticket", "gapless")
    assert len(numbers) == outcomes["ticket done"]
    for lane in "ab":
        counts = [int(each[2:]) for each in numbers if each.startswith(lane)]
        assert counts == list(range(1, len(counts) + 1))
    fast = column(database, "depot.ticket", "fast")
    assert len(set(fast)) == len(fast) == len(numbers)
    assert outcomes["refused_ticket done"] == 0


def _check_codes(database: Database, outcomes: Counter[str]) -> None:
    codes = column(database, "depot.code", "code")
    assert len(set(codes)) == len(codes) == outcomes["code done"] + outcomes["place done"]
    assert outcomes["code done"] == sum(each.startswith("c") for each in codes) <= CODES
    places = [each for each in column(database, "depot.code", "place") if each is not None]
    assert len(set(places)) == len(places) == outcomes["place done"] <= CODES


def _check_visits(database: Database, outcomes: Counter[str]) -> None:
    """No visit is lost, whoever its person was merged into, and none is of somebody who is gone."""
    release = releases_of(database).current()
    visits, people = release.table("depot.visit"), release.table("depot.person")
    living = select(people.c.id).where(people.c.deleted_at.is_(None))
    with database.reading() as connection:
        kept = connection.execute(select(func.count()).where(visits.c.deleted_at.is_(None))).scalar_one()
        lost = connection.execute(select(func.count()).where(visits.c.person.not_in(living))).scalar_one()
    assert (kept, lost) == (outcomes["visit done"], 0)


def _check_stock(database: Database, outcomes: Counter[str]) -> None:
    table = releases_of(database).current().table("depot.item")
    history = select(func.count()).where(HISTORY.c.entity == "depot.item", HISTORY.c.action == "update")
    with database.reading() as connection:
        rows = connection.execute(select(table).order_by(table.c.id)).mappings().all()
        entries = connection.execute(history).scalar_one()
    scarce, counter = rows
    taken, counted = outcomes["take done"], outcomes["count_up done"]
    assert (scarce["stock"], scarce["taken"], scarce["version"]) == (STOCK - taken, taken, taken + 1)
    assert scarce["stock"] >= 0
    assert scarce["stock"] == 0 or not outcomes["take refused"]
    assert (counter["stock"], counter["taken"], counter["version"]) == (counted, counted, counted + 1)
    assert entries == taken + counted
