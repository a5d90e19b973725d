"""Virtual fields in expressions: in place of the name of one stands its formula, seen from where the name stands.

Whoever computes in memory, and the browser, then need not know that such fields exist. Queries keep the names: there a virtual
field is a column, worked out with the rights of the definition.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from dougong.diagnostics import Diagnostic, Place
from dougong.expressions.compile import oversized, reads, roads
from dougong.expressions.problems import Mistake, diagnostic
from dougong.expressions.scope import entity_of_all
from dougong.expressions.support import unsupported
from dougong.model.entity import Entity
from dougong.model.expression import Call, Expression, ListOf, Literal, Node, Path, Type
from dougong.model.field import Field

Find = Callable[[str], Entity | None]
_BOOLEAN = Type("boolean")
_WHOLE = Type("number", decimals=0)


def fitted(formula: Expression, decimals: int, limit: Decimal) -> Expression:
    """The formula of a virtual number, rounded to what its field shows; a number at or beyond the limit is empty."""
    tree = formula.tree
    scale = Literal(Decimal(decimals), _WHOLE, tree.position)
    most = Literal(limit, _WHOLE, tree.position)
    kind = Type("number", decimals=decimals, computed=True)
    return replace(formula, tree=Call("FITTED", (tree, scale, most), kind, tree.position))


def expanded(
    expression: Expression,
    key: str,
    find: Find,
    *,
    place: Place | None = None,
    path: str = "",
    sql: bool = False,
) -> Expression | list[Diagnostic]:
    """The expression over the records of an entity with formulas in place of virtual fields, or why that is not possible.

    `sql` demands that the database can compute it as well.
    """
    inlined: dict[str, None] = dict.fromkeys(expression.inlined)
    try:
        tree = _expanded(expression.tree, key, find, inlined)
        mistakes = list(oversized(tree)) or (list(unsupported(tree)) if sql else [])
    except Mistake as mistake:
        mistakes = [mistake]
    if mistakes:
        return [diagnostic(each, place, path) for each in mistakes]
    if tree is expression.tree:
        return expression
    return Expression(expression.text, tree, expression.type, reads(tree), roads(tree), tuple(inlined))


def virtual_at(path: Path, key: str, find: Find) -> Field | None:
    """The virtual field that a name over the records of an entity stands for."""
    name = path.road.field
    holder = find(path.steps[-1].entity if path.steps else key) if name else None
    field = holder.fields.get(name) if holder is not None else None
    return field if field is not None and field.is_virtual else None


def _expanded(node: Node, key: str, find: Find, inlined: dict[str, None]) -> Node:
    if isinstance(node, Literal):
        return node
    if isinstance(node, Path):
        field = virtual_at(node, key, find)
        if field is None or field.formula is None:
            return node
        written = f"{field.formula.text} [{field.decimals}, {field.digits}]"
        inlined.update(dict.fromkeys((written, *field.formula.inlined)))
        return _where_there_is(node, _behind(node, field.formula.tree))
    if isinstance(node, ListOf):
        items = tuple(_expanded(item, key, find, inlined) for item in node.items)
        return node if items == node.items else replace(node, items=items)
    arguments = tuple(_expanded(argument, key, find, inlined) for argument in node.arguments)
    is_same = all(new is old for new, old in zip(arguments, node.arguments, strict=True))
    return node if is_same else replace(node, arguments=arguments)


def _where_there_is(road: Path, formula: Node) -> Node:
    """The formula of a linked record, which is empty where the links lead to none, whatever a formula of nothing would give."""
    lists = [place for place, step in enumerate(road.steps, start=1) if step.is_many]
    if not any(step.kind == "link" for step in road.steps[max(lists, default=0) :]):
        return formula
    linked = Path((*road.names[:-1], "id"), _WHOLE, road.position, road.steps)
    is_missing = Call("IS_EMPTY", (linked,), _BOOLEAN, road.position)
    nothing = Literal(None, formula.type, road.position)
    return Call("CASE", (is_missing, nothing, formula), formula.type, road.position)


def _behind(road: Path, node: Node) -> Node:
    """A formula as it is seen from where a road to its field begins."""
    if isinstance(node, Literal):
        return replace(node, position=road.position)
    if isinstance(node, ListOf):
        return replace(node, items=tuple(_behind(road, item) for item in node.items))
    if isinstance(node, Call):
        arguments = tuple(_behind(road, argument) for argument in node.arguments)
        return replace(node, arguments=arguments, position=road.position)
    if entity_of_all(node.names[0]):
        if road.names[0] == node.names[0]:
            raise Mistake("D426", road.position, name=".".join(road.names), list=node.names[0])
        return replace(node, position=road.position)
    return Path(
        (*road.names[:-1], *node.names),
        replace(node.type, computed=True),
        road.position,
        (*road.steps, *node.steps),
    )
