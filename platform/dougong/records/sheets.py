"""Reads the sheets of workbooks, in a process of their own whose memory and time are limited."""

from __future__ import annotations

import struct
import subprocess  # nosec B404 - our own reader, in a process that may fail alone
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import IO, Any

import msgspec

from dougong.diagnostics import Refusal
from dougong.records import sheet_child
from dougong.records.marked import MERGED, Fault, Merged, plain_cell
from dougong.records.messages import refuse
from dougong.storage.archive import Limits, open_archive

MOST_MEMORY = 3 << 30
"""The address space of the reading process; a workbook that needs more is refused with the advice to save it as CSV."""
MOST_SECONDS = 600
WORKBOOK = Limits(total=1 << 30, member=1 << 30, count=5_000, ratio=400)
_LARGEST_FRAME = 256 << 20


@dataclass(frozen=True, slots=True)
class OpenSheet:
    """A sheet that is being read: the names of all sheets of the workbook, its own, and its rows with their numbers.

    `merges` are the merged ranges at the top, (row, column, last row, last column) from 0 on; `marked` says that cells may be
    `Merged` or a `Fault`.
    """

    names: tuple[str, ...]
    name: str
    rows: Iterator[tuple[int, Sequence[Any]]]
    merges: tuple[tuple[int, ...], ...]
    marked: bool


@contextmanager
def open_sheet(path: Path, wanted: str, language: str, memory: int = MOST_MEMORY) -> Iterator[OpenSheet]:
    """Open a sheet by its name, or the first one; refuses damaged files, bombs and sheets that are too large."""
    _check_package(path, language)
    script = str(Path(sheet_child.__file__))
    command = [sys.executable, "-I", script, str(path), wanted, str(memory), str(MOST_SECONDS)]
    with subprocess.Popen(  # nosec B603 - a fixed program, no shell
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as child:
        try:
            source = _Source(child, language)
            about = source.next()
            if not isinstance(about, dict):
                refuse("invalid", language, "import_format", value=path.suffix)
            if about.get("error") == "sheet":
                known = ", ".join(about.get("sheets", ()))
                refuse("invalid", language, "import_sheet", name=wanted, known=known)
            if about.get("error") == "size":
                refuse("too_large", language, "import_too_large")
            if "error" in about:
                refuse("invalid", language, "import_format", value=str(about["error"]))
            merges = tuple(tuple(each) for each in about["merges"])
            rows = _filled_down(_rows(source)) if about["marked"] else _rows(source)
            yield OpenSheet(tuple(about["sheets"]), about["sheet"], rows, merges, about["marked"])
        finally:
            child.kill()


def _check_package(path: Path, language: str) -> None:
    """Unpack the file once without keeping anything, so that a bomb is found before a reader meets it."""
    try:
        with path.open("rb") as file:
            package = open_archive(file, WORKBOOK)
            for name in package.names:
                for _ in package.chunks(name):
                    pass
    except Refusal as refusal:
        if refusal.kind == "too_large":
            refuse("too_large", language, "import_too_large")
        refuse("invalid", language, "import_format", value=refusal.problems[0].message)


class _Source:
    """What the child writes, message by message; its death is a refusal, never a trace."""

    def __init__(self, child: subprocess.Popen[bytes], language: str) -> None:
        assert child.stdout is not None
        self.language = language
        self._output: IO[bytes] = child.stdout
        self._decoder = msgspec.msgpack.Decoder(ext_hook=_unpacked)

    def next(self) -> Any:
        """The next message."""
        head = self._output.read(4)
        size = struct.unpack(">I", head)[0] if len(head) == 4 else 0
        content = self._output.read(size) if 0 < size <= _LARGEST_FRAME else b""
        if not content or len(content) != size:
            refuse("too_large", self.language, "import_sheet_limits")
        return self._decoder.decode(content)


def _rows(source: _Source) -> Iterator[tuple[int, Sequence[Any]]]:
    number = 0
    while rows := source.next():
        if isinstance(rows, dict):
            refuse("invalid", source.language, "import_format", value=str(rows.get("error")))
        for cells in rows:
            number += 1
            yield number, cells


def _filled_down(rows: Iterator[tuple[int, Sequence[Any]]]) -> Iterator[tuple[int, Sequence[Any]]]:
    """The rows, with what stands in the first of merged cells in those below it."""
    above: Sequence[Any] = ()
    for number, cells in rows:
        filled = [_below(above, column) if cell is MERGED else cell for column, cell in enumerate(cells)]
        yield number, filled
        above = filled


def _below(above: Sequence[Any], column: int) -> Merged | None:
    value = plain_cell(above[column]) if column < len(above) else None
    return None if value is None or value == "" else Merged(value)


def _unpacked(code: int, content: memoryview) -> Any:
    if code == sheet_child.MERGED:
        return MERGED
    written = bytes(content).decode()
    if code == sheet_child.FAULT:
        return Fault(written)
    if code == sheet_child.MOMENT:
        return datetime.fromisoformat(written)
    if code == sheet_child.DAY:
        return date.fromisoformat(written)
    if code == sheet_child.CLOCK:
        return time.fromisoformat(written)
    return timedelta(seconds=float(written))
