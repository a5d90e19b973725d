"""Regular expressions, in an engine whose time is linear in the text: no pattern can hold up a request."""

from __future__ import annotations

from typing import Any

from dougong.expressions.registry import Function, words
from dougong.expressions.types import BOOLEAN, TEXT
from dougong.fieldtypes.patterns import compiled
from dougong.model.expression import Literal, Node

MAX_PATTERN = 500
MAX_TEXT = 100_000
_POSSIBLE = (
    f"a regular expression of at most {MAX_PATTERN} characters, without look-around and back references"
)


def _possible(arguments: tuple[Node, ...]) -> tuple[int, str] | None:
    pattern = getattr(arguments[1], "value", None)
    if not isinstance(arguments[1], Literal) or not isinstance(pattern, str):
        return (1, _POSSIBLE)
    if len(pattern) > MAX_PATTERN:
        return (1, _POSSIBLE)
    try:
        compiled(pattern)
    except ValueError:
        return (1, _POSSIBLE)
    return None


def _matches(text: str, pattern: str) -> bool:
    return compiled(pattern).search(text) is not None


def _extracted(text: str, pattern: str) -> str | None:
    found: Any = compiled(pattern).search(text)
    if found is None:
        return None
    text_found: str | None = found.group(1 if found.re.groups else 0)
    return text_found


def _replaced(text: str, pattern: str, new: str) -> str | None:
    """Every match becomes the new text as it stands; nothing in it refers to the match."""
    found: str = compiled(pattern).sub(lambda match: new, text)
    return None if len(found) > MAX_TEXT else found


PATTERNS: tuple[Function, ...] = (
    Function(
        "REGEXMATCH",
        "正则匹配",
        "texts",
        "REGEXMATCH(text, pattern)",
        words(
            "Whether a regular expression matches anywhere in a text; ^ and $ tie it to the ends.",
            "文本中是否有与正则表达式匹配的部分；用 ^ 和 $ 限定首尾。",
        ),
        ("REGEXMATCH('SO-2026-001', '^SO-[0-9]{4}-[0-9]+$')", "TRUE"),
        ("text", "text"),
        BOOLEAN,
        _matches,
        empty="text",
        constants=(1,),
        verify=_possible,
    ),
    Function(
        "REGEXEXTRACT",
        "正则提取",
        "texts",
        "REGEXEXTRACT(text, pattern)",
        words(
            "What a regular expression matches first, or its first group; empty when nothing matches.",
            "正则表达式首次匹配的内容，有分组时取第一个分组；没有匹配则为空。",
        ),
        ("REGEXEXTRACT('SO-2026-001', '[0-9]{4}')", "2026"),
        ("text", "text"),
        TEXT,
        _extracted,
        empty="text",
        constants=(1,),
        verify=_possible,
    ),
    Function(
        "REGEXREPLACE",
        "正则替换",
        "texts",
        "REGEXREPLACE(text, pattern, new)",
        words(
            "Every match of a regular expression replaced by a text, which is taken as it stands.",
            "把正则表达式的所有匹配替换为新文本，新文本按字面使用。",
        ),
        ("REGEXREPLACE('a1b22', '[0-9]+', '#')", "a#b#"),
        ("text", "text", "text"),
        TEXT,
        _replaced,
        empty="text",
        constants=(1,),
        verify=_possible,
    ),
)
