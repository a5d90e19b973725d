"""Several apps at once, in the order in which they build on each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dougong.compiler import graph
from dougong.compiler.app import NONE, compile_app, ordered
from dougong.compiler.item import Item
from dougong.definitions.catalogue import problem
from dougong.definitions.tree import Tree
from dougong.diagnostics import Diagnostic
from dougong.model.app import App


def compile_apps(trees: Iterable[Tree], installed: Mapping[str, App] = NONE) -> list[App] | list[Diagnostic]:
    """The apps, each after those it requires, or every finding of all of them."""
    by_id = {_identifier(tree): tree for tree in trees}
    needs = {identifier: [name.text for name in _required(tree)] for identifier, tree in by_id.items()}
    sequence, circles = graph.order(needs)
    problems = [_circular(by_id[circle[0]], circle) for circle in circles]
    known = dict(installed)
    compiled: list[App] = []
    for identifier in sequence:
        outcome = compile_app(by_id[identifier], known)
        if isinstance(outcome, App):
            known[identifier] = outcome
            compiled.append(outcome)
        elif not any(name in by_id and name not in known for name in needs[identifier]):
            problems.extend(outcome)
        else:
            problems.extend(finding for finding in outcome if finding.code not in ("D312", "D301", "D404"))
    return ordered(problems) if problems else compiled


def _identifier(tree: Tree) -> str:
    root = tree.documents.get("app")
    return Item.of(root).string("id", tree.name) if root is not None else tree.name


def _required(tree: Tree) -> list[Item]:
    root = tree.documents.get("app")
    requires = Item.of(root).get("requires") if root is not None else None
    return list(requires.items("apps")) if requires is not None else []


def _circular(tree: Tree, circle: list[str]) -> Diagnostic:
    following = circle[1 % len(circle)]
    item = next(each for each in _required(tree) if each.text == following)
    return problem("D503", item.place, item.shown, cycle=graph.printed(circle))
