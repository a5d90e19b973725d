"""Titles of records: templates of field ids in braces."""

from __future__ import annotations

import re
from dataclasses import replace

from dougong.compiler.context import Context
from dougong.compiler.item import Item
from dougong.fieldtypes import column_of
from dougong.fieldtypes.masks import mask_of
from dougong.model.entity import Entity

_NEEDED = ("a field with one value", "a field whose value is stored")
_BRACES = re.compile(r"\{([^{}]*)\}")
_BY_PREFERENCE = ("text", "serial", "email", "phone", "link", "member", "choice", "date")


def titled(context: Context, entity: Entity, item: Item) -> Entity:
    """The entity with its title split into parts; a fitting field is chosen where the definition says nothing."""
    written = item.get("title") if not entity.parent else None
    if written is None:
        title = f"{{{_chosen(entity)}}}"
        return replace(entity, title=title, title_parts=("", _chosen(entity), ""))
    pieces = _BRACES.split(written.text)
    if any("{" in piece or "}" in piece for piece in pieces[::2]) or len(pieces) == 1:
        form = "a title with fields in braces (such as {name})"
        context.report("D205", written, value=written.text, expected=form)
    for name in pieces[1::2]:
        _check(context, entity, written, name)
    return replace(entity, title=written.text, title_parts=tuple(pieces))


def _check(context: Context, entity: Entity, written: Item, name: str) -> None:
    if name == "id":
        return
    field = context.named_field(written, entity, name) if name else None
    if not name:
        context.unknown("D302", written, name, entity.fields, entity.id)
    elif field is not None and column_of(field) is None:
        words = {"name": name, "type": field.type, "needed": _NEEDED[field.is_virtual]}
        context.report("D450", written, advice="", **words)
    elif field is not None and mask_of(field) is not None:
        context.report("D467", written, name=name)


def _chosen(entity: Entity) -> str:
    for kind in _BY_PREFERENCE:
        for field in entity.fields.values():
            if field.type == kind and mask_of(field) is None and not field.is_virtual:
                return field.id
    return "id"
