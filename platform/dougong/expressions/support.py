"""What the database can compute; everything else is refused when an app is compiled, with the place and the reason."""

from __future__ import annotations

from collections.abc import Iterator

from dougong.expressions.distribution import DISTRIBUTIONS
from dougong.expressions.functions import FUNCTIONS
from dougong.expressions.problems import Mistake
from dougong.model.expression import Call, ListOf, Literal, Node, Path

_IN_MEMORY = frozenset({"PRODUCT", "LARGE", "SMALL", *DISTRIBUTIONS})
"""Figures that no database computes exactly."""
MAX_DOUBLING = 5
"""How deep functions may nest whose SQL repeats an argument: 2^5 copies of the innermost one."""


def unsupported(node: Node, doubled: int = 0) -> Iterator[Mistake]:
    """The mistakes of demanding SQL for this tree. A part without names is computed beforehand, so anything may stand in it."""
    if isinstance(node, ListOf):
        for item in node.items:
            yield from unsupported(item, doubled)
    if not isinstance(node, Call) or is_constant(node):
        return
    function = FUNCTIONS.get(node.name)
    named = node.name.partition("@")[0]
    if named in _IN_MEMORY or (
        function is not None and function.python is not None and function.postgresql is None
    ):
        yield Mistake("D416", node.position, name=named)
        return
    if function is not None and function.doubles:
        doubled += 1
        if doubled > MAX_DOUBLING:
            yield Mistake(
                "D416", node.position, "split it into two computed fields", name=f"{node.name} inside itself"
            )
            return
    for argument in node.arguments:
        yield from unsupported(argument, doubled)


def is_constant(node: Node) -> bool:
    """Whether no record is needed to compute a part."""
    if isinstance(node, Literal):
        return True
    if isinstance(node, Path):
        return False
    if isinstance(node, ListOf):
        return all(is_constant(item) for item in node.items)
    return "@" not in node.name and all(is_constant(argument) for argument in node.arguments)


_ASKS = {
    "ME": "actor",
    "MY_DEPARTMENT": "actor",
    "MY_DEPARTMENTS": "actor",
    "MY_SUBORDINATES": "actor",
    "MY_DEPARTMENT_TREE": "actor",
    "MY_TEAMMATES": "actor",
    "MY_COMPANY": "actor",
    "HAS_ROLE": "actor",
    "TODAY": "today",
    "NOW": "now",
    "CALENDAR": "calendar",
}


def surroundings(node: Node) -> frozenset[str]:
    """What a tree asks besides its record: the actor, the day (today), the moment (now), the working days (calendar)."""
    if isinstance(node, ListOf):
        return frozenset().union(*map(surroundings, node.items))
    if not isinstance(node, Call):
        return frozenset()
    own = {_ASKS[node.name]} if node.name in _ASKS else ()
    return frozenset(own).union(*map(surroundings, node.arguments))
