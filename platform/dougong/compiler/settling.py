"""In which order rules give values to fields: what a rule reads is worked out before what it sets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from dougong.compiler import graph
from dougong.compiler.context import Context
from dougong.compiler.formulas import nodes_read
from dougong.compiler.item import Item
from dougong.model.entity import Entity, Rule
from dougong.model.expression import Expression
from dougong.model.field import Field

Tables = Mapping[str, Entity]


def arrange(context: Context, items: Mapping[str, Item]) -> None:
    """Gives every entity the order of the fields that rules set or hiding empties; circles are noted, with their path."""
    for key, entity in list(context.entities.items()):
        _check_hidden_values(context, entity, items[key])
        if not entity.parent:
            _arrange(context, entity, items[key])


def _check_hidden_values(context: Context, entity: Entity, item: Item) -> None:
    for name, written in item.entries("fields"):
        field, given = entity.fields.get(name), written.get("hidden_value")
        if field is None or given is None:
            continue
        if field.is_computed:
            context.report("D451", given, first="formula", second="hidden_value")
        elif field.hidden_value == "recompute" and field.default is None:
            context.report("D533", given, name=name)


def _arrange(context: Context, entity: Entity, item: Item) -> None:
    """Fields of the record (`total`) and of its rows (`lines/price`) form one graph with the formulas that they feed."""
    tables = {
        name: context.entities[field.table]
        for name, field in entity.fields.items()
        if field.table in context.entities
    }
    edges: dict[str, list[str]] = {}
    for owner, table in ((entity, ""), *((rows, name) for name, rows in tables.items())):
        for field in owner.fields.values():
            expressions = [*_settling(owner, field), *([field.formula] if field.formula else ())]
            if expressions:
                name = f"{table}/{field.id}" if table else field.id
                edges[name] = [each for one in expressions for each in _needs(one, tables, table)]
    settled = {
        f"{table}/{field.id}" if table else field.id
        for owner, table in ((entity, ""), *((rows, name) for name, rows in tables.items()))
        for field in owner.fields.values()
        if is_settled(owner, field)
    }
    ordered, circles = graph.order(edges)
    for circle in circles:
        if settled.intersection(circle):
            _report(context, entity, tables, item, circle)
    own = tuple(name for name in ordered if name in settled)
    if own:
        context.entities[entity.key] = replace(entity, settled=own)


def _needs(expression: Expression, tables: Tables, table: str) -> Iterator[str]:
    """The nodes of the graph that an expression reads; who reads a column of rows reads which rows there are."""
    for name in nodes_read(expression, tables, table):
        yield name
        if "/" in name and not table:
            yield name.partition("/")[0]


def is_settled(entity: Entity, field: Field) -> bool:
    """Whether rules give a field a value, or take the one it has."""
    if field.is_computed:
        return False
    return any(name == field.id for rule in entity.rules for name, _ in rule.assign) or (
        field.hidden_value != "keep" and field.id in entity.hideable
    )


def _settling(entity: Entity, field: Field) -> Iterator[Expression]:
    """The expressions that decide which value rules give to a field."""
    if not is_settled(entity, field):
        return
    is_kept = field.hidden_value == "keep"
    for rule in entity.rules:
        values = [value for name, value in rule.assign if name == field.id]
        yield from values
        if rule.when is not None and (values or not is_kept and field.id in (*rule.show, *rule.hide)):
            yield rule.when
    if field.hidden_value == "recompute" and field.default is not None:
        yield field.default


def _report(context: Context, entity: Entity, tables: Tables, item: Item, circle: list[str]) -> None:
    first = min(circle)
    turned = circle[circle.index(first) :] + circle[: circle.index(first)]
    shown = [name.replace("/", ".") for name in turned]
    context.report("D532", _rule_of(entity, tables, item, turned), cycle=graph.printed(shown))


def _rule_of(entity: Entity, tables: Tables, item: Item, circle: Iterable[str]) -> Item:
    """The first rule that takes part in a circle, or what has the rules."""
    for name in circle:
        table, _, field = name.rpartition("/")
        owner = tables[table] if table else entity
        fields = item.get("fields")
        inner = fields.get(table) if table and fields is not None else item
        for written in inner.items("rules") if inner is not None else ():
            if any(_is_from(rule, written) and _settles(rule, field) for rule in owner.rules):
                return written
    return item


def _is_from(rule: Rule, written: Item) -> bool:
    return rule.place == written.place


def _settles(rule: Rule, field: str) -> bool:
    return any(name == field for name, _ in rule.assign) or field in (*rule.show, *rule.hide)
