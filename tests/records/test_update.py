"""Changing, deleting and restoring records, and what their history tells."""

from __future__ import annotations

import threading
from decimal import Decimal

import pytest
from sqlalchemy import insert

from dougong.diagnostics import Refusal
from dougong.records.batch import Operation, batch
from dougong.records.comments import add_comment
from dougong.records.copy_ import copy_values
from dougong.records.create import create
from dougong.records.delete import delete, restore
from dougong.records.events import Event, forget, listen
from dougong.records.history import history
from dougong.records.query import Query, list_records
from dougong.records.read import read
from dougong.records.related import related
from dougong.records.update import update
from dougong.records.why import why
from dougong.storage.system import INSTANCE
from tests.installed import AT
from tests.records.conftest import Shop


def codes(refusal: pytest.ExceptionInfo[Refusal]) -> list[tuple[str, str]]:
    return sorted((each.path, each.code) for each in refusal.value.problems)


def test_only_what_changed_is_written_and_told(shop: Shop) -> None:
    customer = shop.customer(credit="1.00", tags=["a"])
    with shop.writing("mia") as call:
        changed = update(
            call, "shop.customer", customer, {"credit": "2.50", "tags": [], "name": "Acme"}, if_version=1
        )
    assert (changed.version, changed.values["credit"], changed.values["tags"]) == (2, Decimal("2.50"), None)
    with shop.writing("mia") as call:
        same = update(call, "shop.customer", customer, {"credit": "2.50", "name": "Acme"})
        assert same.version == 2
        told = history(call, "shop.customer", customer)
    assert [(entry.action, entry.actor, entry.door, entry.version) for entry in told.entries] == [
        ("update", "Mia", "api", 2),
        ("create", "Root", "api", 1),
    ]
    assert told.entries[0].changes == {"credit": ("1.00", "2.50"), "tags": (["a"], None)}
    assert told.entries[1].changes["credit"] == (None, "1.00")
    assert told.entries[1].changes["tags"] == (None, ["a"])


def test_a_stale_version_is_refused_and_nothing_changes(shop: Shop) -> None:
    customer = shop.customer()
    with shop.writing() as call:
        update(call, "shop.customer", customer, {"name": "B"})
    for act in (
        lambda call: update(call, "shop.customer", customer, {"name": "C"}, if_version=1),
        lambda call: delete(call, "shop.customer", customer, if_version=1),
    ):
        with pytest.raises(Refusal) as refusal, shop.writing() as call:
            act(call)
        assert refusal.value.kind == "stale"
    with shop.reading() as call:
        assert read(call, "shop.customer", customer).values["name"] == "B"


def test_rows_are_matched_by_their_id(shop: Shop) -> None:
    customer, product = shop.customer(), shop.product("p", "2.00")
    order = shop.order(customer, lines=[{"product": product, "quantity": each} for each in ("1", "2", "3")])
    with shop.writing() as call:
        one, two, three = read(call, "shop.order", order).values["lines"]
        lines = [
            {"id": str(three["id"]), "quantity": "30"},
            {"product": product, "quantity": "4"},
            {"id": one["id"]},
        ]
        changed = update(call, "shop.order", order, {"lines": lines})
        rows = changed.values["lines"]
        told = history(call, "shop.order", order)
    assert [row["id"] for row in rows][::2] == [three["id"], one["id"]]
    assert [row["subtotal"] for row in rows] == [Decimal("60.00"), Decimal("8.00"), Decimal("2.00")]
    assert changed.values["total"] == Decimal("70.00")
    changes = {(each.kind, each.id) for each in told.entries[0].rows["lines"]}
    assert changes == {("added", rows[1]["id"]), ("changed", three["id"]), ("removed", two["id"])}
    assert told.entries[0].changes["total"] == ("12.00", "70.00")
    first = {each.id: each.changes["quantity"] for each in told.entries[1].rows["lines"]}
    assert first == {one["id"]: (None, "1.00"), two["id"]: (None, "2.00"), three["id"]: (None, "3.00")}


def test_rows_of_others_are_refused(shop: Shop) -> None:
    customer, product = shop.customer(), shop.product("p")
    order = shop.order(customer, lines=[{"product": product, "quantity": "1"}])
    other = shop.order(customer, lines=[{"product": product, "quantity": "1"}])
    with shop.reading() as call:
        [foreign] = read(call, "shop.order", other).values["lines"]
        [own] = read(call, "shop.order", order).values["lines"]
    with pytest.raises(Refusal) as refusal, shop.writing() as call:
        update(
            call,
            "shop.order",
            order,
            {"lines": [{"id": foreign["id"], "quantity": "2"}, {"id": "x"}, {"id": True}]},
        )
    assert codes(refusal) == [(f"lines/{place}/id", "unknown_row") for place in range(3)]
    with pytest.raises(Refusal) as refusal, shop.writing() as call:
        update(call, "shop.order", order, {"lines": [{"id": own["id"]}, {"id": own["id"]}]})
    assert codes(refusal) == [("lines/1/id", "repeated_row")]


def test_a_change_of_the_record_recomputes_from_rows_it_did_not_name(shop: Shop) -> None:
    customer, product = shop.customer(), shop.product("p", "10.00")
    order = shop.order(customer, lines=[{"product": product, "quantity": "2"}])
    with shop.writing() as call:
        changed = update(call, "shop.order", order, {"discount": "0.25"})
    assert changed.values["total"] == Decimal("15.00")
    assert len(changed.values["lines"]) == 1


def test_stages_are_moved_as_the_pipeline_allows(shop: Shop) -> None:
    order = shop.order(shop.customer())
    for stage, code in (("won", "stage_from"), ("offered", "stage_require"), ("lost", "stage_require")):
        with pytest.raises(Refusal) as refusal, shop.writing() as call:
            update(call, "shop.order", order, {"stage": stage})
        assert [each.code for each in refusal.value.problems] == [code]
    with shop.writing() as call:
        update(call, "shop.order", order, {"stage": "offered", "reference": "R"})
        assert update(call, "shop.order", order, {"stage": "won"}).values["stage"] == "won"


def test_a_deletion_that_is_held_takes_no_number_of_the_history(shop: Shop) -> None:
    """How many others point to the record, who may be unseen, must not show in the number of the next change."""
    alpha = shop.customer(name="Alpha")
    for number in range(3):
        shop.customer(name=f"Beta {number}", referrer=alpha)
    with shop.writing() as call:
        create(call, "shop.note", {"text": "x", "about": alpha})
    order = shop.order(alpha)
    with shop.reading() as call:
        last = history(call, "shop.order", order).entries[0].id
    with pytest.raises(Refusal) as refusal, shop.writing() as call:
        delete(call, "shop.customer", alpha)
    assert [each.code for each in refusal.value.problems] == ["restricted"]
    with shop.writing() as call:
        update(call, "shop.order", order, {"reference": "R"})
        assert history(call, "shop.order", order).entries[0].id == last + 1


def test_links_follow_their_rules_on_delete(shop: Shop) -> None:
    alpha = shop.customer(name="Alpha")
    beta = shop.customer(name="Beta", referrer=alpha)
    with shop.writing() as call:
        note = create(call, "shop.note", {"text": "x", "about": alpha}).id
    order = shop.order(alpha)
    with pytest.raises(Refusal) as refusal, shop.writing() as call:
        delete(call, "shop.customer", alpha)
    assert refusal.value.kind == "conflict"
    assert [each.code for each in refusal.value.problems] == ["restricted"]
    with shop.writing() as call:
        delete(call, "shop.order", order)
        delete(call, "shop.customer", alpha)
    with shop.reading() as call:
        assert read(call, "shop.customer", beta).values["referrer"] is None
        assert read(call, "shop.customer", beta).version == 2
        for key, gone in (("shop.customer", alpha), ("shop.note", note)):
            with pytest.raises(Refusal) as missing:
                read(call, key, gone)
            assert missing.value.kind == "missing"
        assert [record.id for record in list_records(call, "shop.customer", Query(deleted=True)).rows] == [
            alpha
        ]
        assert list_records(call, "shop.customer", Query(q="Alpha")).rows == ()
    with shop.writing() as call:
        restored = restore(call, "shop.customer", alpha)
        assert restored.version == 3
        assert read(call, "shop.note", note).values["about"] == alpha
        assert [record.id for record in list_records(call, "shop.customer", Query(q="Alpha")).rows] == [alpha]
        with pytest.raises(Refusal):
            restore(call, "shop.customer", alpha)


def test_a_restored_record_must_still_be_possible(shop: Shop) -> None:
    first = shop.customer(email="a@b.example")
    with shop.writing() as call:
        delete(call, "shop.customer", first)
    shop.customer(email="a@b.example")
    with pytest.raises(Refusal) as refusal, shop.writing() as call:
        restore(call, "shop.customer", first)
    assert refusal.value.kind == "conflict"
    customer = shop.customer()
    order = shop.order(customer)
    with shop.writing() as call:
        delete(call, "shop.order", order)
        delete(call, "shop.customer", customer)
    with pytest.raises(Refusal) as refusal, shop.writing() as call:
        restore(call, "shop.order", order)
    assert [each.code for each in refusal.value.problems] == ["restore_target"]


def test_a_record_under_approval_is_locked_for_all_but_the_workflow(shop: Shop) -> None:
    order = shop.order(shop.customer())
    with shop.writing() as call:
        row = {
            "app": "shop",
            "workflow": "w",
            "version_number": 1,
            "entity": "shop.order",
            "record_id": order,
        }
        call.connection.execute(insert(INSTANCE).values(**row, state="running", locks=True, started_at=AT))
    for act in (
        lambda call: update(call, "shop.order", order, {"reference": "R"}),
        lambda call: delete(call, "shop.order", order),
        lambda call: batch(call, "shop.order", [Operation("update", order, {"reference": "R"})]),
    ):
        with pytest.raises(Refusal) as refusal, shop.writing() as call:
            act(call)
        assert refusal.value.kind == "conflict"
    with shop.writing(door="workflow") as call:
        assert update(call, "shop.order", order, {"reference": "R"}).values["reference"] == "R"


def test_a_batch_is_all_or_nothing_when_asked(shop: Shop) -> None:
    customer = shop.customer()
    operations = [
        Operation("create", values={"name": "New"}),
        Operation("update", customer, {"name": "Changed"}),
        Operation("update", customer, {"visits": -1}),
        Operation("update", 999, {"name": "x"}),
        Operation("explode", 1),
        Operation("delete", 999),
        Operation("update", customer, {"name": "x"}, if_version=77),
    ]
    with pytest.raises(Refusal) as refusal, shop.writing() as call:
        batch(call, "shop.customer", operations)
    assert codes(refusal) == [
        ("2/visits", "too_small"),
        ("3", "not_found"),
        ("4", "bad_operation"),
        ("5", "not_found"),
        ("6", "stale"),
    ]
    with shop.writing() as call:
        assert read(call, "shop.customer", customer).values["name"] == "Acme"
        outcomes = batch(call, "shop.customer", operations, atomic=False)
    assert [outcome.refused for outcome in outcomes] == [
        "",
        "",
        "invalid",
        "missing",
        "invalid",
        "missing",
        "stale",
    ]
    with shop.reading() as call:
        found = {record.values["name"] for record in list_records(call, "shop.customer", Query()).rows}
    assert found == {"New", "Changed"}


def test_a_batch_has_a_limit(shop: Shop) -> None:
    with pytest.raises(Refusal) as refusal, shop.writing() as call:
        batch(call, "shop.customer", [Operation("delete", 1)] * 10_001)
    assert refusal.value.kind == "too_large"


def test_a_copy_leaves_out_what_is_computed_or_unique(shop: Shop) -> None:
    customer, product = shop.customer(email="a@b.example"), shop.product("p")
    order = shop.order(customer, lines=[{"product": product, "quantity": "2"}], discount="0.1")
    with shop.writing() as call:
        values = copy_values(call, "shop.order", order)
        assert set(values) == {"customer", "placed_on", "discount", "lines"}
        assert set(values["lines"][0]) == {"product", "quantity", "price"}
        assert create(call, "shop.order", values).values["total"] == Decimal("18.00")
        assert "email" not in copy_values(call, "shop.customer", customer)


def test_listeners_hear_of_every_change_in_its_transaction(shop: Shop) -> None:
    heard: list[Event] = []
    listen("test", lambda call, events: heard.extend(events))
    try:
        customer = shop.customer()
        with shop.writing() as call:
            update(call, "shop.customer", customer, {"visits": 3})
            delete(call, "shop.customer", customer)
            restore(call, "shop.customer", customer)
    finally:
        forget("test")
    assert [(event.kind, event.version) for event in heard] == [
        ("create", 1),
        ("update", 2),
        ("delete", 3),
        ("restore", 4),
    ]
    assert heard[1].changed == {"visits"}


@pytest.mark.parametrize("identifier", [0, -1, 2**63 - 1, 2**63, 10**30, -(10**30)])
def test_impossible_ids_are_those_of_no_record(shop: Shop, identifier: int) -> None:
    for act in (
        lambda call: read(call, "shop.customer", identifier),
        lambda call: update(call, "shop.customer", identifier, {"name": "x"}),
        lambda call: delete(call, "shop.customer", identifier),
        lambda call: restore(call, "shop.customer", identifier),
        lambda call: history(call, "shop.customer", identifier),
        lambda call: add_comment(call, "shop.customer", identifier, "x"),
        lambda call: related(call, "shop.customer", identifier, "orders", Query()),
        lambda call: copy_values(call, "shop.customer", identifier),
        lambda call: batch(call, "shop.customer", [Operation("update", identifier, {})]),
        lambda call: batch(call, "shop.customer", [Operation("restore", identifier)]),
        lambda call: why(call, call.actor, "shop.customer", "read", identifier),
    ):
        with pytest.raises(Refusal) as refusal, shop.writing() as call:
            act(call)
        assert refusal.value.kind == "missing"
    with pytest.raises(Refusal) as refusal, shop.writing() as call:
        create(call, "shop.order", {"customer": identifier})
    assert refusal.value.kind == "invalid"


def _behind_a_barrier(count: int, act: object) -> list[object]:
    barrier = threading.Barrier(count)
    outcomes: list[object] = []

    def run(number: int) -> None:
        barrier.wait()
        try:
            outcomes.append(act(number))  # type: ignore[operator]
        except Refusal as refusal:
            outcomes.append(refusal)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_of_equal_unique_values_one_writer_wins(shop: Shop) -> None:
    outcomes = _behind_a_barrier(6, lambda number: shop.customer(email="one@only.example"))
    refusals = [outcome for outcome in outcomes if isinstance(outcome, Refusal)]
    assert len(outcomes) == 6
    assert len(refusals) == 5
    assert {(each.path, each.code) for refusal in refusals for each in refusal.problems} == {
        ("email", "unique")
    }


def test_of_equal_versions_one_writer_wins(shop: Shop) -> None:
    customer = shop.customer()

    def change(number: int) -> int:
        with shop.writing() as call:
            return update(call, "shop.customer", customer, {"visits": number + 1}, if_version=1).version

    outcomes = _behind_a_barrier(6, change)
    assert outcomes.count(2) == 1
    assert [each.kind for each in outcomes if isinstance(each, Refusal)] == ["stale"] * 5


def test_serial_numbers_are_counted_without_gaps_by_many_writers(shop: Shop) -> None:
    customer = shop.customer()

    def work(number: int) -> None:
        for _ in range(6):
            shop.order(customer)

    _behind_a_barrier(4, work)
    with shop.reading() as call:
        numbers = [
            record.values["number"] for record in list_records(call, "shop.order", Query(limit=100)).rows
        ]
    assert sorted(numbers) == [f"O-202611-{number:03d}" for number in range(1, 25)]
