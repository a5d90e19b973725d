"""How numbers are distributed: their middle, their order, how far they lie apart; in the memory of the server and the browser."""

from __future__ import annotations

from dougong.expressions.registry import Function, words

DISTRIBUTIONS: tuple[Function, ...] = (
    Function(
        "MEDIAN",
        "中位数",
        "lists",
        "MEDIAN(lines.amount, [condition]) or MEDIAN(number, [number]…)",
        words(
            "The number in the middle, or what lies between the two in the middle. Empty values are left out; of nothing it is empty.",
            "居中的数；个数为偶数时取中间两数的平均。空值不计入；没有值时为空。",
        ),
        ("MEDIAN(1, 4, 2, 10)", "3"),
        ("any*",),
        typing="aggregate",
    ),
    Function(
        "MODE",
        "众数",
        "lists",
        "MODE(lines.amount, [condition]) or MODE(number, [number]…)",
        words(
            "The most frequent number, of several the one that comes first; empty when no number comes twice.",
            "出现次数最多的数，并列时取先出现者；没有重复的数时为空。",
        ),
        ("MODE(3, 5, 5, 3, 5)", "5"),
        ("any*",),
        typing="aggregate",
    ),
    Function(
        "LARGE",
        "第几大",
        "lists",
        "LARGE(lines.amount, place WHERE condition)",
        words(
            "The nth largest value of a list, equal ones counted each; empty when there are fewer.",
            "列表中第几大的值，相等的值各占一位；不足时为空。",
        ),
        ("LARGE(lines.price, 2)", "3.5"),
        ("any", "number"),
        typing="aggregate",
    ),
    Function(
        "SMALL",
        "第几小",
        "lists",
        "SMALL(lines.amount, place WHERE condition)",
        words(
            "The nth smallest value of a list, equal ones counted each; empty when there are fewer.",
            "列表中第几小的值，相等的值各占一位；不足时为空。",
        ),
        ("SMALL(lines.quantity, 2)", "4"),
        ("any", "number"),
        typing="aggregate",
    ),
    Function(
        "VAR",
        "样本方差",
        "lists",
        "VAR(lines.amount, [condition]) or VAR(number, [number]…)",
        words(
            "How far the numbers of a sample lie from their mean, squared, to ten decimals; empty for fewer than two.",
            "样本方差，保留十位小数；少于两个数时为空。",
        ),
        ("VAR(2, 4, 4, 4, 5, 5, 7, 9)", "4.5714285714"),
        ("any*",),
        typing="aggregate",
    ),
    Function(
        "VARP",
        "总体方差",
        "lists",
        "VARP(lines.amount, [condition]) or VARP(number, [number]…)",
        words(
            "The same where the numbers are all there are, not a sample.",
            "总体方差，即这些数就是全部而非样本。",
        ),
        ("VARP(2, 4, 4, 4, 5, 5, 7, 9)", "4"),
        ("any*",),
        typing="aggregate",
    ),
    Function(
        "STDEV",
        "样本标准差",
        "lists",
        "STDEV(lines.amount, [condition]) or STDEV(number, [number]…)",
        words(
            "How far the numbers of a sample lie from their mean, to ten decimals; empty for fewer than two.",
            "样本标准差，保留十位小数；少于两个数时为空。",
        ),
        ("STDEV(2, 4, 4, 4, 5, 5, 7, 9)", "2.1380899353"),
        ("any*",),
        typing="aggregate",
    ),
    Function(
        "STDEVP",
        "总体标准差",
        "lists",
        "STDEVP(lines.amount, [condition]) or STDEVP(number, [number]…)",
        words(
            "The same where the numbers are all there are, not a sample.",
            "总体标准差，即这些数就是全部而非样本。",
        ),
        ("STDEVP(2, 4, 4, 4, 5, 5, 7, 9)", "2"),
        ("any*",),
        typing="aggregate",
    ),
    Function(
        "RANK",
        "排名",
        "lists",
        "RANK(number, list, [ascending])",
        words(
            "The place of a number among those of a list, the largest being 1: one more than how many are larger.",
            "某数在列表中的名次，最大者为 1：比它大的个数加一。",
        ),
        ("RANK(3.5, lines.price)", "2"),
        ("any", "any", "any?"),
        typing="lowered",
    ),
)
