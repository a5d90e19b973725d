"""An expression taken apart into conditions, where it says no more than those can say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from dougong.compiler.context import BOOLEAN
from dougong.expressions.completion import Surroundings
from dougong.fieldtypes import TYPES
from dougong.model.expression import Call, Expression, ListOf, Literal, Node, Path
from dougong.screens.condition_parts import TODAY, Named, named_fields
from dougong.screens.draft_names import compile_draft
from dougong.screens.filters import unparse
from dougong.screens.shape import ConditionRow

ALL, ANY = "all", "any"
MOST_ROWS = 30
Rows = tuple[ConditionRow, ...]


def rows_of(tree: Node, about: Surroundings) -> tuple[str, Rows] | None:
    """The conditions of a tree and whether all or any of them must hold; None where they would not mean exactly the same.

    Whatever a person could have put together is put together once more and compared with the tree, so nothing is guessed.
    """
    reader = _Reader(about)
    single = reader.row(tree)
    if single is not None:
        return ALL, (single,)
    for name, mode in (("AND", ALL), ("OR", ANY)):
        if isinstance(tree, Call) and tree.name == name:
            found = list(reader.rows(tree))
            known = tuple(row for row in found if row is not None)
            if len(known) == len(found) <= MOST_ROWS:
                return mode, known
    return None


class _Reader:
    def __init__(self, about: Surroundings) -> None:
        self.about = about
        self.named: Mapping[str, Named] = named_fields(about)

    def rows(self, node: Call) -> Iterator[ConditionRow | None]:
        """The conditions that are joined; two that only together are one ("is not" counts empty values) are taken together."""
        at, parts = 0, node.arguments
        while at < len(parts):
            pair = Call(node.name, parts[at : at + 2], node.type) if at + 1 < len(parts) else None
            joined = None if pair is None else self.row(pair)
            if joined is not None:
                at += 2
                yield joined
                continue
            part = parts[at]
            at += 1
            single = self.row(part)
            if single is None and isinstance(part, Call) and part.name == node.name:
                yield from self.rows(part)
            else:
                yield single

    def row(self, node: Node) -> ConditionRow | None:
        """The one condition that is this node."""
        if isinstance(node, Path) and node.type.kind == "boolean" and ".".join(node.names) in self.named:
            return ConditionRow(".".join(node.names), "yes")
        roads = list(dict.fromkeys(_roads(node)))
        if not 1 <= len(roads) <= 2:
            return None
        for road in roads:
            each = self.named.get(".".join(road))
            found = None if each is None else self._matching(node, each)
            if found is not None:
                return found
        return None

    def _matching(self, node: Node, each: Named) -> ConditionRow | None:
        operands = list(_operands(node, each.road))
        texts = [unparse(operand) for operand in operands]
        for operator in TYPES[each.field.type].operators:
            wanted = 0 if operator.arity == 0 else len(operands)
            if not (operator.arity in (0, wanted) or (operator.arity < 0 and wanted)):
                continue
            literals = tuple(word or "" for word in texts[:wanted])
            if "" in literals or not self._means(operator.condition(each.name, literals), node):
                continue
            against = _peer(operands) if wanted == 1 else ""
            values = () if against else tuple(as_typed(operand) for operand in operands[:wanted])
            return ConditionRow(each.name, operator.id, against, values)
        return None

    def _means(self, text: str, node: Node) -> bool:
        outcome = compile_draft(self.about, text, BOOLEAN, "condition")
        return isinstance(outcome, Expression) and outcome.tree == node


def _roads(node: Node) -> Iterator[tuple[str, ...]]:
    if isinstance(node, Path):
        yield node.names
    for part in _parts(node):
        yield from _roads(part)


def _parts(node: Node) -> tuple[Node, ...]:
    if isinstance(node, Call):
        return node.arguments
    return node.items if isinstance(node, ListOf) else ()


def _operands(node: Node, subject: tuple[str, ...]) -> Iterator[Node]:
    """What a condition compares its field with, in order."""
    if isinstance(node, Path):
        if node.names != subject:
            yield node
    elif isinstance(node, Literal) or (isinstance(node, Call) and not list(_roads(node))):
        yield node
    else:
        for part in _parts(node):
            yield from _operands(part, subject)


def _peer(operands: list[Node]) -> str:
    """Another field, or today."""
    only = operands[0]
    if isinstance(only, Path):
        return ".".join(only.names)
    return TODAY if isinstance(only, Call) and only.name == "TODAY" else ""


def as_typed(node: Node) -> str:
    """A value as it stands in an input; anything that is no plain one as an expression behind `=`, as spreadsheets have it."""
    if isinstance(node, Call) and node.name == "DATE" and len(node.arguments) == 3:
        parts = [part.value for part in node.arguments if isinstance(part, Literal)]
        if len(parts) == 3 and all(isinstance(part, Decimal) for part in parts):
            year, month, day = (int(part) for part in parts if isinstance(part, Decimal))
            return f"{year:04}-{month:02}-{day:02}"
    if isinstance(node, Literal):
        if isinstance(node.value, Decimal):
            return format(node.value, "f")
        if isinstance(node.value, str):
            return node.value
        if type(node.value) is date:
            return node.value.isoformat()
    return f"= {unparse(node) or ''}"
