"""D2xx: what a file says that its kind does not know, or does not say that it needs."""

from __future__ import annotations

from dougong.definitions.codes.entry import Entry

ENTRIES: tuple[Entry, ...] = (
    Entry(
        "D201",
        ("Unknown key", "未知的键"),
        ("there is no key '{key}' here", "此处没有键“{key}”"),
        (
            "Every key is known; a misspelled one would otherwise do nothing in silence.",
            "所有键都是已知的;否则拼错的键会悄然失效。",
        ),
        ("possible keys: {known}", "可用的键:{known}"),
        "lable: Customer",
    ),
    Entry(
        "D202",
        ("Missing key", "缺少键"),
        ("'{key}' is missing", "缺少“{key}”"),
        ("This key has no default.", "该键没有默认值。"),
        ("add '{key}'", "请添加“{key}”"),
        "name: {label: Name}   # no type",
    ),
    Entry(
        "D203",
        ("Wrong kind of value", "值的种类不对"),
        ("{expected} is expected, but this is {found}", "应为{expected},实际是{found}"),
        ("The value has another kind than its key needs.", "值的种类与键所需不符。"),
        ("{advice}", "{advice}"),
        "required: yes",
    ),
    Entry(
        "D204",
        ("Not one of the possible values", "不是可选值之一"),
        ("'{value}' is not possible here", "此处不能用“{value}”"),
        ("Only some words have a meaning here.", "此处只有部分词有意义。"),
        ("possible: {known}", "可选:{known}"),
        "type: monney",
    ),
    Entry(
        "D205",
        ("Wrong form", "格式不对"),
        ("'{value}' is not {expected}", "“{value}”不是{expected}"),
        ("The text must have a certain form.", "文本必须符合特定格式。"),
        ("", ""),
        "First Name: {type: text}",
    ),
    Entry(
        "D206",
        ("Out of bounds", "超出范围"),
        ("{value} is out of bounds: {bound}", "{value} 超出范围:{bound}"),
        ("The number lies outside what is possible.", "数值超出可能的范围。"),
        ("", ""),
        "columns: 9",
    ),
    Entry(
        "D207",
        ("Text too long or too short", "文本过长或过短"),
        ("the text has {length} characters: {bound}", "文本有 {length} 个字符:{bound}"),
        ("Texts that people read are bounded.", "供人阅读的文本有长度限制。"),
        ("", ""),
        "label: ''",
    ),
    Entry(
        "D208",
        ("Too few or too many", "过少或过多"),
        ("{count} are given: {bound}", "给出了 {count} 个:{bound}"),
        ("The number of entries is bounded.", "条目数量有限制。"),
        ("", ""),
        "fields: {}",
    ),
    Entry(
        "D209",
        ("Named twice in a list", "列表中重复"),
        ("'{value}' stands in the list twice", "“{value}”在列表中出现了两次"),
        ("Naming something twice has no meaning here.", "此处重复没有意义。"),
        ("remove one of them", "请删除其中一个"),
        "columns: [name, name]",
    ),
    Entry(
        "D210",
        ("Choose one", "只能选一个"),
        (
            "exactly one of {keys} is needed, but {found} is given",
            "{keys} 中必须恰好给出一个,实际给出 {found}",
        ),
        ("The keys exclude each other.", "这些键互相排斥。"),
        ("", ""),
        "- {dashboard: sales, entity: account}",
    ),
    Entry(
        "D211",
        ("Reserved word", "保留字"),
        ("'{name}' is reserved", "“{name}”是保留字"),
        (
            "System columns, words of the expression language and names that addresses begin with cannot be ids.",
            "系统列、表达式语言的词和地址中的固定名称不能作为标识。",
        ),
        (
            "choose another id, for example '{suggestion}'; the label may be anything",
            "请换一个标识,例如“{suggestion}”;显示名称不受限制",
        ),
        "fields: {created_at: {type: datetime}}",
    ),
    Entry(
        "D212",
        ("Empty value", "空值"),
        ("the key is there, but it has no value", "写了键却没有值"),
        (
            "In a template an empty value says nothing; only a local layer uses it, to remove something.",
            "模板中的空值没有含义;只有本地层用它来移除内容。",
        ),
        ("give a value or remove the key", "请给出值或删除该键"),
        "label:",
    ),
    Entry(
        "D213",
        ("Language the app does not have", "应用没有的语言"),
        ("the app has no language '{language}'", "应用没有语言“{language}”"),
        ("app.yaml lists the languages of the app.", "app.yaml 列出应用的语言。"),
        (
            "add it to languages in app.yaml, or use one of: {known}",
            "请在 app.yaml 的 languages 中添加,或使用:{known}",
        ),
        "label: {fr: Client}",
    ),
)
