"""The file of the lines that an import could not take, with the reasons, ready to be corrected and imported again."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dougong.fieldtypes.escape import escaped
from dougong.records.cells import Entry
from dougong.records.reading import Line


class FailedLines:
    """Writes the lines as they came, with the reasons in a column of their own; without a line there is no file."""

    def __init__(self, path: Path | None, header: Sequence[str], language: str) -> None:
        self._path, self._header = path, header
        self._reason = "失败原因" if language == "zh" else "Reason"
        self._file: Any = None
        self._writer: Any = None

    def __enter__(self) -> FailedLines:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def write(self, entries: Sequence[Entry]) -> None:
        """Add the lines of the entries that have problems."""
        for entry in entries:
            if entry.problems and self._path is not None:
                if self._writer is None:
                    self._file = self._path.open("w", encoding="utf-8-sig", newline="")
                    self._writer = csv.writer(self._file)
                    self._writer.writerow([*map(escaped, self._header), self._reason])
                for position, line in enumerate(entry.lines):
                    self._writer.writerow([*self._cells(line), _reasons(entry) if position == 0 else ""])

    def _cells(self, line: Line) -> list[str]:
        cells = ["" if cell is None else escaped(str(cell)) for cell in line.cells[: len(self._header)]]
        return cells + [""] * (len(self._header) - len(cells))


def _reasons(entry: Entry) -> str:
    return escaped(
        "; ".join(
            f"{found.path}: {found.message}" if found.path else found.message for found in entry.problems
        )
    )
