"""A table on its way into a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

Plain = str | Decimal | int | bool | date | datetime | None


class Unfitting(ValueError):
    """What a format cannot hold: a text at a line (from 1, below the header) of a column, or without a column too many lines."""

    def __init__(self, line: int, column: str = "") -> None:
        self.line, self.column = line, column
        super().__init__(f"{column} {line}".strip())


@dataclass(frozen=True, slots=True)
class Noted:
    """A cell that something is wrong with: a workbook marks it and shows the note beside it."""

    value: Plain
    note: str


Cell = Plain | Noted


@dataclass(frozen=True, slots=True)
class Heading:
    """A column of an export: its path (`amount`, `lines.item`), its label, and the decimals of its numbers."""

    path: str
    label: str
    decimals: int | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """An export: `rows` are lines of cells for spreadsheets, `records` the same records as JSON values; each can be walked once.

    `files` are the files that the rows name, path in an archive and id, complete when the rows were walked.
    """

    name: str
    headings: tuple[Heading, ...]
    rows: Iterator[list[Cell]]
    records: Iterator[dict[str, Any]]
    files: Sequence[tuple[str, str]] = ()
