"""D4xx: a field of the wrong type for what is asked of it (the findings of expressions stand with the expressions)."""

from __future__ import annotations

from dougong.definitions.codes.entry import Entry

ENTRIES: tuple[Entry, ...] = (
    Entry(
        "D450",
        ("Field of the wrong type", "字段类型不合适"),
        (
            "'{name}' is a field of type {type}; {needed} is needed here",
            "“{name}”是 {type} 类型的字段;此处需要{needed}",
        ),
        ("What is asked of the field is not possible for its type.", "该类型的字段无法用于此处。"),
        ("{advice}", "{advice}"),
        "totals: [name]",
    ),
    Entry(
        "D451",
        ("Settings that exclude each other", "互相矛盾的设置"),
        ("'{first}' and '{second}' cannot be used together", "“{first}”与“{second}”不能同时使用"),
        ("Each of the settings would make the other meaningless.", "其中一个设置会使另一个失去意义。"),
        ("remove one of them", "请删除其中一个"),
        'amount: {type: money, formula: "1", default: 2}',
    ),
)
