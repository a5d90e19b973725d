"""The process in which a workbook is read: a program of its own with limits, so that a hostile file can only end itself.

It knows nothing of the platform: it takes a path, the name of a sheet and two limits, and writes frames to its output, each
four bytes of length and a message. The first describes the workbook, then come lists of rows, then an empty list.
"""

from __future__ import annotations

import resource
import struct
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, BinaryIO

import msgspec
import python_calamine

ROWS_AT_A_TIME = 500
MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
"""How far a sheet of a spreadsheet program reaches; a file that claims more has been made by hand."""
DAY, MOMENT, CLOCK, SPAN = 1, 2, 3, 4
"""The kinds of cells that a message cannot hold by itself: each travels as its ISO form, a span as its seconds."""


def main(path: str, wanted: str, memory: str, seconds: str) -> int:
    """Write the sheet of that name (or the first that is shown) to the standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds)))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    output = sys.stdout.buffer
    try:
        for message in _messages(path, wanted):
            _write(output, message)
    except BrokenPipeError:
        return 0
    except MemoryError:
        return 3
    except (python_calamine.CalamineError, OSError, ValueError, IndexError) as error:
        _write(output, {"error": type(error).__name__})
    return 0


def _messages(path: str, wanted: str) -> Iterator[Any]:
    workbook = python_calamine.CalamineWorkbook.from_path(path)
    shown = python_calamine.SheetVisibleEnum.Visible
    tables = python_calamine.SheetTypeEnum.WorkSheet
    names = [each.name for each in workbook.sheets_metadata if each.visible == shown and each.typ == tables]
    if not names or (wanted and wanted not in names):
        yield {"error": "sheet", "sheets": names}
        return
    sheet = workbook.get_sheet_by_name(wanted or names[0])
    last = sheet.end or (0, 0)
    if last[0] >= MOST_ROWS or last[1] >= MOST_COLUMNS:
        yield {"error": "size"}
        return
    yield {"sheets": names, "sheet": wanted or names[0]}
    rows: list[list[Any]] = []
    for cells in sheet.iter_rows():
        rows.append([cell if cell.__class__ in _PLAIN else _packed(cell) for cell in cells])
        if len(rows) == ROWS_AT_A_TIME:
            yield rows
            rows = []
    if rows:
        yield rows
    yield []


_PLAIN = frozenset({str, float, bool, int})


def _packed(cell: Any) -> Any:
    if isinstance(cell, datetime):
        return msgspec.msgpack.Ext(MOMENT, cell.isoformat().encode())
    if isinstance(cell, date):
        return msgspec.msgpack.Ext(DAY, cell.isoformat().encode())
    if isinstance(cell, time):
        return msgspec.msgpack.Ext(CLOCK, cell.isoformat().encode())
    if isinstance(cell, timedelta):
        return msgspec.msgpack.Ext(SPAN, repr(cell.total_seconds()).encode())
    return None


def _write(output: BinaryIO, message: Any) -> None:
    content = msgspec.msgpack.encode(message)
    output.write(struct.pack(">I", len(content)))
    output.write(content)
    output.flush()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
