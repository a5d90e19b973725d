"""The little Markdown that the manual needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")


def pick(language: Language, english: str, chinese: str) -> str:
    """The text in the manual's language."""
    return chinese if language == "zh" else english


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; a column in which nothing stands is left out."""
    lines = [[cell(each) for each in row] for row in rows]
    kept = [column for column in range(len(heads)) if any(line[column] for line in lines)]
    drawn = [
        [heads[column] for column in kept],
        ["---"] * len(kept),
        *([line[column] for column in kept] for line in lines),
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in drawn)


def cell(text: str) -> str:
    """A text as it may stand in a cell: one line, its bars not those of the table."""
    return " ".join(text.split()).replace("|", "\\|")


def code(text: object) -> str:
    """A text as it is typed."""
    fence = "``" if "`" in str(text) else "`"
    return f"{fence}{text}{fence}" if str(text) else ""


def codes(texts: Iterable[object]) -> str:
    """Several texts as they are typed."""
    return ", ".join(code(each) for each in texts)


def page(*parts: str) -> str:
    """Parts of a page, one below the other."""
    return "\n\n".join(part for part in parts if part) + "\n"
