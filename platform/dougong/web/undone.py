"""What was taken back or numbered again, as data for programs."""

from __future__ import annotations

from typing import Any

from dougong.records.call import Call
from dougong.records.renumber import Renumbering
from dougong.records.undo import Undone, conflict_problem
from dougong.web.problems import diagnostic_document


def undone_document(call: Call, done: Undone) -> dict[str, Any]:
    """What was taken back, and what was left alone with the reason."""
    conflicts = [
        {
            "entity": each.key,
            "id": str(each.id),
            "reason": each.reason,
            "fields": list(each.fields),
            **diagnostic_document(conflict_problem(call, each), call.language),
        }
        for each in done.conflicts[:1000]
    ]
    return {
        "batch": done.batch,
        "deleted": done.deleted,
        "restored": done.restored,
        "skipped": done.skipped,
        "conflicts": conflicts,
    }


def renumbering_document(found: Renumbering, batch: str | None = None) -> dict[str, Any]:
    """What changes, with the first changes, and the batch under which they stand in the history."""
    first = [{"id": str(each.id), "before": each.before, "after": each.after} for each in found.first]
    return {"records": found.records, "changed": len(found.changed), "first": first, "batch": batch}
