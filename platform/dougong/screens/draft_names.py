"""What expressions of a draft may name: the scope that publishing compiles them in, whoever may read the records."""

from __future__ import annotations

from collections.abc import Sequence

from dougong.compiler.context import type_of
from dougong.diagnostics import Diagnostic
from dougong.expressions import compile_expression
from dougong.expressions.completion import Surroundings
from dougong.expressions.scope import entity_scope
from dougong.model.app import App
from dougong.model.entity import Entity
from dougong.model.expression import Expression, Type
from dougong.records.call import Call


def draft_names(
    call: Call, app: App, entity: Entity, *, sql: bool = False, aggregate: bool = False
) -> Surroundings:
    """The names of an entity of the draft, or of the rows of a sub-table; `aggregate` for measures, `sql` for conditions of queries."""

    def find(key: str) -> Entity | None:
        owner, _, identifier = key.partition(".")
        known = app if owner == app.id else call.release.recorded.get(owner)
        return known.entities.get(identifier) if known is not None else None

    roles = frozenset(app.roles) | {"owner"}
    scope = entity_scope(entity, find, type_of, roles=roles, aggregate=aggregate)
    named = tuple((each.id, each.plural) for each in app.entities.values() if not each.parent)
    return Surroundings(scope, entity.key, find, call.language, sql, named)


def compile_draft(
    about: Surroundings, text: str, expect: Type | None, path: str
) -> Expression | Sequence[Diagnostic]:
    """An expression of the draft, compiled as publishing compiles it, or what is wrong with it."""
    return compile_expression(text, about.scope, expect=expect, path=path, sql=about.sql)
