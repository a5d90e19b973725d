"""The size of an expression, found in one quick look before the grammar reads it: what is far too large costs nothing more."""

from __future__ import annotations

import re

from dougong.expressions.problems import Mistake

MAX_LENGTH = 10_000
MAX_BRACKETS = 256
"""How many brackets may be open at once; those around a single part count in no other way."""
MAX_WORDS = 6_000
"""How many names, texts, numbers and signs there may be; three for each part that the tree may have."""
_WORD = re.compile(r"""'(?:[^']|'')*'?|"(?:[^"]|"")*"?|\w+|[^\s\w]""")


def refuse_beyond(text: str) -> None:
    """Raises Mistake at the first place that is beyond the bounds."""
    if len(text) > MAX_LENGTH:
        raise Mistake("D403", 0, what="length", limit=MAX_LENGTH)
    depth = 0
    for number, found in enumerate(_WORD.finditer(text), start=1):
        sign = text[found.start()]
        if sign in "(（[":
            depth += 1
        elif sign in ")）]":
            depth -= 1
        if depth > MAX_BRACKETS:
            raise Mistake("D403", found.start(), what="brackets", limit=MAX_BRACKETS)
        if number > MAX_WORDS:
            raise Mistake("D403", found.start(), what="words", limit=MAX_WORDS)
