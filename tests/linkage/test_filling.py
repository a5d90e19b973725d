"""Choosing a record fills other fields: what was given wins, circles have an end, and rights hold."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event

from dougong.diagnostics import Refusal
from dougong.records.batches import in_batch
from dougong.records.create import create, create_many
from dougong.records.merge import merge
from dougong.records.undo import undo_batch
from dougong.records.update import update
from tests.installed import Installed

CLAIM = "desk.claim"


def made(trade: Installed, entity: str, **values: Any) -> int:
    with trade.writing() as call:
        return create(call, f"desk.{entity}", {"name": entity, **values}).id


def claim(trade: Installed, login: str = "root", **values: Any) -> Any:
    with trade.writing(login) as call:
        return create(call, CLAIM, {"name": "one", **values})


def changed(trade: Installed, identifier: int, login: str = "root", **values: Any) -> Any:
    with trade.writing(login) as call:
        return update(call, CLAIM, identifier, values).values


@pytest.fixture
def acme(trade: Installed) -> int:
    return made(trade, "account", name="Acme", phone="021", region="north", secret="s1")


@pytest.fixture
def blank(trade: Installed) -> int:
    return made(trade, "account", name="Blank")


def test_a_chosen_record_fills_what_was_not_given(trade: Installed, acme: int) -> None:
    values = claim(trade, customer=acme).values
    assert (values["phone"], values["region"], values["secret"]) == ("021", "NORTH", "s1")
    values = claim(trade, name="two", customer=acme, phone="own", region=None).values
    assert (values["phone"], values["region"]) == ("own", None)


def test_a_default_holds_where_the_chosen_record_has_nothing(trade: Installed, blank: int) -> None:
    values = claim(trade, customer=blank).values
    assert (values["phone"], values["region"]) == (None, "NOWHERE")


def test_filled_links_fill_in_turn(trade: Installed, acme: int) -> None:
    anna = made(trade, "contact", name="Anna", account=acme)
    deal = made(trade, "deal", account=acme, contact=anna)
    values = claim(trade, deal=deal).values
    assert (values["customer"], values["person"], values["phone"]) == (acme, anna, "021")


def test_a_link_that_changes_fills_anew_and_one_that_stays_does_not(
    trade: Installed, acme: int, blank: int
) -> None:
    identifier = claim(trade, customer=acme).id
    assert changed(trade, identifier, phone="typed")["phone"] == "typed"
    assert changed(trade, identifier, customer=acme)["phone"] == "typed"
    assert changed(trade, identifier, name="renamed")["phone"] == "typed"
    values = changed(trade, identifier, customer=blank, secret="kept")
    assert (values["phone"], values["region"], values["secret"]) == (None, None, "kept")
    assert changed(trade, identifier, customer=None, phone="x")["phone"] == "x"


def test_rows_are_filled_over_links_and_from_the_record_around_them(trade: Installed) -> None:
    brand = made(trade, "brand", name="Kern")
    bolt = made(trade, "product", name="bolt", price="10", unit="box", brand=brand)
    nut = made(trade, "product", name="nut", price="3")
    record = claim(
        trade, rebate="0.2", lines=[{"product": bolt}, {"product": bolt, "price": "1"}, {"product": nut}]
    )
    rows = record.values["lines"]
    assert [(row["price"], row["unit"], row["brand"]) for row in rows] == [
        (Decimal("8.00"), "box", "Kern"),
        (Decimal("1.00"), "box", "Kern"),
        (Decimal("2.40"), None, None),
    ]
    assert record.values["total"] == Decimal("11.40")
    first = {"id": rows[0]["id"], "product": nut}
    again = changed(trade, record.id, lines=[first, {"id": rows[1]["id"], "quantity": 2}])["lines"]
    assert [(row["price"], row["unit"]) for row in again] == [
        (Decimal("2.40"), None),
        (Decimal("1.00"), "box"),
    ]


def test_what_is_filled_belongs_to_the_definition(trade: Installed, acme: int) -> None:
    """Like a formula: who may not read the source writes a complete record all the same."""
    assert claim(trade, "cleo", customer=acme).values["secret"] == "s1"


def test_no_link_is_filled_that_leads_to_what_the_actor_may_not_see(trade: Installed, acme: int) -> None:
    south = made(trade, "account", name="South", phone="020", region="south")
    hidden = made(trade, "deal", account=south)
    values = claim(trade, "lola", deal=hidden).values
    assert (values["customer"], values["phone"]) == (None, None)
    assert claim(trade, "lola", name="two", deal=made(trade, "deal", account=acme)).values["customer"] == acme
    with pytest.raises(Refusal) as refusal:
        claim(trade, "lola", name="three", customer=south)
    assert [each.code for each in refusal.value.problems] == ["unknown_target"]


def test_a_value_that_does_not_fit_is_told_at_its_field(trade: Installed) -> None:
    dear = made(trade, "product", name="dear", price="9999999999999999")
    with pytest.raises(Refusal) as refusal:
        claim(trade, rebate="-1000", lines=[{"product": dear}])
    assert {each.path for each in refusal.value.problems} == {"lines/0/price"}


def test_undoing_a_change_of_a_link_puts_back_what_stood_there(
    trade: Installed, acme: int, blank: int
) -> None:
    identifier = claim(trade, customer=acme, phone="typed").id
    with trade.writing() as call:
        batched = in_batch(call, "change")
        update(batched, CLAIM, identifier, {"customer": blank})
        assert batched.batch is not None
    with trade.writing() as call:
        undo_batch(call, batched.batch)
    assert changed(trade, identifier, name="after")["phone"] == "typed"


def test_records_that_are_merged_fill_nothing(trade: Installed, acme: int, blank: int) -> None:
    identifier = claim(trade, customer=blank, phone="typed").id
    with trade.writing() as call:
        merge(call, "desk.account", acme, [blank], {})
    values = changed(trade, identifier, name="after")
    assert (values["customer"], values["phone"]) == (acme, "typed")


def test_many_records_take_as_many_queries_as_few(trade: Installed, acme: int) -> None:
    few, many = (_queries(trade, acme, count) for count in (2, 40))
    assert many <= few + 2


def _queries(trade: Installed, customer: int, count: int) -> int:
    statements: list[str] = []
    with trade.writing() as call:
        event.listen(call.connection, "before_cursor_execute", lambda *given: statements.append(given[2]))
        create_many(call, CLAIM, [{"name": f"{count} {n}", "customer": customer} for n in range(count)])
    return sum(1 for each in statements if each.lstrip().upper().startswith("SELECT"))
