"""The inputs of a rule as they were sent, and the rule of a definition that they make."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dougong.compiler.context import BOOLEAN, type_of
from dougong.diagnostics import Diagnostic
from dougong.expressions.completion import Surroundings, reading
from dougong.model.entity import Entity
from dougong.model.expression import Expression, Type
from dougong.records.call import Call
from dougong.screens.condition_reading import ALL, ANY, MOST_ROWS
from dougong.screens.draft_names import compile_draft
from dougong.screens.rule_entry import (
    ALWAYS,
    EXPRESSION,
    FIELDS,
    KNOWN,
    MESSAGES,
    RuleEntry,
    Texts,
    condition_of,
    entry_of,
)
from dougong.screens.rule_words import USUAL, acts
from dougong.screens.shape import ConditionRow
from dougong.web.catalogue import finding
from dougong.web.condition_writing import expression_of
from dougong.web.problems import hint_of, message_of

Sent = Mapping[str, Sequence[str]]
_ROW = re.compile(r"when-(\d{1,4})-field")
_VALUE = re.compile(r"set-(\d{1,4})-field")
_LONGEST = 10_000
_LONGEST_DOOR = 130


@dataclass(frozen=True, slots=True)
class ReadRule:
    """What was sent, the rule that it makes, its condition as an expression, and what is wrong, each finding with its place in `path`."""

    entry: RuleEntry
    document: dict[str, Any]
    when: str
    problems: list[Diagnostic]


def sent_entry(sent: Sent, entity: Entity) -> RuleEntry:
    """What stands in the inputs, nothing judged yet."""
    mode = _first(sent, "when-mode")
    return RuleEntry(
        mode if mode in (ALWAYS, ALL, ANY, EXPRESSION) else ALWAYS,
        sent_rows(sent),
        _first(sent, "when-expression"),
        "",
        _chosen(sent, "on", acts()),
        {name: _chosen(sent, name, entity.fields) for name in FIELDS},
        tuple(
            (name, _first(sent, f"set-{number}-value"))
            for number in _numbers(sent, _VALUE)
            if (name := _first(sent, f"set-{number}-field"))
        ),
        {
            name: chosen
            for name, field in entity.fields.items()
            if (chosen := _chosen(sent, f"options-{name}", [each.id for each in field.options]))
        },
        {name: _texts(sent, name) for name in (*MESSAGES, "message")},
        _first(sent, "check"),
        _chosen(sent, "fields", entity.fields),
        bool(_first(sent, "lock")),
        tuple(dict.fromkeys(each[:_LONGEST_DOOR] for each in sent.get("doors", ()) if each)),
    )


def sent_rows(sent: Sent) -> tuple[ConditionRow, ...]:
    """The conditions that were sent, without empty ones."""
    found = []
    for number in _numbers(sent, _ROW)[:MOST_ROWS]:
        prefix = f"when-{number}"
        name = _first(sent, f"{prefix}-field")
        values = tuple(each for each in sent.get(f"{prefix}-value", ()) if each.strip())
        if name:
            operator, against = _first(sent, f"{prefix}-operator"), _first(sent, f"{prefix}-against")
            found.append(ConditionRow(name, operator, against, () if against else values))
    return tuple(found)


def _numbers(sent: Sent, pattern: re.Pattern[str]) -> list[int]:
    return sorted(int(found[1]) for name in sent if (found := pattern.fullmatch(name)))


def _first(sent: Sent, name: str) -> str:
    return str((sent.get(name) or [""])[0]).strip()


def _chosen(sent: Sent, name: str, known: Any) -> tuple[str, ...]:
    """Those of the known things that were ticked, in their own order."""
    ticked = frozenset(sent.get(name, ()))
    return tuple(str(each) for each in known if each in ticked)


def _texts(sent: Sent, name: str) -> Texts:
    return _first(sent, f"{name}_zh"), _first(sent, f"{name}_en")


def read_rule(
    call: Call, entry: RuleEntry, before: Mapping[str, Any], entity: Entity, about: Surroundings
) -> ReadRule:
    """The rule that an entry makes of what stood there before; what the inputs do not show stays."""
    problems: list[Diagnostic] = []
    when = written_condition(call, entry, str(before.get("when") or ""), about, problems)
    document = _document(entry, before, when, about)
    problems += _expressions(entry, entity, about)
    problems += _sense(entry, document)
    return ReadRule(entry, document, when, problems)


def written_condition(
    call: Call, entry: RuleEntry, before: str, about: Surroundings, problems: list[Diagnostic]
) -> str:
    """The condition as an expression; one that still says what it said keeps its words."""
    if entry.mode == ALWAYS:
        return ""
    if entry.mode == EXPRESSION:
        if not entry.expression:
            problems.append(finding("W445", "when"))
            return ""
        problems += _findings(about, entry.expression, BOOLEAN, "when")
        return entry.expression
    if not entry.rows:
        problems.append(finding("W445", "when"))
        return ""
    mode, rows, _ = condition_of(before, about)
    if rows == entry.rows and (mode == entry.mode or len(rows) == 1):
        return before
    written, found = expression_of(call, entry.mode, entry.rows, about, "when")
    problems += found
    return written


def _findings(about: Surroundings, text: str, expect: Type | None, place: str) -> list[Diagnostic]:
    outcome = compile_draft(about, text, expect, place)
    return [] if isinstance(outcome, Expression) else list(outcome[:3])


def _expressions(entry: RuleEntry, entity: Entity, about: Surroundings) -> list[Diagnostic]:
    """What is wrong with the values that are set, and with what must be true."""
    found = []
    for number, (name, written) in enumerate(entry.values):
        field, place = entity.fields.get(name), f"set/{number}"
        if field is None:
            found.append(finding("W440", place, name=name[:60]))
        elif not written:
            found.append(finding("W449", place))
        else:
            found += _findings(about, written, BOOLEAN if field.type == "boolean" else type_of(field), place)
    if entry.check:
        found += _findings(about, entry.check, BOOLEAN, "check")
    return found


def _sense(entry: RuleEntry, document: Mapping[str, Any]) -> list[Diagnostic]:
    """What a rule cannot do without."""
    found = []
    does = [name for name in (*FIELDS, "set", "options", *MESSAGES, "check", "lock") if name in document]
    if not does:
        found.append(finding("W446", ""))
    if entry.mode == ALWAYS:
        found += [finding("W444", name) for name in ("show", *MESSAGES, "lock") if name in document]
    return found


def _document(entry: RuleEntry, before: Mapping[str, Any], when: str, about: Surroundings) -> dict[str, Any]:
    """The rule with what has changed; what says the same as before is not written anew."""
    was, wanted = entry_of(before, about), dict[str, Any]()
    wanted["when"] = when
    wanted["on"] = _in_order(entry.on, was.on or USUAL, before.get("on"))
    if not entry.on or (set(entry.on) == set(USUAL) and not was.on):
        wanted["on"] = None
    for name in FIELDS:
        wanted[name] = _in_order(entry.named.get(name, ()), was.named.get(name, ()), before.get(name))
    wanted["set"] = _kept(
        entry.values,
        was.values,
        before.get("set"),
        lambda pairs: {name: _constant(each) for name, each in pairs},
    )
    chosen = {name: _in_order(each, was.options.get(name, ())) for name, each in entry.options.items()}
    same = {name: list(each) for name, each in was.options.items()} == chosen
    wanted["options"] = before.get("options") if same else chosen
    for name in (*MESSAGES, "message"):
        wanted[name] = _kept(entry.messages.get(name), was.messages.get(name), before.get(name), _said)
    wanted["lock"] = True if entry.locks else None
    wanted["doors"] = _in_order(entry.doors, was.doors, before.get("doors"))
    wanted["check"] = _kept(entry.check, was.check, before.get("check"), str)
    wanted["fields"] = _in_order(entry.places, was.places, before.get("fields"))
    if not any(wanted[name] for name in (*MESSAGES, "check", "message")):
        wanted["fields"] = None
    document = {name: value for name, value in before.items() if name not in KNOWN or wanted.get(name)}
    document |= {name: value for name, value in wanted.items() if value}
    return document


def _kept(value: Any, was: Any, before: Any, write: Any) -> Any:
    return before if value == was else write(value)


def _in_order(chosen: Sequence[str], was: Sequence[str], before: Any = None) -> Any:
    """What is chosen, those that were there already in their own order; exactly what was written where they are the same."""
    if before is not None and set(chosen) == set(was):
        return before
    return [each for each in was if each in chosen] + [each for each in chosen if each not in was]


def _said(texts: Texts | None) -> Any:
    """A message by language; one that is the same in both, or written in one only, is one text."""
    chinese, english = texts or ("", "")
    if chinese and english and chinese != english:
        return {"zh": chinese, "en": english}
    return chinese or english or None


def _constant(text: str) -> Any:
    return int(text) if re.fullmatch(r"-?(0|[1-9]\d{0,14})", text) else text[:_LONGEST]


def judged(
    call: Call,
    entry: RuleEntry,
    written: str,
    problems: Sequence[Diagnostic],
    about: Surroundings,
    take: bool,
    said: str = "",
) -> dict[str, Any]:
    """The answer while a condition is put together: what it says, what is wrong by place, and with `take` the rows of the expression."""
    language = call.language
    answer: dict[str, Any] = {
        "said": said or reading(written, about) or written,
        "expression": written,
        "problems": [
            {"at": each.path, "text": message_of(each, language), "hint": hint_of(each, language)}
            for each in problems
        ],
    }
    if take:
        mode, rows, reason = condition_of(entry.expression, about)
        taken = [
            {
                "field": row.field,
                "operator": row.operator,
                "against": row.against,
                "values": list(row.values),
            }
            for row in rows
        ]
        answer["taken"] = {"mode": mode, "reason": reason, "rows": taken}
    return answer
