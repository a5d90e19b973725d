"""What the catalogue says about one code."""

from __future__ import annotations

from dataclasses import dataclass

Pair = tuple[str, str]
"""The same text in English and in Chinese."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One code: its title, the message with `{parameters}`, what it means, what to do, and an example that causes it.

    Codes are permanent: a retired one stays listed and is never used for something else.
    """

    code: str
    title: Pair
    message: Pair
    explanation: Pair
    advice: Pair = ("", "")
    example: str = ""
