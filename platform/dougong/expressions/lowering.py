"""Spellings that people know from spreadsheets, turned into the few aggregates with a condition that mean the same."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from dougong.diagnostics import nearest
from dougong.expressions.problems import Mistake
from dougong.expressions.syntax import MAX_DECIMALS, MAX_DIGITS, Constant, Invocation, Syntax

OPERATIONS: Mapping[str, str] = {
    "sum": "SUM",
    "avg": "AVERAGE",
    "average": "AVERAGE",
    "min": "MIN",
    "max": "MAX",
    "count": "COUNT",
    "first": "FIRST",
    "last": "LAST",
}
"""What MAPX does with the values it finds."""
_FIGURES = {"SUMIFS": "SUM", "AVERAGEIFS": "AVERAGE", "MINIFS": "MIN", "MAXIFS": "MAX"}
_SINGLE = {"SUMIF": "SUM", "AVERAGEIF": "AVERAGE"}
_COMPARED = re.compile(r"(<>|<=|>=|=|<|>)\s*(.*)", re.DOTALL)
_NUMBER = re.compile(rf"-?[0-9]{{1,{MAX_DIGITS}}}(\.[0-9]{{1,{MAX_DECIMALS}}})?")


def lowered(call: Invocation) -> Invocation:
    """The aggregate that a call stands for; raises Mistake where its arguments do not go together."""
    turned: Callable[[Invocation], Invocation] = _TURNED[call.name]
    found = turned(call)
    return (
        replace(found, where=call.where)
        if call.where is not None and turned not in (_lookup, _ranked)
        else found
    )


def _figure(call: Invocation) -> Invocation:
    """SUMIFS(values, list, criterion, list, criterion …)."""
    values, *criteria = call.arguments
    return Invocation(_FIGURES[call.name], (values, _all_of(call, criteria)), call.position)


def _single(call: Invocation) -> Invocation:
    """SUMIF(list, criterion, [values])."""
    listed, criterion, *values = call.arguments
    condition = _meets(listed, criterion)
    return Invocation(_SINGLE[call.name], ((values or [listed])[0], condition), call.position)


def _count(call: Invocation) -> Invocation:
    """COUNTIFS(list, criterion, list, criterion …)."""
    return Invocation("COUNT", (_all_of(call, call.arguments),), call.position)


def _lookup(call: Invocation) -> Invocation:
    """LOOKUP(value, list, results, [otherwise]): the result of the first row whose value it is."""
    value, listed, results, *otherwise = call.arguments
    condition = Invocation("=", (listed, value), call.position, operator=True)
    found = Invocation("FIRST", (results, condition), call.position, where=call.where)
    return Invocation("COALESCE", (found, *otherwise), call.position) if otherwise else found


def _ranked(call: Invocation) -> Invocation:
    """RANK(number, list, [ascending]): one more than how many are larger, or smaller."""
    number, listed, *ascending = call.arguments
    flag = ascending[0].value if ascending and isinstance(ascending[0], Constant) else None
    if ascending and flag not in (True, False, Decimal(0), Decimal(1)):
        raise Mistake("D419", ascending[0].position, name="RANK", allowed="TRUE, FALSE")
    condition = Invocation("<" if flag else ">", (listed, number), call.position, operator=True)
    before = Invocation("COUNT", (condition,), call.position, where=call.where)
    place = Invocation("+", (before, Constant(Decimal(1), call.position)), call.position, operator=True)
    return Invocation(
        "IF",
        (Invocation("ISBLANK", (number,), call.position), Constant(None, call.position), place),
        call.position,
    )


def _mapped(call: Invocation) -> Invocation:
    """MAPX(operation, value, list, results): what the operation makes of the results of all rows whose value it is."""
    operation, value, listed, results = call.arguments
    word = operation.value if isinstance(operation, Constant) else None
    name = OPERATIONS.get(word.lower()) if isinstance(word, str) else None
    if name is None:
        hint = nearest(word, OPERATIONS) if isinstance(word, str) else ""
        raise Mistake("D419", operation.position, hint, name="MAPX", allowed=", ".join(OPERATIONS))
    condition = Invocation("=", (listed, value), call.position, operator=True)
    return Invocation(name, (results, condition), call.position)


def _all_of(call: Invocation, criteria: Sequence[Syntax]) -> Syntax:
    if len(criteria) % 2:
        hint = "every list is followed by its criterion"
        raise Mistake(
            "D406", call.position, hint, name=call.name, expected="pairs", found=len(call.arguments)
        )
    found = [_meets(criteria[index], criteria[index + 1]) for index in range(0, len(criteria), 2)]
    return found[0] if len(found) == 1 else Invocation("AND", tuple(found), call.position, operator=True)


def _meets(listed: Syntax, criterion: Syntax) -> Syntax:
    """A criterion as spreadsheets write it: a value, `'>10'`, `'>' & value`, or a text with * and ?."""
    at = criterion.position
    if isinstance(criterion, Constant) and isinstance(criterion.value, str):
        return _written(listed, criterion.value, at)
    if isinstance(criterion, Invocation) and criterion.operator and criterion.name == "&":
        first, *rest = criterion.arguments
        operator = first.value if isinstance(first, Constant) else None
        if isinstance(operator, str) and operator in ("<>", "<=", ">=", "=", "<", ">"):
            other = rest[0] if len(rest) == 1 else replace(criterion, arguments=tuple(rest))
            return Invocation(operator, (listed, other), at, operator=True)
    return Invocation("=", (listed, criterion), at, operator=True)


def _written(listed: Syntax, text: str, at: int) -> Syntax:
    compared = _COMPARED.fullmatch(text)
    operator, word = (compared[1], compared[2]) if compared is not None else ("=", text)
    if operator in ("=", "<>") and re.search(r"(?<!~)[*?]", word):
        found = Invocation("LIKE", (listed, Constant(_pattern(word), at)), at, operator=True)
        return found if operator == "=" else Invocation("NOT", (found,), at, operator=True)
    plain = re.sub(r"~([*?~])", r"\1", word)
    value: Decimal | str | None = plain or None
    if compared is not None and _NUMBER.fullmatch(plain):
        value = Decimal(plain)
    return Invocation(operator, (listed, Constant(value, at)), at, operator=True)


def _pattern(word: str) -> str:
    """A text with * and ? (and ~ before those that are meant) as a pattern of LIKE."""
    signs = {"*": "%", "?": "_", "%": "\\%", "_": "\\_", "\\": "\\\\"}
    parts = re.findall(r"~[*?~]|.", word, re.DOTALL)
    return "".join(part[1] if len(part) == 2 else signs.get(part, part) for part in parts)


_TURNED: Mapping[str, Callable[[Invocation], Invocation]] = {
    **dict.fromkeys(_FIGURES, _figure),
    **dict.fromkeys(_SINGLE, _single),
    "COUNTIF": _count,
    "COUNTIFS": _count,
    "LOOKUP": _lookup,
    "XLOOKUP": _lookup,
    "MAPX": _mapped,
    "RANK": _ranked,
}
