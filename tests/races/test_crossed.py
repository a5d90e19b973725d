"""Two transactions that wait for each other: PostgreSQL ends one of them, who is told to try again, not shown an error of the database."""

from __future__ import annotations

import threading

from dougong.diagnostics import Refusal
from dougong.records.create import create
from dougong.records.delete import delete
from dougong.records.update import update
from tests.races.warehouse import call_of, open_depot, set_up


def test_one_of_two_that_wait_for_each_other_goes_on(postgresql_url: str) -> None:
    set_up(postgresql_url)
    database = open_depot(postgresql_url)
    both = threading.Barrier(2)
    refusals: list[Refusal] = []

    def change(first: int, second: int) -> None:
        try:
            with database.writing() as connection:
                call = call_of(database, connection)
                update(call, "depot.item", first, {"name": f"first {first}"})
                both.wait(60)
                update(call, "depot.item", second, {"name": f"second {first}"})
        except Refusal as refusal:
            refusals.append(refusal)

    threads = [threading.Thread(target=change, args=pair) for pair in ((1, 2), (2, 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    [loser] = refusals
    assert (loser.kind, [each.code for each in loser.problems]) == ("unavailable", ["P103"])
    with database.writing() as connection:
        create(call_of(database, connection), "depot.item", {"name": "after"})
    database.dispose()


def test_nobody_points_to_what_is_being_deleted(database_url: str) -> None:
    set_up(database_url)
    database = open_depot(database_url)
    refusals: list[Refusal] = []

    def visit() -> None:
        try:
            with database.writing() as connection:
                create(call_of(database, connection), "depot.visit", {"person": 1})
        except Refusal as refusal:
            refusals.append(refusal)

    visitor = threading.Thread(target=visit)
    with database.writing() as connection:
        delete(call_of(database, connection), "depot.person", 1)
        visitor.start()
        visitor.join(0.5)
    visitor.join()
    [refusal] = refusals
    assert [each.code for each in refusal.problems] == ["unknown_target"]
    database.dispose()
