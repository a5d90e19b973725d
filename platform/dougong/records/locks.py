"""Keeps records that are under approval from being changed by anybody but the workflow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import bindparam, literal_column, select

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
            # Compared with a parameter, SQLite would plan anew each time whether the index of running ones serves.
            INSTANCE.c.state == literal_column("'running'"),
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
    values = {"key": key, "ids": possible_ids(identifiers)}
    return locked_of(call, running_among(call.dialect).rows(call.connection, values))


def running_among(dialect: str) -> Statement:
    """The statement that finds which of the records `ids` of the entity `key` a running approval has locked."""
    return _RUNNING[dialect]


def locked_of(call: Call, rows: Iterable[Sequence[int]]) -> frozenset[int]:
    """The locked records among those that the statement found."""
    return frozenset() if call.door == "workflow" else frozenset(row[0] for row in rows)


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
