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
    "D421": "ROUND(amount WHERE won)",
    "D422": "SUM(ALL(ordre).amount)",
    "D426": "SUM(ALL(product).share)",
}
_TITLES = {
    "D401": ("Unexpected part of an expression", "表达式中多余的内容"),
    "D402": ("Expression ends too early", "表达式不完整"),
    "D403": ("Expression too large", "表达式过大"),
    "D404": ("Unknown name in an expression", "表达式中未知的名称"),
    "D405": ("Unknown function", "未知的函数"),
    "D406": ("Wrong number of arguments", "参数个数不符"),
    "D407": ("Argument of the wrong type", "参数类型不符"),
    "D408": ("Values that cannot be compared", "无法比较的值"),
    "D409": ("Unknown option in an expression", "表达式中未知的选项"),
    "D410": ("Result of the wrong type", "结果类型不符"),
    "D411": ("Branches of different types", "分支类型不同"),
    "D412": ("Text that is not a date", "不是日期的文本"),
    "D413": ("List where one value is needed", "需要单值却给出列表"),
    "D414": ("Name behind a dot", "点号之后的名称"),
    "D415": ("Field outside an aggregate", "字段不在聚合函数内"),
    "D416": ("Not possible in the database", "无法在数据库中计算"),
    "D417": ("Constant needed", "需要常量"),
    "D418": ("Unknown role in an expression", "表达式中未知的角色"),
    "D419": ("Unknown word as argument", "参数不是可用的词"),
    "D420": ("Two lists in one function", "一个函数中有两个列表"),
    "D421": ("Condition without rows", "条件没有可筛选的行"),
    "D422": ("Unknown entity in an expression", "表达式中未知的实体"),
    "D426": ("List that would go over itself", "列表遍历自身"),
}


def _entry(problem: Problem) -> Entry:
    english, chinese = _pair(problem.message)
    place = ("column {column}: ", "第 {column} 列:")
    return Entry(
        problem.code,
        _TITLES.get(problem.code, (english, chinese)),
        (place[0] + english, place[1] + chinese),
        _pair(problem.explanation),
        ("{hint}", "{hint}"),
        _EXAMPLES.get(problem.code, ""),
    )


def _pair(text: Text) -> tuple[str, str]:
    return text.get("en"), text.get("zh")


ENTRIES: tuple[Entry, ...] = tuple(_entry(problem) for problem in PROBLEMS.values())
