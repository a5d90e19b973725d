"""In which order the computed fields of an entity are computed, and circles that have no order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from dougong.compiler import graph
from dougong.compiler.context import Context
from dougong.compiler.dependencies import Formula, circles_of, formulas_of
from dougong.compiler.item import Item
from dougong.fieldtypes.masks import mask_of
from dougong.model.entity import Entity
from dougong.model.expression import Call, Expression, ListOf, Node, Road
from dougong.model.field import Field

_CHANGING = frozenset(
    {
        "TODAY",
        "NOW",
        "ME",
        "HAS_ROLE",
        "MY_DEPARTMENT",
        "MY_DEPARTMENTS",
        "MY_SUBORDINATES",
        "MY_DEPARTMENT_TREE",
        "MY_TEAMMATES",
        "MY_COMPANY",
    }
)
"""Functions whose value changes though no record does."""
_STAMPS = frozenset({"updated_at", "updated_by", "version"})
"""What every writing changes, also that of a formula computed from it."""


def arrange(context: Context, items: Mapping[str, Item]) -> bool:
    """Gives every entity the order of its computed fields; circles are noted once, at their first formula. Tells whether there are any."""
    within = False
    for key, entity in list(context.entities.items()):
        _check_reach(context, entity, items[key])
        _check_masks(context, entity, items[key])
        if not entity.parent:
            within = _arrange(context, entity, items[key]) or within
    circles = circles_of(formulas_of(context.entities.values(), virtual=True))
    for circle in circles:
        _report_across(context, items, circle)
    return within or bool(circles)


def _arrange(context: Context, entity: Entity, item: Item) -> bool:
    """Fields of the record (`total`) and of its rows (`lines/subtotal`) form one graph, as each may read the other."""
    tables = {
        name: context.entities[field.table]
        for name, field in entity.fields.items()
        if field.table in context.entities
    }
    edges = {name: _needs(field, tables, "") for name, field in entity.fields.items() if field.is_computed}
    for table, rows in tables.items():
        for name, field in rows.fields.items():
            if field.is_computed:
                edges[f"{table}/{name}"] = _needs(field, tables, table)
    ordered, circles = graph.order(edges)
    for circle in circles:
        _report(context, item, circle)
    ordered = [name for name in ordered if _is_computed_when_written(entity, tables, name)]
    own = tuple(dict.fromkeys(name.partition("/")[0] for name in ordered))
    context.entities[entity.key] = replace(entity, computed=own)
    for table, rows in tables.items():
        inner = tuple(name.partition("/")[2] for name in ordered if name.startswith(f"{table}/"))
        context.entities[rows.key] = replace(rows, computed=inner)
    return bool(circles)


def _needs(field: Field, tables: Mapping[str, Entity], table: str) -> list[str]:
    """The nodes of the graph that a formula or a serial number is made of."""
    read = [field.formula] if field.formula else [*(each.expression for each in field.parts), *field.per]
    return [name for each in read if each is not None for name in nodes_read(each, tables, table)]


def _is_computed_when_written(entity: Entity, tables: Mapping[str, Entity], name: str) -> bool:
    """Serial numbers are drawn, and virtual fields worked out when they are read."""
    table, _, identifier = name.rpartition("/")
    field = (tables[table] if table else entity).fields[identifier]
    return field.type != "serial" and not field.is_virtual


def nodes_read(formula: Expression, tables: Mapping[str, Entity], table: str) -> list[str]:
    """The nodes of the graph that a formula needs, seen from the record or from a row of a sub-table."""
    needed = []
    for path in formula.reads:
        if table and path[0] == "parent":
            needed.append(path[1] if len(path) > 1 else "")
        elif table:
            needed.append(f"{table}/{path[0]}")
        elif path[0] in tables and len(path) > 1:
            needed.append(f"{path[0]}/{path[1]}")
        else:
            needed.append(path[0])
    return needed


def _report(context: Context, item: Item, circle: list[str]) -> None:
    first = min(circle)
    turned = circle[circle.index(first) :] + circle[: circle.index(first)]
    steps = first.split("/")
    about = item
    for name in ("fields", steps[0], *(("fields", steps[1]) if len(steps) > 1 else ()), "formula", "parts"):
        about = about.get(name) or about
    context.report("D501", about, cycle=graph.printed([name.replace("/", ".") for name in turned]))


def _report_across(context: Context, items: Mapping[str, Item], circle: list[Formula]) -> None:
    """Notes a circle over several records, at its first formula, with the entity before each name."""
    first = min(circle)
    turned = circle[circle.index(first) :] + circle[: circle.index(first)]
    entity, name = first
    about = items[entity]
    for step in ("fields", name, "formula"):
        about = about.get(step) or about
    names = [f"{key.partition('.')[2].replace('/', '.')}.{name}" for key, name in turned]
    context.report("D501", about, cycle=graph.printed(names))


def _check_reach(context: Context, entity: Entity, item: Item) -> None:
    """Notes formulas whose value may change without any record being written from which that could be known."""
    for name, written in item.entries("fields"):
        field = entity.fields.get(name)
        about = written.get("formula")
        if field is None or field.formula is None or about is None or field.is_virtual:
            continue
        for road in field.formula.roads:
            if road.field in _STAMPS:
                context.report("D515", about, name=road.written)
        for function in sorted(_called(field.formula.tree) & _CHANGING):
            context.report("D515", about, name=f"{function}()")


def _check_masks(context: Context, entity: Entity, item: Item) -> None:
    """Notes expressions that would put a masked value into a field that has no mask."""
    for name, written in item.entries("fields"):
        field = entity.fields.get(name)
        if field is None or mask_of(field) is not None:
            continue
        for key, expression in (("formula", field.formula), ("default", field.default)):
            for road in expression.roads if expression is not None else ():
                about = written.get(key)
                if is_masked(context, entity, road):
                    context.report("D467", about or written.get("url") or written, name=road.written)
        for part in field.parts:
            for road in part.expression.roads if part.expression is not None else ():
                if is_masked(context, entity, road):
                    context.report("D467", written.get("parts") or written, name=road.written)


def is_masked(context: Context, entity: Entity, road: Road) -> bool:
    """Whether a road ends at a masked field, over whatever records it goes."""
    holder = context.entity(road.steps[-1].entity) if road.steps else entity
    field = holder.fields.get(road.field) if holder is not None else None
    return field is not None and mask_of(field) is not None


def _called(tree: Node) -> set[str]:
    """The names of all functions and operators of an expression."""
    names: set[str] = set()
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Call):
            names.add(node.name)
            waiting.extend(node.arguments)
        elif isinstance(node, ListOf):
            waiting.extend(node.items)
    return names
