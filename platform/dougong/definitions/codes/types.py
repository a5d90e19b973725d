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
    Entry(
        "D461",
        ("Bounds the wrong way round", "上下限颠倒"),
        ("min {minimum} is more than max {maximum}", "最小值 {minimum} 大于最大值 {maximum}"),
        ("No value could satisfy both bounds.", "没有值能同时满足上下限。"),
        ("exchange the two bounds", "请交换两者"),
        "age: {type: integer, min: 10, max: 1}",
    ),
    Entry(
        "D462",
        ("Pattern that cannot be used", "无法使用的格式"),
        ("{reason}", "{reason}"),
        (
            "Patterns run in an engine whose time does not explode; it knows no look-around and no back references.",
            "格式由线性时间的引擎匹配,不支持环视和反向引用。",
        ),
        (
            "look-ahead, look-behind and back references are not possible; write the forms themselves, as in [A-Z]{{2}}-\\d+",
            "不支持环视和反向引用;请直接写出形式,例如 [A-Z]{{2}}-\\d+",
        ),
        'pattern: "(?=x)"',
    ),
    Entry(
        "D463",
        ("Options with the same label", "选项名称相同"),
        (
            "options '{first}' and '{second}' have the same label ({language})",
            "选项“{first}”与“{second}”的名称相同({language})",
        ),
        ("Imports and people could not tell them apart.", "导入和使用者无法区分它们。"),
        ("give each option a label of its own", "请给每个选项不同的名称"),
        "options: {a: Large, b: Large}",
    ),
    Entry(
        "D464",
        ("Serial number without one count", "流水号计数有误"),
        (
            "a serial number needs exactly one count, this has {count}",
            "流水号必须恰好有一个计数,现在有 {count} 个",
        ),
        ("The count makes the number unique.", "计数保证编号唯一。"),
        ("add {{count: 5}}", "请添加 {{count: 5}}"),
        'parts: ["A-"]',
    ),
    Entry(
        "D465",
        ("Serial numbers that would repeat", "流水号会重复"),
        (
            "the count restarts every {reset}, but its parts do not say which: numbers would repeat",
            "计数按 {reset} 重新开始,但编号中没有相应日期:编号会重复",
        ),
        ("The date parts tell the periods apart.", "日期部分用来区分周期。"),
        ("add {{date: {form}}}", "请添加 {{date: {form}}}"),
        "parts: [{count: 5}], reset: month",
    ),
    Entry(
        "D466",
        ("Serial numbers counted by what they do not tell", "流水号缺少分别计数的字段"),
        (
            "the count goes by '{name}', but the parts do not tell which it is: numbers would repeat",
            "计数按“{name}”分别进行,但编号中没有该字段:编号会重复",
        ),
        (
            "Records of different groups begin at the same count, so the number must say which group it is.",
            "不同分组的记录从同一计数开始,编号中必须能看出是哪一组。",
        ),
        ("add {{field: {name}}}", "请添加 {{field: {name}}}"),
        "parts: [{count: 5}], per: [department]",
    ),
    Entry(
        "D467",
        ("A masked field where its value would show", "掩码字段的值会被看到"),
        (
            "the masked field '{name}' would be readable here for those who may not see it",
            "掩码字段“{name}”在这里会被无权查看的人看到",
        ),
        (
            "Titles, search, formulas, defaults and serial numbers pass a value on without its mask.",
            "标题、搜索、公式、默认值和流水号会带出未掩码的值。",
        ),
        ("leave it out here, or take the mask away", "请在这里去掉它,或取消掩码"),
        'title: "{phone}", fields: {phone: {type: phone, mask: phone}}',
    ),
    Entry(
        "D468",
        ("The host of an embedded page", "嵌入页面的主机名"),
        (
            "the host of '{value}' must be written out, without fields, names or passwords",
            "“{value}”的主机名必须写明，不能含字段、用户名或密码",
        ),
        (
            "A value of a record must never decide which site is opened.",
            "记录的值不能决定打开哪个网站。",
        ),
        (
            "put fields after the host: https://maps.example.com/?q={{city}}",
            "字段写在主机名之后:https://maps.example.com/?q={{city}}",
        ),
        "page: {type: embed, url: 'https://{site}/'}",
    ),
    Entry(
        "D469",
        ("Nothing to choose from", "没有可选的内容"),
        (
            "free: false leaves nothing to choose, as there are no suggestions",
            "free: false 但没有 suggestions，什么也选不了",
        ),
        (
            "Without suggestions every tag would be refused.",
            "没有建议的标签时，任何标签都会被拒绝。",
        ),
        ("add suggestions, or remove free: false", "请加上 suggestions，或去掉 free: false"),
        "topics: {type: tags, free: false}",
    ),
    Entry(
        "D470",
        ("A tree that is none", "不是树的树形选择"),
        (
            "'{name}' is no link of {entity} to itself, so nothing can be chosen level by level",
            "“{name}”不是{entity}指向自身的关联，无法逐级选择",
        ),
        (
            "The levels come from a link of the target to the record above it.",
            "层级来自目标实体指向上级记录的关联字段。",
        ),
        (
            "name a field of {entity} of type link whose target is {entity}",
            "请写{entity}中指向自身的关联字段",
        ),
        "category: {type: link, to: category, tree: above}",
    ),
)
