"""Cuts long lists of parameters into pieces that every database takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

Item = TypeVar("Item")

CHUNK = 500
_LARGEST = 2**63 - 1


def possible_ids(identifiers: Iterable[int]) -> list[int]:
    """Those of the numbers that can be an id; no database takes larger ones."""
    return [each for each in identifiers if 0 < each <= _LARGEST]


def chunks(items: Sequence[Item], size: int = CHUNK) -> Iterator[Sequence[Item]]:
    """The items in order, in pieces of at most `size`."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
