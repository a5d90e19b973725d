"""Merging records: values chosen, links turned wherever they stand, the others in the bin, and all of it taken back as one."""

from __future__ import annotations

import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from dougong.diagnostics import Refusal
from dougong.records.comments import add_comment, list_comments
from dougong.records.create import create
from dougong.records.delete import delete, restore
from dougong.records.files import download, upload
from dougong.records.history import history
from dougong.records.merge import Merged, merge
from dougong.records.read import read
from dougong.records.undo import undo_batch
from dougong.records.unmerge import forward_of
from dougong.records.update import update
from dougong.storage.stores.folder import FolderStore
from dougong.storage.system import INSTANCE
from tests.installed import AT
from tests.records.conftest import Shop
from tests.stored_files import whole

C = "shop.customer"


def values(shop: Shop, identifier: int, key: str = C, login: str = "root") -> dict[str, Any]:
    with shop.reading(login) as call:
        return dict(read(call, key, identifier).values)


def merged(shop: Shop, survivor: int, *losers: int, login: str = "root", **options: Any) -> Merged:
    key = options.pop("key", C)
    with shop.writing(login) as call:
        return merge(call, key, survivor, losers, **options)


def refused(shop: Shop, survivor: int, *losers: int, login: str = "root", **options: Any) -> Refusal:
    with pytest.raises(Refusal) as found:
        merged(shop, survivor, *losers, login=login, **options)
    return found.value


def take_back(shop: Shop, done: Merged, login: str = "root") -> None:
    with shop.writing(login) as call:
        undone = undo_batch(call, done.batch)
        assert undone.conflicts == ()


def everything(shop: Shop) -> dict[str, Any]:
    """The whole content of the shop's tables, without versions and stamps."""
    found: dict[str, Any] = {}
    stamps = ("version", "updated_at", "updated_by", "created_at", "position", "id", "parent_id")
    with shop.database.reading() as connection:
        for key, table in shop.release.tables.every():
            if key.endswith("#search"):
                continue
            rows = connection.execute(select(table)).mappings().all()
            kept = ("id",) if "deleted_at" in table.c else ()
            found[key] = sorted(
                repr([(name, row[name]) for name in row if name in kept or name not in stamps])
                for row in rows
            )
    return found


def test_empty_fields_are_filled_and_the_others_stay(shop: Shop) -> None:
    survivor = shop.customer(name="Acme", visits=3)
    loser = shop.customer(name="ACME Ltd", visits=5, email="a@x.example", tags=["a"], phone="+8613800138000")
    done = merged(shop, survivor, loser)
    now = values(shop, survivor)
    assert (now["name"], now["visits"], now["email"], now["tags"]) == ("Acme", 3, "a@x.example", ("a",))
    assert now["number"] == "C-0001"
    assert done.record.id == survivor
    with pytest.raises(Refusal):
        values(shop, loser)


def test_values_are_chosen_field_by_field(shop: Shop) -> None:
    first = shop.customer(name="A", visits=1, tags=["a", "b"], notes="first")
    second = shop.customer(name="B", visits=2, tags=["b", "c"], notes="second")
    third = shop.customer(name="C", visits=3)
    choices = {"name": third, "visits": second, "tags": "both", "notes": third}
    now = merged(shop, first, second, third, choices=choices).record.values
    assert (now["name"], now["visits"], now["tags"], now["notes"]) == ("C", 2, ("a", "b", "c"), None)


def test_links_are_turned_wherever_they_stand(shop: Shop) -> None:
    survivor, loser = shop.customer(name="S"), shop.customer(name="L")
    order = shop.order(loser)
    with shop.writing() as call:
        note = create(call, "shop.note", {"text": "n", "about": loser}).id
    referred = shop.customer(name="R", referrer=loser)
    merged(shop, survivor, loser)
    assert values(shop, order, "shop.order")["customer"] == survivor
    assert values(shop, note, "shop.note")["about"] == survivor
    assert values(shop, referred)["referrer"] == survivor


def test_links_in_rows_and_lists_are_turned(shop: Shop) -> None:
    survivor, loser, third = shop.product("S"), shop.product("L"), shop.product("T")
    customer = shop.customer(hidden_link=loser)
    lines = [{"product": loser, "quantity": 2, "price": "3"}, {"product": third, "quantity": 1}]
    first = shop.order(customer, lines=lines, related=[third, loser, survivor])
    second = shop.order(customer, related=[loser])
    merged(shop, survivor, loser, key="shop.product")
    now = values(shop, first, "shop.order")
    assert [row["product"] for row in now["lines"]] == [survivor, third]
    assert now["related"] == (third, survivor)
    assert values(shop, second, "shop.order")["related"] == (survivor,)
    assert values(shop, customer)["hidden_link"] == survivor
    assert str(now["total"]) == "16.00"


def test_turning_a_link_fills_nothing_in(shop: Shop) -> None:
    survivor, loser = shop.customer(name="S", phone="+8613800138000"), shop.customer(name="L")
    order = shop.order(loser)
    merged(shop, survivor, loser)
    assert values(shop, order, "shop.order")["contact_phone"] is None


def test_nobody_points_to_himself_afterwards(shop: Shop) -> None:
    loser = shop.customer(name="L")
    survivor = shop.customer(name="S", referrer=loser)
    with shop.writing() as call:
        update(call, C, loser, {"referrer": survivor})
    assert merged(shop, survivor, loser).record.values["referrer"] is None


def test_rows_and_links_of_both_are_kept_or_chosen(shop: Shop) -> None:
    a, b = shop.product("A"), shop.product("B")
    customer = shop.customer()
    first = shop.order(customer, lines=[{"product": a, "quantity": 1}], related=[a])
    second = shop.order(customer, lines=[{"product": b, "quantity": 2}], related=[a, b])
    third = shop.order(customer, lines=[{"product": b, "quantity": 3}])
    now = merged(shop, first, second, key="shop.order").record.values
    assert [(row["product"], int(row["quantity"])) for row in now["lines"]] == [(a, 1), (b, 2)]
    assert now["related"] == (a, b)
    now = merged(shop, first, third, key="shop.order", choices={"lines": third}).record.values
    assert [(row["product"], int(row["quantity"])) for row in now["lines"]] == [(b, 3)]


def test_what_hangs_on_a_record_moves(shop: Shop, tmp_path: Path) -> None:
    survivor = shop.customer(name="S")
    with shop.writing() as call:
        file = upload(call, FolderStore(tmp_path), C, "contract", "c.txt", io.BytesIO(b"x")).id
        loser = create(call, C, {"name": "L", "contract": [{"id": file}]}).id
        add_comment(call, C, loser, "hello")
        ended = {
            "app": "shop",
            "workflow": "w",
            "version_number": 1,
            "entity": C,
            "record_id": loser,
            "state": "finished",
            "started_at": AT,
        }
        call.connection.execute(INSTANCE.insert().values(**ended))
    done = merged(shop, survivor, loser)
    with shop.reading("mia") as call:
        assert [each.text for each in list_comments(call, C, survivor)] == ["hello"]
        found = download(call, FolderStore(tmp_path), file)
        assert (found.file.name, whole(found)) == ("c.txt", b"x")
        assert call.connection.execute(select(INSTANCE.c.record_id)).scalar_one() == survivor
    take_back(shop, done)
    with shop.reading("mia") as call:
        assert [each.text for each in list_comments(call, C, loser)] == ["hello"]
        found = download(call, FolderStore(tmp_path), file)
        assert (found.file.name, whole(found)) == ("c.txt", b"x")
        assert call.connection.execute(select(INSTANCE.c.record_id)).scalar_one() == loser
    assert values(shop, survivor)["contract"] is None
    assert [each["id"] for each in values(shop, loser)["contract"]] == [file]


def test_a_merge_is_taken_back_as_one(shop: Shop) -> None:
    a, b = shop.product("A"), shop.product("B")
    survivor = shop.customer(name="S", hidden_link=a)
    loser = shop.customer(name="L", email="l@x.example", visits=4, tags=["c"])
    lines = [{"product": b, "quantity": 2, "price": "3"}]
    shop.order(loser, lines=lines, related=[a, b])
    with shop.writing() as call:
        create(call, "shop.note", {"text": "n", "about": loser})
    before = everything(shop)
    done = merged(shop, survivor, loser, choices={"name": loser, "visits": loser})
    assert everything(shop) != before
    take_back(shop, done)
    assert everything(shop) == before
    products = merged(shop, a, b, key="shop.product")
    take_back(shop, products)
    assert everything(shop) == before


def test_the_old_address_tells_the_new_one(shop: Shop) -> None:
    first, second, third = (shop.customer(name=each) for each in "ABC")
    merged(shop, second, first)
    done = merged(shop, third, second)
    with shop.reading() as call:
        assert forward_of(call, C, first) == third
        assert forward_of(call, C, second) == third
        assert forward_of(call, C, third) is None
        assert forward_of(call, C, 999_999) is None
    with shop.reading("ann") as call:
        assert forward_of(call, C, first) is None
    take_back(shop, done)
    with shop.reading() as call:
        assert forward_of(call, C, first) == second
        assert forward_of(call, C, second) is None


def test_changes_of_a_merged_record_are_told_the_new_one_by_who_may_see_it(shop: Shop) -> None:
    survivor, gone = shop.customer(name="Stays"), shop.customer(name="Goes")
    merged(shop, survivor, gone)
    with shop.writing() as call, pytest.raises(Refusal) as told:
        update(call, C, gone, {"name": "Late"})
    [found] = told.value.problems
    assert (told.value.kind, found.code, str(survivor) in found.message) == ("missing", "merged", True)
    with shop.writing("ann") as call, pytest.raises(Refusal) as kept:
        update(call, C, gone, {"name": "Late"})
    assert [each.code for each in kept.value.problems] == ["not_found"]
    with shop.writing() as call, pytest.raises(Refusal) as unknown:
        update(call, C, 10**30, {"name": "Late"})
    assert [each.code for each in unknown.value.problems] == ["not_found"]


def test_merging_needs_the_rights_to_change_and_to_delete(shop: Shop) -> None:
    mine, yours = shop.customer("ann", name="Mine"), shop.customer("bob", name="Yours")
    theirs = shop.customer("mia", name="Theirs")
    assert refused(shop, mine, yours, login="ann").kind == "missing"
    assert refused(shop, mine, theirs, login="bob").kind in ("missing", "forbidden")
    assert refused(shop, mine, theirs, login="eve").kind == "missing"
    assert refused(shop, mine, theirs, login="rob").kind in ("missing", "forbidden")
    also = shop.customer(name="Also", credit="5.00", owner=shop.people["ann"].id)
    with shop.writing() as call:
        update(call, C, mine, {"secret": "s"})
        update(call, C, also, {"secret": "t"})
    merged(shop, mine, also, login="ann")
    now = values(shop, mine)
    assert (now["secret"], now["credit"]) == ("s", None)


def test_links_that_one_may_not_see_are_turned_too(shop: Shop) -> None:
    mine, also = shop.customer("ann", name="Mine"), shop.customer("ann", name="Also")
    hidden = shop.customer("mia", name="Hidden", referrer=also)
    done = merged(shop, mine, also, login="ann")
    assert values(shop, hidden)["referrer"] == mine
    take_back(shop, done, "ann")
    assert values(shop, hidden)["referrer"] == also


@pytest.mark.parametrize(
    ("choices", "code"),
    [
        ({"nope": 1}, "unknown_field"),
        ({"number": 1}, "unknown_field"),
        ({"name": 77}, "merge_choice"),
        ({"name": "both"}, "merge_choice"),
        ({"tags": "all"}, "merge_choice"),
    ],
)
def test_choices_that_make_no_sense_are_refused(shop: Shop, choices: dict[str, Any], code: str) -> None:
    first, second = shop.customer(name="A"), shop.customer(name="B")
    found = refused(shop, first, second, choices=choices)
    assert (found.kind, found.problems[0].code) == ("invalid", code)


@pytest.mark.parametrize("losers", [(), (1,), (2, 2), (0,), (-5,), (2**70,), tuple(range(2, 60))])
def test_records_that_make_no_sense_are_refused(shop: Shop, losers: tuple[int, ...]) -> None:
    first, _ = shop.customer(name="A"), shop.customer(name="B")
    found = refused(shop, first, *losers)
    assert (found.kind, found.problems[0].code) == ("invalid", "merge_few")


def test_a_record_that_is_gone_or_changed_is_refused(shop: Shop) -> None:
    first, second = shop.customer(name="A"), shop.customer(name="B")
    assert refused(shop, first, 999).kind == "missing"
    assert refused(shop, first, second, versions={second: 7}).kind == "stale"
    assert merged(shop, first, second, versions={first: 1, second: 1}).record.id == first
    assert refused(shop, first, second).kind == "missing"


def test_a_running_approval_stands_in_the_way(shop: Shop) -> None:
    first, second = shop.customer(name="A"), shop.customer(name="B")
    running = {
        "app": "shop",
        "workflow": "w",
        "version_number": 1,
        "entity": C,
        "record_id": second,
        "state": "running",
        "locks": False,
        "started_at": AT,
    }
    with shop.writing() as call:
        call.connection.execute(INSTANCE.insert().values(**running))
    assert refused(shop, first, second).problems[0].code == "merge_running"


def test_what_must_be_unique_together_refuses_the_whole(shop: Shop) -> None:
    first, second = shop.customer(name="A"), shop.customer(name="B")
    shop.order(first, reference="1")
    shop.order(second, reference="1")
    before = everything(shop)
    found = refused(shop, first, second)
    assert found.kind == "conflict"
    assert everything(shop) == before


def test_a_merge_taken_back_leaves_what_was_changed_since(shop: Shop) -> None:
    first, second = shop.customer(name="A"), shop.customer(name="B")
    order = shop.order(second)
    done = merged(shop, first, second)
    other = shop.customer(name="C")
    with shop.writing() as call:
        update(call, "shop.order", order, {"customer": other})
    with pytest.raises(Refusal) as found, shop.writing() as call:
        undo_batch(call, done.batch)
    assert [each.path for each in found.value.problems] == [f"shop.order/{order}"]
    with shop.writing() as call:
        undone = undo_batch(call, done.batch, conflicts="skip")
    assert undone.skipped == 1
    assert values(shop, second)["name"] == "B"
    assert values(shop, order, "shop.order")["customer"] == other


def test_a_record_that_comes_back_points_to_whoever_its_links_were_merged_into(shop: Shop) -> None:
    first, second, third = (shop.customer(name=each) for each in "ABC")
    old, new = shop.product("old"), shop.product("new")
    lines = [{"product": old, "quantity": 2, "price": "3"}, {"product": new, "quantity": 1, "price": "1"}]
    order = shop.order(first, lines=lines, related=[old, new])
    with shop.writing() as call:
        delete(call, "shop.order", order)
    merged(shop, second, first)
    merged(shop, third, second)
    merged(shop, new, old, key="shop.product")
    with shop.writing("mia") as call:
        back = restore(call, "shop.order", order)
    assert back.values["customer"] == third
    assert [line["product"] for line in back.values["lines"]] == [new, new]
    assert (back.values["related"], back.values["total"]) == ((new,), Decimal("7.00"))
    with shop.reading() as call:
        entries = history(call, "shop.order", order).entries
    told = [(set(entry.changes), set(entry.rows)) for entry in entries if entry.action == "update"]
    assert told == [(set(), {"lines"}), ({"customer"}, set())]


def test_what_cannot_follow_a_merge_does_not_come_back(shop: Shop) -> None:
    first, second = shop.customer(name="A"), shop.customer(name="B")
    order = shop.order(first, reference="1")
    with shop.writing() as call:
        delete(call, "shop.order", order)
    merged(shop, second, first)
    taken = shop.order(second, reference="1")
    with pytest.raises(Refusal) as found, shop.writing() as call:
        restore(call, "shop.order", order)
    assert found.value.kind == "conflict"
    with shop.writing() as call:
        delete(call, "shop.order", taken)
        delete(call, C, second)
    with pytest.raises(Refusal) as found, shop.writing() as call:
        restore(call, "shop.order", order)
    assert [each.code for each in found.value.problems] == ["restore_target"]
