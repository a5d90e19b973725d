"""Different spellings of one figure are one tree; what is read is said with the steps that lead there."""

from __future__ import annotations

import pytest

from dougong.expressions.matching import matches
from dougong.model.expression import Call, Road, Step
from tests.expressions import world

SAME = (
    ("SUM(orders.amount WHERE status = 'paid')", "SUM(orders.amount, orders.status = 'paid')"),
    ("SUM(orders.amount WHERE orders.status = 'paid')", "SUM(orders.amount, orders.status = 'paid')"),
    ("求和(orders.amount 其中 amount > 本记录.a)", "SUM(orders.amount, orders.amount > a)"),
    ("COUNT(全部(stock) WHERE kind = this.grade)", "COUNT(ALL(stock), ALL(stock).kind = grade)"),
    ("SUMIFS(orders.amount, orders.status, 'paid')", "SUM(orders.amount WHERE status = 'paid')"),
    (
        "SUMIFS(orders.amount, orders.amount, '>=10', orders.note, '<>')",
        "SUM(orders.amount WHERE amount >= 10 AND note <> EMPTY)",
    ),
    ("SUMIFS(orders.amount, orders.amount, '<' & a)", "SUM(orders.amount WHERE amount < this.a)"),
    ("COUNTIFS(orders.note, 'a*b?~*%')", "COUNT(orders.note LIKE 'a%b_*\\%')"),
    ("COUNTIF(orders.note, '<>*x*')", "COUNT(NOT orders.note LIKE '%x%')"),
    ("COUNTIF(orders.placed, '>2026-01-31')", "COUNT(orders.placed > '2026-01-31')"),
    ("SUMIF(orders.amount, '>1')", "SUM(orders.amount WHERE amount > 1)"),
    ("SUMIF(orders.status, 'paid', orders.amount)", "SUM(orders.amount WHERE status = 'paid')"),
    ("AVERAGEIF(orders.amount, 2)", "AVERAGE(orders.amount WHERE amount = 2)"),
    ("MINIFS(orders.placed, orders.urgent, TRUE)", "MIN(orders.placed WHERE urgent = TRUE)"),
    ("MAXIFS(orders.placed, orders.seller, ME())", "MAX(orders.placed WHERE seller = ME())"),
    ("MAPX('avg', owner, orders.seller, orders.amount)", "AVERAGE(orders.amount WHERE seller = this.owner)"),
    ("MAPX('count', owner, orders.seller, orders.amount)", "COUNT(orders.amount WHERE seller = this.owner)"),
    ("LOOKUP(owner, orders.seller, orders.amount)", "FIRST(orders.amount WHERE seller = this.owner)"),
    (
        "XLOOKUP(owner, orders.seller, orders.amount, 0)",
        "COALESCE(FIRST(orders.amount WHERE seller = this.owner), 0)",
    ),
    (
        "LOOKUP(owner, orders.seller, orders.amount, 0 WHERE urgent)",
        "COALESCE(FIRST(orders.amount, orders.seller = owner WHERE urgent), 0)",
    ),
    ("SUMPRODUCT(orders.amount, orders.rate)", "SUM(orders.amount * orders.rate)"),
)


@pytest.mark.parametrize(("text", "same"), SAME, ids=[text for text, _ in SAME])
def test_spellings_of_one_figure(text: str, same: str) -> None:
    assert world.compiled(text).tree == world.compiled(same).tree


def test_roads_say_what_is_read() -> None:
    orders = Step("inverse", "orders", "t.order", "deal", "t.deal")
    items = Step("rows", "items", "t.order/items", "items", "t.order")
    stock = Step("all", "ALL(stock)", "t.stock")
    account = Step("link", "account", "t.account", "account", "t.deal")
    stocks = Step("inverse", "stocks", "t.stock", "product", "t.account")
    found = world.compiled(
        "COUNT(orders WHERE SUM(items.cost) > this.a) + SUM(ALL(stock).quantity) + COUNT(account.stocks)"
    )
    assert set(found.roads) == {
        Road((orders,)),
        Road((orders, items)),
        Road((orders, items), "cost"),
        Road((), "a"),
        Road((stock,)),
        Road((stock,), "quantity"),
        Road((account, stocks)),
    }
    assert [road.written for road in world.compiled("SUM(orders.buyer.limit)").roads] == [
        "orders",
        "orders.buyer.limit",
    ]


def test_rows_are_found_by_what_must_be_equal() -> None:
    def fields(text: str) -> list[str]:
        tree = world.compiled(text).tree
        assert isinstance(tree, Call)
        return [match.field for match in matches(tree)]

    assert fields("COUNT(ALL(stock) WHERE product = this.account AND this.grade = kind)") == [
        "product",
        "kind",
    ]
    assert fields("COUNT(ALL(stock) WHERE product = this.account OR kind = this.grade)") == []
    assert fields("COUNT(ALL(stock) WHERE product = product)") == []
    assert fields("COUNT(ALL(stock) WHERE NOT product = this.account)") == []
    assert fields("COUNT(ALL(stock) WHERE product.manager = this.owner)") == []
    assert fields("COUNT(ALL(stock) WHERE quantity = this.a)") == []
