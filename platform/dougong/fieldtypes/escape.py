"""The one place where cells are made harmless for spreadsheets, and where that is undone when a file comes back."""

from __future__ import annotations

import re
from collections.abc import Sequence

_DANGEROUS = re.compile(r"'*[=+\-@\t\r＝＋－＠﹢﹣]")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


def escaped(text: str) -> str:
    """The cell with an apostrophe before what a spreadsheet would take for a formula; plain numbers stay as they are."""
    if text and _DANGEROUS.match(text) and not _NUMBER.fullmatch(text):
        return "'" + text
    return text


def needs_escape(text: str) -> bool:
    """Whether a spreadsheet would take the cell for a formula."""
    return escaped(text) != text


def unescaped(cells: Sequence[str]) -> Sequence[str]:
    """The cells of a line as they were before they were escaped."""
    for cell in cells:
        if cell and cell[0] == "'":
            return [cell[1:] if cell[:1] == "'" and _DANGEROUS.match(cell) else cell for cell in cells]
    return cells
