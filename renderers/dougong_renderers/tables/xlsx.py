"""XLSX with real numbers and dates; texts are texts, whatever they begin with. The file is written in a process of its own."""

from __future__ import annotations

import shutil
import struct
import subprocess  # nosec B404 - our own writer, in a process with limits
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, BinaryIO

import msgspec
from msgspec.msgpack import Ext

from dougong.fieldtypes.escape import escaped, needs_escape
from dougong.model.sheet import Cell, Heading, Noted, Sheet, Unfitting
from dougong_renderers.tables import xlsx_child

MOST_MEMORY = 1 << 30
"""The address space of the writing process, which keeps one row at a time."""
_ROWS_AT_A_TIME = 500
_MOST_DIGITS = 15
"""What a spreadsheet keeps of a number; longer ones are written as text, so that no digit is lost."""
_LONGEST_TEXT = 32_767
_MOST_LINES = 1_048_575
_LONGEST_NAME = 31
_MOST_NOTED = 5_000
"""Lines that have comments: they are kept in memory, and a spreadsheet with many more opens slowly."""
_LONGEST_NOTE = 2_000
_NAME_SIGNS = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
_FIRST_DAY = date(1900, 3, 1)


def write_xlsx(sheet: Sheet, target: BinaryIO) -> int:
    """Write the export and return the number of lines below the header; `Unfitting` when a sheet cannot hold them as they are.

    OSError when the process that writes ends early, such as on a full disk.
    """
    with tempfile.TemporaryDirectory(prefix="dougong-xlsx-") as folder:
        path = Path(folder) / "sheet.xlsx"
        count = _written(sheet, path)
        with path.open("rb") as source:
            shutil.copyfileobj(source, target)
    return count


def _written(sheet: Sheet, path: Path) -> int:
    """Send everything to the process that writes, and wait for it."""
    command = [sys.executable, "-I", str(Path(xlsx_child.__file__)), str(path), str(MOST_MEMORY)]
    count = 0
    with subprocess.Popen(  # nosec B603 - a fixed program, no shell
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as child:
        assert child.stdin is not None
        assert child.stderr is not None
        try:
            _send(
                child.stdin, [_name(sheet), [[escaped(each.label), _format(each)] for each in sheet.headings]]
            )
            for rows in _packed(sheet):
                _send(child.stdin, rows)
                count += len(rows)
        except BrokenPipeError:
            pass  # its exit status tells
        except BaseException:
            child.kill()
            raise
        finally:
            with suppress(BrokenPipeError):
                child.stdin.close()
        trouble = child.stderr.read()
    if child.returncode:
        reason = trouble.decode(errors="replace").strip().rpartition("\n")[2]
        raise OSError(f"the workbook could not be written: {reason or child.returncode}")
    return count


def _send(child: IO[bytes], message: Any) -> None:
    content = msgspec.msgpack.encode(message)
    child.write(struct.pack(">I", len(content)) + content)


def _name(sheet: Sheet) -> str:
    return sheet.name.translate(_NAME_SIGNS).strip()[:_LONGEST_NAME] or "1"


def _format(heading: Heading) -> str | None:
    digits = "." + "0" * heading.decimals if heading.decimals else ""
    return None if heading.decimals is None else f"#,##0{digits}"


def _packed(sheet: Sheet) -> Iterator[list[list[Any]]]:
    """The rows as the process takes them, some at a time."""
    rows: list[list[Any]] = []
    for line, row in enumerate(sheet.rows, 1):
        if line > _MOST_LINES:
            raise Unfitting(line)
        rows.append([_cell(line, sheet.headings[column], cell) for column, cell in enumerate(row)])
        if len(rows) == _ROWS_AT_A_TIME:
            yield rows
            rows = []
    if rows:
        yield rows


def _cell(line: int, heading: Heading, cell: Cell) -> Any:
    """One cell; `Unfitting` when it could not hold the whole text."""
    if cell is None or isinstance(cell, bool):
        return cell
    if isinstance(cell, (Decimal, int)):
        digits = format(cell, "f") if isinstance(cell, Decimal) else str(cell)
        if _significant(digits) > _MOST_DIGITS:
            return Ext(xlsx_child.TEXT, digits.encode())
        return float(cell)
    if isinstance(cell, date) and not isinstance(cell, datetime) and cell >= _FIRST_DAY:
        return Ext(xlsx_child.DAY, cell.isoformat().encode())
    if isinstance(cell, Noted):
        note = cell.note[:_LONGEST_NOTE] if line <= _MOST_NOTED else ""
        text = _fitting(line, heading, _text(cell.value))
        return Ext(xlsx_child.WRONG, msgspec.msgpack.encode([text, note]))
    text = _fitting(line, heading, cell if isinstance(cell, str) else cell.isoformat())
    return Ext(xlsx_child.TEXT, text.encode()) if needs_escape(text) else text


def _text(value: Any) -> str:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return format(value, "f") if isinstance(value, Decimal) else "" if value is None else str(value)


def _fitting(line: int, heading: Heading, text: str) -> str:
    """The text, when a cell can hold it; a spreadsheet counts signs beyond the basic ones twice."""
    if len(text) > _LONGEST_TEXT // 2 and len(text.encode("utf-16-le")) // 2 > _LONGEST_TEXT:
        raise Unfitting(line, heading.label)
    return text


def _significant(number: str) -> int:
    """How many digits a number written in plain digits has between its first and its last that is no zero."""
    digits = number.lstrip("-").replace(".", "")
    return len(digits.strip("0"))
