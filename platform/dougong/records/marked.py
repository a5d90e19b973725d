"""Cells of a spreadsheet that are more than a value: those merged with the one above, and those without a value to read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell that holds an error such as `#N/A`, or (without a text) a formula that has no result yet."""

    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Merged:
    """A cell that is one with the cell above it, and what stands in that."""

    value: Any

    def __str__(self) -> str:
        return "" if self.value is None else str(self.value)


MERGED: Final = Merged(None)
"""A cell that is merged, before it is known with what."""


def plain_cell(cell: Any) -> Any:
    """What a cell holds, whether or not it is merged."""
    return cell.value if cell.__class__ is Merged else cell
