"""The records behind a figure, as an expression."""

from __future__ import annotations

from dougong.expressions.syntax import Invocation, arguments_written, parse
from dougong.model.expression import Call, Expression, Literal


def measure_condition(measure: Expression) -> str:
    """What the records of a measure must fulfil: `stage = 'won'` for SUM(amount, stage = 'won') and for COUNT(stage = 'won').

    A measure that is put together of several aggregates has all records of its group behind it: the empty text."""
    tree = measure.tree
    if not isinstance(tree, Call) or not tree.name.endswith("@records"):
        return ""
    written = arguments_written(measure.text)
    if not written:
        return ""
    counted = f"{_bracketed(written[0])} IS NOT EMPTY"
    counts_values = tree.name.startswith("COUNT") and not isinstance(tree.arguments[0], Literal)
    condition = written[-1] if len(tree.arguments) == 2 else ""
    return both(counted if counts_values else "", condition)


def both(*conditions: str) -> str:
    """Conditions that must all hold, each in brackets where it needs them."""
    wanted = [each for each in dict.fromkeys(conditions) if each]
    return wanted[0] if len(wanted) == 1 else " AND ".join(_bracketed(each, "AND") for each in wanted)


def _bracketed(text: str, within: str = "") -> str:
    """The text so that what stands beside it does not tear it apart."""
    syntax = parse(text)
    if not isinstance(syntax, Invocation) or not syntax.operator or (within == "AND" and syntax.name != "OR"):
        return text
    return f"({text})"
