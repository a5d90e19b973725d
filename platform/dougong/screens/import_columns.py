"""The columns of a file on the screen of an import: where each goes, how it is written, and how the file was read."""

from __future__ import annotations

from collections.abc import Sequence

from dougong.records.delimited import ENCODINGS
from dougong.records.import_options import ColumnHabits
from dougong.records.preview import ColumnPreview
from dougong.records.reading import Layout
from dougong.screens.shape import Choice, ImportChoice, ImportColumn
from dougong.screens.texts import text

_HABITS: dict[str, tuple[str, ...]] = {
    "date": ("date_order:mdy", "date_order:dmy", "date_order:ymd", "serial_dates:1900", "serial_dates:1904"),
    "number": ("decimal_mark:.", "decimal_mark:,"),
    "percent": ("bare_percent:percent", "bare_percent:fraction", "decimal_mark:,"),
}
_WORDS = {
    "date_order:mdy": "habit_mdy",
    "date_order:dmy": "habit_dmy",
    "date_order:ymd": "habit_ymd",
    "serial_dates:1900": "habit_1900",
    "serial_dates:1904": "habit_1904",
    "decimal_mark:.": "habit_point",
    "decimal_mark:,": "habit_comma",
    "bare_percent:percent": "habit_percent",
    "bare_percent:fraction": "habit_fraction",
}
_DELIMITERS = {",": ",", ";": ";", "\t": "tab", "|": "|"}


def import_column(
    index: int, column: ColumnPreview, choices: tuple[Choice, ...], language: str
) -> ImportColumn:
    """One column with its example, where it goes and how it is read."""
    tone, status = "ok", text("import_known", language)
    if not column.target:
        tone, status = "warn", text("import_unknown", language)
    elif column.problem:
        tone, status = "bad", column.problem
    elif column.unsure:
        tone, status = "warn", text("import_unsure", language)
    habits = tuple(Choice(each, text(_WORDS[each], language)) for each in _HABITS.get(column.kind, ()))
    if habits:
        habits = (Choice("", text("habit_usual", language)), *habits)
    return ImportColumn(
        index,
        column.header,
        column.written,
        choices,
        column.target,
        status,
        tone,
        column.read,
        habits,
        _habit(column.kind, column.habits),
    )


def _habit(kind: str, habits: ColumnHabits) -> str:
    """The choice that says what matters of the habits of a column."""
    for name in {"date": ("serial_dates", "date_order"), "number": ("decimal_mark",)}.get(
        kind, ("bare_percent",) if kind else ()
    ):
        value = getattr(habits, name)
        if value:
            return f"{name}:{value}"
    return ""


def layout_choices(layout: Layout, sheets: Sequence[str], language: str) -> tuple[ImportChoice, ...]:
    """How the file is read, to be chosen anew where the guess was wrong."""
    if sheets:
        if len(sheets) == 1:
            return ()
        options = tuple(Choice(name, name) for name in sheets)
        return (ImportChoice("sheet", text("import_sheet", language), options, layout.sheet),)
    encodings = tuple(Choice(name, name.upper()) for name in ENCODINGS)
    delimiters = tuple(
        Choice(value, text("delimiter_tab", language) if value == "tab" else sign)
        for sign, value in _DELIMITERS.items()
    )
    return (
        ImportChoice("encoding", text("import_encoding", language), encodings, layout.encoding),
        ImportChoice(
            "delimiter",
            text("import_delimiter", language),
            delimiters,
            _DELIMITERS.get(layout.delimiter, ","),
        ),
    )
