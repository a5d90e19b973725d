"""A rule as the inputs of the designer hold it, taken from what the definition says."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dougong.compiler.context import BOOLEAN
from dougong.expressions.completion import Surroundings
from dougong.model.expression import Expression
from dougong.screens.condition_reading import rows_of
from dougong.screens.draft_names import compile_draft
from dougong.screens.shape import ConditionRow
from dougong.screens.texts import text

ALWAYS, EXPRESSION = "always", "expression"
FIELDS = ("show", "hide", "require", "readonly")
"""What a rule does to whole fields."""
MESSAGES = ("block", "warn")
"""What a rule says to whoever saves."""
Texts = tuple[str, str]


@dataclass(frozen=True, slots=True)
class RuleEntry:
    """Everything that the inputs hold. `mode` says which of the rows and the expression counts."""

    mode: str = ALWAYS
    rows: tuple[ConditionRow, ...] = ()
    expression: str = ""
    reason: str = ""
    on: tuple[str, ...] = ()
    named: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The fields that it shows, hides, requires or keeps."""
    values: tuple[tuple[str, str], ...] = ()
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    messages: Mapping[str, Texts] = field(default_factory=dict)
    """What `block`, `warn` and `message` say, in Chinese and English."""
    check: str = ""
    places: tuple[str, ...] = ()
    locks: bool = False
    doors: tuple[str, ...] = ()


Document = Mapping[str, Any]
KNOWN = frozenset(
    {"when", "on", *FIELDS, "set", "options", *MESSAGES, "check", "message", "fields", "lock", "doors"},
)


def fingerprint(document: Document | None) -> str:
    """What tells whether a rule is still the one that was shown."""
    return hashlib.sha256(json.dumps(document, sort_keys=True, default=str).encode()).hexdigest()[:12]


def entry_of(document: Document, about: Surroundings) -> RuleEntry:
    """The inputs of a rule as a definition says it."""
    mode, rows, reason = condition_of(str(document.get("when") or ""), about)
    options = document.get("options")
    given = document.get("set")
    return RuleEntry(
        mode,
        rows,
        str(document.get("when") or ""),
        reason,
        _names(document.get("on")),
        {name: _names(document.get(name)) for name in FIELDS},
        tuple((str(name), _written(value)) for name, value in given.items())
        if isinstance(given, Mapping)
        else (),
        {str(name): _names(each) for name, each in options.items()} if isinstance(options, Mapping) else {},
        {name: _texts(document.get(name)) for name in (*MESSAGES, "message")},
        _written(document.get("check")),
        _names(document.get("fields")),
        document.get("lock") is True,
        _names(document.get("doors")),
    )


def condition_of(written: str, about: Surroundings) -> tuple[str, tuple[ConditionRow, ...], str]:
    """How a condition is shown: its mode, its rows, and where it stays an expression, why."""
    if not written.strip():
        return ALWAYS, (), ""
    outcome = compile_draft(about, written, BOOLEAN, "when")
    if not isinstance(outcome, Expression):
        return EXPRESSION, (), ""
    found = rows_of(outcome.tree, about)
    if found is None:
        return EXPRESSION, (), text("condition_stays", about.language)
    return found[0], found[1], ""


def _names(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(str(each) for each in value) if isinstance(value, Sequence) else ()


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return "" if value is None else str(value)


def _texts(value: object) -> Texts:
    if isinstance(value, Mapping):
        return str(value.get("zh") or ""), str(value.get("en") or "")
    said = "" if value is None else str(value)
    return said, said
