"""Every finding that a definition can cause: what it means, what to do, in both languages."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from dougong.definitions.codes import consistency, expressions, reading, references, shape, types
from dougong.definitions.codes.entry import Entry, Pair
from dougong.definitions.phrases import in_language
from dougong.diagnostics import Diagnostic, Place

CATALOGUE: Mapping[str, Entry] = MappingProxyType(
    {
        entry.code: entry
        for family in (reading, shape, references, expressions, types, consistency)
        for entry in family.ENTRIES
    }
)
_ENGLISH, _CHINESE = 0, 1
_LISTED = 12
_WORDS: frozenset[str] = frozenset(
    ["expected", "found", "needed", "advice", "reason", "hint", "bound", "problem", "owner", "kind"]
).union(["left", "right", "first", "what"])
"""Parameters that hold words of ours; the others hold ids and values of the author."""
_NEAREST: Pair = ("did you mean '{nearest}'?", "是不是“{nearest}”?")


def problem(code: str, place: Place | None, path: str = "", /, **parameters: object) -> Diagnostic:
    """A finding with that code, its message and hint filled in from the catalogue."""
    words = {name: shown(value) for name, value in parameters.items()}
    message, hint = _filled(CATALOGUE[code], words, _ENGLISH)
    return Diagnostic(code, message, path, place, hint, parameters=tuple(words.items()))


def unknown(
    code: str, place: Place | None, path: str, name: str, known: Iterable[str], where: str = ""
) -> Diagnostic:
    """The finding that a name stands for nothing, with the nearest name that does, else with those there are."""
    names = [str(each) for each in known]
    close = nearest_name(name, names)
    if close:
        return problem(code, place, path, name=name, where=where, nearest=close)
    return problem(code, place, path, name=name, where=where, known=listing(names))


def nearest_name(name: str, names: Iterable[str]) -> str:
    """The valid name that is closest to a mistyped one, or nothing."""
    close = difflib.get_close_matches(name[:200], list(names), n=1, cutoff=0.6)
    return close[0] if close else ""


def say(diagnostic: Diagnostic, language: str) -> tuple[str, str]:
    """Message and hint of a finding in a language; as it was found where the catalogue does not know its code."""
    entry = CATALOGUE.get(diagnostic.code)
    if entry is None or not diagnostic.parameters and "{" in entry.message[_ENGLISH]:
        return diagnostic.message, diagnostic.hint
    words = {"hint": diagnostic.hint, **dict(diagnostic.parameters)}
    return _filled(entry, words, _CHINESE if language.startswith("zh") else _ENGLISH)


def listing(names: list[str]) -> str:
    """Some names for a hint, shortened where there are many."""
    more = f", … ({len(names)})" if len(names) > _LISTED else ""
    return ", ".join(names[:_LISTED]) + more if names else "—"


def shown(value: object) -> str:
    """A value as it may stand in a message: one line, visible characters, bounded."""
    text = "".join(
        character if character.isprintable() else f"\\u{ord(character):04x}" for character in str(value)
    )
    return text if len(text) <= 200 else f"{text[:199]}…"


def _filled(entry: Entry, words: Mapping[str, str], language: int) -> tuple[str, str]:
    advice = _NEAREST if words.get("nearest") else entry.advice
    fitting = {
        name: in_language(value, language) if name in _WORDS or " " in value else value
        for name, value in words.items()
    }
    message = entry.message[language].format_map(fitting)
    try:
        hint = advice[language].format_map(fitting)
    except KeyError:
        hint = ""
    return message, hint
