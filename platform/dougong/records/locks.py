"""Keeps records that are under approval from being changed by anybody but the workflow."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from dougong.diagnostics import Diagnostic, Refusal
from dougong.records.call import Call
from dougong.records.chunks import chunks, possible_ids
from dougong.records.messages import problem
from dougong.storage.system import INSTANCE


def locked_ids(call: Call, key: str, identifiers: Sequence[int]) -> frozenset[int]:
    """Which of the records a running approval has locked; none for the workflow itself."""
    if call.door == "workflow" or not identifiers:
        return frozenset()
    found: set[int] = set()
    for chunk in chunks(possible_ids(identifiers)):
        statement = select(INSTANCE.c.record_id).where(
            INSTANCE.c.entity == key,
            INSTANCE.c.record_id.in_(chunk),
            INSTANCE.c.state == "running",
            INSTANCE.c.locks,
        )
        found.update(call.connection.execute(statement).scalars())
    return frozenset(found)


def refuse_locked(call: Call, key: str, identifiers: Sequence[int]) -> None:
    """Refuse when any of the records is locked."""
    if locked_ids(call, key, identifiers):
        raise Refusal("conflict", [record_locked(call)])


def record_locked(call: Call) -> Diagnostic:
    """The problem that a record is locked, with what can be done about it."""
    hint = (
        "先撤回审批，或等待审批结束"
        if call.language == "zh"
        else "withdraw the approval first, or wait for its end"
    )
    return problem(call.language, "record_locked", hint=hint)
