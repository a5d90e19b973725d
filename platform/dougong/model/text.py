"""A text in several languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

LANGUAGES: tuple[str, ...] = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Text:
    """What a person reads, per language; `get` falls back to the other language, never to an id."""

    texts: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, value: str | Mapping[str, str]) -> Text:
        """A text from a plain string (the same in every language) or from one string per language."""
        if isinstance(value, str):
            return cls((("", value),))
        return cls(tuple(value.items()))

    def get(self, language: str) -> str:
        """The text in a language; where it is missing, the one for all languages, else the first there is."""
        texts = dict(self.texts)
        return texts.get(language) or texts.get("") or next(iter(texts.values()), "")

    def __bool__(self) -> bool:
        return bool(self.texts)


EMPTY = Text()
