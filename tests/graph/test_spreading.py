"""What is computed from other records follows them: through every verb, in the same transaction, with history and events."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event

from dougong.diagnostics import Refusal
from dougong.records import events
from dougong.records.batch import Operation, batch
from dougong.records.create import create_many
from dougong.records.delete import delete, restore
from dougong.records.history import history
from dougong.records.read import read
from dougong.records.undo import undo_batch
from dougong.records.update import update
from tests.graph.conftest import Ledger
from tests.graph.world import wrong


@pytest.fixture
def chain(book: Ledger) -> dict[str, int]:
    """A region with an account, of which an order has an invoice."""
    region = book.make("region", name="North", rate="0.5")
    account = book.make("account", name="Acme", region=region, level=1)
    product = book.make("product", name="Pipe", price="10.00")
    lines = [{"product": product, "quantity": 2}, {"product": product, "quantity": 1}]
    order = book.make("order", number="1", account=account, lines=lines, extras=[product])
    invoice = book.make("invoice", number="1", order=order, fee="1.00")
    return {"region": region, "account": account, "product": product, "order": order, "invoice": invoice}


def test_new_records_read_what_they_point_to(book: Ledger, chain: dict[str, int]) -> None:
    with book.reading() as call:
        assert wrong(call) == []
        invoice = read(call, "ledger.invoice", chain["invoice"]).values
    assert (invoice["due"], invoice["level"], invoice["place"]) == (Decimal("27.56"), 1, "North/Acme")


def test_a_change_goes_on_to_the_third_record_with_history(book: Ledger, chain: dict[str, int]) -> None:
    with book.writing() as call:
        before = read(call, "ledger.product", chain["product"]).values["sold"]
        update(call, "ledger.region", chain["region"], {"name": "South", "rate": "1"})
        assert wrong(call) == []
        invoice = read(call, "ledger.invoice", chain["invoice"])
        entries = history(call, "ledger.invoice", chain["invoice"]).entries
    assert invoice.values["place"] == "South/Acme"
    assert invoice.version == 2
    assert [entry.action for entry in entries] == ["update", "create"]
    assert before == 3


def test_only_real_changes_go_on(book: Ledger, chain: dict[str, int]) -> None:
    with book.writing() as call:
        account = read(call, "ledger.account", chain["account"]).version
        update(call, "ledger.product", chain["product"], {"name": "Tube"})
        update(call, "ledger.region", chain["region"], {"rate": "0.50000"})
        assert read(call, "ledger.order", chain["order"]).version == 1
        assert read(call, "ledger.account", chain["account"]).version == account
        update(call, "ledger.product", chain["product"], {"price": "20.00"})
        assert read(call, "ledger.order", chain["order"]).version == 2
        assert wrong(call) == []


def test_deletions_restorations_and_undoing(book: Ledger, chain: dict[str, int]) -> None:
    with book.writing() as call:
        gone = delete(call, "ledger.product", chain["product"])
        assert wrong(call) == []
        assert read(call, "ledger.order", chain["order"]).values["counted"] == 0
    with book.writing() as call:
        undo_batch(call, gone)
        assert wrong(call) == []
        assert read(call, "ledger.order", chain["order"]).values["counted"] == 1
    with book.writing() as call:
        delete(call, "ledger.account", chain["account"])
        assert wrong(call) == []
        update(call, "ledger.product", chain["product"], {"price": "1.00"})
        update(call, "ledger.region", chain["region"], {"rate": "0.1"})
        restore(call, "ledger.account", chain["account"])
        assert wrong(call) == []
        order = read(call, "ledger.order", chain["order"]).values
    assert order["total"] == Decimal("0.30")


def test_links_that_move_and_empty(book: Ledger, chain: dict[str, int]) -> None:
    other = book.make("region", name="West", rate="0.25")
    with book.writing() as call:
        update(call, "ledger.account", chain["account"], {"region": other})
        assert wrong(call) == []
        assert read(call, "ledger.invoice", chain["invoice"]).values["place"] == "West/Acme"
        delete(call, "ledger.region", other)
        assert wrong(call) == []


def test_a_batch_that_fails_leaves_nothing(book: Ledger, chain: dict[str, int]) -> None:
    operations = [
        Operation("update", chain["product"], {"price": "99.00"}, key="ledger.product"),
        Operation("update", chain["account"], {"level": 77}, key="ledger.account"),
    ]
    with book.writing() as call:
        outcomes = batch(call, "ledger.account", operations, atomic=False)
        assert [bool(outcome.refused) for outcome in outcomes] == [False, True]
        assert wrong(call) == []
        assert read(call, "ledger.order", chain["order"]).values["most"] == Decimal("111.87")


def test_listeners_hear_of_what_followed(book: Ledger, chain: dict[str, int]) -> None:
    heard: list[tuple[str, int, frozenset[str]]] = []

    def listener(call: Any, told: Any) -> None:
        heard.extend((event.key, event.id, event.changed) for event in told)

    events.listen("test", listener)
    try:
        with book.writing() as call:
            update(call, "ledger.account", chain["account"], {"level": 2})
    finally:
        events.forget("test")
    assert heard == [
        ("ledger.account", chain["account"], frozenset({"level", "factor"})),
        ("ledger.order", chain["order"], frozenset({"lines", "factor", "total"})),
        ("ledger.account", chain["account"], frozenset({"turnover"})),
        ("ledger.invoice", chain["invoice"], frozenset({"due", "level"})),
        ("ledger.product", chain["product"], frozenset({"reach"})),
        ("ledger.account", chain["account"], frozenset({"group"})),
        ("ledger.region", chain["region"], frozenset({"turnover"})),
    ]


def test_what_does_not_fit_refuses_the_change(book: Ledger, chain: dict[str, int]) -> None:
    with pytest.raises(Refusal) as refused, book.writing() as call:
        update(call, "ledger.product", chain["product"], {"price": "9999999999999999.00"})
    assert {found.code for found in refused.value.problems} == {"out_of_range"}
    with book.reading() as call:
        assert wrong(call) == []


def test_what_followed_does_not_stand_in_the_way_of_undoing(book: Ledger, chain: dict[str, int]) -> None:
    made = book.make("invoice", number="2", order=chain["order"], fee="5.00")
    with book.writing(batch="batch-1") as call:
        update(call, "ledger.invoice", made, {"fee": "6.00"})
    with book.writing(batch="batch-2") as call:
        update(call, "ledger.product", chain["product"], {"price": "3.00"})
    with book.writing() as call:
        undone = undo_batch(call, "batch-1")
        assert (undone.restored, undone.conflicts) == (1, ())
        assert read(call, "ledger.invoice", made).values["fee"] == Decimal("5.00")
        undone = undo_batch(call, "batch-2")
        assert (undone.restored, undone.conflicts) == (1, ())
        assert wrong(call) == []
        assert read(call, "ledger.order", chain["order"]).values["most"] == Decimal("11.30")


@pytest.mark.parametrize("orders", [30, 300])
def test_a_change_of_a_price_takes_a_few_statements_however_many_lines_there_are(
    book: Ledger, orders: int
) -> None:
    region = book.make("region", name="North", rate="0.5")
    account = book.make("account", name="Acme", region=region, level=1)
    product = book.make("product", name="Pipe", price="10.00")
    lines = [{"product": product, "quantity": number} for number in range(3)]
    with book.writing() as call:
        create_many(call, "ledger.order", [{"account": account, "lines": lines}] * orders)
    sent: list[str] = []

    def count(connection: Any, cursor: Any, text: str, *more: Any) -> None:
        sent.append(text)

    event.listen(book.database.engine, "before_cursor_execute", count)
    with book.writing() as call:
        update(call, "ledger.product", product, {"price": "12.00"})
    event.remove(book.database.engine, "before_cursor_execute", count)
    assert len(sent) <= 40
    with book.reading() as call:
        assert wrong(call) == []


def test_a_total_that_moved_makes_nobody_stale(book: Ledger, chain: dict[str, int]) -> None:
    account = chain["account"]
    with book.reading() as call:
        seen = read(call, "ledger.account", account).version
    line = {"product": chain["product"], "quantity": 1}
    book.make("order", number="2", account=account, lines=[line])
    with book.writing() as call:
        assert read(call, "ledger.account", account).version > seen
        changed = update(call, "ledger.account", account, {"name": "Acme Ltd"}, if_version=seen)
        assert changed.values["name"] == "Acme Ltd"
    for version in (seen, 0, 99):
        with pytest.raises(Refusal) as refused, book.writing() as call:
            update(call, "ledger.account", account, {"name": "Other"}, if_version=version)
        assert refused.value.kind == "stale"
        with pytest.raises(Refusal) as refused, book.writing() as call:
            delete(call, "ledger.account", account, if_version=version)
        assert refused.value.kind == "stale"
    with book.reading() as call:
        assert wrong(call) == []
