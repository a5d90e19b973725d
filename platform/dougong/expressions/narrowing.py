"""A condition on the record that a link leads to, turned into a condition on the records that the link could lead to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from dougong.expressions.compile import reads, roads
from dougong.expressions.fold import as_constant
from dougong.expressions.matching import depends_on
from dougong.model.expression import Expression, ListOf, Literal, Node, Path, Value

ValueOf = Callable[[Expression], Value]
_Lists = tuple[tuple[str, ...], ...]


def stripped(tree: Node, link: str) -> Node:
    """The condition over the records themselves, with nothing in place of what it reads of the record that holds the link."""
    return _over_targets(tree, link, lambda part: None, ())


def narrowed(tree: Node, link: str, value_of: ValueOf) -> Node:
    """The condition over the records themselves; `value_of` gives what it reads of the record that holds the link."""
    return _over_targets(tree, link, value_of, ())


def _over_targets(node: Node, link: str, value_of: ValueOf, lists: _Lists) -> Node:
    """`lists` are those that aggregates around the part go over: what reads their rows is worked out by the query as well."""
    if isinstance(node, Literal):
        return node
    if not any(depends_on(node, prefix) for prefix in ((link,), *lists)):
        return as_constant(node, value_of(Expression("", node, node.type, reads(node), roads(node))))
    if isinstance(node, Path):
        return _renamed(node, link)
    if isinstance(node, ListOf):
        return replace(node, items=tuple(_over_targets(item, link, value_of, lists) for item in node.items))
    inside = lists
    if node.name.endswith("@rows") and isinstance(node.arguments[0], Path):
        inside = (*lists, node.arguments[0].names)
        first, *others = node.arguments
        parts = (_renamed(first, link), *(_over_targets(each, link, value_of, inside) for each in others))
        return replace(node, arguments=parts)
    return replace(
        node, arguments=tuple(_over_targets(each, link, value_of, lists) for each in node.arguments)
    )


def _renamed(node: Node, link: str) -> Node:
    """A road that begins behind the link; the link itself is the id of the record."""
    if not isinstance(node, Path) or node.names[0] != link:
        return node
    if len(node.names) == 1:
        return replace(node, names=("id",), steps=())
    return replace(node, names=node.names[1:], steps=node.steps[1:])
