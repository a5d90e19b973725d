"""What the designer does to the rules of an entity: each operation is a small edit of the list in its file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

from dougong.definitions import edit
from dougong.definitions.edit import EditError
from dougong.diagnostics import Refusal
from dougong.screens.rule_entry import fingerprint
from dougong.web.catalogue import refuse
from dougong.web.designing import Bench, Files

Document = dict[str, Any]


def rules_path(table: str) -> list[str]:
    """Where the rules of a record, or of the rows of a sub-table, stand in the file of its entity."""
    return ["fields", table, "rules"] if table else ["rules"]


def rules_in(text: str, table: str, file: str) -> list[Document]:
    """The rules as the file of an entity says them."""
    found = edit.value_at(text, rules_path(table), file)
    return [dict(each) for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []


def rule_at(bench: Bench, table: str, rule: str, was: str) -> int:
    """The place of a rule that is still the one that was shown."""
    rules = rules_in(bench.entity_text, table, bench.entity_path)
    if not (rule.isascii() and rule.isdigit() and len(rule) < 5 and int(rule) < len(rules)):
        raise refuse("missing", "W416", "rule", name=rule[:20])
    if was and fingerprint(rules[int(rule)]) != was:
        raise refuse("conflict", "W447", "rule")
    return int(rule)


def add_rule(bench: Bench, table: str, document: Document) -> Files:
    """A further rule behind the others."""
    return _changed(bench, table, lambda rules: [*rules, document])


def set_rule(bench: Bench, table: str, number: int, document: Document) -> Files:
    """Another content of a rule."""
    return _changed(bench, table, lambda rules: [*rules[:number], document, *rules[number + 1 :]])


def move_rule(bench: Bench, table: str, number: int, position: int) -> Files:
    """A rule at another place: of several that set the same field the last one holds."""
    rules = rules_in(bench.entity_text, table, bench.entity_path)
    target = max(0, min(position, len(rules) - 1))
    if target == number:
        return {}
    path = rules_path(table)
    before: int | None = target if target < number else target + 1
    before = before if before is not None and before < len(rules) else None
    text = edit.move_key(bench.entity_text, [*path, number], before, bench.entity_path)
    return {bench.entity_path: text}


def remove_rule(bench: Bench, table: str, number: int) -> Files:
    """The list without a rule, and no list when it was the last."""
    path, rules = rules_path(table), rules_in(bench.entity_text, table, bench.entity_path)
    gone: list[str | int] = [*path, number] if len(rules) > 1 else [*path]
    return {bench.entity_path: edit.remove_key(bench.entity_text, gone, bench.entity_path)}


def _changed(bench: Bench, table: str, change: Callable[[list[Document]], list[Document]]) -> Files:
    """The file with as little changed as possible."""
    path, file = rules_path(table), bench.entity_path
    rules = change(rules_in(bench.entity_text, table, file))
    whole = deepcopy(edit.value_at(bench.entity_text, [], file))
    place: Any = whole
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = rules
    try:
        return {file: edit.save(bench.entity_text, whole, file)}
    except EditError as error:
        raise Refusal("invalid", refuse("invalid", "W427", reason=error).problems) from error
