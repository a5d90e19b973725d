"""The functions of the expression language, from their registry."""

from __future__ import annotations

from dougong.expressions.functions import FUNCTIONS, GROUPS
from dougong.expressions.registry import Function
from dougong.reference.markdown import Language, code, page, pick, table


def functions(language: Language) -> str:
    """One table a group."""
    title = pick(language, "Functions", "函数")
    lead = pick(
        language,
        "One language in every formula, condition, filter, default, row rule and measure. Each function has an English and "
        "a Chinese name that mean the same; capitals do not matter. The examples are tests. What empty, exact and today "
        "mean stands in the [decisions](../../platform/decisions/expressions.md).",
        "公式、条件、筛选、默认值、行权限和度量都使用同一种语言。每个函数有英文和中文两个名称，含义相同，不分大小写。示例都是测试。"
        "空值、精确和今天的含义见[决定](../../platform/decisions/expressions.md)（英文）。",
    )
    heads = (
        pick(language, "Function", "函数"),
        pick(language, "Chinese name", "中文名"),
        pick(language, "Meaning", "含义"),
        pick(language, "Example", "示例"),
        pick(language, "In filters", "可用于筛选"),
    )
    sections = [
        f"## {label.get(language)}\n\n"
        + table(heads, [_row(each, language) for each in FUNCTIONS.values() if each.group == group])
        for group, label in GROUPS.items()
    ]
    return page(f"# {title}", lead, *sections)


def _row(function: Function, language: Language) -> tuple[str, ...]:
    call, outcome = function.example
    computed = function.postgresql is not None or function.python is None
    return (
        code(function.signature),
        code(function.alias),
        function.documentation.get(language),
        f"{code(call)} → {code(outcome)}",
        pick(language, "yes", "是") if computed else pick(language, "without fields only", "仅限不含字段时"),
    )
