"""How an import is to be done, and the same as data, so that an interrupted one goes on as it began."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, cast

from dougong.fieldtypes.base import Habits
from dougong.records.reading import DETECTED, Layout

MODES: tuple[str, ...] = ("add", "update", "upsert")

DateOrder = Literal["", "mdy", "dmy", "ymd"]
DecimalMark = Literal["", ".", ","]
SerialDates = Literal["", "1900", "1904"]
BarePercent = Literal["", "percent", "fraction"]


@dataclass(frozen=True, slots=True)
class ColumnHabits:
    """How the writer of one column writes dates and numbers; what is empty is found out from the column."""

    date_order: DateOrder = ""
    decimal_mark: DecimalMark = ""
    serial_dates: SerialDates = ""
    bare_percent: BarePercent = ""

    def over(self, base: Habits) -> Habits:
        """The same, completed by other habits."""
        return Habits(
            base.language,
            base.timezone,
            self.date_order or base.date_order,
            self.decimal_mark or base.decimal_mark,
            self.bare_percent or base.bare_percent,
            self.serial_dates or base.serial_dates,
        )


HABITS: Mapping[str, tuple[str, ...]] = {
    "date_order": ("mdy", "dmy", "ymd"),
    "decimal_mark": (".", ","),
    "serial_dates": ("1900", "1904"),
    "bare_percent": ("percent", "fraction"),
}
"""What may be said about a column."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to import. `mapping`: header → field path (None leaves the column out); headers not named there are found by themselves.

    `match`: the fields by which lines find the records that they update; `constants`: field path → the text that every record
    gets there; `keep_empty`: an empty cell says nothing instead of emptying the field; `habits`: header → how it is written;
    `skip_cells`: a cell that cannot be read is left out and reported instead of refusing its record; only an admin may ask for
    `keep_numbers`: new records keep the serial numbers that the file gives them, and `keep_origin`: and when and by whom they were
    created.
    """

    mode: str = "add"
    match: tuple[str, ...] = ()
    mapping: Mapping[str, str | None] = field(default_factory=dict)
    dry_run: bool = False
    layout: Layout = DETECTED
    habits: Mapping[str, ColumnHabits] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    keep_empty: bool = False
    keep_numbers: bool = False
    keep_origin: bool = False
    skip_cells: bool = False
    attachments: str = ""

    def document(self) -> dict[str, Any]:
        """The options as JSON."""
        return asdict(self)


def options_from(document: Mapping[str, Any]) -> Options:
    """The options that `document` has told."""
    given = dict(document)
    return Options(
        **given
        | {
            "match": tuple(given["match"]),
            "layout": Layout(**given["layout"]),
            "habits": {header: ColumnHabits(**each) for header, each in given["habits"].items()},
        }
    )


def column_habits(given: Mapping[str, str]) -> ColumnHabits:
    """Habits from words of a form or a file; ValueError for a word that is not known."""
    for name, value in given.items():
        if name not in HABITS or (value and value not in HABITS[name]):
            raise ValueError(f"{name}: {value}")
    return ColumnHabits(**cast(Any, dict(given)))
