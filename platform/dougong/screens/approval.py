"""The approval that runs on a record: where it stands, its path, and what the reader may do about it."""

from __future__ import annotations

from dataclasses import dataclass

from dougong.records.call import Call
from dougong.records.record import Record
from dougong.screens.rights import is_locked
from dougong.screens.shape import Action, ApprovalBox


@dataclass(frozen=True, slots=True)
class Approval:
    """What a record's page says about approvals."""

    box: ApprovalBox | None = None
    actions: tuple[Action, ...] = ()
    locked: bool = False


def approval_of(call: Call, record: Record) -> Approval:
    """The approvals of a record, as the reader may see them."""
    return Approval(locked=is_locked(call, record.key, record.id))
