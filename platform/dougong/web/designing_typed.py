"""Looks over an expression that is typed in the designer, against the draft: its names, whoever may read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dougong.compiler.context import BOOLEAN, type_of
from dougong.compiler.linkage import choosing
from dougong.diagnostics import Diagnostic
from dougong.model.app import App
from dougong.model.entity import Entity
from dougong.model.expression import Expression, Type
from dougong.model.field import Field, LinkTarget
from dougong.records.call import Call
from dougong.records.typed import LookedOver, looked_over
from dougong.screens.draft_names import compile_draft, draft_names
from dougong.web.typed import Typing

PURPOSES = ("formula", "default", "min", "max", "condition", "rule", "measure", "filter")
"""What the designer takes expressions for: the value of a field, what it begins with, its bounds, a condition over records,
the condition of a rule, a figure over many records, a condition over those that a link may hold."""


def look_over_draft(call: Call, app: App, entity: Entity, typing: Typing, field: Field | None) -> LookedOver:
    """What there is to say about an expression of a draft; it is compiled as publishing compiles it."""

    if typing.purpose == "filter" and field is not None and field.target is not None:
        return _over_targets(call, app, entity, typing, field, field.target)
    about = draft_names(
        call,
        app,
        entity,
        sql=typing.purpose in ("condition", "measure"),
        aggregate=typing.purpose == "measure",
    )
    expect = expected(typing.purpose, field)

    def compile_it() -> Expression | Sequence[Diagnostic]:
        return compile_draft(about, typing.text, expect, typing.purpose)

    return looked_over(typing.text, typing.caret, about, compile_it)


def _over_targets(
    call: Call, app: App, entity: Entity, typing: Typing, field: Field, target: LinkTarget
) -> LookedOver:
    """The condition on what a link may hold: names mean the record to choose, and are completed as such."""
    named = app if target.app == app.id else call.release.recorded.get(target.app)
    other = named.entities.get(target.entity) if named is not None else None
    own = draft_names(call, app, entity)
    about = replace(own, scope=choosing(own.scope, entity, field))

    def compile_it() -> Expression | Sequence[Diagnostic]:
        return compile_draft(about, typing.text, BOOLEAN, typing.purpose)

    shown = draft_names(call, app, other) if other is not None else own
    return looked_over(typing.text, typing.caret, shown, compile_it)


def expected(purpose: str, field: Field | None) -> Type | None:
    """The type that an expression of that purpose must give; none where any will do."""
    if purpose in ("condition", "rule") or (
        purpose == "default" and field is not None and field.type == "boolean"
    ):
        return BOOLEAN
    return type_of(field) if field is not None else None
