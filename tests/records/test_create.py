"""Creating records: defaults, formulas, rows, and everything that is refused."""

from decimal import Decimal

import pytest

from dougong.diagnostics import Refusal
from dougong.records.create import create, create_many
from dougong.records.query import Query, list_records
from dougong.records.read import read
from tests.installed import AT
from tests.records.conftest import Shop


def problems(refusal: pytest.ExceptionInfo[Refusal]) -> list[tuple[str, str]]:
    return sorted((each.path, each.code) for each in refusal.value.problems)


def test_values_come_back_as_they_were_given(shop: Shop) -> None:
    given = {
        "name": "Acme 公司",
        "grade": "gold",
        "email": "info@acme.example",
        "credit": "12.50",
        "active": False,
        "since": "2026-03-01",
        "seen_at": "2026-03-01T08:00:00+08:00",
        "visits": 3,
        "tags": ["b", "a"],
        "notes": "two\nlines",
    }
    with shop.writing() as call:
        made = create(call, "shop.customer", given)
    with shop.reading() as call:
        record = read(call, "shop.customer", made.id)
    assert record == made
    assert record.values["credit"] == Decimal("12.50")
    assert record.values["tags"] == ("a", "b")
    assert record.values["seen_at"].isoformat() == "2026-03-01T00:00:00+00:00"
    assert record.values["owner"] == shop.people["root"].id
    assert record.values["number"] == "C-0001"
    assert (record.version, record.title, record.created_at) == (1, "Acme 公司", AT)


def test_rows_are_filled_computed_and_summed(shop: Shop) -> None:
    customer = shop.customer(phone="13800001234")
    screw, nut = shop.product("screw", "2.50"), shop.product("nut", "0.10")
    lines = [{"product": screw, "quantity": "3"}, {"product": str(nut), "quantity": "10", "price": "0.25"}]
    with shop.writing() as call:
        order = create(
            call,
            "shop.order",
            {"customer": customer, "discount": "0.1", "lines": lines, "related": [nut, screw]},
        )
    assert [row["subtotal"] for row in order.values["lines"]] == [Decimal("7.50"), Decimal("2.50")]
    assert order.values["total"] == Decimal("9.00")
    assert order.values["weighted"] == Decimal("0.90")
    assert order.values["stage"] == "new"
    assert order.values["contact_phone"] is not None
    assert order.values["placed_on"].isoformat() == "2026-11-22"
    assert order.values["related"] == (nut, screw)
    assert order.values["number"] == "O-202611-001"
    assert order.title == "O-202611-001 Acme"
    assert order.title_of("shop.product", nut) == "nut Nut"


def test_every_problem_is_told_at_its_field(shop: Shop) -> None:
    with pytest.raises(Refusal) as refusal, shop.writing() as call:
        create(
            call,
            "shop.order",
            {
                "customer": 999,
                "number": "X",
                "nonsense": 1,
                "discount": "0.6",
                "placed_on": "2026-13-01",
                "stage": "offered",
                "lines": [
                    {"quantity": "-1"},
                    {"product": 5, "quantity": 1, "subtotal": "3"},
                    "row",
                    {"id": 7},
                ],
            },
        )
    assert refusal.value.kind == "invalid"
    assert problems(refusal) == [
        ("customer", "unknown_target"),
        ("discount", "too_large"),
        ("lines/0/product", "required"),
        ("lines/0/quantity", "too_small"),
        ("lines/1/product", "unknown_target"),
        ("lines/1/subtotal", "computed_field"),
        ("lines/2", "not_a_row"),
        ("lines/3/id", "unknown_row"),
        ("nonsense", "unknown_field"),
        ("number", "computed_field"),
        ("placed_on", "no_such_day"),
        ("reference", "stage_require"),
    ]
    with shop.reading() as call:
        assert list_records(call, "shop.order", Query()).rows == ()


@pytest.mark.parametrize("given", [None, [], "text", 3, {"name": None}, {"name": ""}, {}])
def test_a_record_needs_an_object_with_its_required_fields(shop: Shop, given: object) -> None:
    with pytest.raises(Refusal) as refusal, shop.writing() as call:
        create(call, "shop.customer", given)  # type: ignore[arg-type]
    assert {each.code for each in refusal.value.problems} <= {"bad_record", "required"}


def test_rules_hold_for_the_whole_record(shop: Shop) -> None:
    with pytest.raises(Refusal) as refusal, shop.writing() as call:
        create(call, "shop.customer", {"name": "A", "visits": 1000, "grade": "gold"})
    assert problems(refusal) == [("since", "rule_require"), ("visits", "rule")]
    assert "Too many visits" in str(refusal.value)


def test_unique_values_are_refused_with_their_field(shop: Shop) -> None:
    shop.customer(email="a@b.example")
    with pytest.raises(Refusal) as refusal, shop.writing() as call:
        create(call, "shop.customer", {"name": "B", "email": "a@b.example"})
    assert problems(refusal) == [("email", "unique")]
    customer = shop.customer(name="C")
    shop.order(customer, reference="R1")
    shop.order(customer)
    shop.order(customer)
    with pytest.raises(Refusal) as refusal, shop.writing() as call:
        create(call, "shop.order", {"customer": customer, "reference": "R1"})
    assert problems(refusal) == [("reference", "unique")]


def test_many_are_created_together_or_not_at_all(shop: Shop) -> None:
    with pytest.raises(Refusal) as refusal, shop.writing() as call:
        create_many(
            call,
            "shop.customer",
            [{"name": "A", "email": "x@y.example"}, {}, {"name": "C", "email": "x@y.example"}],
        )
    assert problems(refusal) == [("1/name", "required"), ("2/email", "unique")]
    with shop.writing() as call:
        ids = create_many(call, "shop.customer", [{"name": f"N{number}"} for number in range(5)])
        page = list_records(call, "shop.customer", Query(sort="number"))
    assert [record.id for record in page.rows] == ids
    assert [record.values["number"] for record in page.rows] == [f"C-000{number}" for number in range(1, 6)]


def test_a_refused_record_takes_no_number(shop: Shop) -> None:
    customer = shop.customer()
    with pytest.raises(Refusal), shop.writing() as call:
        create(call, "shop.order", {"customer": customer, "discount": "0.9"})
    order = shop.order(customer)
    with shop.reading() as call:
        assert read(call, "shop.order", order).values["number"] == "O-202611-001"
