"""Evaluation in Python: the meaning that the other back ends must agree with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dougong.diagnostics import Diagnostic, Refusal
from dougong.expressions.context import EvaluationContext as EvaluationContext
from dougong.expressions.program import plain_fields, program_of
from dougong.expressions.state import Program, State
from dougong.model.expression import Expression, Node, Value

MAX_STEPS = 2_000_000
"""How many parts one evaluation may compute for the rows of lists."""
_MOST_KEPT = 4096
_MOST_REMEMBERED = 2048


class TooManySteps(Refusal):
    """An evaluation went over the bound on its work."""

    def __init__(self) -> None:
        message = f"column 1: too large: steps above {MAX_STEPS}"
        parameters = (("column", "1"), ("what", "steps"), ("limit", str(MAX_STEPS)))
        super().__init__("too_large", [Diagnostic("D403", message, parameters=parameters)])


def evaluate(expression: Expression, context: EvaluationContext) -> Value:
    """The value of an expression for one record; numbers are Decimal, and what cannot be computed is empty."""
    return value_of(expression.tree, context)


def holds(expression: Expression, context: EvaluationContext) -> bool:
    """Whether a condition is true; empty is not true."""
    return value_of(expression.tree, context) is True


def value_of(tree: Node, context: EvaluationContext) -> Value:
    """The value of a tree for one record."""
    return _program(tree)(State(context, MAX_STEPS, _stop))


class Evaluator:
    """Evaluates expressions over one record after the other in the same surroundings; the context's own record is not used."""

    __slots__ = ("_state",)

    def __init__(self, context: EvaluationContext) -> None:
        self._state = State(context, MAX_STEPS, _stop)

    def value(self, expression: Expression, record: Mapping[str, Value]) -> Value:
        """The value of the expression for a record."""
        self._state.begin(record, MAX_STEPS)
        return _program(expression.tree)(self._state)

    def over(self, expression: Expression) -> Callable[[Mapping[str, Value]], Value]:
        """The expression as a function of a record, for many of them.

        What was computed once is remembered where nothing but a few plain fields of the record decides: whether a stage is
        lost, whether a day lies before another. Columns repeat themselves.
        """
        state, kept = self._state, _kept(expression.tree)
        program, names = kept.program, kept.names

        def value(record: Mapping[str, Value]) -> Value:
            state.begin(record, MAX_STEPS)
            return program(state)

        return value if names is None else _remembering(value, names)


def _remembering(
    compute: Callable[[Mapping[str, Value]], Value], names: tuple[str, ...]
) -> Callable[[Mapping[str, Value]], Value]:
    known: dict[tuple[Value, ...], Value] = {}

    def value(record: Mapping[str, Value]) -> Value:
        key = tuple([record.get(name) for name in names])
        try:
            return known[key]
        except KeyError:
            if len(known) >= _MOST_REMEMBERED:
                known.clear()
            found = known[key] = compute(record)
            return found
        except TypeError:  # a value that is a mapping of its own
            return compute(record)

    return value


def once(tree: Node, context: EvaluationContext) -> Value:
    """The same for a tree that will not be met again."""
    return program_of(tree)(State(context, MAX_STEPS, _stop))


def _program(tree: Node) -> Program:
    return _kept(tree).program


@dataclass(frozen=True, slots=True)
class _Kept:
    tree: Node
    program: Program
    names: tuple[str, ...] | None


def _kept(tree: Node) -> _Kept:
    """The program of a tree, found again by the tree's identity, which stays taken as long as it is kept here."""
    found = _programs.get(id(tree))
    if found is None or found.tree is not tree:
        if len(_programs) >= _MOST_KEPT:
            _programs.clear()
        found = _programs[id(tree)] = _Kept(tree, program_of(tree), plain_fields(tree))
    return found


_programs: dict[int, _Kept] = {}


def _stop() -> Any:
    raise TooManySteps
