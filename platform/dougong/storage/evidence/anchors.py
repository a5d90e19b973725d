"""What is given up rightly, as the audit trail says itself: such entries are kept for as long as the chain."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from dougong.storage.system import AUDIT

REDUCED = "history.reduce"
"""The history of records gave up its values: details name the entity and the records."""
REMOVED = "history.remove"
"""History was removed with its records: details hold the ranges of its ids."""
CUT = "audit.cut"
"""Old entries of the audit trail were removed: details name the last id of those that went."""
ANCHORS: tuple[str, ...] = (REDUCED, REMOVED, CUT)


@dataclass(slots=True)
class Given:
    """What was given up."""

    reduced: dict[str, set[int]] = field(default_factory=dict)
    removed: set[int] = field(default_factory=set)
    cut: int = 0

    def may_be_gone(self, source: str, identifier: int) -> bool:
        """Whether an entry need not be there."""
        if source == "audit":
            return identifier <= self.cut
        return source == "history" and identifier in self.removed


def given_up(connection: Connection) -> Given:
    """Everything that the audit trail says was given up."""
    found = Given()
    statement = select(AUDIT.c.action, AUDIT.c.details).where(AUDIT.c.action.in_(ANCHORS))
    for action, details in connection.execute(statement):
        if action == REDUCED:
            found.reduced.setdefault(details["entity"], set()).update(details["records"])
        elif action == REMOVED:
            for first, last in details["entries"]:
                found.removed.update(range(first, last + 1))
        else:
            found.cut = max(found.cut, details["through"])
    return found


def as_ranges(ids: Iterable[int]) -> list[list[int]]:
    """Ids as ranges of neighbours, in order."""
    found: list[list[int]] = []
    for each in sorted(ids):
        if found and found[-1][1] == each - 1:
            found[-1][1] = each
        else:
            found.append([each, each])
    return found
