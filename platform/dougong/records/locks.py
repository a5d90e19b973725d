"""Keeps records that are under approval from being changed by anybody but the workflow."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, select

from dougong.diagnostics import Diagnostic, Refusal
from dougong.records.call import Call
from dougong.records.chunks import possible_ids
from dougong.records.messages import problem
from dougong.storage.statements import Statement, among
from dougong.storage.system import INSTANCE

_RUNNING = {
    dialect: Statement(
        select(INSTANCE.c.record_id).where(
            INSTANCE.c.entity == bindparam("key", type_=INSTANCE.c.entity.type),
            among(INSTANCE.c.record_id, "ids", dialect),
            INSTANCE.c.state == "running",
            INSTANCE.c.locks,
        ),
        dialect,
    )
    for dialect in ("sqlite", "postgresql")
}


def locked_ids(call: Call, key: str, identifiers: Sequence[int]) -> frozenset[int]:
    """Which of the records a running approval has locked; none for the workflow itself."""
    if call.door == "workflow" or not identifiers:
        return frozenset()
    rows = _RUNNING[call.dialect].rows(call.connection, {"key": key, "ids": possible_ids(identifiers)})
    return frozenset(row[0] for row in rows)


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
