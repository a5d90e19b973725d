"""Whether a workflow can be walked: every node reached, a way on from each, an end, and no round without a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dougong.compiler import graph
from dougong.compiler.context import Context
from dougong.compiler.item import Item
from dougong.model.workflow import Node


def check(context: Context, item: Item, nodes: Mapping[str, Node], first: str) -> None:
    """Notes everything that would leave a record without a next step."""
    found = len(context.problems)
    for name, node in item.entries("nodes"):
        _check_targets(context, node, nodes, item)
        _check_ways(context, node, nodes[name])
    # Where a node could not be used, which was said already, nothing is known of the ways through it.
    whole = all(name in nodes for names in _edges(nodes).values() for name in names)
    if len(context.problems) == found and first and whole:
        _check_reach(context, item, nodes, first)
        _check_rounds(context, item, nodes)


def _targets(item: Item) -> Iterator[Item]:
    """Everything a node names as its next."""
    for way in item.items("next"):
        to = way.get("to")
        if to is not None:
            listed = list(to.items())
            yield from listed or [to]
    reject = item.get("reject")
    if reject is not None:
        yield reject


def _check_targets(context: Context, item: Item, nodes: Mapping[str, Node], whole: Item) -> None:
    for target in _targets(item):
        if target.text not in nodes and not context.checked.is_damaged(
            whole.document, ("nodes", target.text)
        ):
            context.unknown("D307", target, target.text, nodes)


def _check_ways(context: Context, item: Item, node: Node) -> None:
    if node.kind == "end":
        for key in ("next", "reject"):
            extra = item.get(key)
            if extra is not None:
                context.report_at_key("D451", extra, first="end", second=key)
    elif not node.next:
        if context.checked.is_damaged(item.document, (*item.path, "next")):
            return
        context.report_at_key("D508", item, name=node.id, reason="it has no 'next'")
    elif all("if" in dict(way.entries()) for way in item.items("next")):
        about = item.get("next") or item
        context.report_at_key("D508", about, name=node.id, reason="every way on has a condition")
    if node.kind != "approve" and item.get("reject") is not None and node.kind != "end":
        context.report_at_key(
            "D451", item.get("reject") or item, first="a node without approval", second="reject"
        )


def _edges(nodes: Mapping[str, Node]) -> dict[str, list[str]]:
    return {
        name: [target for way in node.next for target in way.to]
        + ([node.on_reject] if node.on_reject else [])
        for name, node in nodes.items()
    }


def _check_reach(context: Context, item: Item, nodes: Mapping[str, Node], first: str) -> None:
    edges = _edges(nodes)
    reached, waiting = {first}, [first]
    while waiting:
        for name in edges[waiting.pop()]:
            if name not in reached:
                reached.add(name)
                waiting.append(name)
    for name, node in item.entries("nodes"):
        if name not in reached:
            context.report_at_key("D507", node, name=name)
    if not any(nodes[name].outcome == "approved" for name in reached):
        context.report_at_key("D510", item.get("nodes") or item)


def _check_rounds(context: Context, item: Item, nodes: Mapping[str, Node]) -> None:
    silent = {
        name: [target for way in node.next for target in way.to]
        for name, node in nodes.items()
        if node.kind == "condition"
    }
    for circle in graph.order(silent)[1]:
        about = item.get("nodes")
        node = about.get(circle[0]) if about is not None else None
        context.report_at_key("D509", node or item, cycle=graph.printed(circle))
