"""The process in which a workbook is read: a program of its own with limits, so that a hostile file can only end itself.

It knows nothing of the platform: it takes a path, the name of a sheet and two limits, and writes frames to its output, each
four bytes of length and a message. The first describes the workbook, then come lists of rows, then an empty list. Cells that
hold an error or a formula without a result, which the reader gives as empty, are found in the XML of the sheet.
"""

from __future__ import annotations

import posixpath
import resource
import struct
import sys
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from itertools import chain
from typing import IO, Any, BinaryIO
from xml.parsers import expat  # nosec B405 - without DTDs, in a process with limits

import msgspec
import python_calamine

ROWS_AT_A_TIME = 500
MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
"""How far a sheet of a spreadsheet program reaches; a file that claims more has been made by hand."""
DAY, MOMENT, CLOCK, SPAN, FAULT, MERGED = 1, 2, 3, 4, 5, 6
"""The kinds of cells that a message cannot hold by itself: each travels as its ISO form, a span as its seconds, a fault as its
text (none where a formula has no result), a cell that is merged with the one above it as nothing."""
MOST_FAULTS = 1_000_000
HEADED_ROWS = 20
"""Rows from the top in which merged cells are told: a header may stand in several."""
_BLOCK = 1 << 20
_SUSPICIOUS = (
    b't="e"',
    b"t='e'",
    b"</f></c>",
    b"</f><v/>",
    b"</f><v></v>",
    b"/></c>",
    b"/><v/>",
    b"/><v></v>",
)
"""What stands in every sheet that has an error or a formula without a result; sheets without it are not read twice."""
_LONGEST_SIGN = 16


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
    except _UNREADABLE as error:
        _write(output, {"error": type(error).__name__})
    return 0


_UNREADABLE = (
    python_calamine.CalamineError,
    expat.ExpatError,
    zipfile.BadZipFile,
    OSError,
    ValueError,
    IndexError,
    KeyError,
    NotImplementedError,
)


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
    left = sheet.start[1] if sheet.start else 0
    merges = [
        (top, max(first, left) - left, bottom, last - left) for top, first, bottom, last in _merges(sheet)
    ]
    faults = _faults(path, sheet.name)
    yield {
        "sheets": names,
        "sheet": sheet.name,
        "merges": [each for each in merges if each[0] < HEADED_ROWS],
        "marked": bool(faults) or any(top < bottom for top, _, bottom, _ in merges),
    }
    rows: list[list[Any]] = []
    below = _below(merges)
    beyond: list[list[Any]] = [[]] * (max(faults, default=-1) - (last[0] if sheet.end else -1))
    for number, cells in enumerate(chain(sheet.iter_rows(), beyond)):
        packed = [cell if cell.__class__ in _PLAIN else _packed(cell) for cell in cells]
        for column in below.pop(number, ()):
            if column < len(packed) and packed[column] in (None, ""):
                packed[column] = _MERGED
        for place, text in faults.get(number, {}).items():
            column = max(0, place - left)
            packed += [None] * (column + 1 - len(packed))
            packed[column] = msgspec.msgpack.Ext(FAULT, text.encode())
        rows.append(packed)
        if len(rows) == ROWS_AT_A_TIME:
            yield rows
            rows = []
    if rows:
        yield rows
    yield []


_PLAIN = frozenset({str, float, bool, int})
_MERGED = msgspec.msgpack.Ext(MERGED, b"")


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


def _merges(sheet: python_calamine.CalamineSheet) -> Iterator[tuple[int, int, int, int]]:
    """The merged ranges of a sheet: row, column, last row, last column."""
    for (top, first), (bottom, last) in sheet.merged_cell_ranges or ():
        yield top, first, bottom, last


def _below(merges: list[tuple[int, int, int, int]]) -> dict[int, list[int]]:
    """The cells that belong to one above them: row → columns. Of a range that is wide, only the first column has a value."""
    found: dict[int, list[int]] = {}
    count = 0
    for top, column, bottom, _ in merges:
        count += bottom - top
        if count > MOST_ROWS * 8:
            raise ValueError("merges")
        for row in range(top + 1, bottom + 1):
            found.setdefault(row, []).append(column)
    return found


def _faults(path: str, name: str) -> Mapping[int, Mapping[int, str]]:
    """The cells that hold an error, and those whose formula has no result: row → column → text of the error."""
    with zipfile.ZipFile(path) as package:
        inside = _part_of(package, name)
        with package.open(inside) as part:
            if not _is_suspicious(part):
                return {}
        finder = _Faults()
        with package.open(inside) as part:
            _parse(part, finder.start, finder.end, finder.text)
        return finder.found


def _is_suspicious(part: IO[bytes]) -> bool:
    tail = b""
    is_first = True
    while block := part.read(_BLOCK):
        text = tail + block
        if (is_first and b":worksheet" in text) or any(sign in text for sign in _SUSPICIOUS):
            return True
        tail, is_first = text[-_LONGEST_SIGN:], False
    return False


def _part_of(package: zipfile.ZipFile, name: str) -> str:
    """Where in the workbook a sheet lies."""
    workbook = "xl/workbook.xml"
    for kind, given in _elements(package, "_rels/.rels"):
        if kind == "Relationship" and given.get("Type", "").endswith("/officeDocument"):
            workbook = posixpath.normpath(given["Target"].lstrip("/"))
    wanted = next(
        value
        for kind, given in _elements(package, workbook)
        if kind == "sheet" and given.get("name") == name
        for key, value in given.items()
        if key.rpartition(" ")[2] == "id" and " " in key
    )
    folder, base = posixpath.split(workbook)
    for kind, given in _elements(package, f"{folder}/_rels/{base}.rels"):
        if kind == "Relationship" and given.get("Id") == wanted:
            target = given["Target"]
            return posixpath.normpath(target.lstrip("/") if target.startswith("/") else f"{folder}/{target}")
    raise KeyError(name)


def _elements(package: zipfile.ZipFile, name: str) -> list[tuple[str, dict[str, str]]]:
    found: list[tuple[str, dict[str, str]]] = []
    with package.open(name) as part:
        _parse(part, lambda kind, given: found.append((kind, given)), lambda kind: None, lambda text: None)
    return found


def _parse(
    part: IO[bytes],
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    text: Callable[[str], None],
) -> None:
    """Read XML piece by piece, names without their namespaces; a document type is refused, as no workbook has one."""

    def refuse(*_: Any) -> None:
        raise ValueError("DTD")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = lambda kind, given: start(kind.rpartition(" ")[2], given)
    parser.EndElementHandler = lambda kind: end(kind.rpartition(" ")[2])
    parser.CharacterDataHandler = text
    parser.ParseFile(part)


class _Faults:
    """Watches the cells of a sheet go by. Rows and cells that do not say where they stand follow the one before them."""

    def __init__(self) -> None:
        self.found: defaultdict[int, dict[int, str]] = defaultdict(dict)
        self._count = 0
        self._row = self._column = -1
        self._kind = ""
        self._has_formula = self._in_value = False
        self._value: list[str] = []

    def start(self, kind: str, given: dict[str, str]) -> None:
        """An element begins."""
        if kind == "c":
            place = given.get("r")
            self._column = self._column + 1 if place is None else _column(place)
            self._kind, self._has_formula, self._value = given.get("t", "n"), False, []
        elif kind == "f":
            self._has_formula = True
        elif kind == "v":
            self._in_value = True
        elif kind == "row":
            self._row = int(given["r"]) - 1 if "r" in given else self._row + 1
            self._column = -1
            if self._row >= MOST_ROWS:
                raise ValueError("rows")

    def text(self, text: str) -> None:
        """Characters."""
        if self._in_value:
            self._value.append(text)

    def end(self, kind: str) -> None:
        """An element ends."""
        if kind == "v":
            self._in_value = False
        elif kind == "c" and (self._kind == "e" or (self._has_formula and self._kind != "str")):
            value = "".join(self._value).strip()
            if self._kind == "e" or not value:
                self._count += 1
                if self._count > MOST_FAULTS:
                    raise ValueError("faults")
                self.found[self._row][min(self._column, MOST_COLUMNS)] = (
                    (value or "#?")[:40] if self._kind == "e" else ""
                )


def _column(place: str) -> int:
    """The number of the column in a place such as `AB12`."""
    number = 0
    for sign in place:
        if not sign.isalpha():
            break
        number = number * 26 + ord(sign.upper()) - 64
    return number - 1


def _write(output: BinaryIO, message: Any) -> None:
    content = msgspec.msgpack.encode(message)
    output.write(struct.pack(">I", len(content)))
    output.write(content)
    output.flush()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
