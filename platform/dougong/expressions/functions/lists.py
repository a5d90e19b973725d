"""Figures for many values: over a sub-table, over the records of a measure, or over the arguments.

`lines` is a sub-table. In a measure the same functions go over the records of a group: `SUM(amount)`, `COUNT()`. A second
argument is the condition a row must fulfil: `SUM(amount, stage = 'won')`, `COUNT(stage = 'won')`. One spelling does for what Excel
spells SUM, SUMIF, SUMIFS and COUNTIF.
"""

from __future__ import annotations

from dougong.expressions.registry import Function, words

_EN = "A second argument inside a sub-table or measure is a condition. Empty values are left out"
_ZH = "在子表或度量中，第二个参数是条件。空值不计入"

LISTS: tuple[Function, ...] = (
    Function(
        "SUM",
        "求和",
        "lists",
        "SUM(lines.amount, [condition]) or SUM(number, [number]…)",
        words(f"The sum. {_EN}; of nothing it is 0.", f"求和。{_ZH}；没有值时为 0。"),
        ("SUM(1, 2.5, EMPTY)", "3.5"),
        ("any*",),
        typing="aggregate",
    ),
    Function(
        "AVERAGE",
        "平均",
        "lists",
        "AVERAGE(lines.amount, [condition]) or AVERAGE(number, [number]…)",
        words(
            f"The mean, to ten decimals. {_EN}; of nothing it is empty.",
            f"平均值，保留十位小数。{_ZH}；没有值时为空。",
        ),
        ("AVERAGE(1, 2, EMPTY)", "1.5"),
        ("any*",),
        typing="aggregate",
    ),
    Function(
        "MIN",
        "最小",
        "lists",
        "MIN(lines.amount, [condition]) or MIN(value, [value]…)",
        words(
            f"The smallest number or earliest date. {_EN}; of nothing it is empty.",
            f"最小的数字或最早的日期。{_ZH}；没有值时为空。",
        ),
        ("MIN(3, 2, 5)", "2"),
        ("any*",),
        typing="aggregate",
    ),
    Function(
        "MAX",
        "最大",
        "lists",
        "MAX(lines.amount, [condition]) or MAX(value, [value]…)",
        words(
            f"The largest number or latest date. {_EN}; of nothing it is empty.",
            f"最大的数字或最晚的日期。{_ZH}；没有值时为空。",
        ),
        ("MAX(3, 2, 5)", "5"),
        ("any*",),
        typing="aggregate",
    ),
    Function(
        "COUNT",
        "计数",
        "lists",
        "COUNT(lines), COUNT(lines.product), COUNT(condition) or COUNT() in a measure",
        words(
            "How many rows or records there are, how many have a value, or for how many a condition holds.",
            "行或记录的数量、有值的数量，或满足条件的数量。",
        ),
        ("COUNT(1, EMPTY, 'a')", "2"),
        ("any*",),
        typing="aggregate",
    ),
    Function(
        "COUNTUNIQUE",
        "去重计数",
        "lists",
        "COUNTUNIQUE(lines.product, [condition])",
        words("How many different values there are.", "不同值的数量。"),
        ("COUNTUNIQUE(lines.product)", "2"),
        ("any*",),
        typing="aggregate",
    ),
    Function(
        "PRODUCT",
        "乘积",
        "lists",
        "PRODUCT(lines.factor, [condition]) or PRODUCT(number, [number]…)",
        words(f"All values multiplied. {_EN}; of nothing it is 0.", f"所有值相乘。{_ZH}；没有值时为 0。"),
        ("PRODUCT(2, 3, EMPTY)", "6"),
        ("any*",),
        typing="aggregate",
    ),
    Function(
        "SUMPRODUCT",
        "乘积和",
        "lists",
        "SUMPRODUCT(lines.quantity, lines.price)",
        words(
            "Multiplies the columns row by row and adds the products; blank counts as 0.",
            "逐行相乘后求和；空白按 0 计算。",
        ),
        ("SUMPRODUCT(lines.quantity, lines.price)", "41"),
        ("any*",),
        typing="aggregate",
    ),
)
