"""The lines that an import could not take, with the reasons, as a table ready to be corrected and imported again."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence, Set
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
from dougong.records.marked import Merged, plain_cell
from dougong.records.messages import refuse
from dougong.records.reading import Line, open_table
from dougong.storage.release import Release


def failed_lines(
    connection: Connection,
    release: Release,
    import_id: int,
    path: Path,
    language: str,
    state: str = import_log.FAILED,
) -> Sheet:
    """The lines of the file that failed, or that are in without some cells, with the columns they came in.

    Each wrong cell is noted, and the reasons stand in a column of their own.

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
    tables = {each.id for each in release.entity(row["entity"]).fields.values() if each.type == "table"}
    inner = {place for field, place in places.items() if field.partition(".")[0] in tables}
    reason = REASON[0] if language == "zh" else REASON[1]
    headings = tuple(Heading(title, title) for title in (*header, reason))

    def rows() -> Iterator[list[Cell]]:
        with open_table(path, row["name"], language, layout) as reading:
            wanted = import_log.failures(connection, import_id, None, state)
            yield from _rows(reading.lines, wanted, places, inner, len(header))

    return Sheet(row["name"], headings, rows(), iter(()))


def _rows(
    lines: Iterator[Line],
    wanted: Iterator[tuple[int, Failure]],
    places: Mapping[str, int],
    inner: Set[int],
    width: int,
) -> Iterator[list[Cell]]:
    for last, failure in wanted:
        for line in lines:
            if line.number >= failure.line:
                break
        else:
            return
        entry = [line]
        while line.number < last:
            line = next(lines)
            entry.append(line)
        notes = _notes(failure, entry, places)
        for number, each in enumerate(entry):
            reasons = None if number else _reasons(failure)
            whole = inner if number else range(width)
            yield [*_cells(each, width, notes.get(number, {}), whole), reasons]


def _notes(failure: Failure, entry: Sequence[Line], places: Mapping[str, int]) -> dict[int, dict[int, str]]:
    """What is wrong, by the line of the entry and the place in it: `lines/2/price` stands in the third line that has any lines."""
    notes: dict[int, dict[int, list[str]]] = {}
    for each in failure.problems:
        path, row = _split(each.path)
        place = places.get(path)
        if place is not None:
            line = _line_of(entry, path.partition(".")[0], row, places) if row is not None else 0
            notes.setdefault(line, {}).setdefault(place, []).append(each.message)
    return {
        line: {place: "\n".join(dict.fromkeys(texts)) for place, texts in found.items()}
        for line, found in notes.items()
    }


def _split(path: str) -> tuple[str, int | None]:
    """A path of a problem as a mapping names it, and the row of the sub-table."""
    parts = path.split("/")
    rows = [int(part) for part in parts if part.isdigit()]
    return ".".join(part for part in parts if not part.isdigit()), rows[0] if rows else None


def _line_of(entry: Sequence[Line], table: str, row: int, places: Mapping[str, int]) -> int:
    """The line of an entry in which that row of a sub-table stands."""
    inside = [place for path, place in places.items() if path.startswith(f"{table}.")]
    filled = [
        number
        for number, line in enumerate(entry)
        if any(
            place < len(line.cells) and plain_cell(line.cells[place]) not in (None, "") for place in inside
        )
    ]
    return filled[row] if row < len(filled) else 0


def _cells(line: Line, width: int, notes: Mapping[int, str], whole: Container[int]) -> list[Cell]:
    """The cells of a line; of those merged with the line above only the `whole` ones, so that an entry of several stays one."""
    cells = [*line.cells[:width], *[None] * (width - len(line.cells))]
    plain = [
        None if cell.__class__ is Merged and place not in whole else _cell(plain_cell(cell))
        for place, cell in enumerate(cells)
    ]
    return [Noted(cell, notes[place]) if place in notes else cell for place, cell in enumerate(plain)]


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
