"""The rules of a form for its script: what is shown, asked for, kept, set, limited and warned of as one types.

Only rules leave the server whose conditions read nothing but what the reader may see and a script can compute. A field about which
any other rule says something is drawn as the server finds it, and follows when the form is saved.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from dougong.expressions.portable import dump
from dougong.model.entity import CREATE, UPDATE, Rule
from dougong.model.expression import Expression
from dougong.policy.access import access
from dougong.records.call import Call
from dougong.records.rule_messages import may_tell, without_figures
from dougong.records.shape import Shape
from dougong.screens.live import Reading

_FIELDS = ("show", "hide", "require", "readonly")


@dataclass(frozen=True, slots=True)
class LiveRules:
    """What the script is given: `rules` as JSON, the `conditions` they are made of (with the sub-table for whose rows they are), and
    the `fields` of the record whose state follows what is typed."""

    rules: tuple[dict[str, Any], ...] = ()
    conditions: tuple[tuple[str, Expression], ...] = ()
    fields: frozenset[str] = frozenset()
    written: frozenset[str] = frozenset()
    """The fields that rules set, as the plan names them."""


def live_rules(call: Call, shape: Shape, action: str, reading: Reading) -> LiveRules:
    """The rules of a record and of the rows of its sub-tables that a script can follow."""
    rules: list[dict[str, Any]] = []
    conditions: list[tuple[str, Expression]] = []
    fields: frozenset[str] = frozenset()
    for table, owner in (("", shape), *shape.tables.items()):
        hidden = access(call.release, call.actor, owner.key, action if not table else "update").hidden
        acts = (CREATE, UPDATE) if table else (action,)
        own = [rule for rule in owner.entity.rules if any(rule.concerns(each, call.doors) for each in acts)]
        live = _live_fields(own, reading, table) - hidden
        fields = fields if table else live
        for rule in own:
            if _is_live(rule, reading, table):
                document = _document(call, reading, owner.key, table, rule, live, hidden)
                if document is not None:
                    rules.append({"table": table, "on": sorted(rule.on), **document})
                    conditions += [(table, each) for each in (*_expressions(rule), *_said(rule))]
    written = {
        f"{each['table']}/{name}" if each["table"] else name
        for each in rules
        for name, _ in each.get("set", ())
    }
    return LiveRules(tuple(rules), tuple(conditions), fields, frozenset(written))


def _expressions(rule: Rule) -> Iterator[Expression]:
    yield from (each for each in (rule.when, rule.check) if each is not None)
    yield from (value for _, value in rule.assign)


def _said(rule: Rule) -> Iterator[Expression]:
    yield from (figures for _, figures in rule.figures)


def _is_live(rule: Rule, reading: Reading, table: str) -> bool:
    return all(reading.may(each, table) for each in _expressions(rule))


def _touched(rule: Rule) -> set[str]:
    """The fields of which a rule says how they are drawn."""
    named = {name for name, _ in rule.assign} | {name for name, _ in rule.options}
    return named.union(rule.show, rule.hide, rule.require, rule.readonly)


def _live_fields(rules: Sequence[Rule], reading: Reading, table: str) -> frozenset[str]:
    """The fields about which the script knows every rule."""
    every = {name for rule in rules for name in _touched(rule)}
    unknown = {name for rule in rules if not _is_live(rule, reading, table) for name in _touched(rule)}
    return frozenset(every - unknown)


def _document(
    call: Call,
    reading: Reading,
    owner: str,
    table: str,
    rule: Rule,
    live: frozenset[str],
    hidden: frozenset[str],
) -> dict[str, Any] | None:
    """A rule as JSON, without what is not for the reader; nothing where nothing is left."""
    found: dict[str, Any] = {
        name: [each for each in getattr(rule, name) if each in live]
        for name in _FIELDS
        if set(getattr(rule, name)) & live
    }
    assigned = [[name, dump(value.tree)] for name, value in rule.assign if name in live]
    limited = {name: list(allowed) for name, allowed in rule.options if name in live}
    found |= {"set": assigned} if assigned else {}
    found |= {"options": limited} if limited else {}
    if rule.check is not None:
        shown = [name for name in rule.fields if name not in hidden]
        found |= {"check": dump(rule.check.tree), "fields": shown, "warns": rule.is_warning}
        wording = rule.message.get(call.language)
        said = dict(rule.figures).get(wording)
        found["message"] = wording if said is None else without_figures(wording)
        if said is not None and reading.may(said, table) and may_tell(call, owner, said):
            found["said"] = dump(said.tree)
    if not found:
        return None
    return found | {"when": dump(rule.when.tree) if rule.when is not None else None}
