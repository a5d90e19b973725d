"""Decisions: IF and its relatives."""

from __future__ import annotations

from functools import reduce

from dougong.expressions.registry import Function, words
from dougong.expressions.types import BOOLEAN
from dougong.model.expression import Call, Node


def _odd_one_out(arguments: tuple[Node, ...], position: int) -> Node:
    return reduce(lambda left, right: Call("<>", (left, right), BOOLEAN, position), arguments)


LOGIC: tuple[Function, ...] = (
    Function(
        "IF",
        "如果",
        "logic",
        "IF(condition, value, [otherwise])",
        words(
            "The value when the condition holds, else the other one; empty when there is no other. Only the chosen one is computed.",
            "条件成立时返回第一个值，否则返回第二个值；省略第二个值则为空。只计算被选中的值。",
        ),
        ("IF(2 > 1, 'yes', 'no')", "yes"),
        ("boolean", "any", "any?"),
        typing="case",
    ),
    Function(
        "IFS",
        "多条件",
        "logic",
        "IFS(condition, value, [condition, value]…, [otherwise])",
        words(
            "The value behind the first condition that holds; a last value without a condition is taken when none holds.",
            "返回第一个成立条件对应的值；末尾可给出一个没有条件的值，在都不成立时使用。",
        ),
        ("IFS(1 > 2, 'a', 2 > 1, 'b', 'c')", "b"),
        ("boolean", "any", "any*"),
        typing="case",
    ),
    Function(
        "SWITCH",
        "匹配",
        "logic",
        "SWITCH(value, key, result, [key, result]…, [otherwise])",
        words(
            "The result behind the first key that equals the value; a last result without a key is taken when none does.",
            "返回与值相等的第一个键对应的结果；末尾可给出一个没有键的结果，在都不相等时使用。",
        ),
        ("SWITCH('b', 'a', 1, 'b', 2, 0)", "2"),
        ("any", "any", "any", "any*"),
        typing="switch",
    ),
    Function(
        "IFERROR",
        "出错时",
        "logic",
        "IFERROR(value, otherwise)",
        words(
            "The value, or the other one when the value cannot be computed (division by zero, a date that does not exist) or is empty.",
            "返回第一个值；若其无法计算（除以零、日期不存在）或为空，则返回第二个值。",
        ),
        ("IFERROR(1 / 0, -1)", "-1"),
        ("any", "any"),
        typing="coalesce",
    ),
    Function(
        "COALESCE",
        "首个非空",
        "logic",
        "COALESCE(value, [value]…)",
        words("The first value that is not empty.", "返回第一个不为空的值。"),
        ("COALESCE(EMPTY, 'b')", "b"),
        ("any", "any*"),
        typing="coalesce",
    ),
    Function(
        "ISEMPTY",
        "为空",
        "logic",
        "ISEMPTY(value)",
        words(
            "Whether a value is empty; the same as `value IS EMPTY`.", "值是否为空；与 `值 IS EMPTY` 相同。"
        ),
        ("ISEMPTY('')", "TRUE"),
        ("any",),
        typing="alias",
    ),
    Function(
        "ISBLANK",
        "是空白",
        "logic",
        "ISBLANK(value)",
        words("The same as ISEMPTY, under Excel's name.", "与 ISEMPTY 相同，是 Excel 的名称。"),
        ("ISBLANK(0)", "FALSE"),
        ("any",),
        typing="alias",
    ),
    Function(
        "CHOOSE",
        "选择",
        "logic",
        "CHOOSE(number, value, [value]…)",
        words(
            "The value of that number, counted from 1; empty when there is none.",
            "第若干个值（从 1 起）；没有则为空。",
        ),
        ("CHOOSE(2, 'low', 'middle', 'high')", "middle"),
        ("number", "any", "any*"),
        typing="choose",
    ),
    Function(
        "XOR",
        "异或",
        "logic",
        "XOR(condition, condition, [condition]…)",
        words(
            "Whether an odd number of conditions hold; empty when one is empty.",
            "成立的条件个数是否为奇数；有条件为空时结果为空。",
        ),
        ("XOR(2 > 1, 3 > 2)", "FALSE"),
        ("boolean", "boolean", "boolean*"),
        lowered=_odd_one_out,
    ),
    Function(
        "AND",
        "并且",
        "logic",
        "AND(condition, [condition]…)",
        words(
            "Whether all conditions hold; the same as `a AND b`.", "所有条件是否都成立；与 `a AND b` 相同。"
        ),
        ("AND(2 > 1, 3 > 2)", "TRUE"),
        ("boolean", "boolean*"),
        typing="alias",
    ),
    Function(
        "OR",
        "或者",
        "logic",
        "OR(condition, [condition]…)",
        words(
            "Whether at least one condition holds; the same as `a OR b`.",
            "是否至少有一个条件成立；与 `a OR b` 相同。",
        ),
        ("OR(1 > 2, 3 > 2)", "TRUE"),
        ("boolean", "boolean*"),
        typing="alias",
    ),
    Function(
        "NOT",
        "非",
        "logic",
        "NOT(condition)",
        words(
            "Whether the condition does not hold; empty stays empty.",
            "条件是否不成立；条件为空时结果仍为空。",
        ),
        ("NOT(1 > 2)", "TRUE"),
        ("boolean",),
        typing="alias",
    ),
)
