"""What a plan counted beside what applying it did."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dougong.model.field import Field
from dougong.storage.operations import (
    AddColumn,
    ChangeType,
    CopyFromLinks,
    CopyToLinks,
    FillValues,
    MakeRecords,
    RemoveColumn,
    RemoveTable,
    TightenField,
)
from dougong.storage.plan import Plan, Step

Rows = Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass
class _Expected:
    """How many values a column must hold after applying, by what the plan counted."""

    kept: int = 0
    filled: int = 0
    aside: int = 0
    is_partial: bool = False
    """Lists may lose some of their items."""


def compare_counts(plan: Plan, before: Rows, after: Rows) -> None:
    """Every count of every step is what happened."""
    expected: dict[tuple[str, str], _Expected] = {}
    for step in plan.steps:
        operation, impact = step.operation, step.impact
        assert impact.failing == 0
        old = before[operation.before.key] if operation.before and operation.before.key in before else []
        if isinstance(operation, ChangeType):
            assert impact.touched == _filled(old, operation.former.field)
            expected[operation.table.key, operation.column.field] = _Expected(kept=impact.touched)
        elif isinstance(operation, FillValues):
            own = expected.setdefault((operation.table.key, operation.column.field), _Expected())
            own.aside += impact.aside
            own.is_partial |= operation.former is not None and operation.former.kind == "json"
            own.filled += impact.touched if operation.reason in {"added", "empty"} else 0
        else:
            _compare_step(step, old, after)
    for (key, field), counted in expected.items():
        if not counted.is_partial:
            assert _filled(after[key], field) == counted.kept + counted.filled - counted.aside, (key, field)


def _compare_step(step: Step, old: Sequence[Mapping[str, Any]], after: Rows) -> None:
    operation, impact = step.operation, step.impact
    if isinstance(operation, RemoveColumn):
        assert impact.touched == _filled(old, operation.column.field)
        is_kept = operation.is_moved or operation.is_worked_out
        assert impact.lost == (0 if is_kept else impact.touched)
    elif isinstance(operation, RemoveTable) and operation.table.kind != "search":
        assert impact.touched == len(old)
        assert impact.lost == (0 if operation.is_moved else impact.touched)
    elif isinstance(operation, CopyToLinks):
        assert impact.touched == len(after[operation.table.key])
    elif isinstance(operation, CopyFromLinks):
        assert impact.touched == _filled(after[operation.table.key], operation.column.field)
    elif isinstance(operation, MakeRecords):
        assert impact.touched == _filled(after[operation.table.key], "deleted_at")
        assert len(after[operation.table.key]) == len(old)
    elif isinstance(operation, AddColumn) and (operation.numbered or operation.default is not None):
        found = after[operation.table.key]
        assert impact.touched == len(old) == _filled(found, operation.column.field)
        if operation.numbered:
            assert len({row[operation.column.field] for row in found}) == len(found)


def compare_tightened(plan: Plan, data: Rows) -> None:
    """The rows that a plan counts against tighter rules are those that break them."""
    for step in plan.steps:
        operation = step.operation
        if isinstance(operation, TightenField) and not operation.mended and operation.before is not None:
            rows = [row for row in data[operation.before.key] if row.get("deleted_at") is None]
            broken = [row["id"] for row in rows if _breaks(row[operation.former.field], operation.new_field)]
            assert step.impact.failing == len(broken)
            assert step.impact.first == tuple(broken[:10])
            assert bool(broken) == bool(step.offers)


def _breaks(value: Any, field: Field) -> bool:
    if value is None:
        return False
    if isinstance(value, str):
        longest = field.max_length or len(value)
        return len(value) > longest or bool(field.pattern and not re.fullmatch(field.pattern, value))
    low, high = field.minimum, field.maximum
    return (isinstance(low, Decimal) and value < low) or (isinstance(high, Decimal) and value > high)


def _filled(rows: Sequence[Mapping[str, Any]], field: str) -> int:
    return sum(row[field] is not None for row in rows)
