"""The whole way from text to a compiled expression, or to everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator

from dougong.diagnostics import Diagnostic, Place
from dougong.expressions.check import Checker
from dougong.expressions.problems import Mistake, diagnostic
from dougong.expressions.scope import Scope
from dougong.expressions.support import unsupported
from dougong.expressions.syntax import MAX_DEPTH, MAX_NODES, parse
from dougong.model.expression import Call, Expression, ListOf, Node, Path, Road, Type

MAX_NESTING = 3
"""How many aggregates may stand inside each other: each goes over all its rows for every row of the one around it."""


def compile_expression(
    text: str,
    scope: Scope,
    *,
    expect: Type | None = None,
    place: Place | None = None,
    path: str = "",
    sql: bool = False,
) -> Expression | list[Diagnostic]:
    """The typed expression, or all findings. `sql` demands that the database can compute it, as filters, row rules and measures
    need; a measure (`scope.aggregate`) always does. Findings name the 1-based column inside the text in their parameters."""
    checker = Checker(scope)
    try:
        tree = checker.check(parse(text), expect)
        mistakes = checker.mistakes or list(oversized(tree))
        if not mistakes and (sql or scope.aggregate):
            mistakes = list(unsupported(tree))
    except Mistake as mistake:
        mistakes = [mistake]
    if mistakes:
        ordered = sorted(mistakes, key=lambda mistake: mistake.position)
        return [diagnostic(mistake, place, path) for mistake in ordered]
    return Expression(text, tree, tree.type, reads(tree), roads(tree))


def check_form(text: str, place: Place | None = None, path: str = "") -> list[Diagnostic]:
    """What is wrong with the form of an expression whose names are not known yet; an empty list when nothing is."""
    try:
        parse(text)
    except Mistake as mistake:
        return [diagnostic(mistake, place, path)]
    return []


def oversized(tree: Node) -> Iterator[Mistake]:
    """What is too large in a tree. Lowering adds parts; the bounds hold for what the back ends walk as well."""
    parts = 0
    stack: list[tuple[Node, int, int]] = [(tree, 1, 0)]
    while stack:
        node, depth, nesting = stack.pop()
        parts += 1
        if depth > 2 * MAX_DEPTH or parts > 4 * MAX_NODES:
            yield Mistake("D403", node.position, what="parts", limit=MAX_NODES)
            return
        if isinstance(node, Call) and node.name.endswith("@rows"):
            nesting += 1
            if nesting > MAX_NESTING:
                yield Mistake("D403", node.position, what="lists inside each other", limit=MAX_NESTING)
                return
        stack.extend((child, depth + 1, nesting) for child in children(node))


def children(node: Node) -> tuple[Node, ...]:
    """The parts right below a part."""
    if isinstance(node, Call):
        return node.arguments
    return node.items if isinstance(node, ListOf) else ()


def reads(tree: Node) -> tuple[tuple[str, ...], ...]:
    """The paths an expression reads, sorted, each once."""
    return tuple(sorted({path.names for path in _paths(tree)}))


def roads(tree: Node) -> tuple[Road, ...]:
    """Where an expression reads something, over which records, each once and always in the same order."""
    found = {path.road: None for path in sorted(_paths(tree), key=lambda path: path.names)}
    return tuple(found)


def _paths(tree: Node) -> Iterator[Path]:
    stack: list[Node] = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, Path):
            yield node
        stack.extend(children(node))
