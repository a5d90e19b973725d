"""A statement that takes too long is ended and refused with a hint, on both databases; one that waits for its reader is not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from dougong.diagnostics import Refusal
from dougong.storage.database import Database
from dougong.storage.watch import Watch
from tests.servers.databases import DIALECTS, Databases

ENDLESS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
    "postgresql": "SELECT count(*) FROM generate_series(1, 100000000000)",
}


@pytest.fixture(params=DIALECTS)
def limited(request: pytest.FixtureRequest, databases: Databases) -> Iterator[Database]:
    url = databases.fresh(request.param)
    database = Database(url, statement_seconds=0.3)
    yield database
    database.dispose()
    databases.drop(url)


@pytest.mark.parametrize("way", ["reading", "writing"])
def test_an_endless_statement_is_refused(limited: Database, way: str) -> None:
    opened = limited.reading if way == "reading" else limited.writing
    with pytest.raises(Refusal) as refused, opened() as connection:
        connection.execute(text(ENDLESS[limited.dialect]))
    assert refused.value.kind == "invalid"
    [problem] = refused.value.problems
    assert problem.code == "P108"
    assert "0.3" in problem.message
    assert problem.hint
    with opened() as connection:
        assert connection.execute(text("SELECT 1")).scalar_one() == 1


def test_the_limit_is_for_each_statement(limited: Database) -> None:
    rows = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) SELECT sum(i) FROM n"
    )
    with limited.reading() as connection:
        for _ in range(50):
            assert connection.execute(text(rows)).scalar_one() == 200_010_000


def test_other_errors_stay_what_they_are(limited: Database) -> None:
    with pytest.raises(Exception, match="nothing_of_that_name"), limited.reading() as connection:
        connection.execute(text("SELECT * FROM nothing_of_that_name"))


def test_only_time_at_work_counts() -> None:
    moment = 0.0
    watch = Watch(1.0, lambda: moment)
    moment = 60.0
    assert not watch.is_over()
    for _ in range(8):
        moment += 0.1
        assert not watch.is_over()
    moment += 0.1
    watch.is_over()
    moment += 0.1
    assert watch.is_over()
    watch.restart()
    assert not watch.is_over()
