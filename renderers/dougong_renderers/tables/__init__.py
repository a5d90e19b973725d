"""Writes exports into files: CSV, XLSX and JSON Lines, row by row, every cell made harmless by the one escaper."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

from dougong.model.sheet import Sheet
from dougong_renderers.tables.csv_ import write_csv
from dougong_renderers.tables.jsonl import write_jsonl
from dougong_renderers.tables.xlsx import write_xlsx

Writer = Callable[[Sheet, BinaryIO], int]

WRITERS: dict[str, Writer] = {"csv": write_csv, "xlsx": write_xlsx, "jsonl": write_jsonl}
"""Format → the function that writes an export to a binary file and returns the number of lines."""

MEDIA_TYPES: dict[str, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jsonl": "application/jsonl; charset=utf-8",
}
