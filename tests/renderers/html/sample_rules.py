"""The designer's page of rules with a rule opened that does a little of everything, and the form that is tried beside it."""

from __future__ import annotations

from dougong.screens import shape as s
from dougong.screens.rule_words import ICONS
from tests.renderers.html.sample_parts import pick

_KINDS = {
    "set": "values",
    "options": "options",
    "block": "message",
    "warn": "message",
    "check": "must",
    "lock": "flag",
}


def rules(language: str) -> s.RulesScreen:
    """An opportunity's rules, the first of them opened."""
    path = "/design/crm/opportunity/rules"
    head = s.DesignerHead(
        pick(language, "客户关系", "CRM"),
        path,
        (s.Tab("rules", pick(language, "规则", "Rules"), path, active=True),),
        (s.DesignerEntity("opportunity", pick(language, "商机", "Opportunity"), path, "target-arrow", True),),
        "/crm/opportunity",
        can_undo=True,
    )
    card = s.RuleCard(
        0,
        "abc",
        pick(language, "当 金额 > 10000 时", "When Amount > 10000"),
        (("input-check", pick(language, "必填 审批人", "Require Approver")),),
        pick(language, "仅在新建时", "Only when created"),
        f"{path}?rule=0",
        True,
        True,
    )
    example = s.RuleExample(pick(language, "例子", "Example"), "…", "eye", f"{path}?rule=new")
    return s.RulesScreen(
        head,
        pick(language, "商机的规则", "Rules of Opportunity"),
        path,
        tables=(s.Tab("", pick(language, "记录", "Record"), path, active=True),),
        cards=(card,),
        editor=_editor(language, path),
        add_href=f"{path}?rule=new",
        examples=(example,),
        preview_href=f"{path}/preview",
    )


def _editor(language: str, path: str) -> s.RuleEditor:
    amount = s.ConditionField(
        "amount",
        pick(language, "金额", "Amount"),
        "",
        "number",
        (("more", pick(language, "大于", "is more than"), 1),),
        peers=(("budget", pick(language, "预算", "Budget")),),
    )
    row = s.ConditionRow("amount", "more", "", ("10000",), amount)
    builder = s.ConditionBuilder(
        "when",
        "all",
        ("always", "all", "any", "expression"),
        (amount,),
        (row, s.ConditionRow()),
        "amount > 10000",
        f"{path}/check",
    )
    ticks = (s.RuleTick("approver", pick(language, "审批人", "Approver"), True),)
    actions = tuple(
        s.RuleAction(
            name,
            _KINDS.get(name, "fields"),
            pick(language, "动作", name.title()),
            pick(language, "说明", "Help"),
            icon,
            "1" if name == "require" else "",
            ticks,
            (s.RuleLimit("stage", pick(language, "阶段", "Stage"), ticks),),
            (s.RuleValue("discount", "0.1"), s.RuleValue("")),
            (("discount", pick(language, "折扣", "Discount")),),
            (pick(language, "太大了", "Too much"), "Too much"),
            "1 > 0",
        )
        for name, icon in ICONS.items()
    )
    return s.RuleEditor(
        pick(language, "规则 1", "Rule 1"),
        (("operation", "set_rule"), ("rule", "0")),
        builder,
        ticks,
        ticks,
        actions,
        ticks,
        (pick(language, "提示", "Message"), "Message"),
        f"{path}/check",
        f"{path}/check",
        path,
        ("note",),
    )


def rule_preview(language: str) -> s.RulePreview:
    """A form with one field."""
    field = s.FormField("name", "text", pick(language, "名称", "Name"), "")
    return s.RulePreview(
        pick(language, "新建商机", "New opportunity"), (s.FormSection("a", "A", (field,), 1),)
    )


def places(language: str) -> s.PlacesScreen:
    """The conditions of a view and a measure, the view's opened."""
    screen = rules(language)
    path = "/design/crm/opportunity/conditions"
    editor = _editor(language, path)
    card = s.PlaceCard(
        pick(language, "大额", "Large"),
        pick(language, "金额 > 10000", "Amount > 10000"),
        path,
        "filter",
        True,
    )
    group = s.PlaceGroup(pick(language, "视图", "Views"), pick(language, "说明", "Help"), (card,))
    opened = s.PlaceEditor(
        pick(language, "大额", "Large"),
        group.help,
        editor.hidden,
        path,
        editor.builder,
        "",
        path,
        "condition",
    )
    title = pick(language, "商机的条件", "Conditions of Opportunity")
    return s.PlacesScreen(screen.head, title, path, (group,), opened)


def places_measure(language: str) -> s.PlacesScreen:
    """A measure opened."""
    screen = places(language)
    assert screen.editor is not None
    opened = s.PlaceEditor(screen.editor.title, "", (), screen.action, None, "COUNT()", "/", "measure")
    return s.PlacesScreen(screen.head, screen.title, screen.action, screen.groups, opened)
