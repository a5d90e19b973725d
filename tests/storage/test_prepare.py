"""Large tables are changed ahead while everybody goes on writing; the apply catches up, and nothing is seen before."""

from __future__ import annotations

import os
import signal
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dougong.diagnostics import Refusal
from dougong.storage import catalogue, convert
from dougong.storage.apply import apply
from dougong.storage.backup import backup, restore
from dougong.storage.database import Database
from dougong.storage.install import install
from dougong.storage.operations import values as values_module
from dougong.storage.prepare import prepare
from tests.storage.conftest import World

TEXT = {"type": "text"}
ONE: dict[str, Any] = {"entities": {"thing": {"fields": {"a": TEXT, "b": TEXT}}}}
TWO: dict[str, Any] = {
    "entities": {"thing": {"fields": {"a": {"type": "integer"}, "b": TEXT}, "indexes": [["b"]]}}
}
LONG_AGO = datetime.now(UTC) - timedelta(days=3)


def filled(world: World, rows: int = 30) -> None:
    world.publish(ONE)
    world.add("shop.thing", *({"a": f"0{each}", "b": "x"} for each in range(rows)))
    table = world.release.table("shop.thing")
    with world.database.writing() as connection:
        connection.execute(table.update().values(updated_at=LONG_AGO))


def values(world: World) -> list[Any]:
    return [row["a"] for row in world.rows("shop.thing")]


def test_what_was_made_ahead_is_used(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(convert, "CHUNK", 7)
    filled(world)
    plan = world.plan(TWO)
    told: list[tuple[str, int, int]] = []
    prepare(plan, world.database, large=1, progress=lambda *far: told.append(far))
    assert ("shop.thing.a", 30, 30) in told
    assert values(world) == [f"0{each}" for each in range(30)]
    assert world.verify() == []
    assert world.plan(TWO).obstacles() == []
    monkeypatch.setattr(convert, "write", _refuse_to_write)
    apply(plan, world.database)
    assert values(world) == list(range(30))
    monkeypatch.undo()
    assert world.verify() == []
    assert world.plan(TWO).is_empty
    with world.database.reading() as connection:
        actual = catalogue.read(connection)
    assert not [name for name in actual.tables["shop__thing"] if name.startswith("_coming")]
    world.roll_back()
    assert values(world) == [f"0{each}" for each in range(30)]


def _refuse_to_write(connection: Any, table: Any, target: Any, found: Any) -> None:
    assert not found, "nothing was written meanwhile, so nothing is left to convert"


def test_what_was_written_meanwhile_is_caught_up_with(world: World) -> None:
    filled(world)
    plan = world.plan(TWO)
    prepare(plan, world.database, large=1)
    table, now = world.release.table("shop.thing"), datetime.now(UTC)
    with world.database.writing() as connection:
        connection.execute(table.update().where(table.c.id == 3).values(a="777", updated_at=now))
        connection.execute(table.update().where(table.c.id == 4).values(a=None, updated_at=now))
    world.add("shop.thing", {"a": "99", "b": "y"})
    apply(plan, world.database)
    assert values(world) == [0, 1, 777, None, *range(4, 30), 99]
    assert world.verify() == []


def test_a_value_that_does_not_fit_and_was_written_meanwhile_is_refused(world: World) -> None:
    filled(world)
    plan = world.plan(TWO)
    prepare(plan, world.database, large=1)
    world.add("shop.thing", {"a": "many"})
    with pytest.raises(Refusal) as caught:
        apply(plan, world.database)
    assert caught.value.problems[0].code == "P130"
    assert world.verify() == []


def test_writers_go_on_meanwhile(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(convert, "CHUNK", 5)
    filled(world, 60)
    plan = world.plan(TWO)
    stop, problems = threading.Event(), list[Exception]()
    written: dict[int, int] = {}

    def write() -> None:
        table = world.release.table("shop.thing")
        number = 0
        while not stop.is_set():
            number += 1
            record = number % 60 + 1
            try:
                with world.database.writing() as connection:
                    wanted = table.update().where(table.c.id == record)
                    connection.execute(wanted.values(a=str(1000 + number), updated_at=datetime.now(UTC)))
                written[record] = 1000 + number
            except Exception as error:  # noqa: BLE001
                problems.append(error)

    writer = threading.Thread(target=write)
    writer.start()
    prepare(plan, world.database, large=1)
    stop.set()
    writer.join()
    assert problems == []
    apply(plan, world.database)
    assert values(world) == [written.get(each + 1, each) for each in range(60)]


def test_another_plan_drops_what_is_not_used(world: World) -> None:
    filled(world)
    prepare(world.plan(TWO), world.database, large=1)
    other = {"entities": {"thing": {"fields": {"a": {"type": "decimal", "decimals": 2}, "b": TEXT}}}}
    world.publish(other)
    with world.database.reading() as connection:
        actual = catalogue.read(connection)
    assert not [name for name in actual.tables["shop__thing"] if name.startswith("_coming")]
    assert world.verify() == []
    assert world.plan(other).is_empty


def test_small_tables_are_left_to_the_apply(world: World) -> None:
    filled(world)
    before = _catalogue(world)
    prepare(world.plan(TWO), world.database)
    assert _catalogue(world) == before


def _catalogue(world: World) -> catalogue.Catalogue:
    with world.database.reading() as connection:
        return catalogue.read(connection)


def test_a_backup_does_not_take_it_along(world: World, tmp_path: Path) -> None:
    filled(world)
    prepare(world.plan(TWO), world.database, large=1)
    backup(world.database, tmp_path / "all.zip")
    copy = Database(f"sqlite:///{tmp_path / 'copy.db'}")
    restore(copy, tmp_path / "all.zip")
    restored = World(copy)
    assert restored.verify() == []
    restored.publish(TWO)
    assert values(restored) == list(range(30))
    copy.dispose()


def test_killed_while_preparing(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed at every chunk: nothing is seen, `verify` finds nothing, and asking again goes on where it stopped."""
    monkeypatch.setattr(convert, "CHUNK", 5)
    database = Database(database_url)
    install(database)
    world = World(database)
    filled(world)
    database.dispose()
    deaths = 0
    while _dies_after_one_chunk(database_url):
        deaths += 1
        assert world.verify() == []
        assert values(world) == [f"0{each}" for each in range(30)]
        database.dispose()
    assert deaths == (6 if database.dialect == "sqlite" else 7)  # the index made ahead tells of itself too
    world.publish(TWO)
    assert values(world) == list(range(30))
    assert world.verify() == []
    database.dispose()


def _dies_after_one_chunk(url: str) -> bool:
    pid = os.fork()
    if pid == 0:
        try:
            database = Database(url)
            plan = World(database).plan(TWO)
            prepare(plan, database, large=1, progress=lambda *_: os.kill(os.getpid(), signal.SIGKILL))
        finally:
            os._exit(0)
    _, status = os.waitpid(pid, 0)
    return os.WIFSIGNALED(status)


# ------------------------------------------------------------------ new columns and rows of sub-tables
NEW: dict[str, Any] = {
    "entities": {
        "thing": {
            "fields": {
                "a": TEXT,
                "b": TEXT,
                "grade": {"type": "text", "default": "plain", "required": True},
                "both": {"type": "text", "backfill": "CONCAT(a, '-', b)"},
            }
        }
    }
}


def test_defaults_and_backfills_of_new_columns_are_made_ahead(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(convert, "CHUNK", 7)
    filled(world)
    plan = world.plan(NEW)
    told: list[tuple[str, int, int]] = []
    prepare(plan, world.database, large=1, progress=lambda *far: told.append(far))
    assert {each[0] for each in told} == {"shop.thing.grade", "shop.thing.both"}
    assert world.verify() == []
    table, now = world.release.table("shop.thing"), datetime.now(UTC)
    with world.database.writing() as connection:
        connection.execute(table.update().where(table.c.id == 3).values(a="777", updated_at=now))
        connection.execute(table.update().where(table.c.id == 4).values(a=None, b=None, updated_at=now))
    world.add("shop.thing", {"a": "99", "b": "y"})
    written: list[int] = []
    write = convert.write

    def counting_write(connection: Any, spec: Any, target: Any, found: Any) -> None:
        written.extend(row for row, _ in found)
        write(connection, spec, target, found)

    monkeypatch.setattr(values_module, "write", counting_write)
    apply(plan, world.database)
    assert set(written) <= {3, 4, 31}, "nothing but what was written meanwhile is filled again"
    rows = world.rows("shop.thing")
    assert [row["grade"] for row in rows] == ["plain"] * 31
    assert [row["both"] for row in rows[:5]] == ["00-x", "01-x", "777-x", rows[3]["both"], "04-x"]
    assert rows[3]["both"] in ("-", None)
    assert rows[30]["both"] == "99-y"
    assert world.verify() == []
    assert world.plan(NEW).is_empty
    world.roll_back()
    assert world.verify() == []


def _with_lines(kind: str, **more: Any) -> dict[str, Any]:
    fields = {"pieces": {"type": kind}, **more}
    return {"entities": {"order": {"fields": {"name": TEXT, "lines": {"type": "table", "fields": fields}}}}}


def test_rows_of_sub_tables_are_changed_ahead(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows do not say when they were written; the record they belong to does."""
    monkeypatch.setattr(convert, "CHUNK", 7)
    world.publish(_with_lines("text"))
    world.add("shop.order", {"name": "one"}, {"name": "two"})
    lines = [{"parent_id": each % 2 + 1, "position": each, "pieces": str(each)} for each in range(20)]
    world.add("shop.order/lines", *lines)
    orders, rows = world.release.table("shop.order"), world.release.table("shop.order/lines")
    with world.database.writing() as connection:
        connection.execute(orders.update().values(updated_at=LONG_AGO))
    wanted = _with_lines("integer", twice={"type": "text", "backfill": "CONCAT(pieces, pieces)"})
    plan = world.plan(wanted)
    prepare(plan, world.database, large=1)
    assert world.verify() == []
    with world.database.writing() as connection:
        connection.execute(rows.update().where(rows.c.id == 2).values(pieces="700"))
        connection.execute(orders.update().where(orders.c.id == 2).values(updated_at=datetime.now(UTC)))
    world.add("shop.order/lines", {"parent_id": 1, "position": 30, "pieces": "99"})
    apply(plan, world.database)
    found = world.rows("shop.order/lines")
    expected = [0, 700, *range(2, 20), 99]
    assert [row["pieces"] for row in found] == expected
    assert [row["twice"] for row in found] == [f"{each}{each}" for each in expected]
    assert world.verify() == []
    assert world.plan(wanted).is_empty


def test_a_backfill_that_fails_for_what_was_written_meanwhile_is_refused(world: World) -> None:
    filled(world)
    short = {"type": "text", "backfill": "a", "max_length": 3, "required": True}
    wanted = {"entities": {"thing": {"fields": {"a": TEXT, "b": TEXT, "c": short}}}}
    plan = world.plan(wanted)
    prepare(plan, world.database, large=1)
    world.add("shop.thing", {"a": "much too long"})
    with pytest.raises(Refusal) as caught:
        apply(plan, world.database)
    assert caught.value.problems[0].code == "P130"
    with world.database.writing() as connection:
        table = world.release.table("shop.thing")
        connection.execute(table.update().where(table.c.id == 31).values(a=None))
    with pytest.raises(Refusal):
        apply(plan, world.database)
    assert world.verify() == []
