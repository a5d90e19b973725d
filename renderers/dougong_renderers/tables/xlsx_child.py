"""The process in which a workbook is written, so that neither its memory nor the time it takes is the server's.

A program of its own that knows nothing of the platform: it takes a path and a limit of memory, and reads frames from its input,
each four bytes of length and a message. The first is the name of the sheet and, for every column, its label and the format of
its numbers; then come lists of rows, until the input ends. Cells are plain texts, numbers and booleans, or one of the kinds below.
"""

from __future__ import annotations

import resource
import struct
import sys
from collections.abc import Iterator
from datetime import date
from itertools import chain
from typing import IO, Any

import msgspec
import xlsxwriter  # type: ignore[import-untyped]

TEXT, DAY, WRONG = 1, 2, 3
"""Kinds of cells: a text that must stay one whatever it looks like, a day in its ISO form, and a text that is marked, with a note."""
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def main(path: str, memory: str) -> int:
    """Write the workbook to the path; the exit status tells whether it is whole."""
    resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    messages = _messages(sys.stdin.buffer)
    name, headings = next(messages)
    with xlsxwriter.Workbook(path, OPTIONS) as book:
        page = book.add_worksheet(name)
        formats = _Formats(book, [number for _, number in headings])
        for column, (label, _) in enumerate(headings):
            page.write_string(0, column, label, formats.header)
        page.freeze_panes(1, 0)
        for line, row in enumerate(chain.from_iterable(messages), 1):
            for column, cell in enumerate(row):
                _write(page, line, column, cell, formats)
    return 0


class _Formats:
    """The cell formats of the workbook."""

    def __init__(self, book: Any, numbers: list[str | None]) -> None:
        self.header = book.add_format({"bold": True, "bottom": 1})
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})
        self.text = book.add_format({"quote_prefix": True, "num_format": "@"})
        self.wrong = book.add_format({"bg_color": "#FFC7CE", "font_color": "#9C0006", "quote_prefix": True})
        self.numbers = [None if each is None else book.add_format({"num_format": each}) for each in numbers]


def _write(page: Any, line: int, column: int, cell: Any, formats: _Formats) -> None:
    kind = cell.__class__
    if kind is str:
        page.write_string(line, column, cell)
    elif kind is bool:
        page.write_boolean(line, column, cell)
    elif kind is int or kind is float:
        page.write_number(line, column, cell, formats.numbers[column])
    elif kind is msgspec.msgpack.Ext:
        _write_special(page, line, column, cell, formats)


def _write_special(page: Any, line: int, column: int, cell: msgspec.msgpack.Ext, formats: _Formats) -> None:
    content = bytes(cell.data)
    if cell.code == TEXT:
        page.write_string(line, column, content.decode(), formats.text)
    elif cell.code == DAY:
        page.write_datetime(line, column, date.fromisoformat(content.decode()), formats.day)
    else:
        text, note = msgspec.msgpack.decode(content)
        if text:
            page.write_string(line, column, text, formats.wrong)
        else:
            page.write_blank(line, column, None, formats.wrong)
        if note:
            page.write_comment(line, column, note, {"x_scale": 2})


def _messages(source: IO[bytes]) -> Iterator[Any]:
    while head := source.read(4):
        size = struct.unpack(">I", head)[0]
        content = source.read(size)
        if len(content) != size:
            raise EOFError("the input ended within a message")
        yield msgspec.msgpack.decode(content)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
