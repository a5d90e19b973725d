"""CSV as spreadsheets open it: UTF-8 with its mark, CRLF, labels in the first line."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from decimal import Decimal
from typing import BinaryIO

from dougong.fieldtypes.escape import escaped
from dougong.model.sheet import Cell, Noted, Sheet


def write_csv(sheet: Sheet, target: BinaryIO) -> int:
    """Write the export and return the number of lines below the header."""
    text = io.TextIOWrapper(target, encoding="utf-8-sig", newline="", write_through=False)
    writer = csv.writer(text)
    writer.writerow([escaped(heading.label) for heading in sheet.headings])
    count = 0
    for row in sheet.rows:
        writer.writerow([cell_text(cell) for cell in row])
        count += 1
    text.flush()
    text.detach()
    return count


def cell_text(cell: Cell) -> str:
    """A cell as text that no spreadsheet takes for a formula."""
    if isinstance(cell, Noted):
        cell = cell.value
    if cell is None:
        return ""
    if isinstance(cell, str):
        return escaped(cell)
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, Decimal):
        return format(cell, "f")
    return cell.isoformat() if isinstance(cell, (date, datetime)) else str(cell)
