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
        general = ""
        for own, text in self.texts:
            if own == language and text:
                return text
            if not own:
                general = text
        return general or (self.texts[0][1] if self.texts else "")

    def __bool__(self) -> bool:
        return bool(self.texts)


EMPTY = Text()
