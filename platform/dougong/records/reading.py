"""Reads tables out of CSV and XLSX files row by row, whatever encoding and delimiter they came in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dougong.records.delimited import open_text
from dougong.records.headings import header_of
from dougong.records.messages import refuse
from dougong.records.sheets import open_sheet

MOST_BYTES = 512 * 1024 * 1024
_MOST_COLUMNS = 1000
TEXTS = frozenset({"csv", "txt", "tsv"})
WORKBOOKS = frozenset({"xlsx", "xlsm"})


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is to be read; what is empty is found out. `sheet` is the name of one in a workbook."""

    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""


DETECTED = Layout()


@dataclass(frozen=True, slots=True)
class Line:
    """One row of data: the number people see in their spreadsheet, and its cells."""

    number: int
    cells: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Reading:
    """An open table: its header, its rows, of which empty ones are left out, how it is read, and the sheets to choose from.

    `marked` says that cells may be `Merged` or a `Fault`.
    """

    header: tuple[str, ...]
    lines: Iterator[Line]
    layout: Layout = DETECTED
    sheets: tuple[str, ...] = ()
    marked: bool = False


@contextmanager
def open_table(path: Path, name: str, language: str, layout: Layout = DETECTED) -> Iterator[Reading]:
    """Open a file by the ending of its name; refuses what is not a table, is too large, or would become so when unpacked."""
    if path.stat().st_size > MOST_BYTES:
        refuse("too_large", language, "import_too_large")
    ending = name.rpartition(".")[2].lower()
    if ending in TEXTS:
        with open_text(path, layout.encoding, layout.delimiter, language) as text:
            header, lines = _table(text.rows, (), language)
            yield Reading(header, lines, Layout(text.encoding, text.delimiter))
    elif ending in WORKBOOKS:
        with open_sheet(path, layout.sheet, language) as sheet:
            header, lines = _table(sheet.rows, sheet.merges, language)
            yield Reading(header, lines, Layout(sheet=sheet.name), sheet.names, sheet.marked)
    else:
        refuse("invalid", language, "import_format", value=name)


def _holds_zero(cells: Sequence[Any]) -> bool:
    """Whether there is a value among cells none of which counts as true, such as 0 or midnight."""
    return any(cell is not None and cell != "" for cell in cells)


def _table(
    rows: Iterator[tuple[int, Sequence[Any]]], merges: Sequence[Sequence[int]], language: str
) -> tuple[tuple[str, ...], Iterator[Line]]:
    filled = ((number, cells) for number, cells in rows if any(cells) or _holds_zero(cells))
    header = header_of(filled, merges)
    if not header:
        refuse("invalid", language, "import_empty")
    if len(header) > _MOST_COLUMNS:
        refuse("too_large", language, "import_too_large")
    return header, (Line(number, cells) for number, cells in filled)
