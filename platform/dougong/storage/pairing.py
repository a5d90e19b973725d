"""Which recorded thing a wanted one is: the same, renamed by `was:`, or new."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Known:
    """A recorded table or column under its id: its identity, and the former id it was once renamed from."""

    uid: str
    was: str = ""


def pair(recorded: Mapping[str, Known], wanted: Mapping[str, str]) -> dict[str, str]:
    """Pair wanted ids (→ their `was`) with recorded ids; a wanted id that is missing in the answer is new."""
    renamed = _renames(recorded, wanted)
    taken = set(renamed.values())
    same = {name: name for name in wanted if name in recorded and name not in renamed and name not in taken}
    return {**same, **renamed}


def _renames(recorded: Mapping[str, Known], wanted: Mapping[str, str]) -> dict[str, str]:
    """Renames that are still to be done: a `was` that has been followed already is recorded with the thing."""
    pending = {
        name: was
        for name, was in wanted.items()
        if was and was != name and was in recorded and not (name in recorded and recorded[name].was == was)
    }
    while True:
        kept_by_owner = [name for name, was in pending.items() if was in wanted and was not in pending]
        claimed = list(pending.values())
        doubled = [name for name, was in pending.items() if claimed.index(was) != list(pending).index(name)]
        refused = kept_by_owner + doubled
        if not refused:
            return pending
        for name in refused:
            pending.pop(name, None)
