"""D3xx: names that stand for nothing."""

from __future__ import annotations

from dougong.definitions.codes.entry import Entry, Pair

_HINT: Pair = ("known: {known}", "已有:{known}")


def _unknown(code: str, english: str, chinese: str, example: str) -> Entry:
    return Entry(
        code,
        (f"Unknown {english}", f"未知的{chinese}"),
        (f"there is no {english} '{{name}}'{{where}}", f"没有{chinese}“{{name}}”{{where}}"),
        (
            f"The {english} is named here but defined nowhere.",
            f"此处提到的{chinese}没有任何定义。",
        ),
        _HINT,
        example,
    )


ENTRIES: tuple[Entry, ...] = (
    _unknown("D301", "entity", "实体", "to: acount"),
    _unknown("D302", "field", "字段", "columns: [nmae]"),
    _unknown("D303", "role", "角色", "by: [{role: directr}]"),
    _unknown("D305", "stage", "阶段", "allow_from: [qualifed]"),
    _unknown("D306", "pipeline", "管道", "stage: {type: stage, pipeline: sale}"),
    _unknown("D307", "node", "节点", "next: [{to: directr}]"),
    _unknown("D308", "report", "报表", "report: pipelin"),
    _unknown("D309", "dashboard", "仪表盘", "- {dashboard: saless}"),
    _unknown("D310", "view", "视图", "view: opportunity.laate"),
    _unknown("D311", "measure or dimension", "度量或维度", "chart: {type: bar, by: stge}"),
    _unknown("D312", "app", "应用", "requires: {apps: [hr]}"),
    _unknown("D313", "text to translate", "可翻译的文本", "entities/account: {lable: 客户}"),
    Entry(
        "D314",
        ("App is not required", "未声明依赖的应用"),
        (
            "'{name}' belongs to the app '{app}', which this app does not require",
            "“{name}”属于应用“{app}”,而本应用没有声明依赖它",
        ),
        ("An app names every app it builds on.", "应用须写明所依赖的每个应用。"),
        ("add '{app}' to requires.apps in app.yaml", "请在 app.yaml 的 requires.apps 中添加“{app}”"),
        "owner: {type: link, to: hr.employee}",
    ),
    _unknown("D315", "time zone", "时区", "timezone: Asia/Peking"),
    _unknown("D316", "option", "选项", "options: {reason: [prise]}"),
    _unknown("D317", "door", "入口", "doors: [screan]"),
)
