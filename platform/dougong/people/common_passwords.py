"""The passwords that people use most, as short sums: enough to know one again, not to read the list."""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from functools import cache
from pathlib import Path

SIZE = 5
"""Bytes of a sum: of a thousand million other passwords less than five are taken for one of these."""
_FILE = Path(__file__).with_name("common_passwords.bin")


def sum_of(folded: str) -> bytes:
    """The sum by which a password in small letters is known."""
    return hashlib.sha256(folded.encode("utf-8", "surrogatepass")).digest()[:SIZE]


def is_among_the_usual(folded: str) -> bool:
    """Whether a password, in small letters, is one of those that are used most."""
    sums, sought = _sums(), sum_of(folded)
    at = bisect_left(sums, sought)
    return at < len(sums) and sums[at] == sought


@cache
def _sums() -> tuple[bytes, ...]:
    data = _FILE.read_bytes()
    return tuple(data[at : at + SIZE] for at in range(0, len(data), SIZE))
