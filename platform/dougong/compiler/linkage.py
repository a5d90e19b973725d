"""What links bring along: values that choosing a record gives to other fields, and which records may be chosen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from dougong.compiler import graph
from dougong.compiler.context import BOOLEAN, Context
from dougong.compiler.formulas import is_masked
from dougong.compiler.item import Item
from dougong.expressions.narrowing import stripped
from dougong.expressions.problems import diagnostic
from dougong.expressions.scope import Scope
from dougong.expressions.support import unsupported
from dougong.fieldtypes.file import FILES
from dougong.fieldtypes.masks import mask_of
from dougong.model.entity import Entity
from dougong.model.expression import Expression, Step
from dougong.model.field import Field

Fields = dict[str, Field]
_NEVER_FILLED = FILES | {"table", "embed", "serial"}


def complete(context: Context, entity: Entity, item: Item, fields: Fields) -> None:
    """Gives the links among the fields their compiled `fill` and `filter`."""
    for name, written in item.entries("fields"):
        field = fields.get(name)
        if field is None or field.target is None:
            continue
        if written.get("fill") is None and written.get("filter") is None:
            continue
        if context.entity(field.target.key) is None:
            continue
        scope = choosing(context.scope(entity), entity, field)
        fill = tuple(_filled(context, entity, written, fields, scope))
        limit = _limit(context, entity, written, field, scope)
        fields[name] = replace(field, target=replace(field.target, fill=fill, filter=limit))


def choosing(scope: Scope, entity: Entity, field: Field) -> Scope:
    """What a link's `fill` and `filter` may name: bare names mean the chosen record, `this.x` the record that chooses."""
    key = field.target.key if field.target is not None else ""
    step = Step("link", field.id, key, field.id, entity.key)
    kind = replace(scope.names[field.id], many=False, step=step)
    return replace(scope, names={**scope.names, field.id: kind}, at=field.id)


def _filled(
    context: Context, entity: Entity, item: Item, fields: Mapping[str, Field], scope: Scope
) -> Iterator[tuple[str, Expression]]:
    for own, source in item.entries("fill"):
        at_own = Item(source.document, source.path, source.key or source.node, source.key)
        known = context.named_field(at_own, entity, own)
        if known is None or own not in fields:
            continue
        field = fields[own]
        if field.is_computed or field.type in _NEVER_FILLED:
            words = {"name": own, "type": field.type, "needed": "a field that can be written"}
            context.report("D450", at_own, advice="", **words)
            continue
        value = context.expression(source, scope, BOOLEAN if field.type == "boolean" else scope.names[own])
        if value is None:
            continue
        for road in value.roads if mask_of(field) is None else ():
            if is_masked(context, entity, road):
                context.report("D467", source, name=road.written)
        for name in _late(context, entity, fields, value):
            context.report("D541", source, name=name)
        yield own, value


def _late(context: Context, entity: Entity, fields: Mapping[str, Field], value: Expression) -> Iterator[str]:
    """What an expression reads that is worked out only after records were chosen: formulas, and the rows of sub-tables."""
    owner = context.entity(entity.parent) if entity.parent else None
    above = owner.fields if owner is not None else {}
    for names in value.reads:
        field = above.get(names[1]) if names[0] == "parent" and len(names) > 1 else fields.get(names[0])
        if field is not None and (field.is_computed or field.type == "table"):
            yield ".".join(names[:2] if names[0] == "parent" else names[:1])


def _limit(context: Context, entity: Entity, item: Item, field: Field, scope: Scope) -> Expression | None:
    written, tree = item.get("filter"), item.get("tree")
    if written is not None and tree is not None:
        context.report("D451", written, first="tree", second="filter")
        return None
    limit = context.expression(written, scope, BOOLEAN) if written is not None else None
    if written is None or limit is None:
        return None
    for road in limit.roads:
        if is_masked(context, entity, road):
            context.report("D467", written, name=road.written)
    for mistake in unsupported(stripped(limit.tree, field.id)):
        context.problems.append(diagnostic(mistake, written.place, written.shown))
    return limit


def _read(expression: Expression) -> Iterable[str]:
    """The fields of its own by which an expression reads something."""
    return dict.fromkeys(path[0] for path in expression.reads)


def arrange(context: Context, items: Mapping[str, Item]) -> None:
    """Gives every entity the order of the fields that get a value when nobody gives one; circles of filling are noted."""
    for key, entity in list(context.entities.items()):
        begun = _begun(context, entity, items[key])
        if begun:
            context.entities[key] = replace(entity, begun=begun)


def _begun(context: Context, entity: Entity, item: Item) -> tuple[str, ...]:
    edges: dict[str, list[str]] = {}
    filled: dict[str, str] = {}
    for field in entity.fields.values():
        if not field.is_computed and (field.default is not None or field.type == "stage"):
            edges.setdefault(field.id, []).extend(_read(field.default) if field.default is not None else ())
    for field in entity.fields.values():
        for own, value in field.target.fill if field.target is not None else ():
            filled.setdefault(own, field.id)
            edges.setdefault(own, []).extend(dict.fromkeys((field.id, *_read(value))))
    ordered, circles = graph.order(edges)
    for circle in circles:
        first = next((name for name in circle if name in filled), "")
        if first:
            _report(context, item, filled[first], first, circle)
    return tuple(ordered)


def _report(context: Context, item: Item, link: str, first: str, circle: list[str]) -> None:
    """Notes a circle where it is written, in the direction in which values flow."""
    turned = circle[circle.index(first) :] + circle[: circle.index(first)]
    about = item
    for step in ("fields", link, "fill", first):
        about = about.get(step) or about
    context.report("D540", about, cycle=graph.printed([first, *reversed(turned[1:])]))
