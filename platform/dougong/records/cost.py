"""What a person may ask of the database for every record of a list: so many links, and no search through a whole entity."""

from __future__ import annotations

from collections.abc import Iterator

from dougong.expressions.matching import depends_on, matches
from dougong.expressions.types import IDENTIFIED
from dougong.model.expression import Call, Expression, ListOf, Node, Path
from dougong.records.messages import refuse

MOST_LINKS = 24
"""How many links a typed filter, group or measure may follow: each is looked up for every record that is considered."""


MOST_BEHIND_NAMES = 240
"""The same with the formulas that stand behind virtual fields, which the definition answers for."""


def check_cost(expression: Expression, language: str, path: str, most: int = MOST_LINKS) -> None:
    """Refuse what a person typed when it goes over more links than a database should follow for every record, or would have it
    search all records of an entity for each."""
    links = 0
    for part in _parts(expression.tree):
        links += max(len(part.steps), len(part.names) - 1) if isinstance(part, Path) else 0
        if isinstance(part, Call) and _searches(part):
            refuse("invalid", language, "all_without_link", path, name=_written(part))
    if links > most:
        refuse("invalid", language, "too_many_links", path, count=links, limit=most)


def _parts(node: Node) -> Iterator[Node]:
    yield node
    parts = node.arguments if isinstance(node, Call) else node.items if isinstance(node, ListOf) else ()
    for part in parts:
        yield from _parts(part)


def _searches(call: Call) -> bool:
    """Whether every record of an entity is looked through once for each record: not where it is found by a link that must be
    equal, nor where the figure is the same for all."""
    listed = call.arguments[0] if call.name.endswith("@rows") else None
    if not isinstance(listed, Path) or not any(step.kind == "all" for step in listed.steps):
        return False
    inside = listed.names
    paths = [part for each in call.arguments[1:] for part in _parts(each) if isinstance(part, Path)]
    if all(depends_on(part, inside) for part in paths):
        return False
    return not any(match.value.type.kind in IDENTIFIED for match in matches(call))


def _written(call: Call) -> str:
    listed = call.arguments[0]
    assert isinstance(listed, Path)
    return ".".join(listed.names)
