"""Batches: many operations, all or each for itself, with names for what earlier ones made."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from dougong.diagnostics import Refusal
from dougong.records.batch import Operation, Outcome, batch
from dougong.records.query import Query, list_records
from dougong.records.read import read
from dougong.records.undo import undo_batch
from dougong.storage.system import HISTORY
from tests.records.conftest import Shop

C, ORDER = "shop.customer", "shop.order"


def run(shop: Shop, *operations: Operation, login: str = "root", atomic: bool = True) -> list[Outcome]:
    with shop.writing(login) as call:
        return batch(call, C, operations, atomic)


def count(shop: Shop, key: str = C) -> int:
    with shop.reading() as call:
        return list_records(call, key, Query(count="exact", limit=1)).count or 0


def values(shop: Shop, identifier: int | None, key: str = C) -> dict[str, Any]:
    assert identifier is not None
    with shop.reading() as call:
        return dict(read(call, key, identifier).values)


def test_operations_name_each_other_across_entities(shop: Shop) -> None:
    product = shop.product("A")
    outcomes = run(
        shop,
        Operation("create", values={"name": "First"}),
        Operation("create", values={"name": "Second", "referrer": "$0"}),
        Operation("create", values={"code": "B", "name": "$0"}, key="shop.product"),
        Operation(
            "create",
            values={
                "customer": "$1",
                "reference": "$1",
                "related": [str(product), "$2"],
                "lines": [{"product": "$2", "quantity": 1}, {"product": str(product), "quantity": 2}],
            },
            key=ORDER,
        ),
        Operation("update", "$0", {"visits": 3}),
    )
    first, second, made, order, updated = (outcome.id for outcome in outcomes)
    assert updated == first
    assert values(shop, first)["visits"] == 3
    assert values(shop, second)["referrer"] == first
    assert values(shop, made, "shop.product")["name"] == "$0"
    now = values(shop, order, ORDER)
    assert (now["customer"], now["reference"], now["related"]) == (second, "$1", (product, made))
    assert [row["product"] for row in now["lines"]] == [made, product]


@pytest.mark.parametrize("name", ["$5", "$1", "$-1", "$01", "$", "$99999999", "0$", "$0 "])
def test_a_name_of_nothing_is_refused(shop: Shop, name: str) -> None:
    with pytest.raises(Refusal) as found:
        run(
            shop,
            Operation("create", values={"name": "A"}),
            Operation("create", values={"name": "B", "referrer": name}),
        )
    assert found.value.kind == "invalid"
    assert found.value.problems[0].path == "1/referrer"
    assert count(shop) == 0


def test_what_names_a_refused_operation_is_refused_with_it(shop: Shop) -> None:
    outcomes = run(
        shop,
        Operation("create", values={"name": ""}),
        Operation("create", values={"name": "B", "referrer": "$0"}),
        Operation("update", "$0", {"visits": 1}),
        Operation("delete", "$1"),
        Operation("create", values={"name": "C"}),
        atomic=False,
    )
    assert [outcome.refused for outcome in outcomes] == ["invalid"] * 4 + [""]
    assert [outcome.problems[0].code for outcome in outcomes[1:4]] == ["bad_reference"] * 3
    assert count(shop) == 1


def test_each_is_refused_for_its_own_reason(shop: Shop) -> None:
    held, free = shop.customer(name="Held"), shop.customer(name="Free")
    shop.order(held)
    taken = shop.customer(name="Taken", email="t@x.example")
    outcomes = run(
        shop,
        Operation("delete", held),
        Operation("delete", free),
        Operation("restore", taken),
        Operation("update", taken, {"email": "n@x.example"}),
        Operation("create", values={"name": "X", "email": "t@x.example"}),
        Operation("create", values={"name": "Y", "email": "t@x.example"}),
        Operation("create", key="shop.nothing"),
        Operation("delete", None),
        Operation("update", 2**70, {"name": "x"}),
        atomic=False,
    )
    assert [(outcome.refused, [each.code for each in outcome.problems]) for outcome in outcomes] == [
        ("conflict", ["restricted"]),
        ("", []),
        ("missing", ["not_deleted"]),
        ("", []),
        ("", []),
        ("invalid", ["unique"]),
        ("missing", ["unknown_entity"]),
        ("missing", ["not_found"]),
        ("missing", ["not_found"]),
    ]
    assert [each.path for each in outcomes[0].problems] == ["0"]


def test_all_or_nothing_tells_where(shop: Shop) -> None:
    held = shop.customer(name="Held")
    shop.order(held)
    with pytest.raises(Refusal) as found:
        run(shop, Operation("create", values={"name": "A"}), Operation("delete", held))
    assert [(each.code, each.path) for each in found.value.problems] == [("restricted", "1")]
    assert count(shop) == 1


def test_rights_hold_for_every_operation(shop: Shop) -> None:
    theirs = shop.customer("mia", name="Theirs")
    outcomes = run(
        shop,
        Operation("create", values={"name": "Mine"}),
        Operation("create", values={"code": "P", "name": "P"}, key="shop.product"),
        Operation("update", theirs, {"name": "x"}),
        Operation("create", values={"customer": "$0"}, key=ORDER),
        login="ann",
        atomic=False,
    )
    assert [outcome.refused for outcome in outcomes] == ["", "forbidden", "missing", ""]


def test_ten_thousand_operations_are_done_and_undone(shop: Shop) -> None:
    made = run(shop, *(Operation("create", values={"name": f"N{number}"}) for number in range(4000)))
    ids = [outcome.id for outcome in made]
    operations = [Operation("update", each, {"visits": 5}) for each in ids]
    operations += [Operation("delete", each) for each in ids[:1000]]
    operations += [Operation("create", values={"name": f"M{number}"}) for number in range(5000)]
    with shop.writing() as call:
        batch(call, C, operations)
    assert count(shop) == 8000
    with shop.database.reading() as connection:
        names = connection.execute(
            select(HISTORY.c.batch, func.count()).group_by(HISTORY.c.batch).order_by(func.count())
        ).all()
    assert [number for _, number in names] == [4000, 10_000]
    with shop.writing() as call:
        undone = undo_batch(call, names[1][0])
    assert (undone.deleted, undone.restored, undone.skipped) == (5000, 4000, 0)
    assert count(shop) == 4000
    with shop.reading() as call:
        assert list_records(call, C, Query(filter="visits = 5", count="exact")).count == 0
