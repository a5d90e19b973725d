"""No door leads around a rule: every way to write a record is tried with every kind of rule, on both databases."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import dougong
from dougong.diagnostics import Refusal
from dougong.records.batches import in_batch
from dougong.records.create import create
from dougong.records.merge import merge
from dougong.records.undo import undo_batch
from dougong.records.update import update
from tests.installed import Installed
from tests.rules.claims import SCOPES, SOURCES
from tests.rules.conftest import CLAIM
from tests.rules.doors import (
    CHANGING,
    CREATING,
    NAMES,
    UNATTENDED,
    House,
    Outcome,
    approval,
    change_of_many,
    form_change,
    form_creation,
)
from tests.servers.databases import DIALECTS, Databases
from tests.web_server import serving_app


@dataclass(frozen=True, slots=True)
class Case:
    """A rule that `change` meets in a record that holds `start`: it is refused, or the record then holds `left`."""

    start: Mapping[str, Any]
    change: Mapping[str, Any]
    refused: tuple[tuple[str, str], ...] = ()
    left: Mapping[str, Any] | None = None


TRAVEL = {"kind": "travel", "city": "Wuxi"}
CASES: Mapping[str, Case] = {
    "show": Case({"kind": "meal"}, {"kind": "travel"}, (("city", "required"),)),
    "hide and empty": Case({"kind": "meal"}, {"city": "Wuxi"}, left={"city": None}),
    "hide and work out anew": Case({"kind": "other", "reason": "visit"}, {"guests": 9}, left={"guests": 2}),
    "require": Case({"kind": "meal"}, {"kind": "other"}, (("reason", "rule_require"),)),
    "read-only": Case({"closed": True}, {"amount": "11"}, (("amount", "rule_readonly"),)),
    "set": Case({"kind": "meal"}, {"level": "high"}, left={"level": "low"}),
    "options": Case(TRAVEL, {"reason": "dinner"}, (("reason", "rule_options"),)),
    "warn": Case({"kind": "meal"}, {"amount": "600"}, (("amount", "rule_warning"),)),
    "block": Case({"kind": "meal"}, {"amount": "6000"}, (("amount", "rule"), ("amount", "rule_warning"))),
    "block in a row": Case({}, {"lines": [{"what": "a", "quantity": 51}]}, (("lines/0/quantity", "rule"),)),
}
WALKED = {"create.py", "update.py", "batch_runs.py", "importer.py", "put_back.py", "merge.py", "repoint.py"}
"""What calls the pipeline. A new one is a new door, to be added to `doors`; only `repoint` changes nothing that a rule could forbid
anybody: links of records that a merge turns."""


@pytest.fixture(scope="module", params=DIALECTS)
def house(request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: Any) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    with serving_app(databases, request.param, SOURCES, folder) as server:
        yield House(server, Installed(server.database), folder, server.browser("ada"))


def test_no_other_code_leads_into_the_pipeline() -> None:
    records = Path(dougong.__file__).parent
    calls = re.compile(r"(?<!def )\b(complete|work_out)\((without_asking\()?call")
    found = {path.name for path in records.rglob("*.py") if calls.search(path.read_text(encoding="utf-8"))}
    assert found == WALKED


@pytest.mark.parametrize("name", CASES)
def test_every_creation_meets_every_rule(house: House, name: str) -> None:
    case = CASES[name]
    answers = {door.__name__: door(house, case.start, case.change) for door in CREATING}
    assert answers == {door.__name__: _expected(case, door, answers) for door in CREATING}


@pytest.mark.parametrize("name", CASES)
def test_every_change_meets_every_rule(house: House, name: str) -> None:
    case = CASES[name]
    doors = [
        door
        for door in CHANGING
        if "lines" not in case.change or door not in (change_of_many, approval)  # these change no rows
    ]
    answers = {door.__name__: door(house, case.start, case.change) for door in doors}
    assert answers == {door.__name__: _expected(case, door, answers) for door in doors}


def _expected(case: Case, door: Any, answers: Mapping[str, Outcome]) -> Outcome:
    """What a door must answer; of a record that stands there only what the case is about is compared."""
    asked = {each for each in case.refused if each[1] != "rule_warning" or door not in UNATTENDED}
    if door in (form_creation, form_change) and any(code == "rule" for _, code in asked):
        asked = {each for each in asked if each[1] == "rule"}  # a person is asked once nothing else is wrong
    if asked:
        told = {(field, "workflow_assignment") for field, _ in asked} if door is approval else asked
        return Outcome(frozenset(told))
    found = answers[door.__name__]
    left = case.left if case.left is not None else {"amount": 600}
    assert found.values is not None, (door.__name__, found)
    assert {name: found.values[name] for name in left} == dict(left), door.__name__
    return found


SCOPED = frozenset(
    {
        ("needed", "rule_require"),
        ("kept", "rule_readonly"),
        ("picked", "rule_options"),
        ("kept", "rule"),
        ("kept", "rule_warning"),
    }
)
"""What the rules of one scope ask of a claim whose `kept` becomes b."""
HOLDS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "everywhere": (frozenset({"create", "update"}), frozenset()),
    "created": (frozenset({"create"}), frozenset()),
    "changed": (frozenset({"update"}), frozenset()),
    "screen": (frozenset({"create", "update"}), frozenset({"screen"})),
    "api": (frozenset({"create", "update"}), frozenset({"api"})),
    "import": (frozenset({"create", "update"}), frozenset({"import"})),
    "changed_by_api": (frozenset({"update"}), frozenset({"api"})),
    "asked": (frozenset({"create", "update"}), frozenset({"screen", "api"})),
    "workflow": (frozenset({"update"}), frozenset({"workflow"})),
    "one_workflow": (frozenset({"update"}), frozenset({"kept_b"})),
    "one_node": (frozenset({"update"}), frozenset({"kept_c.done"})),
    "removed": (frozenset({"delete"}), frozenset()),
}
"""What must be done, and at which doors (none: at every one), for the rules of a scope to hold, said once more than in the app."""


@pytest.mark.parametrize("scope", HOLDS)
def test_every_door_meets_the_rules_of_its_scope_and_no_others(house: House, scope: str) -> None:
    assert set(HOLDS) == set(SCOPES)
    start = {"trial": scope, "picked": "y", "seen": "here"}
    found, expected = {}, {}
    for act, doors in (("create", CREATING), ("update", CHANGING)):
        for door in doors:
            for value in "bc":
                where = door.__name__, value
                found[where] = door(house, start, {"kept": value})
                names = NAMES[door] | ({f"kept_{value}"} if door is approval else set())
                acts, at = HOLDS[scope]
                expected[where] = _scoped(
                    found[where], door, value, act in acts and (not at or bool(at & names))
                )
    assert found == expected


def _scoped(found: Outcome, door: Any, value: str, holds: bool) -> Outcome:
    """What a door must answer to a claim whose `kept` becomes b or c; the rest of the record is left as it is."""
    if holds and value == "b":
        asked = (
            SCOPED
            if door not in UNATTENDED | {form_creation, form_change}
            else SCOPED - {("kept", "rule_warning")}
        )
        told = {(field, "workflow_assignment") for field, _ in asked} if door is approval else asked
        return Outcome(frozenset(told))
    left = {"kept": value, "given": "ruled" if holds else None, "seen": None if holds else "here"}
    return Outcome(values={**(found.values or {}), **left})


def _begun(desk: Installed, **values: Any) -> int:
    with desk.writing(door="job") as call:
        return create(call, CLAIM, values).id


def test_a_merge_gives_no_values_that_rules_forbid(desk: Installed) -> None:
    survivor = _begun(desk, name="a", **TRAVEL, reason="visit", closed=True)
    other = _begun(desk, name="b", kind="meal", reason="dinner", amount="20")
    with pytest.raises(Refusal) as refusal, desk.writing() as call:
        merge(call, CLAIM, survivor, [other], {"reason": other, "amount": other})
    found = {(each.path, each.code) for each in refusal.value.problems}
    assert found == {("reason", "rule_options"), ("amount", "rule_readonly")}


def test_taking_back_gives_no_values_that_rules_forbid(desk: Installed) -> None:
    claim = _begun(desk, name="a", kind="meal", reason="dinner", amount="20")
    with desk.writing() as call:
        call = in_batch(call, "batch")
        update(call, CLAIM, claim, {"reason": "visit", "amount": "30"})
    with desk.writing() as later:
        update(later, CLAIM, claim, {**TRAVEL, "closed": True})
    with pytest.raises(Refusal) as refusal, desk.writing() as own:
        undo_batch(own, call.batch or "")
    found = {(each.path.rpartition("/")[2], each.code) for each in refusal.value.problems}
    assert found == {("reason", "rule_options"), ("amount", "rule_readonly")}
