"""Rules about deletions: what they refuse, warn of and lock, for the record itself, for what goes along, and at every door."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from dougong.diagnostics import Refusal
from dougong.records.batch import Operation, batch
from dougong.records.create import create
from dougong.records.delete import delete
from dougong.records.history import history
from dougong.records.merge import merge
from dougong.records.read import read
from dougong.records.undo import undo_batch
from dougong.records.update import update
from tests.installed import Installed, open_database, publish
from tests.servers.databases import DIALECTS, Databases

SOURCES = {
    "app.yaml": "id: shop\nversion: 1.0.0\nlabel: Shop\nlanguages: [zh, en]\n",
    "entities/order.yaml": """
label: {en: Order, zh: 订单}
title: "{name}"
fields:
  name: {type: text}
  note: {type: text}
  state: {type: choice, options: {open: Open, paid: Paid, closed: Closed}, default: "'open'"}
  customer: {type: link, to: customer, on_delete: cascade, inverse: orders}
  lines:
    type: table
    fields: {what: {type: text}, sent: {type: boolean, default: false}}
    rules:
      - {when: "sent", block: {en: A line was sent, zh: 明细已发货}, on: [delete]}
rules:
  - {when: "state = 'paid'", block: {en: Paid orders stay, zh: 已付款不能删除}, on: [delete]}
  - {when: "note = 'keep'", warn: {en: Somebody wanted to keep it, zh: 有人想保留}, on: [delete]}
  - {when: "customer.name = 'Bank'", block: {en: Of the bank, zh: 银行的订单}, on: [delete], doors: [api]}
  - {when: "state = 'closed'", lock: true, doors: [screen, api, import]}
""",
    "entities/customer.yaml": """
label: {en: Customer, zh: 客户}
title: "{name}"
fields: {name: {type: text}}
rules:
  - {when: "COUNT(orders WHERE note = 'waits') > 0", block: {en: Orders wait, zh: 有等待的订单}, on: [delete]}
""",
    "entities/move.yaml": """
label: Move
fields: {product: {type: text}, quantity: {type: decimal, decimals: 2}}
rules:
  - check: "SUM(ALL(move).quantity WHERE product = this.product) >= 0"
    message: {en: Not enough in stock, zh: 库存不足}
    on: [create, update, delete]
""",
}


@pytest.fixture(scope="module")
def templates(databases: Databases) -> dict[str, str]:
    found = {}
    for dialect in DIALECTS:
        found[dialect] = databases.fresh(dialect)
        database = open_database(found[dialect])
        publish(database, SOURCES)
        database.dispose()
    return found


@pytest.fixture(params=DIALECTS)
def shop(
    request: pytest.FixtureRequest, databases: Databases, templates: dict[str, str]
) -> Iterator[Installed]:
    url = databases.copy_of(templates[request.param])
    database = open_database(url)
    yield Installed(database)
    database.dispose()
    databases.drop(url)


def made(shop: Installed, key: str = "order", **values: Any) -> int:
    with shop.writing(door="job") as call:
        return create(call, f"shop.{key}", values).id


def deleted(shop: Installed, identifier: int, key: str = "order", **about: Any) -> str:
    with shop.writing(**about) as call:
        return delete(call, f"shop.{key}", identifier)


def deleted_in_a_batch(shop: Installed, identifier: int, **about: Any) -> None:
    with shop.writing(**about) as call:
        batch(call, "shop.order", [Operation("delete", identifier)])


def told(act: Callable[[], object]) -> list[tuple[str, str]]:
    with pytest.raises(Refusal) as refusal:
        act()
    assert refusal.value.kind == "invalid"
    return [(each.code, each.message) for each in refusal.value.problems]


@pytest.mark.parametrize("door", [deleted, deleted_in_a_batch])
def test_a_rule_refuses_a_deletion(shop: Installed, door: Callable[..., object]) -> None:
    paid, plain = made(shop, state="paid"), made(shop)
    assert told(lambda: door(shop, paid)) == [("rule", "Paid orders stay")]
    door(shop, plain)
    with shop.reading() as call, pytest.raises(Refusal):
        read(call, "shop.order", plain)
    with shop.reading() as call:
        assert read(call, "shop.order", paid).version == 1


@pytest.mark.parametrize("door", [deleted, deleted_in_a_batch])
def test_a_warning_is_confirmed(shop: Installed, door: Callable[..., object]) -> None:
    order = made(shop, note="keep")
    with pytest.raises(Refusal) as refusal:
        door(shop, order, door="screen")
    [found] = refusal.value.problems
    key = dict(found.parameters)["confirm"]
    door(shop, order, door="screen", confirmed=frozenset({key}))


def test_a_batch_says_which_record_it_was(shop: Installed) -> None:
    orders = [made(shop), made(shop, state="paid"), made(shop)]
    with shop.writing() as call:
        found = batch(call, "shop.order", [Operation("delete", each) for each in orders], atomic=False)
    assert [each.refused for each in found] == ["", "invalid", ""]
    assert [each.path for each in found[1].problems] == ["1"]


def test_a_rule_about_changes_does_not_hold_up_a_deletion_nor_the_other_way_round(shop: Installed) -> None:
    order = made(shop, state="paid")
    with shop.writing() as call:
        assert update(call, "shop.order", order, {"note": "x"}).values["note"] == "x"


def test_a_door_that_a_rule_does_not_name_is_free(shop: Installed) -> None:
    bank = made(shop, "customer", name="Bank")
    first, second = made(shop, customer=bank), made(shop, customer=bank)
    assert told(lambda: deleted(shop, first, door="api")) == [("rule", "Of the bank")]
    deleted(shop, second, door="screen")


def test_what_goes_along_is_asked_and_named(shop: Installed) -> None:
    bank = made(shop, "customer", name="Bank")
    made(shop, customer=bank, name="No. 1", state="paid")
    made(shop, customer=bank, name="No. 2")
    assert told(lambda: deleted(shop, bank, "customer", door="screen")) == [
        ("rule", "Order “No. 1”: Paid orders stay")
    ]
    with shop.reading() as call:
        assert read(call, "shop.customer", bank).version == 1


def test_what_goes_along_still_reads_what_takes_it_along(shop: Installed) -> None:
    bank = made(shop, "customer", name="Bank")
    made(shop, customer=bank, name="No. 2")
    found = told(lambda: deleted(shop, bank, "customer", door="api", language="zh"))
    assert found == [("rule", "订单 “No. 2”：银行的订单")]


def test_what_hangs_on_a_record_still_counts(shop: Installed) -> None:
    customer = made(shop, "customer", name="Ann")
    made(shop, customer=customer, note="waits")
    assert told(lambda: deleted(shop, customer, "customer")) == [("rule", "Orders wait")]


def test_rows_have_their_say(shop: Installed) -> None:
    order = made(shop, lines=[{"what": "a"}, {"what": "b", "sent": True}])
    assert told(lambda: deleted(shop, order)) == [("rule", "A line was sent")]
    deleted(shop, made(shop, lines=[{"what": "a"}]))


def test_a_row_that_is_taken_out_is_deleted(shop: Installed) -> None:
    order = made(shop, lines=[{"what": "a"}, {"what": "b", "sent": True}])
    with shop.reading() as call:
        first, second = (row["id"] for row in read(call, "shop.order", order).values["lines"])

    def keep(row: int) -> None:
        with shop.writing() as call:
            update(call, "shop.order", order, {"lines": [{"id": row}]})

    assert told(lambda: keep(first)) == [("rule", "A line was sent")]
    keep(second)


def test_a_sum_no_longer_counts_what_goes(shop: Installed) -> None:
    inward, outward = (
        made(shop, "move", product="a", quantity="5"),
        made(shop, "move", product="a", quantity="-4"),
    )
    assert told(lambda: deleted(shop, inward, "move")) == [("rule", "Not enough in stock")]
    with shop.writing() as call:  # both at once leave nothing behind
        batch(call, "shop.move", [Operation("delete", inward), Operation("delete", outward)])


def test_a_locked_record_is_neither_changed_nor_deleted(shop: Installed) -> None:
    order = made(shop, name="a")

    def change(**values: Any) -> None:
        with shop.writing(door="screen") as call:
            update(call, "shop.order", order, values)

    change(state="closed", note="with the change that locks it")
    assert told(lambda: change(note="b", name="a")) == [
        ("rule_locked", "the record is locked: Note cannot be changed")
    ]
    assert told(lambda: change(state="open"))[0][0] == "rule_locked"
    assert told(lambda: change(lines=[{"what": "x"}]))[0][0] == "rule_locked"
    assert told(lambda: deleted(shop, order, door="screen")) == [
        ("rule_locked_delete", "the record is locked and cannot be deleted")
    ]
    with shop.writing(door="workflow") as call:
        update(call, "shop.order", order, {"state": "open"})
    change(note="free again")


def test_a_merge_is_no_way_around(shop: Installed) -> None:
    survivor, paid, kept = made(shop, name="a"), made(shop, state="paid"), made(shop, note="keep")
    with pytest.raises(Refusal), shop.writing() as call:
        merge(call, "shop.order", survivor, [paid], {})
    with shop.writing() as call:  # nobody can be asked
        merge(call, "shop.order", survivor, [kept], {})


def test_a_deletion_is_taken_back_and_a_creation_only_where_rules_let_it_go(shop: Installed) -> None:
    order = made(shop, note="keep")
    gone = deleted(shop, order, door="job")
    with shop.writing() as call:
        undo_batch(call, gone)
    with shop.reading() as call:
        assert read(call, "shop.order", order).values["note"] == "keep"
    with shop.writing() as call:
        [made_now] = batch(call, "shop.order", [Operation("create", values={"state": "paid"})])
    with shop.reading() as call:
        creation = history(call, "shop.order", made_now.id or 0).entries[0].batch
    with pytest.raises(Refusal) as refusal, shop.writing() as call:
        undo_batch(call, creation or "")
    assert [each.message for each in refusal.value.problems if each.code == "rule"] == ["Paid orders stay"]
