"""Samples of people, of what they may do and why, of what was done, and of the ways in by mail."""

from __future__ import annotations

from dougong.screens import shape as s
from tests.renderers.html.sample_parts import person, pick, text


def directory(language: str) -> s.DirectoryScreen:
    """A page of people."""
    names = [person(language, at) for at in range(4)]
    table = s.Table(
        (
            s.Column("name", pick(language, "姓名", "Name"), role="title"),
            s.Column("login", pick(language, "登录名", "Login"), role="subtitle"),
            s.Column("department", pick(language, "部门", "Department")),
        ),
        tuple(
            s.Row(
                str(at),
                (
                    s.Shown(each.text, "member", (each,)),
                    text(f"{at:04}"),
                    text(pick(language, "销售部 / 华东", "Sales / East")),
                ),
                href=f"/people/{at}",
            )
            for at, each in enumerate(names, 1)
        ),
    )
    states = (
        s.Choice("", pick(language, "全部", "All")),
        s.Choice("off", pick(language, "已停用", "Disabled")),
    )
    return s.DirectoryScreen(
        title=pick(language, "成员", "People"),
        count="4",
        action="/people",
        search="",
        search_label=pick(language, "按姓名、登录名查找", "Find by name or login"),
        narrowings=(s.Narrowing("state", pick(language, "状态", "State"), "", states),),
        table=table,
        paging=s.Paging(pick(language, "1–4 / 4", "1–4 of 4")),
        actions=(s.Action("new", pick(language, "添加成员", "Add a person"), "/people/new", icon="plus"),),
    )


def why(language: str) -> s.WhyScreen:
    """A refusal with the rule that it comes from."""
    part = s.WhyPart(
        "owner = ME()",
        "no",
        pick(language, "不成立", "false"),
        values=((pick(language, "负责人", "Owner"), "#7"),),
    )
    reason = s.WhyReason(
        pick(language, "角色授予满足条件的记录", "the role grants it where the rule holds"),
        "against",
        "rule",
        "update",
        "crm.sales_rep",
        pick(language, "销售", "Sales"),
        "owner = ME()",
        pick(language, "负责人是我", "Owner is me"),
        "roles/sales_rep.yaml:12:5",
        "roles/sales_rep.yaml",
        12,
        (part,),
    )
    return s.WhyScreen(
        title=pick(language, "为什么？", "Why?"),
        action="/why",
        people=True,
        person="lin",
        chosen_action="update",
        entity="crm.opportunity",
        record="17",
        actions=(s.Choice("update", pick(language, "编辑", "Edit")),),
        entities=(s.Choice("crm.opportunity", pick(language, "商机", "Opportunity")),),
        verdict="no",
        sentence=pick(language, "不可以编辑这条商机", "This opportunity may not be edited"),
        reasons=(reason,),
    )


def access(language: str) -> s.AccessScreen:
    """Who can see a record."""
    piece = person(language, 1)
    return s.AccessScreen(
        title=pick(language, "谁可以看到", "Who can see this"),
        crumbs=(s.Link(pick(language, "商机", "Opportunities"), "/crm/opportunity"),),
        action="/crm/opportunity/17/access",
        q="",
        best="",
        text=pick(language, "1 人可以看到这条记录", "One person can see this record"),
        people=(
            s.AccessPerson(
                s.Shown(piece.text, "member", (piece,)),
                "chen",
                "update",
                pick(language, "可编辑", "May edit"),
                (pick(language, "角色 销售：负责人是我", "Role Sales: owner is me"),),
                "/why?person=chen",
            ),
        ),
        tabs=(s.Tab("", pick(language, "全部", "All"), "/crm/opportunity/17/access", "1", active=True),),
        range=pick(language, "1–1 / 1", "1–1 of 1"),
    )


def audit(language: str) -> s.AuditScreen:
    """The trail with one entry."""
    change = s.Change(pick(language, "金额", "Amount"), "1,000.00", "1,200.00")
    line = s.AuditLine(
        "pencil",
        pick(language, "修改了", "changed"),
        "2026-11-20",
        "09:12",
        "2026-11-20T09:12:00Z",
        person(language, 2),
        s.Link(pick(language, "产线改造", "Refit of the line"), "/crm/opportunity/17"),
        (change,),
        ((pick(language, "来源", "From"), "192.0.2.7"),),
        action=s.Action(
            "revert", pick(language, "撤销", "Take back"), "/crm/opportunity/17/history/9/revert"
        ),
    )
    return s.AuditScreen(
        title=pick(language, "审计记录", "Audit trail"),
        text=pick(language, "谁在何时从何处做了什么", "Who did what, when and from where"),
        inputs=(s.AuditInput("person", pick(language, "人员", "Person")),),
        lines=(line,),
        seal=pick(language, "封存至第 120 条", "Sealed up to entry 120"),
        seal_hash="9f2c" * 8,
        more_href="/audit?before=9",
    )


def revert(language: str) -> s.RevertScreen:
    """What is in the way of taking a change back."""
    return s.RevertScreen(
        title=pick(language, "撤销修改", "Take a change back"),
        crumbs=(s.Link(pick(language, "商机", "Opportunities"), "/crm/opportunity"),),
        tabs=(s.Link(pick(language, "这次修改", "This change"), ""),),
        text=pick(language, "将恢复 1 个字段", "One field gets its earlier value"),
        conflicts_title=pick(language, "之后又被修改", "Changed again since"),
        conflicts=(s.Link(pick(language, "金额", "Amount"), "/crm/opportunity/17"),),
        actions=(s.Action("revert", pick(language, "撤销", "Take back"), "/revert", "post", kind="primary"),),
    )


def entry(language: str) -> s.EntryScreen:
    """Choosing a password by the link of an invitation."""
    return s.EntryScreen(
        title=pick(language, "欢迎加入", "Welcome"),
        text=pick(language, "请设置密码", "Choose a password"),
        action="/link",
        submit=pick(language, "保存", "Save"),
        fields=(
            s.EntryField(
                "password", pick(language, "新密码", "New password"), "password", fills="new-password"
            ),
        ),
        languages=(
            s.Tab("zh", pick(language, "中文", "Chinese"), "/link?language=zh", active=language == "zh"),
            s.Tab("en", pick(language, "英文", "English"), "/link?language=en", active=language == "en"),
        ),
        links=(s.Link(pick(language, "登录", "Sign in"), "/sign-in"),),
    )
