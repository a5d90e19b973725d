"""XLSX with real numbers and dates; texts are texts, whatever they begin with."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, BinaryIO

import xlsxwriter  # type: ignore[import-untyped]

from dougong.fieldtypes.escape import escaped, needs_escape
from dougong.model.sheet import Cell, Heading, Noted, Sheet, Unfitting

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
    """Write the export and return the number of lines below the header; `Unfitting` when a sheet cannot hold them as they are."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(target, options) as book:
        page = book.add_worksheet(sheet.name.translate(_NAME_SIGNS).strip()[:_LONGEST_NAME] or "1")
        formats = _Formats(book, sheet.headings)
        for column, heading in enumerate(sheet.headings):
            page.write_string(0, column, escaped(heading.label), formats.header)
        page.freeze_panes(1, 0)
        count = 0
        for row in sheet.rows:
            count += 1
            if count > _MOST_LINES:
                raise Unfitting(count)
            for column, cell in enumerate(row):
                if not _write(page, count, column, cell, formats):
                    raise Unfitting(count, sheet.headings[column].label)
    return count


class _Formats:
    """The cell formats of one workbook."""

    def __init__(self, book: Any, headings: tuple[Heading, ...]) -> None:
        self.header = book.add_format({"bold": True, "bottom": 1})
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})
        self.text = book.add_format({"quote_prefix": True, "num_format": "@"})
        self.wrong = book.add_format({"bg_color": "#FFC7CE", "font_color": "#9C0006", "quote_prefix": True})
        self.numbers = [self._number(book, heading.decimals) for heading in headings]

    @staticmethod
    def _number(book: Any, decimals: int | None) -> Any:
        digits = "." + "0" * decimals if decimals else ""
        return None if decimals is None else book.add_format({"num_format": f"#,##0{digits}"})


def _write(page: Any, line: int, column: int, cell: Cell, formats: _Formats) -> bool:
    """Write one cell; whether it could hold the whole text."""
    if isinstance(cell, Noted):
        return _write_noted(page, line, column, cell, formats)
    if isinstance(cell, bool):
        page.write_boolean(line, column, cell)
    elif isinstance(cell, (Decimal, int)):
        digits = format(cell, "f") if isinstance(cell, Decimal) else str(cell)
        if _significant(digits) > _MOST_DIGITS:
            page.write_string(line, column, digits, formats.text)
        else:
            page.write_number(line, column, cell, formats.numbers[column])
    elif isinstance(cell, date) and not isinstance(cell, datetime) and cell >= _FIRST_DAY:
        page.write_datetime(line, column, cell, formats.day)
    elif cell is not None:
        text = cell if isinstance(cell, str) else cell.isoformat()
        page.write_string(line, column, text, formats.text if needs_escape(text) else None)
        return _fits(text)
    return True


def _fits(text: str) -> bool:
    """Whether a cell can hold a text; a spreadsheet counts signs beyond the basic ones twice."""
    return len(text) <= _LONGEST_TEXT // 2 or len(text.encode("utf-16-le")) // 2 <= _LONGEST_TEXT


def _significant(number: str) -> int:
    """How many digits a number written in plain digits has between its first and its last that is no zero."""
    digits = number.lstrip("-").replace(".", "")
    return len(digits.strip("0"))


def _write_noted(page: Any, line: int, column: int, cell: Noted, formats: _Formats) -> bool:
    """Mark the cell; its note is shown as a comment, as long as there are not too many for a spreadsheet."""
    value = cell.value
    if isinstance(value, (date, datetime)):
        value = value.isoformat()
    text = format(value, "f") if isinstance(value, Decimal) else "" if value is None else str(value)
    if text:
        page.write_string(line, column, text, formats.wrong)
    else:
        page.write_blank(line, column, None, formats.wrong)
    if line <= _MOST_NOTED:
        page.write_comment(line, column, cell.note[:_LONGEST_NOTE], {"x_scale": 2})
    return _fits(text)
