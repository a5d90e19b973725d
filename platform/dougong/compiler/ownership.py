"""Whose records are: the field that names the owner, and which related records go along when one is given away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from dougong.compiler.context import Context
from dougong.compiler.item import Item
from dougong.model.entity import Entity
from dougong.model.field import Field

DEFAULT = "owner"
"""The field that is taken for the owner where the definition names none."""


def complete(context: Context, items: Mapping[str, Item]) -> None:
    """Gives every entity its owner, then the lists that follow it."""
    for key, item in items.items():
        entity = context.entities[key]
        if not entity.parent:
            context.entities[key] = replace(entity, owner=_owner(context, entity, item))
    for key, item in items.items():
        if item.get("follow_owner") is not None and not context.entities[key].parent:
            entity = context.entities[key]
            context.entities[key] = replace(entity, follow_owner=_following(context, entity, item))


def _owner(context: Context, entity: Entity, item: Item) -> str:
    written = item.get("owner")
    if written is None:
        return DEFAULT if _can_own(entity.fields.get(DEFAULT)) else ""
    field = context.named_field(written, entity)
    if field is not None and not _can_own(field):
        context.report("D535", written, name=field.id)
        return ""
    return field.id if field is not None else ""


def _can_own(field: Field | None) -> bool:
    return field is not None and field.type == "member" and not field.is_computed


def _following(context: Context, entity: Entity, item: Item) -> tuple[str, ...]:
    found = []
    for each in item.items("follow_owner"):
        inverse = entity.inverses.get(each.text)
        if inverse is None:
            if each.text not in context.damaged:
                context.unknown("D302", each, each.text, entity.inverses, entity.id)
            continue
        other = context.entity(inverse.key)
        if other is None or not other.owner or inverse.many:
            context.report("D536", each, name=each.text)
        else:
            found.append(each.text)
    return tuple(found)
