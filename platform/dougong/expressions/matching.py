"""Equalities by which an aggregate chooses its rows, so that rows are looked up by a value instead of gone through."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dougong.model.expression import Call, ListOf, Node, Path

_FOUND_BY = frozenset({"record", "member", "department", "text", "choice", "date"})
"""Kinds whose equal values are equal in memory too."""


@dataclass(frozen=True, slots=True)
class Match:
    """`field` of a row must equal `value`, which does not depend on the row."""

    field: str
    value: Node


def matches(call: Call) -> tuple[Match, ...]:
    """The equalities that every row of an aggregate over a list must fulfil, besides whatever else it must."""
    listed = call.arguments[0]
    if not isinstance(listed, Path) or len(call.arguments) < 3:
        return ()
    return tuple(_matches(call.arguments[2], listed.names))


def _matches(condition: Node, prefix: tuple[str, ...]) -> Iterator[Match]:
    if not isinstance(condition, Call):
        return
    if condition.name == "AND":
        for part in condition.arguments:
            yield from _matches(part, prefix)
    if condition.name != "=":
        return
    for row, other in (condition.arguments, condition.arguments[::-1]):
        is_field = isinstance(row, Path) and row.names[:-1] == prefix and not row.type.many
        if is_field and row.type.kind in _FOUND_BY and not depends_on(other, prefix):
            yield Match(row.names[-1], other)  # type: ignore[union-attr]
            return


def depends_on(node: Node, prefix: tuple[str, ...]) -> bool:
    """Whether a part reads the row of a list."""
    if isinstance(node, Path):
        return node.names[: len(prefix)] == prefix
    parts = node.arguments if isinstance(node, Call) else node.items if isinstance(node, ListOf) else ()
    return any(depends_on(part, prefix) for part in parts)
