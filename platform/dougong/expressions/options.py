"""Conditions over the properties of one choice (`stage.outcome = 'won'`) as a search among its options, which an index can serve."""

from __future__ import annotations

from dataclasses import replace

from dougong.expressions.context import EvaluationContext
from dougong.expressions.evaluate import once
from dougong.expressions.types import BOOLEAN
from dougong.model.expression import Call, ListOf, Literal, Node, Path

_ANOTHER = "\ufffe"
"""A value that is no option."""


def as_options(call: Call, surroundings: EvaluationContext, positive: bool) -> Node:
    """The same condition as `choice IN (…)`, or as it was where that would not mean the same.

    In a `positive` place, where only what is true counts, empty is as good as false.
    """
    if call.type.kind != "boolean":
        return call
    subjects: dict[Path, dict[str, None]] = {}
    if not _collect(call, subjects) or len(subjects) != 1:
        return call
    [(path, keys)] = subjects.items()
    if len(path.names) != 1 or path.type.many:
        return call

    def answer(value: str | None) -> bool | None:
        found = once(call, replace(surroundings, record={path.names[0]: value}))
        return found is True if positive or found is not None else None

    answers = {key: answer(key) for key in keys}
    another, empty = answer(_ANOTHER), answer(None)
    if None in answers.values() or another is None or empty is None:
        return call
    search = _search(path, tuple(key for key in keys if answers[key] is not another), another)
    if positive and not empty:
        return search
    return _with_empty(path, search, empty)


def _search(path: Path, keys: tuple[str, ...], another: bool) -> Node:
    """True for the keys, unless `another` says that every other option is true."""
    if not keys:
        return Literal(another, BOOLEAN)
    options = ListOf(tuple(Literal(key, path.type) for key in keys), path.type, path.position)
    found = Call("IN", (path, options), BOOLEAN, path.position)
    return Call("NOT", (found,), BOOLEAN, path.position) if another else found


def _with_empty(path: Path, search: Node, empty: bool) -> Node:
    """An empty choice has an answer of its own."""
    is_empty = Call("IS_EMPTY", (path,), BOOLEAN, path.position)
    if empty:
        return Call("OR", (is_empty, search), BOOLEAN, path.position)
    return Call("AND", (Call("NOT", (is_empty,), BOOLEAN, path.position), search), BOOLEAN, path.position)


def _collect(node: Node, subjects: dict[Path, dict[str, None]]) -> bool:
    """Gather the choices that a part switches over, with the options it names; False where anything else is read."""
    if isinstance(node, Literal):
        return True
    if isinstance(node, Path):
        return False
    if isinstance(node, ListOf):
        return all(_collect(item, subjects) for item in node.items)
    if "@" in node.name:
        return False
    if node.name == "SWITCH" and isinstance(node.arguments[0], Path) and len(node.arguments) % 2 == 0:
        keys = node.arguments[1:-1:2]
        if not all(isinstance(key, Literal) and isinstance(key.value, str) for key in keys):
            return False
        known = subjects.setdefault(node.arguments[0], {})
        known.update((str(key.value), None) for key in keys if isinstance(key, Literal))
        return all(_collect(result, subjects) for result in (*node.arguments[2:-1:2], node.arguments[-1]))
    return all(_collect(argument, subjects) for argument in node.arguments)
