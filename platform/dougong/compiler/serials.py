"""Serial numbers: their parts, and what they are counted by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from dougong.compiler.context import Context
from dougong.compiler.item import Item
from dougong.expressions.scope import Scope
from dougong.model.expression import Expression, Type
from dougong.model.field import Field, SerialPart

_GROUPING = frozenset({"text", "choice", "number", "boolean", "date", "record", "member"})


def parts(item: Item) -> tuple[SerialPart, ...]:
    """The parts as they are written: a text is constant; `{date: yyyyMM}`, `{field: department.code}` and `{count: 5}` are not."""
    found = []
    for part in item.items("parts"):
        entry = next(part.entries(), None)
        found.append(
            SerialPart("constant", part.text) if entry is None else SerialPart(entry[0], entry[1].text)
        )
    return tuple(found)


def complete(context: Context, item: Item, scope: Scope, field: Field) -> Field:
    """The field with the roads of its parts and groups resolved."""
    written = {part.text: part for part in _field_parts(item)}
    known = tuple(
        replace(part, expression=_text_of(context, written[part.value], scope))
        if part.kind == "field"
        else part
        for part in field.parts
    )
    groups = [_group(context, each, scope) for each in item.items("per")]
    return replace(field, parts=known, per=tuple(each for each in groups if each is not None))


def _field_parts(item: Item) -> Iterator[Item]:
    for part in item.items("parts"):
        found = part.get("field")
        if found is not None:
            yield found


def _text_of(context: Context, item: Item, scope: Scope) -> Expression | None:
    """A field whose value can stand in a number: a text, an option or a whole number."""
    found = context.expression(item, scope)
    if found is None or _is_written(found.type):
        return found
    _refuse(context, item, found.type, "a text, a choice or a whole number")
    return None


def _is_written(type_: Type) -> bool:
    return not type_.many and (
        type_.kind in ("text", "choice") or (type_.kind == "number" and type_.decimals == 0)
    )


def _group(context: Context, item: Item, scope: Scope) -> Expression | None:
    found = context.expression(item, scope)
    if found is None or (found.type.kind in _GROUPING and not found.type.many):
        return found
    _refuse(context, item, found.type, "a field with one value")
    return None


def _refuse(context: Context, item: Item, found: Type, needed: str) -> None:
    context.report("D450", item, name=item.text, type=found.kind, needed=needed, advice="")
