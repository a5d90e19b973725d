"""Tries an expression on one record: what it gives there, as far as who asks may see what it reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from dougong.diagnostics import Diagnostic
from dougong.expressions import compile_expression
from dougong.expressions.virtual import expanded
from dougong.fieldtypes import TYPES
from dougong.fieldtypes.base import Invalid
from dougong.model.expression import Expression, Type, Value
from dougong.model.field import Field
from dougong.policy.access import access
from dougong.records.call import Call
from dougong.records.cost import check_cost
from dougong.records.evaluation import Evaluation
from dougong.records.messages import problem
from dougong.records.query import Query, list_records
from dougong.records.read import read
from dougong.records.scope import entity_finder, scope_for

OFFERED = 8


@dataclass(frozen=True, slots=True)
class Tried:
    """The record that was taken, those on offer as (id, title), and what came out: a text ("" = empty), or why there is none."""

    record: int = 0
    records: tuple[tuple[int, str], ...] = ()
    text: str = ""
    problem: Diagnostic | None = None


def try_on(
    call: Call, key: str, text: str, expect: Type | None, field: Field | None = None, record: int = 0
) -> Tried:
    """What an expression gives for a record that the actor may read, the one changed last where none is named.

    Only what the actor may read of that record and of others goes into it, so that nothing can be learned by trying.
    """
    page = list_records(call, key, Query(sort="-updated_at", limit=OFFERED))
    offered = tuple((each.id, each.title) for each in page.rows)
    chosen = record or (offered[0][0] if offered else 0)
    if not chosen:
        return Tried(problem=problem(call.language, "try_no_record"))
    compiled = compile_expression(text, scope_for(call, key), expect=expect, path="text")
    if not isinstance(compiled, Expression):
        return Tried(chosen, offered, problem=problem(call.language, "try_unknown"))
    check_cost(compiled, call.language, "text")
    found = read(call, key, chosen)
    if chosen not in dict(offered):
        offered = (*offered, (chosen, found.title))
    if not _sees_all(call, compiled):
        return Tried(chosen, offered, problem=problem(call.language, "try_limited"))
    whole = expanded(compiled, key, entity_finder(call.release), path="text")
    if not isinstance(whole, Expression):
        return Tried(chosen, offered, problem=problem(call.language, "try_unknown"))
    evaluation = Evaluation(call)
    # Names were compiled as this actor may read them; formulas behind them see the whole record.
    values = {**evaluation.related(key, chosen), **found.values, "id": found.id}
    value = evaluation.value(whole, values)
    try:
        return Tried(chosen, offered, shown(call, value, field))
    except Invalid as error:
        return Tried(chosen, offered, problem=error.problem.diagnostic("text", call.language))


def _sees_all(call: Call, expression: Expression) -> bool:
    """Whether the actor may see every record that the expression goes over: a figure over some of them would be another one."""
    keys = {step.entity.partition("/")[0] for road in expression.roads for step in road.steps}
    return all(_open(call, key) for key in keys)


def _open(call: Call, key: str) -> bool:
    rights = access(call.release, call.actor, key, "read")
    return rights.is_open and not rights.veils


def shown(call: Call, value: Value, field: Field | None) -> str:
    """A value as its field would show it, or as values of its kind are written."""
    if value is None:
        return ""
    zone = ZoneInfo(call.timezone)
    if field is not None:
        kind = TYPES[field.type]
        assigned = kind.assign(value, field)
        return "" if assigned is None else kind.to_text(assigned, field, call.language, zone)
    if isinstance(value, bool):
        return {"zh": ("否", "是"), "en": ("No", "Yes")}[call.language][value]
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, tuple | list):
        return ("、" if call.language == "zh" else ", ").join(shown(call, each, None) for each in value)
    return str(value)
