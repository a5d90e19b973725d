"""What a question asked again and again is worked out to, kept with the release: for a set of roles, and for one person where
the person, the day or the zone is part of the question."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar, cast

from dougong.expressions.support import surroundings
from dougong.model.expression import Expression
from dougong.policy.grants import counts_shares, row_rules
from dougong.records.call import Call
from dougong.records.day import today_of

Kept = TypeVar("Kept")
_MOST_KEPT = 2000


def kept(
    call: Call,
    question: tuple[Hashable, ...],
    build: Callable[[], Kept],
    expressions: Iterable[Expression | None] = (),
) -> Kept:
    """What `build` makes of a question, made once.

    `question` names everything that is asked apart from the roles of the actor and the row rules they bring. `expressions` are
    those that `build` translates besides: they count by themselves, not by their text. What depends on the very moment is
    never kept.
    """
    translated = tuple(each for each in expressions if each is not None)
    facts = _facts(call, translated)
    if facts is None:
        return build()
    entries = cast(dict[object, tuple[object, Kept]], call.release.cache.setdefault(_ENTRIES, {}))
    key = (question, tuple(map(id, translated)), facts)
    found = entries.get(key)
    if found is None:
        if len(entries) >= _MOST_KEPT:
            entries.clear()
        found = entries[key] = (translated, build())
    return found[1]


_ENTRIES = "kept questions"


def standing(call: Call) -> tuple[Hashable, ...]:
    """What rights depend on, apart from what row rules ask."""
    actor = call.actor
    return (actor.is_admin, actor.lifted, actor.roles, actor.scopes, actor.apps, call.dialect)


def _facts(call: Call, expressions: tuple[Expression, ...]) -> tuple[Hashable, ...] | None:
    """Everything about who asks and when that the answer depends on, or nothing when that is the moment itself."""
    asked = _asked_by_rules(call)
    for each in expressions:
        asked |= _asked_by(call, each)
    if "now" in asked:
        return None
    actor = call.actor
    who = (
        (
            actor.id,
            actor.main_department_id,
            actor.department_ids,
            actor.subordinate_ids,
            actor.department_tree_ids,
            actor.teammate_ids,
            actor.company,
        )
        if "actor" in asked
        else ()
    )
    day = today_of(call) if "today" in asked else None
    zone = call.timezone if expressions or asked else ""
    return (*standing(call), who, day, zone)


def _asked_by(call: Call, expression: Expression) -> frozenset[str]:
    """What an expression asks itself, and by the virtual fields that it reads of other records; those of its own are `build`'s too."""
    asked = surroundings(expression.tree)
    for road in expression.roads:
        if not road.steps or not road.field:
            continue
        field = call.release.entity(road.steps[-1].entity).fields.get(road.field)
        if field is not None and field.formula is not None and field.is_virtual:
            asked |= surroundings(field.formula.tree)
    return asked


def _asked_by_rules(call: Call) -> frozenset[str]:
    """What the row rules of the actor's roles ask, any of which a question over links may bring in."""
    actor = call.actor
    if actor.is_admin or actor.lifted:
        return frozenset()
    answers: dict[object, frozenset[str]] = call.release.room("asked by rules")
    found = answers.get(actor.roles)
    if found is None:
        rules = row_rules(call.release.apps, actor.roles)
        found = frozenset({"zone"}.union(*(surroundings(rule.tree) for rule in rules)) if rules else ())
        if counts_shares(call.release.apps, actor.roles):
            found |= {"actor"}
        answers[actor.roles] = found
    return found
