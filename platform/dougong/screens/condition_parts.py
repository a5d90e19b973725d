"""The fields that a condition of the designer may be about, and what each can be compared with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from dougong.compiler.context import type_of
from dougong.expressions.completion import Surroundings
from dougong.fieldtypes import TYPES
from dougong.model.entity import Entity
from dougong.model.field import Field
from dougong.screens.shape import ConditionField
from dougong.screens.texts import text

TODAY = "TODAY()"
COMPARABLE = frozenset({"number", "date", "datetime", "text", "choice", "member", "department", "record"})
_WIDGETS = {"date": "date", "datetime": "date", "time": "time"}


@dataclass(frozen=True, slots=True)
class Named:
    """A field by the road to it (`("account", "level")`), with the entity that it belongs to."""

    road: tuple[str, ...]
    field: Field
    entity: Entity
    group: str = ""

    @property
    def name(self) -> str:
        """The road as an expression writes it."""
        return ".".join(self.road)


def named_fields(about: Surroundings) -> Mapping[str, Named]:
    """The fields of a record, and those of the records that it links to, which have conditions."""
    entity = about.find(about.key)
    if entity is None:
        return {}
    found = {each.name: each for each in _own(entity, (), "")}
    for field in entity.fields.values():
        target = about.find(field.target.key) if field.target is not None and field.type == "link" else None
        if target is not None:
            label = field.label.get(about.language)
            found |= {each.name: each for each in _own(target, (field.id,), label)}
    return found


def _own(entity: Entity, road: tuple[str, ...], group: str) -> Iterator[Named]:
    for field in entity.fields.values():
        if TYPES[field.type].operators:
            yield Named((*road, field.id), field, entity, group)


def condition_fields(about: Surroundings) -> tuple[ConditionField, ...]:
    """The fields with their operators, options and what they can be compared with, in the reader's language."""
    named = named_fields(about)
    drawn = {name: _drawn(each, about.language) for name, each in named.items()}
    return tuple(
        replace(drawn[name], peers=_peers(each, named, about.language)) for name, each in named.items()
    )


def _drawn(each: Named, language: str) -> ConditionField:
    kind, field = TYPES[each.field.type], each.field
    operators = tuple((one.id, one.label.get(language), one.arity) for one in kind.operators)
    options = tuple((one.id, one.label.get(language)) for one in field.options)
    widget = "choice" if options else _WIDGETS.get(field.type, "text")
    if type_of(field).kind == "number":
        widget = "number"
    return ConditionField(each.name, field.label.get(language), each.group, widget, operators, options)


def _peers(each: Named, named: Mapping[str, Named], language: str) -> tuple[tuple[str, str], ...]:
    """Today for days, and the fields of the record itself that hold the same kind of value."""
    kind = type_of(each.field)
    if kind.many or kind.kind not in COMPARABLE:
        return ()
    found = [(TODAY, text("condition_today", language))] if kind.kind in ("date", "datetime") else []
    for other in named.values():
        same = replace(type_of(other.field), decimals=kind.decimals)
        is_like = (same.kind, same.many, same.entity, same.options) == (
            kind.kind,
            kind.many,
            kind.entity,
            kind.options,
        )
        if other.name != each.name and is_like and len(other.road) == 1:
            found.append((other.name, other.field.label.get(language)))
    return tuple(found)
