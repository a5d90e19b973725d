"""What a change of the company's calendar sets off: stored formulas that go by it are computed again in the background."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from dougong.people.actor import SYSTEM
from dougong.records.call import Call, as_actor
from dougong.records.company_days import formulas_by_calendar, recompute
from dougong.screens.texts import counted, text
from dougong.web.working import Ended, Working, order

RECOMPUTE = "calendar"
PATH = "/calendar"


def order_recomputing(call: Call) -> int:
    """Have the formulas that go by the calendar computed again, once it is committed; 0 where there are none."""
    if not formulas_by_calendar(call.release):
        return 0
    return order(call, RECOMPUTE, text("calendar_recompute", call.language), PATH, {}, lock=RECOMPUTE)


def compute_again(working: Working) -> None:
    """Compute them, some records at a time, as the platform itself: what a formula reads is not limited by anybody's rights."""

    @contextmanager
    def opened() -> Iterator[Call]:
        with working.writing() as call:
            yield as_actor(call, SYSTEM)

    changed = recompute(opened)
    said = counted("calendar_recomputed", changed, working.language)
    with working.writing() as call:
        working.end(call.connection, Ended(said, PATH, {"changed": changed}))
