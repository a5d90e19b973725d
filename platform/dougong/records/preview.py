"""Shows how the columns of a file would be read, before anything is done: where each goes, and an example as it is written and read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from dougong.fieldtypes import TYPES
from dougong.fieldtypes.base import Habits, Invalid
from dougong.records.call import Call
from dougong.records.habits import DATES, NUMBERS, UNKNOWN, Found, find_habits
from dougong.records.import_options import ColumnHabits
from dougong.records.mapping import Column, propose_columns
from dougong.records.marked import Fault, plain_cell
from dougong.records.reading import Line
from dougong.records.shape import Shape

_EXAMPLES = 200


@dataclass(frozen=True, slots=True)
class ColumnPreview:
    """One column of a file. `kind`: date | number | percent | "" says what habits matter; `unsure` that a person should look.

    `written` is an example from the file, `read` what it becomes, `problem` why it cannot be read.
    """

    header: str
    target: str = ""
    kind: str = ""
    written: str = ""
    read: str = ""
    problem: str = ""
    unsure: bool = False
    habits: ColumnHabits = UNKNOWN


def preview(
    call: Call,
    shape: Shape,
    header: Sequence[str],
    head: Sequence[Line],
    mapping: Mapping[str, str | None],
    habits: Mapping[str, ColumnHabits],
) -> tuple[ColumnPreview, ...]:
    """What is known of every column from the first lines; `mapping` and `habits` are what a person has said already."""
    columns = {column.index: column for column in propose_columns(call, shape, header, mapping)}
    found = find_habits(list(columns.values()), head)
    return tuple(
        _one(call, title, index, columns.get(index), head, found.get(index), habits.get(title))
        for index, title in enumerate(header)
    )


def _one(
    call: Call,
    title: str,
    index: int,
    column: Column | None,
    head: Sequence[Line],
    found: Found | None,
    given: ColumnHabits | None,
) -> ColumnPreview:
    cells = [line.cells[index] for line in head[:_EXAMPLES] if index < len(line.cells)]
    cells = [plain_cell(cell) for cell in cells if cell is not None and cell != ""]
    cells = [cell for cell in cells if cell.__class__ is not Fault] or cells
    example = _telling(cells)
    if column is None:
        return ColumnPreview(title, written=_written(example))
    target = column.path
    kind = _kind(column)
    if not kind or column.field is None or example.__class__ is Fault:
        return ColumnPreview(title, target, written=_written(example))
    base = Habits(language=call.language, timezone=ZoneInfo(call.timezone))
    usual = found or Found()
    effective = (given or UNKNOWN).over(usual.habits.over(base))
    read, problem = "", ""
    try:
        value = TYPES[column.field.type].parse(example, column.field, effective)
        read = TYPES[column.field.type].to_text(value, column.field, call.language, base.timezone)
    except Invalid as error:
        problem = error.problem.message(call.language)
    said = given is not None and given != UNKNOWN
    shown = ColumnHabits(
        effective.date_order,
        effective.decimal_mark,
        effective.serial_dates,
        effective.bare_percent if kind == "percent" else "",
    )
    return ColumnPreview(
        title,
        target,
        kind,
        _written(example),
        read,
        problem,
        bool(example) and usual.unsure and not said,
        shown,
    )


def _kind(column: Column) -> str:
    kind = column.field.type if column.field is not None and not column.joint else ""
    if kind in DATES:
        return "date"
    return "" if kind not in NUMBERS else "percent" if kind == "percent" else "number"


def _telling(cells: Sequence[Any]) -> Any:
    """The longest cell of the first ones tells most about how a column is written."""
    return max(cells, key=lambda cell: len(str(cell)), default="")


def _written(cell: Any) -> str:
    text = format(cell, ".15g") if isinstance(cell, float) else str(cell)
    return text[:80]
