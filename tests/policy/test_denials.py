"""Denials beat every grant of every role, with their reason; administrators are not bound by them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dougong.compiler import check_sources
from dougong.diagnostics import Refusal
from dougong.records.aggregate import aggregate
from dougong.records.batch import Operation, batch
from dougong.records.create import create
from dougong.records.delete import delete
from dougong.records.doors import open_door
from dougong.records.query import Query, list_records
from dougong.records.read import read
from dougong.records.update import update
from tests.policy.conftest import DEAL, Ledger
from tests.policy.ledger import SOURCES


def _refused(kind: str, refused: pytest.ExceptionInfo[Refusal]) -> str:
    assert refused.value.kind == kind
    return refused.value.problems[0].message


def test_a_denial_takes_rows_away_and_says_why(ledger: Ledger) -> None:
    dan = ledger.id_of("dan")
    open_deal = ledger.deal(owner=dan, cost="5.00")
    closed = ledger.deal(owner=dan, cost="6.00", closed=True)
    with ledger.writing("dan") as call:
        assert update(call, DEAL, open_deal, {"name": "Other"}).values["name"] == "Other"
    for act in (
        lambda call: update(call, DEAL, closed, {"name": "Other"}),
        lambda call: delete(call, DEAL, closed),
        lambda call: batch(call, DEAL, [Operation("update", closed, {"name": "Other"})]),
    ):
        with ledger.writing("dan") as call, pytest.raises(Refusal) as refused:
            act(call)
        assert _refused("forbidden", refused) == "not allowed: closed deals stay as they are"
    with ledger.writing() as call:
        assert update(call, DEAL, closed, {"name": "By root"}).values["name"] == "By root"


def test_a_denial_hides_fields_on_its_rows(ledger: Ledger) -> None:
    dan = ledger.id_of("dan")
    ledger.deal(owner=dan, cost="5.00")
    closed = ledger.deal(owner=dan, cost="6.00", closed=True)
    with ledger.reading("dan") as call:
        assert "cost" not in read(call, DEAL, closed).values
        assert [each.values.get("cost") for each in list_records(call, DEAL, Query(sort="id")).rows] == [
            Decimal("5.00"),
            None,
        ]
        assert aggregate(call, DEAL, [], {"sum": "SUM(cost)"}).rows == ((Decimal("5.00"),),)
        assert list_records(call, DEAL, Query(filter="cost = 6")).rows == ()


def test_a_denial_without_rows_takes_the_action_away(ledger: Ledger) -> None:
    with ledger.reading("dan") as call, pytest.raises(Refusal) as refused:
        open_door(call, DEAL, "export")
    assert _refused("forbidden", refused) == "not allowed: nothing leaves"
    with ledger.reading("ann") as call:
        assert open_door(call, DEAL, "export").key == DEAL


def test_a_denial_of_creation_is_asked_of_the_new_record(ledger: Ledger) -> None:
    with ledger.writing("dan") as call, pytest.raises(Refusal) as refused:
        create(call, DEAL, {"name": "New", "closed": True})
    assert _refused("invalid", refused) == "not allowed: nothing begins closed"
    with ledger.writing("dan") as call:
        assert create(call, DEAL, {"name": "New"}).values["closed"] is False


@pytest.mark.parametrize(
    ("denial", "code"),
    [
        ("{entity: nothing, actions: [read], reason: x}", "D301"),
        ("{entity: deal, actions: [read], fields: [nothing], reason: x}", "D302"),
        ("{entity: deal, actions: [export], fields: [cost], reason: x}", "D534"),
        ("{entity: deal, actions: [], reason: x}", "D2"),
        ("{entity: deal, actions: [fly], reason: x}", "D2"),
        ("{entity: deal, actions: [read]}", "D2"),
        ("{entity: deal, actions: [read], rows: cost, reason: x}", "D4"),
        ("{entity: deal, actions: [read], rows: 'nothing = 1', reason: x}", "D4"),
    ],
)
def test_a_denial_that_says_nothing_is_found(denial: str, code: str) -> None:
    found = check_sources({**SOURCES, "roles/bad.yaml": f"grants: {{}}\ndeny: {{it: {denial}}}\n"}, {})
    assert isinstance(found, list)
    assert [each.code[: len(code)] for each in found] == [code]
    assert found[0].place is not None
    assert found[0].place.file.endswith("roles/bad.yaml")


@pytest.mark.parametrize(
    ("line", "code"),
    [("owner: name", "D535"), ("owner: nothing", "D302"), ("follow_owner: [nothing]", "D302")],
)
def test_an_owner_is_a_member(line: str, code: str) -> None:
    sources = dict(SOURCES)
    sources["entities/client.yaml"] = sources["entities/client.yaml"].replace("follow_owner: [deals]", line)
    found = check_sources(sources, {})
    assert isinstance(found, list)
    assert code in {each.code for each in found}
