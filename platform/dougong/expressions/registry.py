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


NOTHING = Type("empty")


@dataclass(frozen=True, slots=True)
class Function:
    """One function that people may call.

    `parameters` are kinds of values; `?` behind one makes it optional, `*` lets it repeat. `constants` are the positions of
    arguments that must be literals, `words` the allowed ones. `empty` says what an empty argument does: "result" makes the
    result empty, "text" counts as a text without characters. `typing` names a rule of the checker for functions whose arguments
    need more than kinds; such a call is lowered to the operations of `evaluate`. `postgresql` is None where the database cannot
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
