"""Embedded pages: the template of their address becomes the formula of the field."""

from __future__ import annotations

import re
from dataclasses import replace

from dougong.compiler.context import Context
from dougong.compiler.item import Item
from dougong.expressions import compile_expression
from dougong.expressions.scope import Scope
from dougong.fieldtypes.embed import BRACES, formula_of
from dougong.model.expression import Expression, Type
from dougong.model.field import Field

_ROAD = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*")


def complete(context: Context, item: Item, scope: Scope, field: Field) -> Field:
    """The field with its address as a formula; what stands in braces must be a field, or a road over links to one."""
    written = item.get("url")
    if written is None:
        return field
    pieces = BRACES.split(written.text)
    if any("{" in piece or "}" in piece for piece in pieces[::2]) or not all(
        map(_ROAD.fullmatch, pieces[1::2])
    ):
        context.report(
            "D205", written, value=written.text, expected="an address with fields in braces (such as {name})"
        )
        return field
    outcome = compile_expression(
        formula_of(written.text), scope, expect=Type("text"), place=written.place, path=written.shown
    )
    if isinstance(outcome, Expression):
        return replace(field, formula=outcome)
    if not context.damaged.intersection(name for road in pieces[1::2] for name in road.split(".")):
        context.problems.extend(outcome)
    return field
