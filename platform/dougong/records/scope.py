"""Compiles what a person types as a filter or a measure against the names that this person may read, and no others."""

from __future__ import annotations

from collections.abc import Callable

from dougong.diagnostics import Refusal
from dougong.expressions import compile_expression
from dougong.expressions.scope import Scope, entity_scope
from dougong.expressions.virtual import expanded
from dougong.fieldtypes import TYPES
from dougong.model.entity import Entity
from dougong.model.expression import Expression, Type
from dougong.model.field import Field
from dougong.policy.access import access
from dougong.policy.masks import concealed
from dougong.records.call import Call
from dougong.records.cost import MOST_BEHIND_NAMES, check_cost
from dougong.storage.release import Release

BOOLEAN = Type("boolean")
_MOST_KEPT = 2000


def scope_for(call: Call, key: str, aggregate: bool = False) -> Scope:
    """The names of an entity as the actor may read them, over links too; a hidden name is as unknown as one that does not exist."""
    release, actor = call.release, call.actor
    kept = (actor.roles, actor.apps, actor.is_admin or actor.lifted, key, aggregate)
    scopes: dict[object, Scope] = release.room("scopes")
    found = scopes.get(kept)
    if found is None:

        def may_read(entity_key: str, name: str) -> bool:
            answer = access(release, actor, entity_key, "read")
            return answer.allowed and name not in concealed(release, actor, entity_key)

        find = entity_finder(release)
        found = entity_scope(release.entity(key), find, _type_of, aggregate=aggregate, readable=may_read)
        scopes[kept] = found
    return found


def entity_finder(release: Release) -> Callable[[str], Entity | None]:
    """The function that finds entities by their keys, of any app."""

    def find(entity_key: str) -> Entity | None:
        app = release.apps.get(entity_key.partition(".")[0])
        return app.entities.get(entity_key.partition(".")[2]) if app else None

    return find


def _type_of(field: Field) -> Type:
    return TYPES[field.type].expression_type(field)


def compiled(
    call: Call, key: str, text: str, path: str, expect: Type | None = None, aggregate: bool = False
) -> Expression:
    """The expression that a person typed; refuses with its mistakes, and a name that may not be read is one."""
    actor = call.actor
    kept = (
        "expression",
        actor.roles,
        actor.apps,
        actor.is_admin or actor.lifted,
        key,
        text,
        path,
        expect,
        aggregate,
    )
    cache = call.release.cache.setdefault("typed expressions", {})
    assert isinstance(cache, dict)
    found = cache.get(kept)
    if not isinstance(found, Expression):
        result = compile_expression(text, scope_for(call, key, aggregate), expect=expect, path=path, sql=True)
        if not isinstance(result, Expression):
            raise Refusal("invalid", result)
        check_cost(result, call.language, path)
        _check_formulas(call, key, result, path)
        if len(cache) >= _MOST_KEPT:
            cache.clear()
        found = cache[kept] = result
    return found


def _check_formulas(call: Call, key: str, expression: Expression, path: str) -> None:
    """Refuse what names virtual fields whose formulas together are too much to ask of the database."""
    whole = expanded(expression, key, entity_finder(call.release), path=path)
    if not isinstance(whole, Expression):
        raise Refusal("invalid", whole)
    if whole is not expression:
        check_cost(whole, call.language, path, MOST_BEHIND_NAMES)


def condition(call: Call, key: str, given: str | Expression, path: str = "filter") -> Expression:
    """A filter as an expression: typed text is compiled within the actor's rights, a definition's is taken as it is."""
    return given if isinstance(given, Expression) else compiled(call, key, given, path, BOOLEAN)
