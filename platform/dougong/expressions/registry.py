"""What one function of the language is: its signature, its meaning in words, and its back ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement

from dougong.model.expression import Call, Literal, Node, Type
from dougong.model.text import Text

Emit = Callable[[Call, tuple[ColumnElement[Any], ...], str], ColumnElement[Any]]
"""PostgreSQL from a call, its translated arguments and the name of the time zone."""

Lower = Callable[[tuple[Node, ...], int], Node]
"""Other operations that mean the same, from the checked arguments and the position of the call."""
Verify = Callable[[tuple[Node, ...]], tuple[int, str] | None]
"""Which argument is not possible and what would be, or None when all are."""


NOTHING = Type("empty")


@dataclass(frozen=True, slots=True)
class Function:
    """One function that people may call.

    `parameters` are kinds of values; `?` behind one makes it optional, `*` lets it repeat. `constants` are the positions of
    arguments that must be literals, `words` the allowed ones. `empty` says what an empty argument does: "result" makes the
    result empty, "text" counts as a text without characters. `typing` names a rule of the checker for functions whose arguments
    need more than kinds; such a call is lowered to the operations of `evaluate`. `lowered` writes the call, whose arguments have been
    checked, with other operations, so that no back end has to know it. `postgresql` is None where the database cannot
    compute it, which makes the compiler refuse it in filters.
    """

    name: str
    alias: str
    group: str
    signature: str
    documentation: Text
    example: tuple[str, str]
    parameters: tuple[str, ...] = ()
    result: Type | Callable[[tuple[Node, ...]], Type] = NOTHING
    python: Callable[..., Any] | None = None
    postgresql: Emit | None = None
    typing: str = ""
    empty: str = "result"
    constants: tuple[int, ...] = ()
    words: tuple[tuple[int, tuple[str, ...]], ...] = ()
    zoned: bool = False
    """Whether the Python function takes the time zone as its last argument."""
    doubles: bool = False
    """Whether the SQL repeats an argument, so that nesting it is bounded."""
    lowered: Lower | None = None
    verify: Verify | None = None
    """What constant arguments must fulfil beyond being one of a few words."""
    scheduled: bool = False
    """Whether the function goes by the calendar of the company, which it takes as one more argument."""

    def type_of(self, arguments: tuple[Node, ...]) -> Type:
        """The type of a call with these arguments."""
        return self.result if isinstance(self.result, Type) else self.result(arguments)


def words(en: str, zh: str) -> Text:
    """A text in both languages."""
    return Text.of({"en": en, "zh": zh})


def constant(node: Node) -> Any:
    """The value of a literal argument."""
    assert isinstance(node, Literal)
    return node.value
