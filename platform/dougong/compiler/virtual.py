"""Fields whose value is worked out when it is read: what they may be, and their formulas in place of their names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType

from dougong.compiler.context import Context
from dougong.compiler.item import Item
from dougong.expressions.support import surroundings
from dougong.expressions.virtual import expanded, fitted, virtual_at
from dougong.fieldtypes import TYPES
from dougong.fieldtypes.integer import LARGEST
from dougong.fieldtypes.numbers import NumberType
from dougong.model.entity import Entity, Rule
from dougong.model.expression import Call, Expression, ListOf, Node, Path
from dougong.model.field import Field, LinkTarget

_ASKED = frozenset({"actor", "today", "now"})
"""What changes though no record does."""


def check(context: Context, item: Item, field: Field) -> None:
    """Notes what cannot be said of a field that stores nothing."""
    stored = item.get("stored")
    if field.stored or stored is None:
        return
    if item.get("formula") is None:
        context.report("D520", stored, name=field.id)
    given = item.get("unique")
    if given is not None and given.value is True:
        context.report_at_key("D451", given, first="stored: false", second="unique")


def put_in(context: Context, items: Mapping[str, Item]) -> None:
    """Puts the formulas of virtual fields into everything that is computed in memory: formulas, defaults, bounds, rules.

    The formulas must not form circles. Whatever is compiled later gets them at once.
    """
    for key, entity in list(context.entities.items()):
        known = {name: _rounded(field) for name, field in entity.fields.items()}
        context.entities[key] = replace(entity, fields=MappingProxyType(known))
    virtual = [key for key, entity in context.entities.items() if _has_virtual(entity)]
    context.knows_virtual = True
    if not virtual and not any(map(_has_virtual, _installed(context))):
        return
    done: set[tuple[str, str]] = set()
    for key in virtual:
        for field in context.entities[key].fields.values():
            if field.is_virtual:
                _expand_virtual(context, items, key, field.id, done)
    for key, entity in list(context.entities.items()):
        context.entities[key] = _with_formulas(context, entity, items[key])


def _installed(context: Context) -> Iterator[Entity]:
    for app in context.installed.values():
        yield from app.entities.values()


def _has_virtual(entity: Entity) -> bool:
    return any(field.is_virtual for field in entity.fields.values())


def _rounded(field: Field) -> Field:
    """A virtual field with a formula that gives what the field can hold."""
    kind = TYPES[field.type]
    if not field.is_virtual or field.formula is None or not isinstance(kind, NumberType):
        return field
    scale = kind.scale(field)
    limit = Decimal(LARGEST + 1) if kind.id == "integer" else Decimal(1).scaleb(field.digits - scale)
    return replace(field, formula=fitted(field.formula, scale, limit))


def _expand_virtual(
    context: Context, items: Mapping[str, Item], key: str, name: str, done: set[tuple[str, str]]
) -> None:
    """Gives a virtual field its whole formula, those that it reads first."""
    if (key, name) in done:
        return
    done.add((key, name))
    formula = context.entities[key].fields[name].formula
    if formula is None:
        return
    for needed, field in _virtual_in(context, key, formula.tree):
        if needed in context.entities:
            _expand_virtual(context, items, needed, field.id, done)
    about = _about(items[key], name, "formula")
    whole = put_into(context, about, key, formula, sql=True)
    _set_field(context, key, replace(context.entities[key].fields[name], formula=whole))


def _virtual_in(context: Context, key: str, tree: Node) -> Iterator[tuple[str, Field]]:
    """The virtual fields that a tree names, with their entities."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Path):
            field = virtual_at(node, key, context.entity)
            if field is not None:
                yield node.steps[-1].entity if node.steps else key, field
        elif isinstance(node, Call):
            waiting += node.arguments
        elif isinstance(node, ListOf):
            waiting += node.items


def _set_field(context: Context, key: str, field: Field) -> None:
    entity = context.entities[key]
    context.entities[key] = replace(entity, fields=MappingProxyType({**entity.fields, field.id: field}))


def put_into(
    context: Context, about: Item, key: str, expression: Expression, sql: bool = False
) -> Expression:
    """The expression with formulas in place of virtual fields; what stands against that is noted."""
    found = expanded(expression, key, context.entity, place=about.place, path=about.shown, sql=sql)
    if isinstance(found, Expression):
        return found
    context.problems.extend(found)
    return expression


def _about(item: Item, name: str, setting: str) -> Item:
    found = item.get("fields")
    field = found.get(name) if found is not None else None
    return (field.get(setting) or field) if field is not None else item


def _with_formulas(context: Context, entity: Entity, item: Item) -> Entity:
    """An entity of which everything that is computed in memory names no virtual field any longer."""
    fields = {name: _field(context, entity, item, field) for name, field in entity.fields.items()}
    rules = tuple(_rule(context, entity, item, rule) for rule in entity.rules)
    return replace(entity, fields=MappingProxyType(fields), rules=rules)


def _field(context: Context, entity: Entity, item: Item, field: Field) -> Field:
    def put(expression: Expression, setting: str) -> Expression:
        return put_into(context, _about(item, field.id, setting), entity.key, expression)

    if field.formula is not None and not field.is_virtual:
        _check_lasting(context, entity, field, _about(item, field.id, "formula"))
        field = replace(field, formula=put(field.formula, "formula"))
    if field.default is not None:
        field = replace(field, default=put(field.default, "default"))
    if isinstance(field.minimum, Expression):
        field = replace(field, minimum=put(field.minimum, "min"))
    if isinstance(field.maximum, Expression):
        field = replace(field, maximum=put(field.maximum, "max"))
    if field.target is not None and (field.target.fill or field.target.filter):
        field = replace(field, target=_target(context, entity, item, field, field.target))
    if field.parts or field.per:
        parts = tuple(
            each if each.expression is None else replace(each, expression=put(each.expression, "parts"))
            for each in field.parts
        )
        field = replace(field, parts=parts, per=tuple(put(each, "per") for each in field.per))
    return field


def _target(context: Context, entity: Entity, item: Item, field: Field, target: LinkTarget) -> LinkTarget:
    """What a link brings along and which records it may lead to, over whole formulas."""
    fill = tuple(
        (name, put_into(context, _about(item, field.id, "fill"), entity.key, value))
        for name, value in target.fill
    )
    about = _about(item, field.id, "filter")
    limit = target.filter and put_into(context, about, entity.key, target.filter)
    return replace(target, fill=fill, filter=limit)


def _check_lasting(context: Context, entity: Entity, field: Field, about: Item) -> None:
    """Notes the virtual fields that a stored formula cannot follow, as they change by themselves."""
    assert field.formula is not None
    for road in field.formula.roads:
        key = road.steps[-1].entity if road.steps else entity.key
        holder = context.entity(key)
        named = holder.fields.get(road.field) if holder is not None else None
        if named is None or not named.is_virtual or named.formula is None:
            continue
        asked = sorted(surroundings(named.formula.tree) & _ASKED)
        if asked:
            context.report("D521", about, name=road.written, asked=_WORDS[asked[0]])


_WORDS = {"actor": "ME()", "today": "TODAY()", "now": "NOW()"}


def _rule(context: Context, entity: Entity, item: Item, rule: Rule) -> Rule:
    def put(expression: Expression | None) -> Expression | None:
        return expression and put_into(context, item.get("rules") or item, entity.key, expression)

    assigned = tuple(
        (name, put_into(context, item.get("rules") or item, entity.key, each)) for name, each in rule.assign
    )
    return replace(rule, when=put(rule.when), check=put(rule.check), assign=assigned)
