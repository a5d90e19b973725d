"""D401 to D449: the findings of expressions, which stand with the expressions, as entries of the catalogue."""

from __future__ import annotations

from dougong.definitions.codes.entry import Entry
from dougong.expressions.problems import PROBLEMS, Problem
from dougong.model.text import Text

_EXAMPLES = {
    "D401": "a + ) b",
    "D402": "SUM(lines.subtotal",
    "D403": "((((((…))))))",
    "D404": "amuont > 1",
    "D405": "SUMM(lines.subtotal)",
    "D406": "ROUND(amount, 2, 3)",
    "D407": "SUM(name)",
    "D408": "amount = name",
    "D409": "stage = 'losst'",
    "D410": "filter: amount",
    "D411": "IF(won, 1, 'a')",
    "D412": "close_on > '2026-02-30'",
    "D413": "amount = lines.subtotal",
    "D414": "amount.currency",
    "D415": "measures: {total: amount}",
    "D416": "filter: \"TEXT(amount, '0.00') = '1.00'\"",
    "D417": "TEXT(amount, name)",
    "D418": "HAS_ROLE('directr')",
    "D419": "DATEDIF(a, b, 'x')",
    "D420": "SUMPRODUCT(lines.price, others.quantity)",
}


def _entry(problem: Problem) -> Entry:
    english, chinese = _pair(problem.message)
    place = ("column {column}: ", "第 {column} 列:")
    return Entry(
        problem.code,
        (english, chinese),
        (place[0] + english, place[1] + chinese),
        _pair(problem.explanation),
        ("{hint}", "{hint}"),
        _EXAMPLES.get(problem.code, ""),
    )


def _pair(text: Text) -> tuple[str, str]:
    return text.get("en"), text.get("zh")


ENTRIES: tuple[Entry, ...] = tuple(_entry(problem) for problem in PROBLEMS.values())
