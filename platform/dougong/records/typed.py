"""Looks over an expression while a person types it: what is wrong, what it gives, and what may stand at the caret."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dougong.diagnostics import Diagnostic, Refusal
from dougong.expressions.completion import Completion, Find, Surroundings, complete, reading
from dougong.model.entity import Entity
from dougong.model.expression import Expression, Type
from dougong.policy.offers import readable_entities
from dougong.records.call import Call
from dougong.records.doors import open_door
from dougong.records.scope import BOOLEAN, compiled, scope_for

PURPOSES = ("filter", "value", "measure")
"""What an expression is for: a condition over records, any value of a record, a figure over many records."""


@dataclass(frozen=True, slots=True)
class LookedOver:
    """The findings of an expression; where there are none, the type that it gives and how it is read out; the suggestions at
    the caret."""

    problems: tuple[Diagnostic, ...]
    type: Type | None = None
    reading: str = ""
    completion: Completion | None = None


def look_over(call: Call, key: str, text: str, purpose: str, position: int | None = None) -> LookedOver:
    """Compile what a person types exactly as a query would, and complete it from the names that this person may read."""
    open_door(call, key, "read")
    aggregate = purpose == "measure"
    expect = BOOLEAN if purpose == "filter" else None

    def compile_it() -> Expression | Sequence[Diagnostic]:
        try:
            return compiled(call, key, text, "text", expect, aggregate)
        except Refusal as refusal:
            return refusal.problems

    named = tuple(
        (each.id, each.plural) for each in readable_entities(call.release, call.actor, key.partition(".")[0])
    )
    about = Surroundings(scope_for(call, key, aggregate), key, _finder(call), call.language, True, named)
    return looked_over(text, position, about, compile_it)


def looked_over(
    text: str,
    position: int | None,
    about: Surroundings,
    compile_it: Callable[[], Expression | Sequence[Diagnostic]],
) -> LookedOver:
    """What there is to say about a text; nothing is wrong with an empty one."""
    completion = complete(text, position, about) if position is not None else None
    if not text.strip():
        return LookedOver((), completion=completion)
    outcome = compile_it()
    if not isinstance(outcome, Expression):
        return LookedOver(tuple(outcome), completion=completion)
    return LookedOver((), outcome.type, reading(text, about), completion)


def _finder(call: Call) -> Find:
    def find(key: str) -> Entity | None:
        app, _, identifier = key.partition(".")
        found = call.release.apps.get(app)
        return found.entities.get(identifier) if found is not None else None

    return find
