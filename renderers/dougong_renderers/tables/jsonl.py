"""JSON Lines: one record a line, as the API gives it."""

from __future__ import annotations

from typing import BinaryIO

import msgspec

from dougong.model.sheet import Sheet


def write_jsonl(sheet: Sheet, target: BinaryIO) -> int:
    """Write the export and return the number of lines."""
    encoder = msgspec.json.Encoder()
    count = 0
    for record in sheet.records:
        target.write(encoder.encode(record) + b"\n")
        count += 1
    return count
