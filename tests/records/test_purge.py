"""Deleting for good: by hand with a right of its own, and by the retention of the recycle bin."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from dougong.diagnostics import Refusal
from dougong.records.comments import add_comment
from dougong.records.create import create
from dougong.records.delete import delete, restore
from dougong.records.files import upload
from dougong.records.purge import purge
from dougong.records.query import Query, list_records
from dougong.records.retention import KEYS_KEPT, Retention, sweep
from dougong.storage.release import releases_of
from dougong.storage.stores.folder import FolderStore
from dougong.storage.system import COMMENT, FILE, HISTORY, IDEMPOTENCY
from tests.installed import AT
from tests.records.conftest import Shop

LATER = AT + timedelta(days=100)


def swept(shop: Shop, folder: Path, **options: Any) -> dict[str, Any]:
    retention = options.pop("retention", Retention(30))
    return sweep(
        releases_of(shop.database), shop.database.writing, FolderStore(folder), retention, LATER, **options
    ).document()


def count(shop: Shop, table: Any, *where: Any) -> int:
    with shop.database.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(table).where(*where)).scalar_one())


def a_deleted_customer(shop: Shop, folder: Path, name: str = "Gone") -> tuple[int, str]:
    with shop.writing() as call:
        file = upload(call, FolderStore(folder), "shop.customer", "contract", "c.txt", io.BytesIO(b"paper"))
        made = create(call, "shop.customer", {"name": name, "contract": [{"id": file.id}]}).id
        add_comment(call, "shop.customer", made, "see you")
        delete(call, "shop.customer", made)
    return made, file.id


def test_purging_takes_everything_of_a_record(shop: Shop, tmp_path: Path) -> None:
    made, file = a_deleted_customer(shop, tmp_path)
    kept = shop.customer(name="Kept")
    with shop.writing() as call:
        assert purge(call, "shop.customer", [made]) == 1
    assert count(shop, shop.release.table("shop.customer")) == 1
    assert count(shop, COMMENT) == 0
    assert FolderStore(tmp_path).path(file).exists()
    assert swept(shop, tmp_path)["files"] == 1
    assert not FolderStore(tmp_path).path(file).exists()
    assert count(shop, FILE) == 0
    with shop.database.reading() as connection:
        entries = connection.execute(
            select(HISTORY.c.action, HISTORY.c.changes)
            .where(HISTORY.c.record_id == made)
            .order_by(HISTORY.c.id)
        ).all()
    assert [entry.action for entry in entries] == ["create", "delete", "purge"]
    assert all(entry.changes is None for entry in entries)
    with shop.reading() as call:
        assert [each.id for each in list_records(call, "shop.customer", Query()).rows] == [kept]
    with shop.writing() as call, pytest.raises(Refusal):
        restore(call, "shop.customer", made)


@pytest.mark.parametrize("login", ["ann", "mia"])
def test_purging_needs_a_right_of_its_own(shop: Shop, tmp_path: Path, login: str) -> None:
    made = shop.customer(login)
    with shop.writing(login) as call:
        delete(call, "shop.customer", made)
        with pytest.raises(Refusal) as refused:
            purge(call, "shop.customer", [made])
    assert refused.value.kind == "forbidden"
    assert count(shop, shop.release.table("shop.customer")) == 1


@pytest.mark.parametrize("wanted", ["living", "unknown", "none", "huge"])
def test_only_what_is_in_the_bin_is_purged(shop: Shop, wanted: str) -> None:
    living = shop.customer()
    ids = {"living": [living], "unknown": [999_999], "none": [], "huge": [2**70]}[wanted]
    with shop.writing() as call, pytest.raises(Refusal) as refused:
        purge(call, "shop.customer", ids)
    assert refused.value.kind == "missing"


def test_what_others_point_to_is_held_until_they_go(shop: Shop, tmp_path: Path) -> None:
    customer = shop.customer()
    order = shop.order(customer)
    with shop.writing() as call:
        delete(call, "shop.order", order)
        delete(call, "shop.customer", customer)
    with shop.writing() as call, pytest.raises(Refusal) as refused:
        purge(call, "shop.customer", [customer])
    assert refused.value.kind == "conflict"
    assert refused.value.problems[0].code == "purge_held"
    with shop.writing() as call:
        assert purge(call, "shop.order", [order]) == 1
        assert purge(call, "shop.customer", [customer]) == 1


def test_a_link_that_is_cleared_holds_nothing(shop: Shop) -> None:
    first = shop.customer(name="First")
    second = shop.customer(name="Second", referrer=first)
    with shop.writing() as call:
        delete(call, "shop.customer", second)
        delete(call, "shop.customer", first)
        assert purge(call, "shop.customer", [first]) == 1
        assert restore(call, "shop.customer", second).values["referrer"] is None


def test_the_bin_is_swept_after_its_days(shop: Shop, tmp_path: Path) -> None:
    _, file = a_deleted_customer(shop, tmp_path)
    customer = shop.customer(name="Both")
    order = shop.order(customer, lines=[{"product": shop.product("A"), "quantity": 2}])
    with shop.writing() as call:
        delete(call, "shop.order", order)
        delete(call, "shop.customer", customer)
    with shop.writing(at=LATER - timedelta(days=1)) as call:
        young = create(call, "shop.customer", {"name": "Young"}).id
        delete(call, "shop.customer", young)
    rehearsed = swept(shop, tmp_path, dry_run=True)
    assert rehearsed["records"]["shop.order"] == 1
    assert count(shop, shop.release.table("shop.order")) == 1
    assert swept(shop, tmp_path, retention=Retention(0))["records"] == {}
    done = swept(shop, tmp_path)
    assert done == {
        "records": {"shop.customer": 2, "shop.order": 1},
        "held": 0,
        "files": 1,
        "keys": 0,
    }
    assert count(shop, shop.release.table("shop.customer")) == 1
    assert count(shop, shop.release.table("shop.order/lines")) == 0
    assert not FolderStore(tmp_path).path(file).exists()
    assert swept(shop, tmp_path)["records"] == {}


@pytest.mark.parametrize(("policy", "left"), [("values", 3), ("events", 3), ("none", 1)])
def test_what_stays_of_the_history_is_a_choice(shop: Shop, tmp_path: Path, policy: str, left: int) -> None:
    made = shop.customer()
    with shop.writing() as call:
        delete(call, "shop.customer", made)
    swept(shop, tmp_path, retention=Retention(30, policy))
    assert count(shop, HISTORY, HISTORY.c.record_id == made) == left


def test_uploads_and_keys_that_nobody_needs_go(shop: Shop, tmp_path: Path) -> None:
    with shop.writing() as call:
        file = upload(call, FolderStore(tmp_path), "shop.customer", "contract", "c.txt", io.BytesIO(b"x")).id
        row = {"actor_id": 1, "request_hash": "", "status": 200, "response": {}}
        call.connection.execute(IDEMPOTENCY.insert().values(key="old", created_at=AT, **row))
        young = LATER - KEYS_KEPT / 2
        call.connection.execute(IDEMPOTENCY.insert().values(key="young", created_at=young, **row))
    assert swept(shop, tmp_path, dry_run=True) == {"records": {}, "held": 0, "files": 1, "keys": 1}
    assert swept(shop, tmp_path) == {"records": {}, "held": 0, "files": 1, "keys": 1}
    assert not FolderStore(tmp_path).path(file).exists()
    assert count(shop, IDEMPOTENCY) == 1


def test_a_file_that_vanished_stops_no_sweep(shop: Shop, tmp_path: Path) -> None:
    _, file = a_deleted_customer(shop, tmp_path)
    FolderStore(tmp_path).path(file).unlink()
    with shop.writing() as call:
        call.connection.execute(update(FILE).values(deleted_at=AT))
    assert swept(shop, tmp_path)["files"] == 1
