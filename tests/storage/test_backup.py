"""A backup holds everything, and comes back on either engine; damaged ones and databases in use are refused."""

from __future__ import annotations

import os
import threading
import zipfile
from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from dougong.diagnostics import Refusal
from dougong.storage import ids, search
from dougong.storage.backup import Summary, backup, restore
from dougong.storage.database import Database
from dougong.storage.install import install
from dougong.storage.system import DEPARTMENT, USER
from tests.servers.databases import DIALECTS, Databases
from tests.storage.conftest import World
from tests.storage.test_apply import WIDE

NOW = datetime(2026, 11, 22, 8, 30, 0, 123456, tzinfo=UTC)


def _filled(url: str) -> World:
    database = Database(url)
    install(database)
    world = World(database)
    with database.writing() as connection:
        common = {"created_at": NOW, "updated_at": NOW}
        users = [{"id": each, "login": f"u{each}", "name": "张三", **common} for each in (1, 2)]
        connection.execute(insert(USER), users)
        connection.execute(insert(DEPARTMENT), [{"id": 2, "name": "总部", "created_at": NOW}])
        connection.execute(
            insert(DEPARTMENT), [{"id": 1, "name": "销售", "parent_id": 2, "head_id": 1, "created_at": NOW}]
        )
    world.publish(WIDE)
    world.add("shop.customer", {"name": "华为", "phone": "+8613800138000"}, {"name": "Åse", "parent": 1})
    order: dict[str, Any] = {
        "number": "A1", "customer": 1, "amount": Decimal("9999999999999999.99"), "share": Decimal("0.125"), "count": 7,
        "paid": True, "day": date(2026, 2, 28), "moment": NOW, "grade": "a", "tags": ["x", "y"], "stage": "new",
        "weight": Decimal("0.00001"),
    }  # fmt: skip
    world.add("shop.order", order, {"customer": 2})
    world.add(
        "shop.order/lines",
        {"parent_id": 1, "position": 1, "product": "tea", "price": Decimal("1.10"), "buyer": 2},
    )
    without_share = {
        name: each
        for name, each in WIDE["entities"]["order"]["fields"].items()
        if name not in {"share", "paper"}
    }
    order_without = {**WIDE["entities"]["order"], "fields": without_share}
    world.publish({**WIDE, "entities": {**WIDE["entities"], "order": order_without}}, allow_loss=True)
    world.reindex()
    return world


@pytest.mark.parametrize("to", DIALECTS)
def test_everything_comes_back(databases: Databases, database_url: str, to: str, tmp_path: Path) -> None:
    world = _filled(database_url)
    (tmp_path / "files" / "ab").mkdir(parents=True)
    (tmp_path / "files" / "ab" / "paper").write_bytes(os.urandom(100_000))
    made = backup(world.database, tmp_path / "all.zip", tmp_path / "files")
    assert made.files == 1
    assert (tmp_path / "all.zip").stat().st_mode & 0o077 == 0
    with databases.database(to) as url:
        copy = World(Database(url))
        summary = restore(copy.database, tmp_path / "all.zip", tmp_path / "back")
        assert summary == made
        assert copy.verify() == []
        for key in ("shop.customer", "shop.order", "shop.order/lines"):
            assert copy.rows(key) == world.rows(key)
        assert (tmp_path / "back" / "ab" / "paper").read_bytes() == (
            tmp_path / "files" / "ab" / "paper"
        ).read_bytes()
        copy.roll_back()
        assert copy.rows("shop.order")[0]["share"] == Decimal("0.125")
        assert copy.add("shop.customer", {"name": "new"}) == [3]
        with copy.database.writing() as connection:
            values = {"login": "u3", "name": "x", "created_at": NOW, "updated_at": NOW}
            assert connection.execute(insert(USER), values).inserted_primary_key == (3,)
        copy.database.dispose()
    world.database.dispose()


def test_a_database_in_use_is_not_overwritten(world: World, tmp_path: Path) -> None:
    world.publish(WIDE)
    backup(world.database, tmp_path / "all.zip")
    with pytest.raises(Refusal) as caught:
        restore(world.database, tmp_path / "all.zip")
    assert caught.value.kind == "conflict"
    assert world.verify() == []


def test_damaged_backups_are_refused(sqlite_url: str, databases: Databases, tmp_path: Path) -> None:
    world = _filled(sqlite_url)
    backup(world.database, tmp_path / "all.zip")
    world.database.dispose()
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    changed = {
        **files,
        "tables/shop__customer": files["tables/shop__customer"].replace("华为".encode(), "华位".encode()),
    }
    missing = {name: content for name, content in files.items() if name != "tables/shop__order"}
    noise = {**files, "manifest.json": b"[]"}
    for number, each in enumerate([changed, missing, noise, {}]):
        path = tmp_path / f"{number}.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in each.items():
                archive.writestr(name, content)
        with databases.database("sqlite") as url:
            database = Database(url)
            with pytest.raises(Refusal):
                restore(database, path)
            install(database)
            assert World(database).verify() == []
            database.dispose()


def test_a_backup_made_while_others_write_is_one_state(world: World, tmp_path: Path) -> None:
    """Writers add records in pairs, one transaction a pair; every backup must hold whole pairs and nothing half indexed."""
    world.publish({"entities": {"thing": {"fields": {"pair": {"type": "text"}}, "search": ["pair"]}}})
    stop = threading.Event()
    written = threading.Condition()
    pairs_written = 0
    problems: list[Exception] = []

    def write(writer: int) -> None:
        table, index = world.release.table("shop.thing"), world.release.search("shop.thing")
        assert index is not None
        nonlocal pairs_written
        number = 0
        while not stop.is_set():
            number += 1
            try:
                with world.database.writing() as connection:
                    for record in ids.allocate(connection, table.name, 2):
                        row = {"id": record, "pair": f"{writer}-{number}", "version": 1}
                        connection.execute(insert(table), [{**row, "created_at": NOW, "updated_at": NOW}])
                        search.index_rows(connection, index, {record: [f"{writer}-{number}"]}, new=True)
            except Exception as error:  # noqa: BLE001
                problems.append(error)
                return
            with written:
                pairs_written += 1
                written.notify_all()

    def made(number: int) -> Summary:
        """A backup, once somebody has written again."""
        with written:
            before = pairs_written
            assert written.wait_for(lambda: pairs_written > before, timeout=60)
        return backup(world.database, tmp_path / f"{number}.zip")

    writers = [threading.Thread(target=write, args=(each,)) for each in range(2)]
    for each in writers:
        each.start()
    summaries = [made(each) for each in range(4)]
    stop.set()
    for each in writers:
        each.join()
    assert problems == []
    assert summaries[0].rows < summaries[-1].rows
    for number in range(4):
        copy = Database(f"sqlite:///{tmp_path / f'{number}.db'}")
        restore(copy, tmp_path / f"{number}.zip")
        restored = World(copy)
        pairs = Counter(row["pair"] for row in restored.rows("shop.thing"))
        assert set(pairs.values()) <= {2}
        assert restored.verify() == []
        copy.dispose()
