"""The lines that an import could not take, with the reasons, as a table ready to be corrected and imported again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from dougong.model.sheet import Cell, Heading, Noted, Plain, Sheet
from dougong.records import import_log
from dougong.records.import_options import options_from
from dougong.records.importer import Failure
from dougong.records.mapping import REASON
from dougong.records.messages import refuse
from dougong.records.reading import Line, open_table


def failed_lines(connection: Connection, import_id: int, path: Path, language: str) -> Sheet:
    """The lines of the file, with the columns they came in, each wrong cell noted, and the reasons in a column of their own.

    The rows are read while they are written: the connection must stay open until then.
    """
    row = import_log.noted(connection, import_id)
    if row is None or row["options"] is None:
        refuse("missing", language, "unknown_import")
    if not path.is_file():
        refuse("missing", language, "import_file_gone")
    layout = options_from({k: v for k, v in row["options"].items() if k != "language"}).layout
    with open_table(path, row["name"], language, layout) as reading:
        header = reading.header
    places = {field: header.index(title) for title, field in row["mapping"].items() if title in header}
    reason = REASON[0] if language == "zh" else REASON[1]
    headings = tuple(Heading(title, title) for title in (*header, reason))

    def rows() -> Iterator[list[Cell]]:
        with open_table(path, row["name"], language, layout) as reading:
            wanted = import_log.failures(connection, import_id, None)
            yield from _rows(reading.lines, wanted, places, len(header))

    return Sheet(row["name"], headings, rows(), iter(()))


def _rows(
    lines: Iterator[Line], wanted: Iterator[tuple[int, Failure]], places: Mapping[str, int], width: int
) -> Iterator[list[Cell]]:
    for last, failure in wanted:
        for line in lines:
            if line.number >= failure.line:
                break
        else:
            return
        notes = _notes(failure, places)
        yield [*_cells(line, width, notes), _reasons(failure)]
        while line.number < last:
            line = next(lines)
            yield [*_cells(line, width, {}), None]


def _notes(failure: Failure, places: Mapping[str, int]) -> dict[int, str]:
    """What is wrong, by the place of the cell in the line; `lines/2/price` is said at the column of `lines.price`."""
    notes: dict[int, list[str]] = {}
    for each in failure.problems:
        parts = [part for part in each.path.split("/") if not part.isdigit()]
        place = places.get(".".join(parts))
        if place is not None:
            notes.setdefault(place, []).append(each.message)
    return {place: "\n".join(dict.fromkeys(texts)) for place, texts in notes.items()}


def _cells(line: Line, width: int, notes: Mapping[int, str]) -> list[Cell]:
    cells = [*line.cells[:width], *[None] * (width - len(line.cells))]
    return [
        Noted(_cell(cell), notes[place]) if place in notes else _cell(cell)
        for place, cell in enumerate(cells)
    ]


def _cell(cell: Any) -> Plain:
    if cell is None or cell == "":
        return None
    if isinstance(cell, float):
        return Decimal(format(cell, ".15g"))
    return cell if isinstance(cell, (str, bool, int, date, datetime)) else str(cell)


def _reasons(failure: Failure) -> str:
    return "; ".join(
        f"{found.path}: {found.message}" if found.path else found.message for found in failure.problems
    )
