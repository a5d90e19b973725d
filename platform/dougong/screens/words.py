"""The words of the interface in every language, by key: `say("save", "zh")`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from dougong.screens.vocabulary import actions, audit, designer, lists, pages, records

WORDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {**actions.WORDS, **lists.WORDS, **records.WORDS, **pages.WORDS, **designer.WORDS, **audit.WORDS}
)
"""key → (Chinese, English); `{name}` is filled in by `say`."""


def say(key: str, language: str, **parameters: object) -> str:
    """The words of a key in a language, with its parameters filled in; an unknown key is a bug and raises."""
    chinese, english = WORDS[key]
    words = chinese if language.startswith("zh") else english
    return words.format(**parameters) if parameters else words


def count(key: str, language: str, number: int) -> str:
    """Words that count: English takes the key with `_one` for exactly one where there is such a key."""
    singular = f"{key}_one"
    chosen = singular if number == 1 and singular in WORDS else key
    return say(chosen, language, n=f"{number:,}")
