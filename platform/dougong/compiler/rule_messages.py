"""What rules say with figures in it: expressions in braces, such as `{SUM(budget.expenses.amount) - budget.amount} too much`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dougong.compiler.context import Context
from dougong.compiler.formulas import is_masked
from dougong.compiler.item import Item
from dougong.expressions import compile_expression
from dougong.model.entity import Entity
from dougong.model.expression import Call, Expression, Literal, Node, Type
from dougong.model.text import Text

_BRACES = re.compile(r"\{([^{}]+)\}")
_TEXT = Type("text")
_SHOWN = ("text", "number", "date")


def messages(
    context: Context, entity: Entity, item: Item | None, text: Text
) -> tuple[tuple[str, Expression], ...]:
    """Each wording of a message that has figures, with the expression that gives it as it is said."""
    found = []
    for _, wording in text.texts if item is not None else ():
        said = _said(context, entity, item, wording) if item is not None else None
        if said is not None:
            found.append((wording, said))
    return tuple(dict(found).items())


def _said(context: Context, entity: Entity, item: Item, wording: str) -> Expression | None:
    pieces = _BRACES.split(wording)
    if len(pieces) == 1:
        return None
    figures = [_figure(context, entity, item, each) for each in pieces[1::2]]
    known = [each for each in figures if each is not None]
    if len(known) < len(figures):
        return None
    tree = Call("&", tuple(_nodes(pieces[::2], known)), _TEXT)
    reads = tuple(dict.fromkeys(path for each in known for path in each.reads))
    roads = tuple(dict.fromkeys(road for each in known for road in each.roads))
    return Expression(wording, tree, _TEXT, reads, roads)


def _nodes(words: list[str], figures: list[Expression]) -> Iterator[Node]:
    yield Literal(words[0], _TEXT)
    for figure, after in zip(figures, words[1:], strict=True):
        yield figure.tree if figure.type.kind == "text" else Call("AS_TEXT", (figure.tree,), _TEXT)
        yield Literal(after, _TEXT)


def _figure(context: Context, entity: Entity, item: Item, text: str) -> Expression | None:
    outcome = compile_expression(text, context.scope(entity), place=item.place, path=item.shown)
    if not isinstance(outcome, Expression):
        context.problems.extend(outcome)
        return None
    if outcome.type.kind not in _SHOWN or outcome.type.many:
        context.report("D552", item, text=text, type=outcome.type.kind)
        return None
    for road in outcome.roads:
        if is_masked(context, entity, road):
            context.report("D467", item, name=road.written)
    return outcome
