"""What the rules of an entity do to records that are created and changed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from dougong.diagnostics import Refusal
from dougong.model.expression import Value
from dougong.records.create import create
from dougong.records.history import history
from dougong.records.read import read
from dougong.records.update import update
from tests.installed import Installed
from tests.rules.conftest import CLAIM


def made(desk: Installed, **values: Any) -> int:
    with desk.writing("cleo") as call:
        return create(call, CLAIM, {"name": "Trip", **values}).id


def values(desk: Installed, identifier: int) -> dict[str, Value]:
    with desk.reading("cleo") as call:
        return dict(read(call, CLAIM, identifier).values)


def changed(desk: Installed, identifier: int, **given: Any) -> dict[str, Value]:
    with desk.writing("cleo") as call:
        return dict(update(call, CLAIM, identifier, given).values)


def refused(desk: Installed, identifier: int | None = None, /, **given: Any) -> list[tuple[str, str]]:
    with pytest.raises(Refusal) as refusal, desk.writing("cleo") as call:
        update(call, CLAIM, identifier, given) if identifier else create(
            call, CLAIM, {"name": "New", **given}
        )
    assert refusal.value.kind == "invalid"
    return sorted((each.path, each.code) for each in refusal.value.problems)


def test_a_hidden_field_need_not_be_filled_and_is_asked_for_when_it_comes_into_sight(desk: Installed) -> None:
    claim = made(desk)
    assert refused(desk, claim, kind="travel") == [("city", "required")]
    assert changed(desk, claim, kind="travel", city="Suzhou")["city"] == "Suzhou"
    assert refused(desk, claim, city=None) == [("city", "required")]


def test_hidden_values_are_kept_emptied_or_worked_out_anew(desk: Installed) -> None:
    claim = made(
        desk, kind="travel", city="Wuxi", memo="by train", guests=7, notes=[{"text": "a"}, {"text": "b"}]
    )
    found = values(desk, claim)
    assert (found["city"], found["guests"], found["memo"], found["parts"]) == ("Wuxi", 2, "by train", 2)
    found = changed(desk, claim, kind="other", reason="visit", city="Kunming", guests=9, memo="by bus")
    assert (found["city"], found["guests"], found["memo"]) == (None, 2, "by bus")
    assert (found["notes"], found["parts"]) == ([], 0)
    with desk.reading() as call:
        told = history(call, CLAIM, claim).entries[0]
    assert told.changes["city"] == ("Wuxi", None)
    assert [each.kind for each in told.rows["notes"]] == ["removed", "removed"]
    assert changed(desk, claim, kind="meal", guests=5)["guests"] == 5


def test_hidden_rows_fields_follow_the_record_also_where_no_row_was_sent(desk: Installed) -> None:
    claim = made(desk, kind="travel", city="Wuxi", lines=[{"what": "hotel", "price": "5", "room": "101"}])
    assert values(desk, claim)["lines"][0]["room"] == "101"
    changed(desk, claim, kind="meal")
    assert values(desk, claim)["lines"][0]["room"] is None
    assert refused(desk, claim, kind="travel", city="Wuxi") == [("lines/0/room", "required")]


def test_rules_set_what_formulas_feed_and_feed_formulas_again(desk: Installed) -> None:
    claim = made(desk, lines=[{"what": "a", "quantity": 3, "price": "400"}, {"what": "free", "price": "9"}])
    found = values(desk, claim)
    assert (found["total"], found["level"], found["ceiling"]) == (Decimal("1200"), "high", Decimal("2400"))
    assert found["lines"][1]["price"] == 0
    found = changed(desk, claim, level="high", lines=[{"id": found["lines"][0]["id"], "price": "1"}])
    assert (found["total"], found["level"], found["ceiling"]) == (Decimal("3"), "low", Decimal("2400"))


def test_what_is_read_only_may_be_sent_but_not_changed(desk: Installed) -> None:
    claim = made(desk, amount="20", lines=[{"what": "a", "price": "1"}])
    line = values(desk, claim)["lines"][0]["id"]
    assert changed(desk, claim, closed=True, memo="x")["closed"] is True
    assert changed(desk, claim, amount="20.00", lines=[{"id": line, "what": "a"}])["memo"] == "x"
    assert refused(desk, claim, amount="21") == [("amount", "rule_readonly")]
    assert refused(desk, claim, lines=[]) == [("lines", "rule_readonly")]
    assert refused(desk, claim, lines=[{"id": line, "price": "2"}]) == [("lines", "rule_readonly")]
    assert refused(desk, claim, lines=[{"id": line}, {"what": "b"}]) == [("lines", "rule_readonly")]
    assert changed(desk, claim, closed=False, amount="21")["amount"] == 21


def test_a_new_record_may_hold_its_default_where_it_is_read_only(desk: Installed) -> None:
    assert refused(desk, closed=True, amount="11") == [("amount", "rule_readonly")]
    assert refused(desk, closed=True, amount=None) == [("amount", "rule_readonly")]
    assert refused(desk, ceiling="5") == [("ceiling", "rule_readonly")]
    claim = made(desk, closed=True, amount="10.00")
    assert changed(desk, claim, ceiling="5")["ceiling"] == 5, "the rule is about new records only"


def test_options_are_limited(desk: Installed) -> None:
    assert refused(desk, kind="travel", city="Wuxi", reason="dinner") == [("reason", "rule_options")]
    claim = made(desk, reason="dinner")
    assert refused(desk, claim, kind="travel", city="Wuxi") == [("reason", "rule_options")]
    assert refused(desk, lines=[{"what": "plain", "grade": "b"}]) == [("lines/0/grade", "rule_options")]


def test_rows_have_rules_of_their_own(desk: Installed) -> None:
    assert refused(desk, lines=[{"what": "a"}, {"what": "b", "quantity": 51}]) == [
        ("lines/1/quantity", "rule")
    ]
    assert refused(desk, lines=[{"what": "free", "quantity": 3}]) == [("lines/0/quantity", "rule_readonly")]


def test_a_rule_refuses_with_its_message(desk: Installed) -> None:
    with pytest.raises(Refusal) as refusal, desk.writing("cleo", language="zh") as call:
        create(call, CLAIM, {"name": "x", "kind": "other", "amount": "6000"})
    told = [(each.path, each.code, each.message, str(each.severity)) for each in refusal.value.problems]
    assert told == [
        ("reason", "rule_require", "在当前情况下必须填写事由", "error"),
        ("amount", "rule_warning", "金额较大", "warning"),
        ("amount", "rule", "金额过大", "error"),
    ]


def test_a_warning_must_be_confirmed_by_its_own_key(desk: Installed) -> None:
    with pytest.raises(Refusal) as refusal, desk.writing("cleo") as call:
        create(call, CLAIM, {"name": "x", "amount": "600"})
    [found] = refusal.value.problems
    assert (found.path, found.code, found.message) == ("amount", "rule_warning", "That is a lot")
    key = dict(found.parameters)["confirm"]
    with pytest.raises(Refusal), desk.writing("cleo", confirmed=frozenset({"0" * 12})) as call:
        create(call, CLAIM, {"name": "x", "amount": "600"})
    with desk.writing("cleo", confirmed=frozenset({key})) as call:
        assert create(call, CLAIM, {"name": "x", "amount": "600"}).values["amount"] == 600
    with pytest.raises(Refusal) as refusal, desk.writing("cleo", confirmed=frozenset({key})) as call:
        create(call, CLAIM, {"name": "y", "amount": "6000"})
    assert [each.code for each in refusal.value.problems] == ["rule"]


def test_doors_at_which_nobody_can_be_asked_only_note_warnings(desk: Installed) -> None:
    with desk.writing("cleo", door="workflow") as call:
        assert create(call, CLAIM, {"name": "x", "amount": "600"}).values["amount"] == 600
