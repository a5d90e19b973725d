"""Rules that hold at one workflow, or at one of its nodes only; what a lock leaves to a workflow."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dougong.diagnostics import Refusal
from dougong.people import accounts
from dougong.records.create import create
from dougong.records.read import read
from dougong.records.update import update
from dougong.workflow.act import approve
from dougong.workflow.inbox import inbox
from dougong.workflow.submit import submit
from tests.installed import Installed, open_database, publish
from tests.servers.databases import Databases

SOURCES = {
    "app.yaml": "id: firm\nversion: 1.0.0\nlabel: Firm\nlanguages: [zh, en]\n",
    "entities/deal.yaml": """
label: Deal
fields:
  name: {type: text}
  price: {type: integer}
  state: {type: choice, options: {open: Open, signed: Signed, filed: Filed}, default: "'open'"}
rules:
  - {when: "price > 10", block: {en: The first step may not}, doors: [workflow.check.first]}
  - {when: "price > 20", block: {en: This workflow may not}, doors: [workflow.check]}
  - {when: "state = 'filed' AND price > 15", block: {en: Not filed so}, doors: [workflow.check.done]}
  - {when: "state = 'signed'", lock: true, doors: [screen, api, import]}
""",
    "roles/clerk.yaml": "label: Clerk\ngrants: {deal: {read: true, create: true, update: true}}\n",
    "workflows/check.yaml": """
entity: deal
start: {on: submit, lock: false, set: {state: "'signed'"}}
nodes:
  first:
    approve: {by: [{role: clerk}]}
    fields: {edit: [price]}
    next: [{to: second}]
  second:
    approve: {by: [{role: clerk}]}
    fields: {edit: [price]}
    next: [{to: done}]
  done: {end: approved, set: {state: "'filed'"}}
""",
}


@pytest.fixture
def firm(databases: Databases) -> Iterator[Installed]:
    url = databases.fresh("sqlite")
    database = open_database(url)
    publish(database, SOURCES)
    with database.writing() as connection:
        accounts.add(connection, "cleo", name="Cleo", roles=[("firm", "clerk")], language="en")
    yield Installed(database)
    database.dispose()
    databases.drop(url)


def begun(firm: Installed) -> int:
    with firm.writing("cleo", door="screen") as call:
        deal = create(call, "firm.deal", {"name": "a", "price": 1}).id
        submit(call, "firm.deal", deal, "check")
    return deal


def decided(firm: Installed, price: int | None = None) -> None:
    with firm.writing("cleo", door="screen") as call:
        [line] = inbox(call)
        approve(call, line.task_id or 0, changes={"price": price} if price is not None else None)


def refused(firm: Installed, price: int) -> list[str]:
    with pytest.raises(Refusal) as refusal:
        decided(firm, price)
    return [each.message.rpartition(": ")[2] for each in refusal.value.problems]


def values(firm: Installed, deal: int) -> tuple[object, object]:
    with firm.reading() as call:
        found = read(call, "firm.deal", deal).values
    return found["price"], found["state"]


def test_a_rule_holds_at_its_node_and_at_no_other(firm: Installed) -> None:
    deal = begun(firm)
    assert refused(firm, 11) == ["The first step may not"]
    assert refused(firm, 21) == ["The first step may not", "This workflow may not"]
    decided(firm)
    assert refused(firm, 21) == ["This workflow may not"]
    assert refused(firm, 16) == ["Not filed so"]
    decided(firm, 12)
    assert values(firm, deal) == (12, "filed")


def test_a_workflow_goes_on_with_what_is_locked_for_everybody_else(firm: Installed) -> None:
    deal = begun(firm)
    assert values(firm, deal) == (1, "signed")
    with pytest.raises(Refusal) as refusal, firm.writing("cleo", door="screen") as call:
        update(call, "firm.deal", deal, {"price": 2})
    assert [each.code for each in refusal.value.problems] == ["rule_locked"]
    decided(firm, 3)
    decided(firm)
    assert values(firm, deal) == (3, "filed")
