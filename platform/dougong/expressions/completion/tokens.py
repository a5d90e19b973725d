"""The words of an expression that is still being typed: unlike the grammar, this reads whatever stands there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

NAME = r"[A-Za-z_\u4e00-\u9fff][A-Za-z0-9_\u4e00-\u9fff]*"
_TOKEN = re.compile(
    rf"""(?P<space>[ \t\r\n\u3000]+)
    |(?P<string>'(?:[^']|'')*'?|"(?:[^"]|"")*"?)
    |(?P<road>{NAME}(?:\.{NAME})*\.?)
    |(?P<number>[0-9]+(?:\.[0-9]*)?)
    |(?P<open>[(（\[])
    |(?P<close>[)）\]])
    |(?P<comma>[,，])
    |(?P<sign><>|<=|>=|[-=<>≠≤≥＝+*/×÷&])
    |(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
WORDS = frozenset({"AND", "OR", "NOT", "IN", "LIKE", "BETWEEN", "IS", "EMPTY", "TRUE", "FALSE", "WHERE"})
"""Words of the grammar; none of them is a name."""
COMPARISONS = frozenset({"=", "<>", "<", "<=", ">", ">=", "≠", "≤", "≥", "＝"})


@dataclass(frozen=True, slots=True)
class Token:
    """One word: its kind (string, road, word, number, open, close, comma, sign, other) and where it stands."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """The position behind it."""
        return self.start + len(self.text)

    @property
    def is_closed(self) -> bool:
        """Whether a text has its closing quotation mark: an even number of those it begins with."""
        return self.text.count(self.text[0]) % 2 == 0


def tokens(text: str) -> Iterator[Token]:
    """The words of a text in their order, without the spaces between them."""
    for found in _TOKEN.finditer(text):
        kind = found.lastgroup or "other"
        if kind == "space":
            continue
        word = found.group()
        if kind == "road" and word.upper() in WORDS:
            yield Token("word", word.upper(), found.start())
        else:
            yield Token(kind, word, found.start())


def length_at(text: str, position: int) -> int:
    """How many characters the word has that stands at a position; none at the end of the text."""
    for token in tokens(text):
        if token.start <= position < token.end:
            return token.end - position
    return 0
