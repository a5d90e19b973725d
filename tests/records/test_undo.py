"""Taking back: a change, a batch, a deletion with what followed, an undo itself; never what somebody changed since."""

from __future__ import annotations

import io
import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from dougong.diagnostics import Refusal
from dougong.records.batch import Operation, batch
from dougong.records.batches import in_batch
from dougong.records.create import create
from dougong.records.delete import delete
from dougong.records.files import upload
from dougong.records.history import history
from dougong.records.query import Query, list_records
from dougong.records.read import read
from dougong.records.undo import Undone, undo_batch, undo_change
from dougong.records.update import update
from dougong.storage.stores.folder import FolderStore
from dougong.storage.system import HISTORY
from tests.records.conftest import Shop

C = "shop.customer"


def newest(shop: Shop, identifier: int, key: str = C) -> int:
    with shop.reading() as call:
        return history(call, key, identifier).entries[0].id


def changed(shop: Shop, identifier: int, key: str = C, login: str = "root", **changes: Any) -> int:
    """Change a record and return the event."""
    with shop.writing(login) as call:
        update(call, key, identifier, changes)
    return newest(shop, identifier, key)


def values(shop: Shop, identifier: int, key: str = C) -> dict[str, Any]:
    with shop.reading() as call:
        return dict(read(call, key, identifier).values)


def take_back(shop: Shop, identifier: int, entry: int, login: str = "root", **options: Any) -> Undone:
    key = options.pop("key", C)
    with shop.writing(login) as call:
        return undo_change(call, key, identifier, entry, **options)


def refused(shop: Shop, identifier: int, entry: int, login: str = "root", **options: Any) -> Refusal:
    with pytest.raises(Refusal) as found:
        take_back(shop, identifier, entry, login, **options)
    return found.value


def test_a_change_is_taken_back_and_told(shop: Shop) -> None:
    made = shop.customer(name="Old", visits=1, tags=["a"])
    entry = changed(shop, made, name="New", visits=2, tags=["b", "c"])
    undone = take_back(shop, made, entry)
    assert (undone.deleted, undone.restored, undone.skipped) == (0, 1, 0)
    now = values(shop, made)
    assert (now["name"], now["visits"], now["tags"]) == ("Old", 1, ("a",))
    with shop.reading() as call:
        entries = history(call, C, made).entries
        assert [each.action for each in entries] == ["update", "update", "create"]
        assert entries[0].batch == undone.batch
        assert read(call, C, made).version == 3


def test_an_undo_can_be_undone(shop: Shop) -> None:
    made = shop.customer(name="Old")
    undone = take_back(shop, made, changed(shop, made, name="New"))
    with shop.writing() as call:
        undo_batch(call, undone.batch)
    assert values(shop, made)["name"] == "New"


def test_only_the_fields_of_the_change_count(shop: Shop) -> None:
    made = shop.customer(name="Old", visits=1)
    entry = changed(shop, made, name="New")
    changed(shop, made, visits=5)
    take_back(shop, made, entry)
    assert (values(shop, made)["name"], values(shop, made)["visits"]) == ("Old", 5)


def test_what_was_changed_since_stays(shop: Shop) -> None:
    made = shop.customer(name="Old", visits=1)
    entry = changed(shop, made, name="New", visits=2)
    changed(shop, made, name="Newer")
    found = refused(shop, made, entry)
    assert found.kind == "conflict"
    assert [each.code for each in found.problems] == ["undo_changed"]
    assert "Name" in found.problems[0].message
    assert refused(shop, made, entry, conflicts="skip").kind == "conflict"
    rehearsed = take_back(shop, made, entry, dry_run=True)
    assert [(each.reason, each.fields) for each in rehearsed.conflicts] == [("changed", ("name",))]
    assert values(shop, made)["name"] == "Newer"


def test_undoing_a_creation_puts_it_into_the_bin_and_keeps_its_number(shop: Shop) -> None:
    made = shop.customer()
    assert values(shop, made)["number"] == "C-0001"
    assert take_back(shop, made, newest(shop, made)).deleted == 1
    with pytest.raises(Refusal):
        values(shop, made)
    assert values(shop, shop.customer())["number"] == "C-0002"


def test_undoing_a_creation_that_is_in_use_is_refused(shop: Shop) -> None:
    made = shop.customer()
    shop.order(made)
    found = refused(shop, made, newest(shop, made))
    assert [each.code for each in found.problems] == ["restricted"]


def test_rows_come_back_where_they_stood(shop: Shop) -> None:
    products = [shop.product(code) for code in "ABC"]
    order = shop.order(
        shop.customer(), lines=[{"product": each, "quantity": 1, "price": "5"} for each in products]
    )
    lines = values(shop, order, "shop.order")["lines"]
    entry = changed(
        shop,
        order,
        "shop.order",
        lines=[
            {"id": lines[0]["id"], "quantity": "9"},
            {"id": lines[2]["id"]},
            {"product": products[0], "quantity": 4, "price": "1"},
        ],
    )
    assert take_back(shop, order, entry, key="shop.order").restored == 1
    now = values(shop, order, "shop.order")
    assert [(row["product"], str(row["quantity"])) for row in now["lines"]] == [
        (each, "1.00") for each in products
    ]
    assert str(now["total"]) == "15.00"


def test_a_link_that_comes_back_brings_nothing_along(shop: Shop) -> None:
    first, second = shop.customer(name="First", phone="+8613800138000"), shop.customer(name="Second")
    order = shop.order(first)
    changed(shop, order, "shop.order", contact_phone="+8613900139000")
    entry = changed(shop, order, "shop.order", customer=second)
    take_back(shop, order, entry, key="shop.order")
    now = values(shop, order, "shop.order")
    assert (now["customer"], now["contact_phone"]) == (first, "+8613900139000")


def test_a_file_comes_back(shop: Shop, tmp_path: Path) -> None:
    with shop.writing("ann") as call:
        file = upload(call, FolderStore(tmp_path), C, "contract", "c.txt", io.BytesIO(b"x")).id
        made = create(call, C, {"name": "A", "contract": [{"id": file}]}).id
    entry = changed(shop, made, contract=None)
    take_back(shop, made, entry, "root")
    assert [each["id"] for each in values(shop, made)["contract"]] == [file]


def test_a_deletion_is_taken_back_with_what_followed(shop: Shop) -> None:
    customer = shop.customer(name="Root")
    other = shop.customer(name="Other", referrer=customer)
    with shop.writing() as call:
        note = create(call, "shop.note", {"text": "n", "about": customer}).id
        gone = delete(call, C, customer)
    assert values(shop, other)["referrer"] is None
    with shop.writing("mia") as call:
        undone = undo_batch(call, gone)
    assert (undone.restored, undone.conflicts) == (3, ())
    assert values(shop, other)["referrer"] == customer
    assert values(shop, note, "shop.note")["about"] == customer
    with pytest.raises(Refusal), shop.writing() as call:
        undo_batch(call, gone)


def test_a_batch_is_taken_back_as_one(shop: Shop) -> None:
    kept, gone = shop.customer(name="Kept"), shop.customer(name="Gone")
    with shop.writing() as call:
        call = in_batch(call, "batch")
        outcomes = batch(
            call,
            C,
            [
                Operation("create", values={"name": "New"}),
                Operation("update", kept, {"name": "Changed"}),
                Operation("delete", gone),
            ],
        )
    with shop.writing() as taking:
        undone = undo_batch(taking, call.batch or "")
    assert (undone.deleted, undone.restored, undone.skipped) == (1, 2, 0)
    assert values(shop, kept)["name"] == "Kept"
    assert values(shop, gone)["name"] == "Gone"
    with shop.reading() as call:
        assert outcomes[0].id not in {each.id for each in list_records(call, C, Query()).rows}


def a_batch_with_a_conflict(shop: Shop) -> tuple[str, list[int]]:
    ids = [shop.customer(name=f"{number}") for number in range(3)]
    with shop.writing() as call:
        call = in_batch(call, "batch")
        batch(call, C, [Operation("update", each, {"visits": 9}) for each in ids])
    changed(shop, ids[1], visits=10)
    return call.batch or "", ids


def test_conflicts_refuse_all_or_are_left_alone(shop: Shop) -> None:
    name, ids = a_batch_with_a_conflict(shop)
    with pytest.raises(Refusal) as found, shop.writing() as call:
        undo_batch(call, name)
    assert [each.path for each in found.value.problems] == [f"{C}/{ids[1]}"]
    assert [values(shop, each)["visits"] for each in ids] == [9, 10, 9]
    with shop.writing() as call:
        undone = undo_batch(call, name, conflicts="skip")
    assert (undone.restored, undone.skipped) == (2, 1)
    assert [values(shop, each)["visits"] for each in ids] == [None, 10, None]


@pytest.mark.parametrize("name", ["", "batch-0000", "x" * 5000, "import-1", "delete-'; --"])
def test_a_batch_that_is_not_there_is_missing(shop: Shop, name: str) -> None:
    with pytest.raises(Refusal) as found, shop.writing() as call:
        undo_batch(call, name)
    assert found.value.kind == "missing"


def test_an_unknown_way_with_conflicts_is_refused(shop: Shop) -> None:
    made = shop.customer()
    entry = changed(shop, made, name="B")
    assert refused(shop, made, entry, conflicts="force").problems[0].code == "undo_mode"


def test_who_may_not_change_may_not_change_back(shop: Shop) -> None:
    mine = shop.customer("ann", name="Mine")
    theirs = shop.customer("mia", name="Theirs")
    owner = changed(shop, mine, owner=shop.people["bob"].id)
    assert refused(shop, mine, owner, "ann").kind in ("forbidden", "conflict", "missing")
    changed(shop, mine, owner=shop.people["ann"].id)
    secret = changed(shop, mine, secret="x")
    assert refused(shop, mine, secret, "ann").problems[0].code == "undo_forbidden"
    entry = changed(shop, theirs, name="Changed")
    assert refused(shop, theirs, entry, "ann").kind == "missing"
    assert refused(shop, theirs, entry, "eve").kind == "missing"
    assert take_back(shop, theirs, entry, "mia").restored == 1


def test_a_reader_takes_nothing_back(shop: Shop) -> None:
    made = shop.customer(grade="gold", since="2020-01-01", name="A")
    entry = changed(shop, made, name="B")
    assert refused(shop, made, entry, "rob").problems[0].code == "undo_forbidden"


def test_a_rule_of_today_may_stand_in_the_way(shop: Shop) -> None:
    first = shop.customer(email="a@x.example")
    entry = changed(shop, first, email="b@x.example")
    shop.customer(name="Second", email="a@x.example")
    found = refused(shop, first, entry)
    assert [each.code for each in found.problems] == ["unique"]


def test_what_was_deleted_since_is_told(shop: Shop) -> None:
    made = shop.customer()
    entry = changed(shop, made, name="B")
    with shop.writing() as call:
        delete(call, C, made)
    with pytest.raises(Refusal) as found, shop.writing() as call:
        undo_change(call, C, made, entry)
    assert found.value.problems[0].code == "undo_deleted"


def test_every_event_of_an_undo_names_its_batch(shop: Shop) -> None:
    name, _ = a_batch_with_a_conflict(shop)
    with shop.writing() as call:
        undone = undo_batch(call, name, conflicts="skip")
    with shop.database.reading() as connection:
        found = connection.execute(select(HISTORY.c.action).where(HISTORY.c.batch == undone.batch)).all()
    assert len(found) == 2


def test_of_two_who_undo_the_same_one_does(shop: Shop) -> None:
    name, ids = a_batch_with_a_conflict(shop)
    barrier, outcomes = threading.Barrier(2), list[str]()

    def take() -> None:
        barrier.wait()
        try:
            with shop.writing() as call:
                done = undo_batch(call, name, conflicts="skip")
            outcomes.append(f"{done.restored} restored")
        except Refusal as refusal:
            outcomes.append(refusal.kind)

    threads = [threading.Thread(target=take) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["2 restored", "conflict"]
    assert [values(shop, each)["visits"] for each in ids] == [None, 10, None]
