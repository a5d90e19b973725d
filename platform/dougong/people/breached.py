"""Looks a password up in a list of those that are known to have leaked, without reading the list."""

from __future__ import annotations

import hashlib
import mmap
from pathlib import Path

_SUM = 40


def is_breached(path: Path, password: str) -> bool:
    """Whether the SHA-1 sum of a password stands in a file of sums, one a line in their order, each with or without a count
    (`SUM:COUNT`) as such lists are published. Raises OSError when the file cannot be read: a check that was asked for is made."""
    wanted = hashlib.sha1(password.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()
    sought = wanted.upper().encode()
    with path.open("rb") as file:
        if not path.stat().st_size:
            return False
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as lines:
            return _search(lines, sought)


def _search(lines: mmap.mmap, sought: bytes) -> bool:
    """Find a line by halving: from wherever one looks, the line that it is in begins after the last end of line."""
    low, high = 0, len(lines)
    while low < high:
        begin = lines.rfind(b"\n", low, (low + high) // 2) + 1 or low
        found = lines[begin : begin + _SUM].upper()
        if found == sought:
            return True
        end = lines.find(b"\n", begin)
        if found < sought:
            low = len(lines) if end < 0 else end + 1
        else:
            high = begin
    return False
