"""Looks over an expression while a person types it: what is wrong, what it gives, and what may stand at the caret."""

from __future__ import annotations

from dataclasses import dataclass

from dougong.diagnostics import Diagnostic, Refusal
from dougong.expressions.completion import Completion, Surroundings, complete
from dougong.expressions.completion.names import Find
from dougong.model.entity import Entity
from dougong.model.expression import Type
from dougong.records.call import Call
from dougong.records.doors import open_door
from dougong.records.scope import BOOLEAN, compiled, scope_for

PURPOSES = ("filter", "value", "measure")
"""What an expression is for: a condition over records, any value of a record, a figure over many records."""


@dataclass(frozen=True, slots=True)
class LookedOver:
    """The findings of an expression, the type that it gives (None where it is wrong), and the suggestions at the caret."""

    problems: tuple[Diagnostic, ...]
    type: Type | None
    completion: Completion | None


def look_over(call: Call, key: str, text: str, purpose: str, position: int | None = None) -> LookedOver:
    """Compile what a person types exactly as a query would, and complete it from the names that this person may read."""
    open_door(call, key, "read")
    aggregate = purpose == "measure"
    problems: tuple[Diagnostic, ...] = ()
    kind: Type | None = None
    if text.strip():
        try:
            kind = compiled(call, key, text, "text", BOOLEAN if purpose == "filter" else None, aggregate).type
        except Refusal as refusal:
            problems = refusal.problems
    completion = None
    if position is not None:
        scope = scope_for(call, key, aggregate)
        completion = complete(
            text, position, Surroundings(scope, key, _finder(call), call.language, sql=True)
        )
    return LookedOver(problems, kind, completion)


def _finder(call: Call) -> Find:
    def find(key: str) -> Entity | None:
        app, _, identifier = key.partition(".")
        found = call.release.apps.get(app)
        return found.entities.get(identifier) if found is not None else None

    return find
