"""Every kind of work that can be ordered, and the task that does it."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType

from sqlalchemy import Connection

from dougong.jobs import Task
from dougong.storage.plan import Plan
from dougong.storage.release import Releases
from dougong.web import calendar_work, changing, changing_many, handing_over, rosters, taking_back, working
from dougong.web.working import Kinds

KINDS: Kinds = MappingProxyType(
    {
        calendar_work.RECOMPUTE: calendar_work.compute_again,
        changing.PUBLISH: changing.publish,
        changing.ROLL_BACK: changing.roll_back,
        changing.UPGRADE: changing.upgrade,
        changing_many.CHANGE_MANY: changing_many.change_all,
        handing_over.HAND_OVER: handing_over.hand_over,
        handing_over.TAKE_BACK: handing_over.take_back,
        rosters.KIND: rosters.bring,
        taking_back.UNDO: taking_back.take_back,
        taking_back.UNDO_IMPORT: taking_back.take_import_back,
        taking_back.RENUMBER: taking_back.number_again,
        taking_back.PREVIEW: taking_back.look_at_numbers,
    }
)


def task(releases: Releases, afterwards: Callable[[Connection, Plan], None]) -> Task:
    """The background task for all of them."""
    return working.task(releases, afterwards, KINDS)
