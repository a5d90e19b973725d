"""Conditions put together into an expression; what does not fit is a finding at its row."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from dougong.compiler.context import BOOLEAN
from dougong.diagnostics import Diagnostic
from dougong.expressions.completion import Surroundings
from dougong.fieldtypes import TYPES
from dougong.fieldtypes.base import Habits, Invalid
from dougong.fieldtypes.operators import Operator
from dougong.model.expression import Expression
from dougong.records.call import Call
from dougong.screens.condition_parts import TODAY, Named, named_fields
from dougong.screens.condition_reading import ANY
from dougong.screens.draft_names import compile_draft
from dougong.screens.shape import ConditionRow
from dougong.web.catalogue import finding

_JOINED = re.compile(r"\b(AND|OR|NOT)\b")


class Unfit(Exception):
    """A row that makes no condition; the finding says why."""

    def __init__(self, finding: Diagnostic) -> None:
        self.finding = finding
        super().__init__(finding.message)


def expression_of(
    call: Call, mode: str, rows: Sequence[ConditionRow], about: Surroundings, path: str
) -> tuple[str, list[Diagnostic]]:
    """The expression that conditions make together, and what is wrong with each of them at `path/number`."""
    named, texts, findings = named_fields(about), list[str](), list[Diagnostic]()
    for number, row in enumerate(rows):
        if not row.field:
            continue
        place = f"{path}/{number}"
        try:
            texts.append(_condition(call, row, named, about, place))
        except Unfit as unfit:
            findings.append(unfit.finding)
    return joined(texts, mode), findings


def joined(texts: Sequence[str], mode: str) -> str:
    """Conditions joined by one word, in brackets where they are more than a comparison."""
    if len(texts) == 1:
        return texts[0]
    word = " OR " if mode == ANY else " AND "
    return word.join(f"({each})" if _JOINED.search(each) else each for each in texts)


def _condition(
    call: Call, row: ConditionRow, named: Mapping[str, Named], about: Surroundings, place: str
) -> str:
    each = named.get(row.field)
    if each is None:
        raise Unfit(finding("W440", place, name=row.field[:60]))
    operators = {operator.id: operator for operator in TYPES[each.field.type].operators}
    operator = operators.get(row.operator)
    if operator is None:
        raise Unfit(finding("W441", place, label=_label(each, call)))
    text = operator.condition(each.name, _literals(call, row, each, operator, place))
    outcome = compile_draft(about, text, BOOLEAN, place)
    if not isinstance(outcome, Expression):
        raise Unfit(outcome[0])
    return text


def _label(each: Named, call: Call) -> str:
    return each.field.label.get(call.language)


def _literals(call: Call, row: ConditionRow, each: Named, operator: Operator, place: str) -> tuple[str, ...]:
    """The operands as an expression writes them."""
    if operator.arity == 0:
        return ()
    if row.against and operator.arity == 1:
        if row.against != TODAY and not re.fullmatch(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?", row.against):
            raise Unfit(finding("W440", place, name=row.against[:60]))
        return (row.against,)
    typed = [value.strip() for value in row.values if value.strip()]
    if operator.arity < 0 and len(typed) == 1 and not typed[0].startswith("="):
        typed = [part.strip() for part in re.split("[,，;；、]", typed[0]) if part.strip()]
    words = [word for value in typed for word in _literal(call, each, value, place)]
    if not words or (operator.arity > 0 and len(words) != operator.arity):
        code = "W443" if operator.arity == 2 else "W442"
        raise Unfit(finding(code, place, label=_label(each, call)))
    return tuple(words)


def _literal(call: Call, each: Named, value: str, place: str) -> tuple[str, ...]:
    """One value as an expression writes it; behind `=` it is an expression itself."""
    if value.startswith("="):
        return (value[1:].strip(),)
    kind = TYPES[each.field.type]
    try:
        parsed = kind.parse(value, each.field, Habits(call.language, ZoneInfo(call.timezone)))
    except Invalid as error:
        raise Unfit(error.problem.diagnostic(place, call.language)) from error
    return () if parsed is None else kind.literals(parsed, each.field)
