"""What may follow where a person is typing an expression: names, functions, options and operators, from scope and registry."""

from dougong.expressions.completion.names import Find, Surroundings
from dougong.expressions.completion.offers import Completion, Signature, Suggestion, complete
from dougong.expressions.completion.reading import reading
from dougong.expressions.completion.tokens import length_at

__all__ = [
    "Completion",
    "Find",
    "Signature",
    "Suggestion",
    "Surroundings",
    "complete",
    "length_at",
    "reading",
]
