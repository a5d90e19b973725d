"""A new version of a template under a customer's changes: a three-way merge that never loses a local change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dougong.definitions import edit
from dougong.definitions.edit import EditError
from dougong.definitions.nodes import Data, Path, same


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


@dataclass(frozen=True, slots=True)
class Upgrade:
    """The files after an upgrade, and the conflicts by file; a conflict with an empty path is about the file as a whole."""

    sources: Mapping[str, str]
    conflicts: Mapping[str, tuple[Conflict, ...]]


def merge_sources(base: Mapping[str, str], theirs: Mapping[str, str], ours: Mapping[str, str]) -> Upgrade:
    """The files of an app brought from one version of its template to the next, with the local changes in them.

    A file that only one side changed is taken from it as it is; where both did, our text is changed by what they changed,
    so that our comments and order stay. Files that are no definitions are one thing each.
    """
    merged: dict[str, str] = {}
    conflicts: dict[str, tuple[Conflict, ...]] = {}
    for path in sorted({*base, *theirs, *ours}):
        text, found = _merged_file(path, base.get(path), theirs.get(path), ours.get(path))
        if text is not None:
            merged[path] = text
        if found:
            conflicts[path] = tuple(found)
    return Upgrade(merged, conflicts)


def _merged_file(
    path: str, base: str | None, theirs: str | None, ours: str | None
) -> tuple[str | None, list[Conflict]]:
    if theirs in (base, ours):
        return ours, []
    if base == ours:
        return theirs, []
    whole = [Conflict((), _side(base), _side(theirs), _side(ours))]
    if theirs is None or ours is None or not path.endswith((".yaml", ".json")):
        return ours, whole
    try:
        old = edit.value_at(base, (), path) if base is not None else MISSING
        value, conflicts = merge_three(old, edit.value_at(theirs, (), path), edit.value_at(ours, (), path))
        return (ours if isinstance(value, Missing) else edit.save(ours, value, path)), conflicts
    except EditError:
        return ours, whole


def _side(text: str | None) -> Side:
    return MISSING if text is None else text


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
