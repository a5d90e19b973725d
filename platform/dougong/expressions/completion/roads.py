"""Where a road of names leads that stands somewhere in an unfinished expression."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dougong.expressions.check_names import THIS
from dougong.expressions.completion.caret import Bracket
from dougong.expressions.completion.names import Surroundings
from dougong.expressions.completion.tokens import names_of
from dougong.expressions.scope import entity_of_all, every_record
from dougong.model.expression import Type

Brackets = tuple[Bracket, ...]


def names_at(brackets: Brackets, about: Surroundings) -> tuple[Mapping[str, Type], str]:
    """The names that may begin a road, and the entity they belong to: behind WHERE those of the rows that an aggregate is at."""
    for place in range(len(brackets) - 1, -1, -1):
        if brackets[place].behind_where and brackets[place].first:
            kind = _list_of(names_of(brackets[place].first), brackets[:place], about)
            if kind is not None and kind.kind == "record":
                return about.scope.resolve(kind.entity), kind.entity
            return {}, ""
    return about.scope.names, about.key


def step(names: Sequence[str], brackets: Brackets, about: Surroundings) -> tuple[Type | None, str]:
    """The type at the end of a road, and the entity that its last name belongs to."""
    known, key = names_at(brackets, about)
    kind: Type | None = None
    if names[0] in THIS and names[0] not in known:
        known, key, kind = about.scope.names, about.key, Type("record", entity=about.key)
    elif entity_of_all(names[0]):
        kind = every_record(about.scope.app, entity_of_all(names[0]))
    for index, name in enumerate(names[0 if kind is None else 1 :], start=0 if kind is None else 1):
        if kind is not None:
            if kind.kind != "record":
                found = next((each.type for each in kind.properties if each.name == name), None)
                return (found if index == len(names) - 1 else None), ""
            key = kind.entity
            known = about.scope.resolve(key)
        kind = known.get(name)
        if kind is None:
            return None, ""
    return kind, key


def _list_of(names: list[str], brackets: Brackets, about: Surroundings) -> Type | None:
    """The list that a road goes over: where the first name with many records leads."""
    for length in range(1, len(names) + 1):
        kind = type_of(names[:length], brackets, about)
        if kind is None or kind.many:
            return kind
    return None


def type_of(names: Sequence[str], brackets: Brackets, about: Surroundings) -> Type | None:
    """The type at the end of a road, None where it leads nowhere."""
    return step(names, brackets, about)[0] if names and names[0] else None


def key_of(names: Sequence[str], brackets: Brackets, about: Surroundings) -> str | None:
    """The entity that a road leads to; that of the expression for an empty road."""
    if not names:
        return names_at(brackets, about)[1]
    kind = type_of(names, brackets, about)
    return kind.entity if kind is not None and kind.kind == "record" else None
