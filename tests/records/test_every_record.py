"""All records of a list, as exports take them: in the order of the list, put in order once, within the reader's rights."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event

from dougong.diagnostics import Refusal
from dougong.records import query as query_module
from dougong.records.export import export
from dougong.records.query import Query, every_record, list_records
from tests.records.conftest import Shop

C = "shop.customer"
SORTS = ["", "name", "-name", "credit", "-credit", "grade,-name", "owner,-id", "created_by"]
FILTERS: list[dict[str, Any]] = [
    {},
    {"filter": "visits > 3"},
    {"q": "甲"},
    {"filter": "visits > 3", "q": "甲"},
]


@pytest.fixture
def crowd(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.setattr(query_module, "LIMIT", 50)
    for number in range(23):
        values: dict[str, Any] = {"name": f"{'甲乙'[number % 2]}方 {number * 7 % 23}", "visits": number % 9}
        if number % 3:
            values |= {"credit": f"{number % 5}.50", "grade": ["gold", "silver", "bronze"][number % 3]}
        shop.customer(owner=shop.people[["root", "ann", "bob"][number % 3]].id, **values)
    return shop


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("narrowed", FILTERS, ids=["all", "filter", "search", "both"])
def test_they_come_in_the_order_of_the_list(
    crowd: Shop, monkeypatch: pytest.MonkeyPatch, sort: str, narrowed: dict[str, Any]
) -> None:
    asked = Query(sort=sort, limit=50, **narrowed)
    for login in ("root", "ann") if "credit" not in sort else ("root",):
        with crowd.reading(login) as call:
            listed = list_records(call, C, asked)
            assert listed.next_cursor is None
            monkeypatch.setattr(query_module, "LIMIT", 4)
            found = list(every_record(call, C, asked))
            monkeypatch.setattr(query_module, "LIMIT", 50)
        assert [(each.id, each.values, each.title) for each in found] == [
            (each.id, each.values, each.title) for each in listed.rows
        ]
        assert len(found) > 1


def test_they_are_put_in_order_once(crowd: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(query_module, "LIMIT", 4)
    heard: list[str] = []

    def hear(connection: Any, cursor: Any, text: str, *rest: Any) -> None:
        heard.append(text.partition("ORDER BY")[2])

    with crowd.reading() as call:
        event.listen(crowd.database.engine, "before_cursor_execute", hear)
        try:
            lines = list(export(call, C, Query(sort="credit")).rows)
        finally:
            event.remove(crowd.database.engine, "before_cursor_execute", hear)
    assert len(lines) == 23
    assert len([each for each in heard if "credit" in each]) == 1


def test_who_may_see_nothing_gets_nothing_and_bad_orders_are_refused(crowd: Shop) -> None:
    with crowd.reading() as call:
        for wrong in (Query(sort="nothing"), Query(filter="visits >"), Query(sort="tags")):
            with pytest.raises(Refusal) as refused:
                list(every_record(call, C, wrong))
            assert refused.value.kind == "invalid"
    with crowd.reading("eve") as call, pytest.raises(Refusal):
        list(every_record(call, C, Query()))
