"""A new version of a template under a customer's changes: a three-way merge that never loses a local change."""

from __future__ import annotations

from dataclasses import dataclass

from dougong.definitions.edit import same
from dougong.definitions.nodes import Data, Path


@dataclass(frozen=True, slots=True)
class Missing:
    """What stands for a value that one side does not have."""


MISSING = Missing()
Side = Data | Missing


@dataclass(frozen=True, slots=True)
class Conflict:
    """One thing that both sides changed, each in its own way; the merged data keeps `ours`."""

    path: Path
    base: Side
    theirs: Side
    ours: Side


def merge_three(base: Side, theirs: Side, ours: Side) -> tuple[Side, list[Conflict]]:
    """What both sides made of a base, and the conflicts item by item.

    Mappings merge by key; lists and single values are one thing each. What only one side changed, added or removed is taken
    from it; where both did, differently, `ours` is kept and the conflict is listed.
    """
    conflicts: list[Conflict] = []
    return _merged(base, theirs, ours, (), conflicts), conflicts


def _merged(base: Side, theirs: Side, ours: Side, path: Path, conflicts: list[Conflict]) -> Side:
    if _equal(theirs, ours) or _equal(base, theirs):
        return ours
    if _equal(base, ours):
        return theirs
    if isinstance(theirs, dict) and isinstance(ours, dict):
        below = base if isinstance(base, dict) else {}
        return _merged_mapping(below, theirs, ours, path, conflicts)
    conflicts.append(Conflict(path, base, theirs, ours))
    return ours


def _merged_mapping(
    base: dict[str, Data],
    theirs: dict[str, Data],
    ours: dict[str, Data],
    path: Path,
    conflicts: list[Conflict],
) -> dict[str, Data]:
    merged: dict[str, Data] = {}
    for key in _order(base, theirs, ours):
        sides = (base.get(key, MISSING), theirs.get(key, MISSING), ours.get(key, MISSING))
        value = _merged(*sides, (*path, key), conflicts)
        if not isinstance(value, Missing):
            merged[key] = value
    return merged


def _order(base: dict[str, Data], theirs: dict[str, Data], ours: dict[str, Data]) -> list[str]:
    """The keys of both sides: in our order where we changed it, else in theirs, additions of the other side behind the key
    that stands before them there."""
    moved = [key for key in ours if key in base and key in theirs] != [
        key for key in base if key in ours and key in theirs
    ]
    first, second = (ours, theirs) if moved else (theirs, ours)
    ordered = list(first)
    previous = ""
    for key in second:
        if key not in first:
            ordered.insert(ordered.index(previous) + 1 if previous else 0, key)
        previous = key
    return ordered


def _equal(left: Side, right: Side) -> bool:
    if isinstance(left, Missing) or isinstance(right, Missing):
        return isinstance(left, Missing) and isinstance(right, Missing)
    return same(left, right)
