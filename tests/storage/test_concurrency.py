"""Publishing beside others: one winner, a clear refusal for the rest, and no request that fails because of it."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import select, text

from dougong.diagnostics import Refusal
from dougong.storage import apply as applying
from dougong.storage import ids
from dougong.storage.apply import apply
from dougong.storage.database import Database
from dougong.storage.install import install
from tests.storage.conftest import World

ONE: dict[str, Any] = {"entities": {"thing": {"fields": {"name": {"type": "text"}}}}}
TWO: dict[str, Any] = {"entities": {"thing": {"fields": {"title": {"type": "text", "was": "name"}}}}}


def _together(count: int, work: Callable[[], object]) -> list[object]:
    barrier = threading.Barrier(count)
    results: list[object] = []

    def run() -> None:
        barrier.wait()
        try:
            results.append(work())
        except Refusal as refusal:
            results.append(refusal)

    threads = [threading.Thread(target=run) for _ in range(count)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return results


def test_of_many_that_publish_the_same_plan_one_wins(world: World) -> None:
    world.publish(ONE)
    plan = world.plan(TWO)
    results = _together(4, lambda: apply(plan, world.database))
    refusals = [each for each in results if isinstance(each, Refusal)]
    assert len(refusals) == 3
    assert {refusal.kind for refusal in refusals} == {"conflict"}
    assert {problem.code for refusal in refusals for problem in refusal.problems} == {"P132"}
    assert world.verify() == []


def test_a_plan_is_refused_after_another_app_was_published(world: World) -> None:
    world.publish(ONE)
    plan = world.plan(TWO)
    world.publish({"id": "other", "entities": {"x": {"fields": {"y": {"type": "text"}}}}})
    with pytest.raises(Refusal) as caught:
        apply(plan, world.database)
    assert caught.value.problems[0].code == "P132"


def test_a_long_request_makes_publishing_give_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only PostgreSQL waits for readers; on SQLite they keep the state they began with."""
    world.publish(ONE)
    plan = world.plan(TWO)
    monkeypatch.setattr(applying, "LOCK_SECONDS", 1)
    with world.database.reading() as connection:
        world.releases.pinned(connection)
        if world.database.dialect == "sqlite":
            apply(plan, world.database)
        else:
            with pytest.raises(Refusal) as caught:
                apply(plan, world.database)
            assert caught.value.kind == "unavailable"
    assert world.verify() == []


def test_requests_go_on_while_versions_change(world: World) -> None:
    world.publish(ONE)
    world.add("shop.thing", {"name": "one"})
    stop = threading.Event()
    problems: list[Exception] = []
    generations: set[int] = set()

    def read() -> None:
        while not stop.is_set():
            try:
                with world.database.reading() as connection:
                    release = world.releases.pinned(connection)
                    generations.add(release.generation)
                    table = release.table("shop.thing")
                    name = "name" if "name" in table.c else "title"
                    assert connection.execute(select(table.c[name])).scalars().first() == "one"
                    time.sleep(0.002)
                    connection.execute(select(table.c[name])).all()
            except Exception as error:  # noqa: BLE001
                problems.append(error)

    def write() -> None:
        while not stop.is_set():
            try:
                with world.database.writing() as connection:
                    release = world.releases.pinned(connection)
                    table = release.table("shop.thing")
                    name = "name" if "name" in table.c else "title"
                    connection.execute(table.update().values({name: "one"}))
                    ids.allocate(connection, table.name)
            except Exception as error:  # noqa: BLE001
                problems.append(error)

    threads = [threading.Thread(target=each) for each in (read, read, write)]
    for each in threads:
        each.start()
    for round_ in range(6):
        world.publish(
            TWO
            if round_ % 2 == 0
            else {"entities": {"thing": {"fields": {"name": {"type": "text", "was": "title"}}}}}
        )
        time.sleep(0.05)
    stop.set()
    for each in threads:
        each.join()
    assert problems == []
    assert len(generations) > 2
    assert world.verify() == []


def test_ids_are_never_given_twice(world: World) -> None:
    world.publish(ONE)
    name = world.release.table("shop.thing").name
    given: list[int] = []

    def work() -> None:
        for count in (1, 3, 2):
            with world.database.writing() as connection:
                taken = list(ids.allocate(connection, name, count))
            assert len(taken) == count
            assert taken == sorted(taken)
            given.extend(taken)

    _together(6, work)
    assert len(given) == len(set(given)) == 36


def test_counters_have_no_gaps(world: World) -> None:
    given: list[int] = []
    for round_ in range(5):
        with suppress(LookupError), world.database.writing() as connection:
            first = ids.take(connection, "invoice", 2)
            if round_ == 2:
                raise LookupError
            given.extend((first, first + 1))
    assert given == list(range(1, 9))


def test_writers_of_one_database_do_not_lose_updates(database_url: str) -> None:
    database = Database(database_url)
    with database.writing() as connection:
        connection.execute(text("CREATE TABLE counter (value INTEGER NOT NULL)"))
        connection.execute(text("INSERT INTO counter VALUES (0)"))

    def work() -> None:
        for _ in range(20):
            with database.writing() as connection:
                lock = " FOR UPDATE" if database.dialect == "postgresql" else ""
                value = connection.execute(text(f"SELECT value FROM counter{lock}")).scalar_one()
                connection.execute(text("UPDATE counter SET value = :value"), {"value": value + 1})

    _together(4, work)
    with database.reading() as connection:
        assert connection.execute(text("SELECT value FROM counter")).scalar_one() == 80
    database.dispose()


def _publishing(url: str, ready: int, start: int, answer: int) -> None:
    """In a process of its own: plan, say so, wait for the word, apply, tell how it went."""
    database = Database(url)
    world = World(database)
    plan = world.plan(TWO)
    os.write(ready, b"r")
    os.read(start, 1)
    try:
        apply(plan, database)
        os.write(answer, b"won;")
    except Refusal as refusal:
        os.write(answer, f"{refusal.problems[0].code};".encode())


def test_of_two_processes_that_publish_at_once_one_wins(database_url: str) -> None:
    database = Database(database_url)
    install(database)
    world = World(database)
    world.publish(ONE)
    world.add("shop.thing", *({"name": str(each)} for each in range(50)))
    database.dispose()
    ready, start, answer = os.pipe(), os.pipe(), os.pipe()
    children = []
    for _ in range(2):
        pid = os.fork()
        if pid == 0:
            try:
                _publishing(database_url, ready[1], start[0], answer[1])
            finally:
                os._exit(0)
        children.append(pid)
    for _ in children:
        os.read(ready[0], 1)
    os.write(start[1], b"gg")
    for pid in children:
        os.waitpid(pid, 0)
    os.close(answer[1])
    told = sorted(filter(None, os.read(answer[0], 100).decode().split(";")))
    for end in (*ready, *start, answer[0]):
        os.close(end)
    assert told == ["P132", "won"]
    assert [row["title"] for row in world.rows("shop.thing")] == [str(each) for each in range(50)]
    assert world.verify() == []
    database.dispose()
