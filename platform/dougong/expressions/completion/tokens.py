"""The words of an expression that is still being typed: unlike the grammar, this reads whatever stands there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

NAME = r"[A-Za-z_\u4e00-\u9fff][A-Za-z0-9_\u4e00-\u9fff]*"
ALL = rf"(?:[Aa][Ll][Ll]|全部)[(（][ ]*{NAME}[ ]*[)）]"
"""Every record of an entity, which begins a road as a name does."""
_TOKEN = re.compile(
    rf"""(?P<space>[ \t\r\n\u3000]+)
    |(?P<string>'(?:[^']|'')*'?|"(?:[^"]|"")*"?)
    |(?P<road>(?:{ALL}|{NAME})(?:\.{NAME})*\.?)
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
SPELLINGS = {"其中": "WHERE"}
"""Words of the grammar that have another name."""
COMPARISONS = frozenset({"=", "<>", "<", "<=", ">", ">=", "≠", "≤", "≥", "＝"})


@dataclass(frozen=True, slots=True)
class Token:
    """One word: its kind (string, road, word, number, open, close, comma, sign, other), and where it stands."""

    kind: str
    text: str
    start: int
    end: int

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
        spelt = SPELLINGS.get(word, word.upper())
        if kind == "road" and spelt in WORDS:
            yield Token("word", spelt, found.start(), found.end())
        else:
            yield Token(kind, word, found.start(), found.end())


def length_at(text: str, position: int) -> int:
    """How many characters the word has that stands at a position; none at the end of the text."""
    for token in tokens(text):
        if token.start <= position < token.end:
            return token.end - position
    return 0


def names_of(road: str) -> list[str]:
    """The names of a road; `ALL(order)` counts as one."""
    first, bracket, rest = road.partition(")" if ")" in road else "）")
    if not bracket:
        return road.split(".")
    entity = first.replace("（", "(").partition("(")[2].strip()
    return [f"ALL({entity})", *rest.split(".")[1:]]
