"""Whether the reader may do something with one certain record."""

from __future__ import annotations

from collections.abc import Mapping

from dougong.policy.access import access, may
from dougong.records.call import Call
from dougong.records.locks import locked_ids
from dougong.records.selection import Selection
from dougong.records.shape import shape_of
from dougong.screens.shape import Notice
from dougong.screens.texts import text


def may_do(call: Call, key: str, identifier: int, action: str) -> bool:
    """Whether the action is granted on the row where this record stands."""
    answer = access(call.release, call.actor, key, action)
    if not answer.allowed or answer.row_set.is_every:
        return answer.allowed
    return Selection(call, shape_of(call.release, key), action).among([identifier]).count() > 0


def may_many(call: Call, key: str, action: str) -> bool:
    """Whether the action may be done to many records in one act."""
    return all(may(call.release, call.actor, key, each) for each in (action, "batch"))


def locked_notices(locks: Mapping[str, str], language: str) -> tuple[Notice, ...]:
    """What is said at the head of a record that rules keep as it is; `locks` are of `records.rule_states.locks_on`."""
    words = dict.fromkeys(locks.values())
    return tuple(Notice(each or text("rule_locked", language), "warn") for each in words)


def is_locked(call: Call, key: str, identifier: int) -> bool:
    """Whether a running approval keeps the record from being changed."""
    return bool(locked_ids(call, key, [identifier]))
