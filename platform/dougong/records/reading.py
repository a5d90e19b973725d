"""Reads tables out of CSV and XLSX files row by row, whatever encoding and delimiter they came in."""

from __future__ import annotations

import codecs
import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import python_calamine

from dougong.fieldtypes.escape import unescaped
from dougong.records.messages import refuse
from dougong.storage.archive import DAMAGE

MOST_BYTES = 512 * 1024 * 1024
MOST_UNPACKED = 1024 * 1024 * 1024
_MOST_PARTS = 5000
_MOST_RATIO = 400
_BLOCK = 1024 * 1024
_LONGEST_CELL = 1024 * 1024
_MOST_COLUMNS = 1000
_DELIMITERS = ",;\t|"
_BOMS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of data: the number people see in their spreadsheet, and its cells."""

    number: int
    cells: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Reading:
    """An open table: its header, and its rows, of which empty ones are left out."""

    header: tuple[str, ...]
    lines: Iterator[Line]


@contextmanager
def open_table(path: Path, name: str, language: str) -> Iterator[Reading]:
    """Open a file by the ending of its name; refuses what is not a table, is too large, or would become so when unpacked."""
    if path.stat().st_size > MOST_BYTES:
        refuse("too_large", language, "import_too_large")
    ending = name.rpartition(".")[2].lower()
    if ending in ("csv", "txt", "tsv"):
        with path.open("rb") as source:
            encoding = _encoding(source, language)
            source.seek(0)
            with io.TextIOWrapper(source, encoding=encoding, newline="") as text:
                yield _reading(_csv_rows(text, language), language)
    elif ending in ("xlsx", "xlsm"):
        _check_package(path, language)
        yield _reading(_sheet_rows(path, name, language), language)
    else:
        refuse("invalid", language, "import_format", value=name)


def _reading(rows: Iterator[tuple[int, Sequence[Any]]], language: str) -> Reading:
    filled = (
        (number, cells) for number, cells in rows if any(cell is not None and cell != "" for cell in cells)
    )
    first = next(filled, None)
    if first is None:
        refuse("invalid", language, "import_empty")
    header = [str(cell).strip() if cell is not None else "" for cell in first[1]]
    while header and not header[-1]:
        header.pop()
    if len(header) > _MOST_COLUMNS:
        refuse("too_large", language, "import_too_large")
    return Reading(tuple(header), (Line(number, cells) for number, cells in filled))


def _encoding(source: io.BufferedReader, language: str) -> str:
    """The first of the encodings by which the whole file can be read; marks at its beginning decide at once."""
    start = source.read(4096)
    for mark, encoding in _BOMS:
        if start.startswith(mark):
            return encoding
    candidates = ["utf-8", "gb18030"]
    if len(start) >= 4 and start.count(0) * 4 > len(start):
        candidates = ["utf-16-le" if start[1::2].count(0) >= start[0::2].count(0) else "utf-16-be"]
    for encoding in candidates:
        source.seek(0)
        if _reads(source, encoding):
            return encoding
    return refuse("invalid", language, "import_encoding")


def _reads(source: io.BufferedReader, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while block := source.read(_BLOCK):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _csv_rows(text: io.TextIOWrapper, language: str) -> Iterator[tuple[int, Sequence[str]]]:
    csv.field_size_limit(_LONGEST_CELL)
    start = text.read(65536)
    text.seek(0)
    reader = csv.reader(text, delimiter=_delimiter(start))
    try:
        for cells in reader:
            yield reader.line_num, unescaped(cells)
    except (csv.Error, UnicodeError) as error:
        refuse("invalid", language, "import_format", value=f"{reader.line_num}: {error}")


def _delimiter(start: str) -> str:
    """The sign that divides the first line, signs inside quotes not counted."""
    counts = dict.fromkeys(_DELIMITERS, 0)
    quoted = False
    for sign in start:
        if sign == '"':
            quoted = not quoted
        elif not quoted and sign in "\r\n" and any(counts.values()):
            break
        elif not quoted and sign in counts:
            counts[sign] += 1
    return max(counts, key=lambda sign: (counts[sign], sign == ","))


def _check_package(path: Path, language: str) -> None:
    """Unpack the file once without keeping anything, so that a bomb is found before a reader meets it."""
    try:
        with zipfile.ZipFile(path) as package:
            parts = package.infolist()
            if len(parts) > _MOST_PARTS:
                refuse("too_large", language, "import_too_large")
            left = min(MOST_UNPACKED, max(path.stat().st_size * _MOST_RATIO, 16 * _BLOCK))
            for part in parts:
                with package.open(part) as source:
                    while block := source.read(_BLOCK):
                        left -= len(block)
                        if left < 0:
                            refuse("too_large", language, "import_too_large")
    except DAMAGE as error:
        refuse("invalid", language, "import_format", value=type(error).__name__)


def _sheet_rows(path: Path, name: str, language: str) -> Iterator[tuple[int, Sequence[Any]]]:
    try:
        workbook = python_calamine.CalamineWorkbook.from_path(str(path))
        sheet = workbook.get_sheet_by_index(0)
        first = (sheet.start or (0, 0))[0]
        for offset, cells in enumerate(sheet.iter_rows()):
            yield first + offset + 1, cells
    except (python_calamine.CalamineError, OSError, ValueError, IndexError) as error:
        refuse("invalid", language, "import_format", value=f"{name}: {type(error).__name__}")
