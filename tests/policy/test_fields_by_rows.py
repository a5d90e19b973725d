"""Rights to fields follow the rows they are granted for, in everything that reads and everything that writes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from dougong.diagnostics import Refusal
from dougong.records.aggregate import aggregate
from dougong.records.batch import Operation, batch
from dougong.records.choose import choose
from dougong.records.duplicates import duplicates
from dougong.records.history import history
from dougong.records.query import Query, list_records
from dougong.records.read import read
from dougong.records.related import related
from dougong.records.reveal import reveal
from dougong.records.update import update
from dougong.screens.form import FormEntry, edit_form
from tests.policy.conftest import CLIENT, DEAL, Ledger


@pytest.fixture
def two(ledger: Ledger) -> dict[str, int]:
    """A deal of Ann's and one of Bob's, with everything in them."""
    client = ledger.client("ann", name="Acme", secret="acme secret")
    everything: dict[str, Any] = {
        "client": client,
        "partners": [client],
        "lines": [{"what": "a", "cost": "3.00"}, {"what": "b", "cost": "4.00"}],
        "phone": "+8613800001111",
    }
    people = {login: ledger.id_of(login) for login in ("ann", "bob")}
    mine = ledger.deal(code="AAA", cost="10.00", owner=people["ann"], judge=people["ann"], **everything)
    theirs = ledger.deal(code="BBB", cost="20.00", owner=people["bob"], judge=people["bob"], **everything)
    return {"mine": mine, "theirs": theirs, "client": client}


def _ids(ledger: Ledger, login: str, **query: Any) -> list[int]:
    with ledger.reading(login) as call:
        return [each.id for each in list_records(call, DEAL, Query(**query)).rows]


def test_a_record_shows_what_is_granted_for_its_row(ledger: Ledger, two: dict[str, int]) -> None:
    with ledger.reading("ann") as call:
        mine, theirs = read(call, DEAL, two["mine"]), read(call, DEAL, two["theirs"])
    assert mine.values["cost"] == Decimal("10.00")
    assert mine.values["doubled"] == Decimal("20.00")
    assert [row["cost"] for row in mine.values["lines"]] == [Decimal("3.00"), Decimal("4.00")]
    assert mine.title == "Deal AAA"
    assert theirs.title == "Deal"
    hidden = {"code", "client", "cost", "judge", "phone", "paper", "partners", "doubled"}
    assert hidden.isdisjoint(theirs.values)
    assert hidden <= set(mine.values)
    assert [set(row) for row in theirs.values["lines"]] == [{"id", "what"}] * 2


def test_a_list_shows_the_same(ledger: Ledger, two: dict[str, int]) -> None:
    with ledger.reading("ann") as call:
        page = list_records(call, DEAL, Query(sort="id"))
    assert [row.values.get("cost") for row in page.rows] == [Decimal("10.00"), None]
    assert ["cost" in row.values for row in page.rows] == [True, False]
    with ledger.reading("ann") as call:
        page = list_records(call, DEAL, Query(sort="id", fields=["name", "cost"], expand=["client"]))
    assert [row.values.get("cost") for row in page.rows] == [Decimal("10.00"), None]
    assert "client" not in page.rows[1].values


@pytest.mark.parametrize(
    "condition",
    [
        "cost = 20",
        "cost > 10",
        "code = 'BBB'",
        "CONTAINS(code, 'B')",
        "doubled = 40",
        "SUM(lines.cost) = 7 AND owner <> ME()",
        "client.name = 'Acme' AND owner <> ME()",
        "COUNT(partners) = 1 AND owner <> ME()",
        "NOT (cost IS EMPTY) AND owner <> ME()",
        "judge IN MY_SUBORDINATES() OR NOT (judge IS EMPTY) AND owner <> ME()",
        "COUNT(client.deals) = 2",
    ],
)
def test_no_filter_finds_out_what_is_not_seen(ledger: Ledger, two: dict[str, int], condition: str) -> None:
    assert two["theirs"] not in _ids(ledger, "ann", filter=condition)


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("cost = 10", ["mine"]),
        ("cost IS EMPTY", ["theirs"]),
        ("client IS EMPTY", ["theirs"]),
    ],
)
def test_what_is_not_seen_is_empty(
    ledger: Ledger, two: dict[str, int], condition: str, found: list[str]
) -> None:
    assert _ids(ledger, "ann", filter=condition) == [two[name] for name in found]


@pytest.mark.parametrize("sort", ["cost", "-cost", "code", "-code", "client", "judge", "-judge", "doubled"])
def test_an_order_puts_what_is_not_seen_last(ledger: Ledger, two: dict[str, int], sort: str) -> None:
    assert _ids(ledger, "ann", sort=sort) == [two["mine"], two["theirs"]]


def test_figures_count_what_is_seen(ledger: Ledger, two: dict[str, int]) -> None:
    with ledger.reading("ann") as call:
        found = aggregate(call, DEAL, ["code"], {"n": "COUNT()", "sum": "SUM(cost)", "max": "MAX(cost)"})
        lines = aggregate(call, DEAL, [], {"lines": "SUM(SUM(lines.cost))"})
    assert [tuple(row) for row in found.rows] == [
        ("AAA", Decimal(1), Decimal("10.00"), Decimal("10.00")),
        (None, Decimal(1), Decimal("0.00"), None),
    ]
    assert lines.rows[0][0] == Decimal("7.00")


def test_a_search_does_not_find_by_what_is_not_seen(ledger: Ledger, two: dict[str, int]) -> None:
    assert _ids(ledger, "ann", q="BBB") == []
    assert _ids(ledger, "ann", q="AAA") == [two["mine"]]
    assert _ids(ledger, "bob", q="BBB") == [two["theirs"]]
    with ledger.reading("ann") as call:
        assert [each.id for each in choose(call, DEAL, "client", "acme")] == [two["client"]]


def test_lists_from_the_other_end_know_it_too(ledger: Ledger, two: dict[str, int]) -> None:
    with ledger.reading("ann") as call:
        for inverse in ("deals", "partner_deals"):
            found = related(call, CLIENT, two["client"], inverse, Query(count="exact"))
            assert ([each.id for each in found.rows], found.count) == ([two["mine"]], 1)
        counted = list_records(call, CLIENT, Query(filter="COUNT(deals) = 1 AND COUNT(partner_deals) = 1"))
        assert [each.id for each in counted.rows] == [two["client"]]


def test_history_masks_and_duplicates_keep_it_back(ledger: Ledger, two: dict[str, int]) -> None:
    with ledger.writing() as call:
        for each in ("mine", "theirs"):
            update(call, DEAL, two[each], {"cost": "30.00", "name": "New", "lines": []})
    with ledger.writing("ann") as call:
        told = [set(entry.changes) for entry in history(call, DEAL, two["theirs"]).entries]
        assert told[0] == {"name"}
        assert "cost" not in told[1]
        removed = history(call, DEAL, two["theirs"]).entries[0].rows["lines"]
        assert [set(each.changes) for each in removed] == [{"what"}, {"what"}]
        assert set(history(call, DEAL, two["mine"]).entries[0].changes) == {"name", "cost", "doubled"} - {
            "doubled"
        }
        assert reveal(call, DEAL, two["mine"], "phone") == "+8613800001111"
        with pytest.raises(Refusal):
            reveal(call, DEAL, two["theirs"], "phone")
        assert duplicates(call, DEAL, two["mine"])[0].fields == ("name",)


def test_only_what_is_granted_for_the_row_can_be_written(ledger: Ledger, two: dict[str, int]) -> None:
    with ledger.writing("ann") as call:
        assert update(call, DEAL, two["mine"], {"cost": "11.00", "code": "A2"}).values["code"] == "A2"
        assert update(call, DEAL, two["theirs"], {"name": "Renamed"}).values["name"] == "Renamed"
    for changes in ({"cost": "1.00"}, {"code": "X"}, {"client": None}, {"name": "Y", "cost": None}):
        with ledger.writing("ann") as call, pytest.raises(Refusal) as refused:
            update(call, DEAL, two["theirs"], changes)
        assert {each.code for each in refused.value.problems} == {"locked_field"}
    rows = [{"what": "a", "cost": "9.00"}]
    with ledger.writing("ann") as call, pytest.raises(Refusal):
        update(call, DEAL, two["theirs"], {"lines": rows})
    with ledger.writing("ann") as call:
        operations = [Operation("update", two[each], {"cost": "5.00"}) for each in ("mine", "theirs")]
        with pytest.raises(Refusal):
            batch(call, DEAL, operations)
    with ledger.reading() as call:
        assert read(call, DEAL, two["theirs"]).values["cost"] == Decimal("20.00")


def test_a_whole_table_can_be_kept_back_by_rows(ledger: Ledger, two: dict[str, int]) -> None:
    own = ledger.deal("cid", lines=[{"what": "c", "cost": "1.00"}])
    with ledger.reading("cid") as call:
        assert "lines" not in read(call, DEAL, two["mine"]).values
        assert len(read(call, DEAL, own).values["lines"]) == 1
        found = list_records(call, DEAL, Query(filter="COUNT(lines) > 0"))
        assert [each.id for each in found.rows] == [own]
        assert aggregate(call, DEAL, [], {"n": "SUM(SUM(lines.cost))"}).rows[0][0] == Decimal("1.00")


def test_a_form_leaves_out_what_is_not_seen_in_its_record(ledger: Ledger, two: dict[str, int]) -> None:
    with ledger.reading("ann") as call:
        found = [read(call, DEAL, two[each]) for each in ("mine", "theirs")]
        mine, theirs = (edit_form(call, each, FormEntry(each.values, form_token="x")) for each in found)
    names = [{each.id for section in form.sections for each in section.fields} for form in (mine, theirs)]
    assert {"cost", "code", "client"} <= names[0]
    assert {"cost", "code", "client"}.isdisjoint(names[1])
    assert {"name", "lines"} <= names[1]
