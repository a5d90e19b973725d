"""Rules that cannot be right are refused when the app is compiled, at their place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from dougong.compiler import check_sources
from dougong.diagnostics import Diagnostic

APP = "id: desk\nversion: 1.0.0\nlabel: Desk\nlanguages: [zh, en]\n"
WORKFLOW = """
entity: thing
nodes:
  boss: {approve: {by: [{role: owner}], empty: admin}, next: [{to: done}]}
  done: {end: approved}
"""
FIELDS: Mapping[str, Any] = {
    "a": {"type": "integer"},
    "b": {"type": "integer"},
    "c": {"type": "integer", "formula": "a + 1"},
    "kind": {"type": "choice", "options": {"x": "X", "y": "Y"}},
    "phone": {"type": "phone", "mask": "phone"},
    "text": {"type": "text"},
    "lines": {"type": "table", "fields": {"n": {"type": "integer"}}},
}


def findings(*rules: Mapping[str, Any], rows: Any = (), **fields: Any) -> list[Diagnostic]:
    lines = {**FIELDS["lines"], "rules": list(rows)} if rows else FIELDS["lines"]
    entity = {"label": "Thing", "fields": {**FIELDS, "lines": lines, **fields}, "rules": list(rules)}
    thing = yaml.safe_dump(entity, sort_keys=False)
    sources = {"app.yaml": APP, "entities/thing.yaml": thing, "workflows/check.yaml": WORKFLOW}
    found = check_sources(sources, {})
    return found if isinstance(found, list) else []


def codes(*rules: Mapping[str, Any], rows: Any = (), **fields: Any) -> list[tuple[str, str]]:
    return [(each.code, each.path) for each in findings(*rules, rows=rows, **fields)]


@pytest.mark.parametrize(
    ("rule", "code", "path"),
    [
        ({"when": "a > 1"}, "D530", "rules/0"),
        ({"block": "No"}, "D531", "rules/0/block"),
        ({"warn": "No"}, "D531", "rules/0/warn"),
        ({"show": ["a"]}, "D531", "rules/0/show"),
        ({"when": "nothing > 1", "hide": ["a"]}, "D404", "rules/0/when"),
        ({"when": "a", "hide": ["a"]}, "D410", "rules/0/when"),
        ({"when": "a > 1", "hide": ["nothing"]}, "D302", "rules/0/hide/0"),
        ({"when": "a > 1", "set": {"nothing": 1}}, "D302", "rules/0/set/nothing"),
        ({"when": "a > 1", "set": {"c": 1}}, "D450", "rules/0/set/c"),
        ({"when": "a > 1", "set": {"lines": 1}}, "D450", "rules/0/set/lines"),
        ({"when": "a > 1", "set": {"b": "'x'"}}, "D410", "rules/0/set/b"),
        ({"when": "a > 1", "set": {"text": "phone"}}, "D467", "rules/0/set/text"),
        ({"when": "a > 1", "readonly": ["c"]}, "D450", "rules/0/readonly/0"),
        ({"when": "a > 1", "options": {"text": ["x"]}}, "D450", "rules/0/options/text"),
        ({"when": "a > 1", "options": {"kind": ["z"]}}, "D316", "rules/0/options/kind/0"),
        ({"when": "a > 1", "options": {"kind": []}}, "D208", "rules/0/options/kind"),
        ({"when": "a > 1", "hide": ["a"], "on": ["archive"]}, "D204", "rules/0/on/0"),
        ({"when": "a > 1", "hide": ["a"], "on": ["delete"]}, "D551", "rules/0/hide"),
        ({"when": "a > 1", "lock": True, "on": ["create"]}, "D551", "rules/0/lock"),
        ({"lock": True}, "D531", "rules/0/lock"),
        ({"when": "a > 1", "lock": False}, "D204", "rules/0/lock"),
        ({"when": "a > 1", "block": "No", "doors": ["screan"]}, "D317", "rules/0/doors/0"),
        ({"when": "a > 1", "block": "No", "doors": ["api", "workflow.none"]}, "D317", "rules/0/doors/1"),
        ({"when": "a > 1", "block": "No", "doors": ["workflow.check.bos"]}, "D317", "rules/0/doors/0"),
        ({"when": "a > 1", "block": "By {nothing - 1}"}, "D404", "rules/0/block"),
        ({"when": "a > 1", "block": "By {a - }"}, "D402", "rules/0/block"),
        ({"when": "a > 1", "warn": {"en": "By {lines}"}}, "D413", "rules/0/warn"),
        ({"check": "a > 1", "message": "By {a > 1}"}, "D552", "rules/0/message"),
        ({"check": "a > 1", "message": "By {phone}"}, "D467", "rules/0/message"),
        ({"when": "a > 1", "block": "No", "doors": []}, "D208", "rules/0/doors"),
        ({"when": "a > 1", "block": "No", "doors": ["import"], "on": ["delete"]}, "D550", "rules/0/doors/0"),
        (
            {"when": "a > 1", "block": "No", "doors": ["workflow"], "on": ["create"]},
            "D550",
            "rules/0/doors/0",
        ),
        ({"when": "a > 1", "block": {"fr": "Non"}}, "D213", "rules/0/block/fr"),
        ({"when": "a > 1", "hides": ["a"]}, "D201", "rules/0/hides"),
    ],
)
def test_a_wrong_rule_is_named_with_its_place(rule: Mapping[str, Any], code: str, path: str) -> None:
    assert codes(rule) == [(code, path)]


@pytest.mark.parametrize("door", ["screen", "workflow", "workflow.check", "workflow.check.boss"])
def test_doors_are_named_by_their_words_and_workflows_by_their_ids(door: str) -> None:
    assert findings({"when": "a > 1", "block": "No", "doors": [door]}) == []


def test_rows_of_a_sub_table_cannot_lock_the_record() -> None:
    assert codes(rows=[{"when": "n > 1", "lock": True}]) == [("D201", "fields/lines/rules/0/lock")]


@pytest.mark.parametrize(
    ("rules", "cycle"),
    [
        (({"when": "a > 1", "set": {"a": 0}},), "a → a"),
        (({"when": "a > 1", "set": {"b": 2}}, {"when": "b > 1", "set": {"a": 0}}), "a → b → a"),
        (({"when": "c > 1", "set": {"a": 0}},), "a → c → a"),
        (({"when": "SUM(lines.n) > 1", "set": {"a": 0}},), ""),
    ],
)
def test_what_a_rule_sets_must_not_depend_on_itself(rules: Any, cycle: str) -> None:
    found = findings(*rules)
    assert [each.code for each in found] == (["D532"] if cycle else [])
    assert all(cycle in each.message and each.path.startswith("rules/") for each in found)


def test_circles_over_rows_are_found() -> None:
    found = findings(
        {"when": "SUM(lines.n) > 1", "set": {"a": 0}}, rows=[{"when": "parent.a > 1", "set": {"n": 1}}]
    )
    assert [(each.code, "a → lines.n → a" in each.message) for each in found] == [("D532", True)]


def test_hiding_is_part_of_the_circle_only_where_it_changes_values() -> None:
    rules = ({"when": "a > 1", "hide": ["b"]}, {"when": "b > 1", "hide": ["a"]})
    assert codes(*rules) == []
    emptied = {name: {"type": "integer", "hidden_value": "empty"} for name in ("a", "b")}
    assert [code for code, _ in codes(*rules, **emptied)] == ["D532"]


@pytest.mark.parametrize(
    ("field", "code"),
    [
        ({"type": "text", "hidden_value": "recompute"}, "D533"),
        ({"type": "integer", "formula": "a", "hidden_value": "empty"}, "D451"),
        ({"type": "text", "hidden_value": "gone"}, "D204"),
        ({"type": "address", "hidden_value": "recompute"}, "D204"),
    ],
)
def test_a_hidden_value_must_be_possible(field: Mapping[str, Any], code: str) -> None:
    assert codes({"when": "a > 1", "hide": ["more"]}, more=field) == [(code, "fields/more/hidden_value")]
