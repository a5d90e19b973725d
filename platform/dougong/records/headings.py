"""Finds the header of a table: one line, or in a spreadsheet several with merged cells, below a title where there is one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from dougong.records.marked import plain_cell

_DEEPEST = 3


def header_of(rows: Iterator[tuple[int, Sequence[Any]]], merges: Sequence[Sequence[int]]) -> tuple[str, ...]:
    """Take the lines of the header off the rows, and give the name of every column; nothing where there are no rows.

    `merges` are merged ranges (row, column, last row, last column), from 0 on. A single cell merged over several columns is a
    title above the table. A header of several lines, such as the name of a sub-table above those of its columns, is one name:
    `Lines.Item`.
    """
    first = next(rows, None)
    while first is not None and _is_title(first, merges):
        first = next(rows, None)
    if first is None:
        return ()
    top = first[0] - 1
    lines = [_texts(first, merges)]
    for _ in range(_depth(top, merges) - 1):
        following = next(rows, None)
        if following is not None:
            lines.append(_texts(following, merges))
    width = max(len(line) for line in lines)
    names = [_name([line[column] for line in lines if column < len(line)]) for column in range(width)]
    while names and not names[-1]:
        names.pop()
    return tuple(names)


def _is_title(row: tuple[int, Sequence[Any]], merges: Sequence[Sequence[int]]) -> bool:
    number, cells = row
    filled = [column for column, cell in enumerate(cells) if cell is not None and cell != ""]
    return len(filled) == 1 and any(
        top <= number - 1 <= bottom and left == filled[0] and right > left
        for top, left, bottom, right in merges
    )


def _depth(top: int, merges: Sequence[Sequence[int]]) -> int:
    """How many lines the header has: as many as its cells that are merged downwards."""
    deepest = max((bottom - first + 1 for first, _, bottom, _ in merges if first == top), default=1)
    return min(deepest, _DEEPEST)


def _texts(row: tuple[int, Sequence[Any]], merges: Sequence[Sequence[int]]) -> list[str]:
    """The cells of a line of the header; what is merged over several columns stands in each."""
    number, cells = row
    texts = ["" if cell is None else str(plain_cell(cell)).strip() for cell in cells]
    for top, left, bottom, right in merges:
        if top <= number - 1 <= bottom and right > left and left < len(texts):
            right = min(right, left + 1000)
            texts += [""] * (right + 1 - len(texts))
            texts[left : right + 1] = [texts[left]] * (right + 1 - left)
    return texts


def _name(parts: Sequence[str]) -> str:
    return ".".join(dict.fromkeys(part for part in parts if part))
