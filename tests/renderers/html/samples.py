"""One believable sample of every kind of screen, in both languages, for tests and for the gallery."""

from __future__ import annotations

from collections.abc import Callable

from dougong.screens import shape as s
from dougong.screens.texts import text as screen_text
from dougong.screens.words import count, say
from tests.renderers.html import sample_access, sample_calendar, sample_changes
from tests.renderers.html.sample_lists import columns, head, rows
from tests.renderers.html.sample_parts import file_piece, person, pick, stage, text
from tests.renderers.html.sample_rules import places, places_measure, rule_preview, rules

LANGUAGES = ("zh", "en")


def shell(language: str, place: str = "", at: str = "opportunity") -> s.Shell:
    entries = tuple(
        s.MenuEntry(pick(language, zh, en), f"/crm/{id_}", icon, badge, id_ == at)
        for id_, zh, en, icon, badge in (
            ("dashboards/sales", "销售看板", "Sales dashboard", "layout-dashboard", ""),
            ("lead", "线索", "Leads", "user-search", "38"),
            ("account", "客户", "Accounts", "building", ""),
            ("contact", "联系人", "Contacts", "address-book", ""),
            ("opportunity", "商机", "Opportunities", "target", ""),
            ("quote", "报价", "Quotes", "file-text", ""),
            ("contract", "合同", "Contracts", "contract", ""),
            ("payment", "回款", "Receipts", "cash", "4"),
            ("product", "产品", "Products", "package", ""),
        )
    )
    service = (
        s.MenuEntry(
            pick(language, "客户服务", "Service"),
            entries=(s.MenuEntry(pick(language, "工单", "Tickets"), "/crm/ticket", "ticket"),),
        ),
    )
    apps = (
        s.ShellApp(
            "crm",
            pick(language, "客户关系", "CRM"),
            "/crm",
            "building-store",
            "azure",
            True,
            entries + service,
        ),
        s.ShellApp("desk", pick(language, "客户服务", "Service desk"), "/desk", "headset", "malachite"),
        s.ShellApp("market", pick(language, "市场活动", "Campaigns"), "/market", "speakerphone", "ochre"),
        s.ShellApp("office", pick(language, "行政与人事", "People & office"), "/office", "users", "violet"),
    )
    palette = tuple(
        s.PaletteEntry(entry.label, entry.href, pick(language, "客户关系", "CRM"), entry.icon)
        for entry in entries
    )
    return s.Shell(
        workspace=pick(language, "重檐仪器", "Chongyan"),
        person=person(language, 0),
        apps=apps,
        inbox_count="7",
        place=place,
        places=(
            s.MenuEntry(say("templates", language), "/templates", "layout-grid", active=place == "templates"),
            s.MenuEntry(say("administration", language), "/admin", "settings", active=place == "admin"),
        ),
        palette=(s.PaletteEntry(say("inbox", language), "/inbox", "", "checklist"), *palette),
        search_href="/search",
        sign_out=s.Action("sign_out", say("sign_out", language), "/sign-out", "post", "logout"),
        designer_href="/crm/design/opportunity",
    )


def info(language: str, place: str = "", theme: str = "light", at: str = "opportunity") -> s.RequestInfo:
    return s.RequestInfo(
        language=language, theme=theme, csrf="sample-token", path="/", shell=shell(language, place, at)
    )


def list_screen(language: str) -> s.ListScreen:
    return s.ListScreen(
        head=head(language),
        columns=columns(language),
        rows=rows(language),
        paging=s.Paging("1–25 / 96", "", "?offset=25"),
        totals=(
            s.Total(pick(language, "金额合计", "Amount"), "48,216,500"),
            s.Total(pick(language, "加权合计", "Weighted"), "25,840,040"),
        ),
        count_text=count("records_count", language, 96),
        selection=(
            s.Action(
                "transfer",
                say("transfer", language),
                "/crm/opportunity/transfer",
                "post",
                "transfer",
                help="",
            ),
            s.Action("export", say("export", language), "/crm/opportunity/export", "post", "download"),
            s.Action(
                "delete",
                say("delete", language),
                "/crm/opportunity/delete",
                "post",
                "trash",
                "danger",
                confirm=s.Confirm(
                    pick(language, "删除所选商机？", "Delete the selected opportunities?"),
                    pick(
                        language,
                        "它们会进回收站，30 天内可以恢复。",
                        "They go to the recycle bin for 30 days.",
                    ),
                    say("delete", language),
                ),
            ),
        ),
    )


def empty_list(language: str) -> s.ListScreen:
    name = pick(language, "商机", "opportunities")
    full = head(language, filtered=False)
    return s.ListScreen(
        head=full,
        columns=columns(language),
        rows=(),
        paging=s.Paging("0"),
        count_text=count("records_count", language, 0),
        empty=s.Empty(
            say("empty_list", language, name=name),
            say("empty_list_text", language),
            (
                s.Action(
                    "new",
                    say("create_entity", language, name=pick(language, "商机", "opportunity")),
                    "/crm/opportunity/new",
                    icon="plus",
                    kind="primary",
                ),
                s.Action("import", say("import_from_table", language), "#", icon="file-import"),
            ),
            say("press_to_create", language),
        ),
    )


def kanban(language: str) -> s.KanbanScreen:
    listed = rows(language)
    cards: dict[str, list[s.KanbanCard]] = {"new": [], "qualified": [], "proposal": [], "negotiation": []}
    for at, row in enumerate(listed):
        column = ("new", "qualified", "proposal", "negotiation")[at % 4]
        moves = (
            s.CardMove("negotiation", "", (s.Requirement(pick(language, "决策人", "Decider"), "missing"),)),
            s.CardMove("proposal"),
            s.CardMove("won", pick(language, "还没有合同", "There is no contract yet")),
        )
        cards[column].append(
            s.KanbanCard(
                row.id,
                row.cells[0].text,
                row.href,
                3,
                row.cells[1].text,
                row.cells[3].text,
                row.cells[4],
                row.cells[5].pieces[0],
                pick(language, "停留 16 天，超过 14 天提醒线", "16 days here, 2 more than allowed")
                if at == 4
                else "",
                "warn" if at == 4 else "",
                "clock",
                f"/crm/opportunity/{row.id}/move",
                moves,
            )
        )
    built = [
        s.KanbanColumn(key, stage(language, key), str(18 + len(found)), tuple(found), "14,382,500")
        for key, found in cards.items()
    ]
    built.append(s.KanbanColumn("won", stage(language, "won"), "12", slim=True))
    built.append(s.KanbanColumn("lost", stage(language, "lost"), "34", slim=True))
    return s.KanbanScreen(
        head=head(language, kind="kanban"),
        columns=tuple(built),
        totals=(s.Total(pick(language, "金额合计", "Amount"), "48,216,500"),),
        count_text=count("records_count", language, 96),
    )


def lines(language: str) -> s.Table:
    names = (
        "VX-2400 线阵相机模组",
        "VX-L80 同轴光源",
        "边缘推理工控机 E7",
        "缺陷库建模与调试",
        "三年延保与备件",
    )
    english = (
        "VX-2400 line camera",
        "VX-L80 coaxial light",
        "Edge inference PC E7",
        "Defect library",
        "Warranty",
    )
    figures = (
        ("6.00", "86,000.00", "8.0%", "474,720.00"),
        ("6.00", "12,800.00", "8.0%", "70,656.00"),
        ("3.00", "46,500.00", "5.0%", "132,525.00"),
        ("45.00", "3,200.00", "", "144,000.00"),
        ("1.00", "268,000.00", "10.0%", "241,200.00"),
    )
    yuan = pick(language, "元", "CNY")
    return s.Table(
        (
            s.Column("product", pick(language, "产品", "Product"), "link", role="title"),
            s.Column("quantity", pick(language, "数量", "Quantity"), "decimal", "end"),
            s.Column("price", pick(language, "单价", "Price"), "money", "end", yuan),
            s.Column("discount", pick(language, "折扣", "Discount"), "percent", "end"),
            s.Column(
                "subtotal",
                pick(language, "小计", "Subtotal"),
                "money",
                "end",
                yuan,
                computed=True,
                role="figure",
            ),
        ),
        tuple(
            s.Row(
                str(at),
                (
                    text(pick(language, names[at], english[at])),
                    text(row[0], "decimal"),
                    text(row[1], "money"),
                    text(row[2], "percent"),
                    text(row[3], "money"),
                ),
            )
            for at, row in enumerate(figures)
        ),
        (s.Total("", "61.00", "quantity"), s.Total("", "1,063,101.00", "subtotal")),
        count("rows", language, 5),
    )


def sections(language: str) -> tuple[s.RecordSection, ...]:
    account = s.Shown(
        pick(language, "青禾岭精密机械", "Marrowfield Optics"),
        "link",
        (s.Piece(pick(language, "青禾岭精密机械", "Marrowfield Optics"), href="/crm/account/7"),),
    )
    need = pick(
        language,
        "三期四条产线的铝壳外观缺陷在线检测，节拍 0.8 秒/件，漏检率不高于 0.02%。",
        "In-line inspection of aluminium housings on four lines, 0.8 s a part, at most 0.02% missed.",
    )
    fields = (
        s.RecordField("account", pick(language, "客户", "Account"), account),
        s.RecordField(
            "source",
            pick(language, "来源", "Source"),
            s.Shown(
                pick(language, "老客户增购", "Existing customer"),
                "choice",
                (s.Piece(pick(language, "老客户增购", "Existing customer"), "option", colour="azure"),),
            ),
        ),
        s.RecordField(
            "decider",
            pick(language, "决策人", "Decider"),
            text(pick(language, "方若谷 · 设备总监", "R. Fang")),
        ),
        s.RecordField(
            "site",
            pick(language, "官网", "Website"),
            s.Shown("chongyan.example", "url", href="https://chongyan.example/"),
        ),
        s.RecordField(
            "weighted", pick(language, "加权金额", "Weighted"), text("850,480.80", "money", computed=True)
        ),
        s.RecordField(
            "team",
            pick(language, "协作人", "Team"),
            s.Shown("", "member", tuple(person(language, at) for at in (1, 2, 3))),
        ),
        s.RecordField("competitor", pick(language, "竞争对手", "Competitors"), text("")),
        s.RecordField(
            "public", pick(language, "公开招标", "Public tender"), text(say("no", language), "boolean")
        ),
        s.RecordField("need", pick(language, "需求摘要", "Need"), text(need, "long_text"), 2),
        s.RecordField(
            "lines",
            pick(language, "产品明细", "Product lines"),
            text(""),
            2,
            table=lines(language),
            help=pick(
                language, "小计 = 数量 × 单价 × (1 − 折扣)", "Subtotal = quantity × price × (1 − discount)"
            ),
        ),
    )
    return (s.RecordSection("basics", pick(language, "基本信息", "Basics"), fields),)


def events(language: str) -> tuple[s.Event, ...]:
    today, earlier = pick(language, "今天", "Today"), pick(language, "11 月 20 日", "20 November")
    return (
        s.Event(
            "approved",
            pick(language, "在「销售总监」一步", "at “Sales director”:"),
            today,
            "14:05",
            "2026-11-22T14:05:00+08:00",
            person(language, 1),
            quote=pick(language, "延保按 9 折可以，交期写进合同附件。", "10% off the warranty is fine."),
            note=pick(language, "用时 1 小时 20 分 · 下一步 财务复核", "Took 1 h 20 min"),
            word=say("approve", language),
            tone="ok",
        ),
        s.Event(
            "changed",
            pick(language, "修改了 2 个字段", "changed 2 fields"),
            today,
            "11:32",
            "2026-11-22T11:32:00+08:00",
            person(language, 0),
            (
                s.Change(pick(language, "折扣", "Discount"), "10.0%", "8.0%"),
                s.Change(pick(language, "预计成交", "Close date"), "", "2026-12-05"),
            ),
        ),
        s.Event(
            "submitted",
            pick(language, "提交报价审批", "submitted the quote"),
            today,
            "11:30",
            "",
            person(language, 0),
        ),
        s.Event(
            "comment",
            pick(language, "评论", "commented"),
            earlier,
            "17:48",
            "",
            person(language, 2),
            quote=pick(
                language,
                "现场勘测完成，四条线的光源支架尺寸已上传。",
                "Site survey done; drawings are uploaded.",
            ),
        ),
        s.Event(
            "stage",
            pick(language, "把阶段推进到 商务谈判", "moved the stage to Negotiation"),
            earlier,
            "09:10",
            "",
            person(language, 0),
        ),
        s.Event(
            "system",
            pick(language, "自动化「推进提醒」发了待办", "Automation “Nudge” made a to-do"),
            earlier,
            "09:10",
        ),
    )


def approval(language: str, actions: bool = True) -> s.ApprovalBox:
    return s.ApprovalBox(
        pick(language, "报价审批", "Quote approval"),
        pick(language, "审批中", "Running"),
        "info",
        (
            s.ApprovalStep(
                pick(language, "发起", "Submitted"),
                "done",
                (person(language, 0),),
                pick(language, "今天 11:30", "Today 11:30"),
            ),
            s.ApprovalStep(
                pick(language, "直属经理", "Line manager"),
                "done",
                (person(language, 2),),
                pick(language, "用时 24 分", "Took 24 min"),
                pick(language, "价格已核对", "Prices checked"),
            ),
            s.ApprovalStep(
                pick(language, "销售总监", "Sales director"),
                "now",
                (person(language, 1),),
                pick(language, "到期 今天 18:00", "Due today 18:00"),
            ),
            s.ApprovalStep(
                pick(language, "财务复核", "Finance"),
                "todo",
                (person(language, 3), person(language, 4)),
                rule=pick(language, "任一人同意即可", "Either of them"),
                branch=pick(language, "金额大于 50 万，以下两步同时进行", "Over 500,000: both in parallel"),
            ),
            s.ApprovalStep(
                pick(language, "完成", "Done"),
                "todo",
                text=pick(language, "报价状态变为「已批准」", "The quote becomes approved"),
            ),
        ),
        (
            s.Action("approve", say("approve", language), "/tasks/1/approve", "post", "check", "primary"),
            s.Action("reject", say("reject", language), "/tasks/1/reject", "post", "x", "danger"),
            s.Action("return", say("return", language), "/tasks/1/return", "post", "arrow-back-up"),
        )
        if actions
        else (),
        (pick(language, "财务与法务会同时收到待办", "Finance and legal get the task at the same time"),),
        "optional" if actions else "",
    )


def record(language: str) -> s.RecordScreen:
    stages = (
        ("new", "done", 4),
        ("qualified", "done", 11),
        ("proposal", "done", 9),
        ("negotiation", "now", 6),
        ("won", "todo", 0),
    )
    path = tuple(
        s.PathStage(
            key,
            stage(language, key).text,
            state,
            count("days", language, days) if days else "",
            s.Action(
                "to-won",
                say("advance_to", language, name=stage(language, "won").text),
                "/crm/opportunity/1/actions/stage",
                "post",
                fields=(("to", "won"), ("version", "3")),
                confirm=s.Confirm(say("advance_to", language, name=stage(language, "won").text)),
            )
            if key == "won"
            else None,
        )
        for key, state, days in stages
    )
    quotes = s.Table(
        (
            s.Column("number", pick(language, "编号", "Number"), "serial", role="title"),
            s.Column("status", pick(language, "状态", "Status"), "choice", role="stage"),
            s.Column("total", pick(language, "总额", "Total"), "money", "end", role="figure"),
            s.Column("until", pick(language, "有效期至", "Valid until"), "date", role="date"),
        ),
        (
            s.Row(
                "1",
                (
                    text("QT-202611-0117"),
                    s.Shown(
                        pick(language, "审批中", "In approval"),
                        "choice",
                        (s.Piece(pick(language, "审批中", "In approval"), "option", colour="azure"),),
                    ),
                    text("1,063,101.00", "money"),
                    text("2026-12-20", "date"),
                ),
                "/crm/quote/1",
            ),
            s.Row(
                "2",
                (
                    text("QT-202610-0088"),
                    s.Shown(
                        pick(language, "已作废", "Void"),
                        "choice",
                        (s.Piece(pick(language, "已作废", "Void"), "option", colour="slate"),),
                    ),
                    text("1,089,901.00", "money"),
                    text("2026-11-15", "date"),
                ),
                "/crm/quote/2",
            ),
        ),
    )
    title = pick(language, "青禾岭三期产线视觉检测", "Line 3 vision inspection")
    return s.RecordScreen(
        title=title,
        number="OPP-202611-00042",
        crumbs=(
            s.Link(pick(language, "商机", "Opportunities"), "/crm/opportunity"),
            s.Link("OPP-202611-00042", ""),
        ),
        sections=sections(language),
        actions=(
            s.Action("edit", say("edit", language), "/crm/opportunity/1/edit", icon="pencil", shortcut="E"),
            s.Action("submit", say("submit_approval", language), "/crm/opportunity/1/submit", "post", "send"),
            s.Action(
                "advance",
                say("advance_to", language, name=stage(language, "won").text),
                "/m",
                "post",
                "arrow-right",
                "primary",
            ),
        ),
        menu=(
            s.Action("print", say("print", language), "/p", icon="printer"),
            s.Action(
                "delete",
                say("delete", language),
                "/crm/opportunity/1/delete",
                "post",
                "trash",
                "danger",
                confirm=s.Confirm(
                    pick(language, "删除这条商机？", "Delete this opportunity?"),
                    pick(
                        language, "它会进回收站，30 天内可以恢复。", "It goes to the recycle bin for 30 days."
                    ),
                    say("delete", language),
                ),
            ),
        ),
        path=path,
        path_note=pick(language, "第 4 步，共 5 步 · 6 天", "Step 4 of 5 · 6 days"),
        requirements=s.Requirements(
            say("still_needed", language, name=stage(language, "won").text),
            (
                s.Requirement(pick(language, "产品明细", "Product lines"), "met"),
                s.Requirement(pick(language, "决策人", "Decider"), "missing"),
                s.Requirement(
                    pick(language, "大额审批（金额超过 100 万）", "Large deal approval"), "waiting"
                ),
            ),
        ),
        facts=(
            s.Fact(
                pick(language, "金额", "Amount"),
                text("1,063,101.00", "money", unit=pick(language, "元", "CNY")),
            ),
            s.Fact(
                pick(language, "加权金额", "Weighted"),
                text("850,480.80", "money", unit=pick(language, "元", "CNY")),
            ),
            s.Fact(pick(language, "预计成交", "Close date"), text("2026-12-05", "date")),
            s.Fact(pick(language, "本阶段停留", "In this stage"), text(count("days", language, 6))),
            s.Fact(
                pick(language, "负责人", "Owner"),
                s.Shown(person(language, 0).text, "member", (person(language, 0),)),
            ),
        ),
        notices=(
            s.Notice(
                pick(language, "大额审批进行中，等 陈砚秋 处理", "Large deal approval is running"), "warn"
            ),
        ),
        related=(
            s.RelatedList(
                "quotes",
                pick(language, "报价", "Quotes"),
                "2",
                quotes,
                s.Action("add", say("create", language), "/crm/quote/new", icon="plus", kind="quiet"),
                "/crm/quote",
            ),
            s.RelatedList("contracts", pick(language, "合同", "Contracts"), "0", s.Table(quotes.columns, ())),
        ),
        timeline=s.Timeline(
            events(language),
            (
                s.Tab("all", say("all", language), "?a=all", active=True),
                s.Tab("changes", say("changes", language), "?a=c"),
                s.Tab("comments", say("comments", language), "?a=k"),
            ),
            "/crm/opportunity/1/comments",
            "?older",
        ),
        position="3 / 96",
        previous_href="/crm/opportunity/2",
        next_href="/crm/opportunity/3",
        subtitle=(
            s.Shown(
                pick(language, "青禾岭精密机械", "Marrowfield"),
                "link",
                (s.Piece(pick(language, "青禾岭精密机械", "Marrowfield")),),
            ),
            s.Shown(person(language, 0).text, "member", (person(language, 0),)),
        ),
    )


def record_in_approval(language: str) -> s.RecordScreen:
    full = record(language)
    return s.RecordScreen(
        title=full.title,
        number=full.number,
        crumbs=full.crumbs,
        sections=full.sections,
        approval=approval(language),
        timeline=s.Timeline(()),
        facts=full.facts[:3],
    )


def inbox(language: str) -> s.InboxScreen:
    entries = (
        (
            "QT-202611-0117 报价审批",
            "QT-202611-0117 quote",
            0,
            "销售总监",
            "Sales director",
            "12 分钟前",
            "12 min ago",
            "1,063,101.00",
            "",
        ),
        (
            "请假 · 11-24 至 11-26",
            "Leave · Nov 24 to 26",
            4,
            "直接上级",
            "Manager",
            "1 小时前",
            "1 h ago",
            pick(language, "3 天", "3 days"),
            "",
        ),
        (
            "渡口数据 采购合同",
            "Ferrypoint contract",
            3,
            "法务会签",
            "Legal",
            "超时 2 小时",
            "2 h late",
            "520,000.00",
            "bad",
        ),
        (
            "折扣超限 · 栎川连接器",
            "Discount · Oakstream",
            5,
            "销售总监",
            "Sales director",
            "今天 09:40",
            "Today 09:40",
            "668,000.00",
            "",
        ),
        (
            "差旅报销 · 十月",
            "Travel expenses · October",
            2,
            "部门负责人",
            "Department head",
            "昨天",
            "Yesterday",
            "6,842.50",
            "",
        ),
    )
    tasks = tuple(
        s.TaskLine(
            str(at),
            pick(language, zh, en),
            f"/inbox/{at}",
            person(language, who),
            pick(language, step_zh, step_en),
            pick(language, when_zh, when_en),
            tone=tone,
            figure=figure,
            active=at == 0,
            actions=(
                s.Action(
                    f"approve-{at}",
                    say("approve", language),
                    f"/tasks/{at}/approve",
                    "post",
                    "check",
                    "primary",
                    confirm=s.Confirm(
                        pick(language, "同意这份报价？", "Approve this quote?"),
                        "",
                        say("confirm_approve", language),
                        (
                            ("QT-202611-0117", figure),
                            (pick(language, "接下来", "Next"), pick(language, "财务 宋以宁", "Finance")),
                        ),
                        "optional",
                    ),
                ),
                s.Action(
                    f"reject-{at}",
                    say("reject", language),
                    f"/tasks/{at}/reject",
                    "post",
                    "",
                    confirm=s.Confirm(say("reject", language), comment="required"),
                ),
            ),
        )
        for at, (zh, en, who, step_zh, step_en, when_zh, when_en, figure, tone) in enumerate(entries)
    )
    base = sections(language)[0]
    discount = s.FormField("discount", "percent", pick(language, "总折扣", "Discount"), "7.1", suffix="%")
    shown = tuple(
        s.RecordField("discount", discount.label, text("7.1%", "percent"), edit=discount)
        if field.id == "weighted"
        else field
        for field in base.fields
    )
    task = s.TaskPane(
        title=pick(
            language, "QT-202611-0117 青禾岭三期产线视觉检测", "QT-202611-0117 Line 3 vision inspection"
        ),
        context=pick(language, "客户关系 · 报价审批 · 第 2 版流程", "CRM · Quote approval · version 2"),
        person=person(language, 0),
        submitted=pick(
            language,
            "苏映川 于今天 11:30 提交 · 因为折扣大于 10%",
            "Mira Aldane, today 11:30 · discount above 10%",
        ),
        record_href="/crm/quote/1",
        sections=(
            s.RecordSection(
                "basics", pick(language, "报价信息", "Quote"), shown, note=say("visible_fields", language)
            ),
        ),
        approval=approval(language),
        due=pick(language, "剩余 5 小时 48 分", "5 h 48 min left"),
        notices=(
            s.Notice(
                pick(
                    language,
                    "与上一版相比：总额 −26,800.00，交期 45 天 → 60 天。",
                    "Since the last version: total −26,800.00.",
                ),
                "info",
            ),
        ),
        opinions=(
            s.Opinion(
                person(language, 2),
                pick(language, "直属经理", "Line manager"),
                "11:54",
                pick(
                    language, "价格已核对，光源按年度框架价。", "Prices checked against the frame contract."
                ),
            ),
        ),
        files=(file_piece("三期技术协议 v3.pdf", "1.8 MB"), file_piece("成本测算.xlsx", "64 KB")),
        form_token="t",
    )
    return s.InboxScreen(
        title=say("inbox", language),
        count="7",
        tabs=(
            s.Tab("todo", say("waiting_for_me", language), "/inbox", "7", active=True),
            s.Tab("mine", say("started_by_me", language), "/inbox?mine", "3"),
            s.Tab("done", say("handled", language), "/inbox?done"),
        ),
        tasks=tasks,
        task=task,
    )


def empty_inbox(language: str) -> s.InboxScreen:
    nothing = pick(language, "没有等你处理的事", "Nothing waits for you")
    tabs = (s.Tab("todo", say("waiting_for_me", language), "/inbox", active=True),)
    return s.InboxScreen(say("inbox", language), tabs, (), empty=s.Empty(nothing))


def form_field_samples(language: str) -> tuple[s.FormField, ...]:
    """One input of every field type."""
    chosen = s.Choice("1", person(language, 0).text, person(language, 0))
    options = tuple(
        s.Choice(key, stage(language, key).text, stage(language, key))
        for key in ("new", "qualified", "proposal")
    )
    f = s.FormField
    return (
        f(
            "name",
            "text",
            pick(language, "商机名称", "Name"),
            pick(language, "青禾岭三期产线视觉检测", "Line 3 vision inspection"),
            required=True,
            width=2,
            max_length=120,
        ),
        f(
            "account",
            "link",
            pick(language, "客户", "Account"),
            required=True,
            choose_href="/choose/account",
            problems=(pick(language, "请选择客户，找不到时可以直接新建", "Choose an account"),),
        ),
        f(
            "owner",
            "member",
            pick(language, "负责人", "Owner"),
            "1",
            chosen=(chosen,),
            choose_href="/choose/owner",
        ),
        f("stage", "stage", pick(language, "阶段", "Stage"), "proposal", options=options),
        f(
            "close_on",
            "date",
            pick(language, "预计成交", "Close date"),
            "2026-10-31",
            required=True,
            problems=(pick(language, "早于创建日期 2026-11-22", "Before the creation date"),),
        ),
        f("probability", "percent", pick(language, "赢率", "Probability"), "50", suffix="%"),
        f(
            "source",
            "choice",
            pick(language, "来源", "Source"),
            "old",
            options=(
                s.Choice("old", pick(language, "老客户增购", "Existing customer")),
                s.Choice("new", pick(language, "展会", "Fair")),
            ),
        ),
        f("budget", "money", pick(language, "预算", "Budget"), "1063101.00", prefix="¥"),
        f(
            "tags",
            "choices",
            pick(language, "标签", "Tags"),
            ("vision",),
            options=(
                s.Choice("vision", pick(language, "视觉", "Vision")),
                s.Choice("laser", pick(language, "激光", "Laser")),
            ),
        ),
        f("quantity", "integer", pick(language, "产线数", "Lines"), "4"),
        f("cycle", "decimal", pick(language, "节拍", "Cycle time"), "0.80", suffix=pick(language, "秒", "s")),
        f("tender", "boolean", pick(language, "公开招标", "Public tender"), "true"),
        f("visit_at", "datetime", pick(language, "下次拜访", "Next visit"), "2026-12-05T14:30"),
        f("email", "email", pick(language, "邮箱", "E-mail"), "su.yingchuan@chongyan.example"),
        f("phone", "phone", pick(language, "电话", "Phone"), "138 0000 4721"),
        f("site", "url", pick(language, "网址", "Website"), "", placeholder="https://"),
        f(
            "team",
            "member",
            pick(language, "协作人", "Team"),
            ("1",),
            chosen=(chosen,),
            choose_href="/choose/owner",
            multiple=True,
        ),
        f(
            "contacts",
            "links",
            pick(language, "联系人", "Contacts"),
            ("4",),
            chosen=(s.Choice("4", pick(language, "方若谷", "R. Fang")),),
            choose_href="/choose/contact",
        ),
        f("number", "serial", pick(language, "编号", "Number"), shown=s.Shown("", "serial"), computed=True),
        f(
            "weighted",
            "money",
            pick(language, "加权金额", "Weighted"),
            shown=text("406,068.00", "money"),
            computed=True,
        ),
        f(
            "margin",
            "percent",
            pick(language, "毛利率", "Margin"),
            shown=text("31.4%", "percent"),
            read_only=True,
            why=pick(language, "只有财务可以改", "Only finance may change it"),
        ),
        f(
            "address",
            "address",
            pick(language, "地址", "Address"),
            width=2,
            parts=tuple(
                f(part, "text", say(part, language))
                for part in ("country", "province", "city", "district", "street", "postcode")
            ),
        ),
        f(
            "files",
            "file",
            pick(language, "附件", "Files"),
            ("9",),
            chosen=(s.Choice("9", "技术协议 v3.pdf", note="1.8 MB"),),
            multiple=True,
        ),
        f(
            "summary",
            "long_text",
            pick(language, "需求摘要", "Need"),
            pick(language, "三期四条产线的铝壳外观缺陷在线检测。", "In-line inspection."),
            width=2,
            help=pick(language, "写清节拍和漏检率", "Say cycle time and miss rate"),
        ),
    )


def sub_table(language: str) -> s.FormField:
    def row(index: str, id_: str, values: tuple[str, ...], wrong: bool = False) -> s.FormRow:
        labels = (
            pick(language, "产品", "Product"),
            pick(language, "数量", "Quantity"),
            pick(language, "单价", "Price"),
            pick(language, "折扣", "Discount"),
        )
        problem = (
            (pick(language, "折扣 12% 超过你的上限 10%", "12% is above your limit of 10%"),) if wrong else ()
        )
        chosen = (s.Choice(values[0], values[0]),) if values[0] else ()
        return s.FormRow(
            index,
            id_,
            (
                s.FormField(
                    "product",
                    "link",
                    labels[0],
                    values[0],
                    chosen=chosen,
                    choose_href="/choose/product",
                    required=True,
                ),
                s.FormField("quantity", "decimal", labels[1], values[1]),
                s.FormField("price", "money", labels[2], values[2], prefix="¥"),
                s.FormField("discount", "percent", labels[3], values[3], suffix="%", problems=problem),
                s.FormField(
                    "subtotal",
                    "money",
                    pick(language, "小计", "Subtotal"),
                    shown=text(values[4], "money"),
                    computed=True,
                ),
            ),
        )

    rows_ = (
        row("0", "11", ("VX-2400 线阵相机模组", "6.00", "86000.00", "8.0", "474,720.00")),
        row("1", "12", ("VX-L80 同轴光源", "6.00", "12800.00", "8.0", "70,656.00")),
        row("2", "13", ("边缘推理工控机 E7", "3.00", "46500.00", "12.0", "122,760.00"), True),
    )
    blank = row("__index__", "", ("", "1.00", "", "", ""))
    table = s.SubTable(
        blank.fields, rows_, blank, (s.Total("", "15.00", "quantity"), s.Total("", "668,136.00", "subtotal"))
    )
    return s.FormField("lines", "table", pick(language, "产品明细", "Product lines"), width=3, table=table)


def form(language: str) -> s.FormScreen:
    fields = form_field_samples(language)
    return s.FormScreen(
        key=f"crm/opportunity/create/1/{language}",
        title=say("create_entity", language, name=pick(language, "商机", "opportunity")),
        action="/crm/opportunity/new",
        sections=(
            s.FormSection("basics", pick(language, "基本信息", "Basics"), fields[:7], 3),
            s.FormSection("lines", "", (sub_table(language),), 3),
            s.FormSection("more", pick(language, "补充说明", "More"), fields[7:], 2),
        ),
        save_label=say("save", language),
        cancel_href="/crm/opportunity",
        form_token="once",
        problems=(
            s.Problem(pick(language, "必填", "required"), "account", pick(language, "客户", "Account")),
            s.Problem(
                pick(language, "早于创建日期", "before creation"),
                "close_on",
                pick(language, "预计成交", "Close date"),
            ),
            s.Problem(
                pick(language, "折扣超过 10%", "discount above 10%"),
                "lines-2-discount",
                pick(language, "产品明细第 3 行", "Product line 3"),
            ),
        ),
        buttons=(s.Action("new", say("save_and_new", language), "", "post"),),
        live=(
            s.Fact(pick(language, "金额", "Amount"), text("812,136.00", "money"), "amount"),
            s.Fact(pick(language, "加权金额", "Weighted"), text("406,068.00", "money"), "weighted"),
        ),
        consequences=(
            pick(language, "保存时给出编号 OPP-202611-…", "A number is given on saving"),
            pick(language, "折扣超过 10% 的行会发给 陈砚秋 审批", "Lines above 10% go to approval"),
        ),
        duplicates=(
            s.Link(
                pick(language, "青禾岭二期视觉升级", "Line 2 vision upgrade"),
                "/crm/opportunity/9",
                pick(language, "同客户 · 赢单 · 2025-06", "Same account · won"),
            ),
        ),
        has_files=True,
    )


def chart(language: str, kind: str) -> s.Chart:
    pieces: tuple[s.Piece, ...] = ()
    names: tuple[str, ...]
    values: tuple[str, ...]
    notes: tuple[str, ...] = ()
    if kind == "funnel":
        keys, values = (
            ("new", "qualified", "proposal", "negotiation", "won"),
            ("214", "142", "74", "41", "23"),
        )
        pieces = tuple(stage(language, key) for key in keys)
        names, notes = tuple(piece.text for piece in pieces), ("—", "66%", "52%", "55%", "56%")
    elif kind == "rank":
        pieces = tuple(person(language, at) for at in range(5))
        names, values = tuple(piece.text for piece in pieces), ("11.6", "10.1", "7.4", "5.9", "4.8")
        notes = ("118%", "102%", "96%", "83%", "71%")
    else:
        names = tuple(pick(language, f"{month} 月", f"2026-{month:02d}") for month in range(1, 12))
        values = ("3.4", "2.6", "1.8", "3.9", "3.3", "3.6", "4.8", "3.1", "3.5", "4.6", "4.0")
    table = s.Table(
        (
            s.Column("a", pick(language, "项目", "Item")),
            s.Column("b", pick(language, "数值", "Value"), "decimal", "end"),
        ),
        tuple(s.Row(str(at), (text(name), text(values[at], "decimal"))) for at, name in enumerate(names)),
    )
    return s.Chart(
        kind,
        names,
        (
            s.ChartSeries(
                pick(language, "今年", "This year"), values, values, tuple("/crm/opportunity" for _ in values)
            ),
        ),
        table,
        pick(language, "百万元", "CNY million"),
        pieces,
        notes,
        len(names) - 1 if kind == "bar" else 1 if kind == "rank" else -1,
    )


def dashboard(language: str) -> s.DashboardScreen:
    number = s.NumberCard
    wide = s.Table(
        columns(language)[:5], tuple(s.Row(row.id, row.cells[:5], row.href) for row in rows(language)[:5])
    )
    return s.DashboardScreen(
        title=pick(language, "销售看板", "Sales dashboard"),
        note=pick(
            language, "截至 14:30，只含你能看到的 142 条商机", "As of 14:30, the 142 deals you may see"
        ),
        chips=(
            s.FilterChip(
                pick(language, "期间", "Period"),
                pick(language, "是", "is"),
                pick(language, "近 12 个月", "last 12 months"),
            ),
        ),
        actions=(
            s.Action("export", say("export", language), "#", icon="download"),
            s.Action("edit", say("edit", language), "#", icon="pencil"),
        ),
        cards=(
            number(
                "won",
                pick(language, "赢单金额", "Won"),
                "4,268",
                pick(language, "万元", "k CNY"),
                3,
                "#",
                pick(language, "目标 4,460 万", "Target 4,460 k"),
                96,
                pick(language, "同比 18.2%", "18.2% up"),
                "up",
                "ok",
                ("2", "3", "2.6", "4", "3.7", "4.4"),
            ),
            number(
                "open",
                pick(language, "在手加权", "Weighted open"),
                "2,584",
                pick(language, "万元", "k CNY"),
                3,
                "#",
                "",
                -1,
                pick(language, "环比 6.1%", "6.1% up"),
                "up",
                "ok",
                ("1", "1.4", "2", "1.9", "2.6"),
            ),
            number(
                "rate",
                pick(language, "赢单率", "Win rate"),
                "34.6",
                "%",
                3,
                "#",
                pick(language, "目标 40%", "Target 40%"),
                86,
                pick(language, "低 2.4 个百分点", "2.4 points down"),
                "down",
                "bad",
                ("40", "38", "39", "36", "34.6"),
            ),
            number(
                "cycle",
                pick(language, "平均成交周期", "Days to close"),
                "61",
                pick(language, "天", "days"),
                3,
                "#",
                pick(language, "目标 55 天", "Target 55 days"),
                90,
                pick(language, "快 5 天", "5 days faster"),
                "up",
                "ok",
                ("66", "70", "64", "61"),
            ),
            s.ChartCard(
                "monthly", pick(language, "每月赢单", "Won by month"), chart(language, "bar"), 7, "#"
            ),
            s.ChartCard(
                "funnel",
                pick(language, "阶段漏斗", "Pipeline"),
                chart(language, "funnel"),
                5,
                "#",
                pick(language, "条数与转化", "Deals and conversion"),
            ),
            s.ListCard("late", pick(language, "需要留意", "Needs attention"), wide, 7, "#", "8"),
            s.ChartCard("rank", pick(language, "赢单排行", "Ranking"), chart(language, "rank"), 5, "#"),
        ),
    )


def report(language: str) -> s.ReportScreen:
    drawn = chart(language, "line")
    return s.ReportScreen(
        title=pick(language, "销售管线", "Pipeline"),
        table=drawn.table,
        chart=drawn,
        note=pick(language, "截至 14:30，142 条商机", "As of 14:30, 142 deals"),
        actions=(s.Action("export", say("export", language), "#", icon="download"),),
    )


def import_map(language: str) -> s.ImportScreen:
    options = tuple(
        s.Choice(key, label)
        for key, label in (
            ("", say("import_leave_out", language)),
            ("name", pick(language, "商机名称", "Name")),
            ("account", pick(language, "客户", "Account")),
            ("amount", pick(language, "金额", "Amount")),
            ("stage", pick(language, "阶段", "Stage")),
        )
    )
    preview = s.Table(
        columns(language)[:5], tuple(s.Row(row.id, row.cells[:5]) for row in rows(language)[:3])
    )
    found, missing = pick(language, "认出", "recognised"), pick(language, "6 个找不到", "6 not found")
    return s.ImportScreen(
        title=say("import_entity", language, name=pick(language, "商机", "opportunities")),
        step="map",
        action="/crm/opportunity/import/1",
        cancel_href="/crm/opportunity",
        file_text=pick(
            language,
            "商机台账-2026Q4.xlsx · 第 1 张表 · 318 行 12 列",
            "deals-2026Q4.xlsx · sheet 1 · 318 rows",
        ),
        columns=(
            s.ImportColumn(
                0,
                pick(language, "项目名称", "Project"),
                pick(language, "青禾岭三期", "Line 3"),
                options,
                "name",
                found,
                "ok",
            ),
            s.ImportColumn(
                1,
                pick(language, "客户", "Customer"),
                pick(language, "青禾岭精密", "Marrowfield"),
                options,
                "account",
                missing,
                "warn",
            ),
            s.ImportColumn(2, pick(language, "预计金额", "Value"), "1063101", options, "amount", found, "ok"),
            s.ImportColumn(
                3,
                pick(language, "进展", "State"),
                pick(language, "谈判中", "talks"),
                options,
                "stage",
                pick(language, "1 个重名", "1 ambiguous"),
                "bad",
            ),
            s.ImportColumn(4, pick(language, "备注 2", "Note 2"), "", options),
        ),
        columns_text=pick(language, "12 列认出 10 列", "10 of 12 recognised"),
        modes=(
            s.ImportMode(
                "upsert",
                pick(language, "更新并新增", "Update and add"),
                pick(language, "按 商机名称 + 客户 判断", "By name and account"),
                True,
            ),
            s.ImportMode("add", pick(language, "只新增", "Add only")),
            s.ImportMode("update", pick(language, "只更新", "Update only")),
        ),
        match=options[1:3],
        matched=("name",),
        ticks=tuple(
            s.ImportTick(name, screen_text(f"import_{name}", language), name == "skip_cells")
            for name in ("keep_empty", "skip_cells", "keep_numbers", "keep_origin")
        ),
        counts=(
            s.ImportCount(pick(language, "新增", "Added"), "264"),
            s.ImportCount(pick(language, "更新", "Updated"), "41"),
            s.ImportCount(pick(language, "无法导入", "Failed"), "13", "bad"),
        ),
        counts_note=pick(
            language,
            "其余 305 行先导入，13 行可下载改好再传。整批可撤销。",
            "305 rows go in; 13 can be mended and sent again.",
        ),
        preview=preview,
        submit_label=pick(language, "试导入 318 行", "Try 318 rows"),
    )


def export_choice(language: str) -> s.ExportScreen:
    labels = (
        ("id", pick(language, "编号", "ID")),
        ("name", pick(language, "商机名称", "Name")),
        ("amount", pick(language, "金额", "Amount")),
    )
    return s.ExportScreen(
        title=pick(language, "导出商机", "Export opportunities"),
        action="/crm/opportunity/export",
        cancel_href="/crm/opportunity",
        count_text=pick(language, "318 条记录", "318 records"),
        formats=(s.Choice("xlsx", "Excel"), s.Choice("csv", "CSV")),
        format="xlsx",
        fields=tuple(s.Choice(value, label) for value, label in labels),
        has_rows=True,
        submit_label=pick(language, "开始导出", "Export"),
    )


def export_running(language: str) -> s.ExportScreen:
    return s.ExportScreen(
        title=pick(language, "导出商机", "Export opportunities"),
        action="/crm/opportunity/export/1",
        cancel_href="/crm/opportunity",
        running=True,
        percent=40,
        progress_text=pick(language, "已写出 400,000 / 1,000,000 条", "400,000 of 1,000,000 records written"),
    )


def import_upload(language: str) -> s.ImportScreen:
    return s.ImportScreen(
        title=say("import_entity", language, name=pick(language, "商机", "opportunities")),
        step="upload",
        action="/crm/opportunity/import",
        cancel_href="/crm/opportunity",
        limits=pick(language, "最大 200 MB", "At most 200 MB"),
        sample_href="/crm/opportunity/import/sample",
        submit_label=say("upload", language),
    )


def import_running(language: str) -> s.ImportScreen:
    return s.ImportScreen(
        title=say("import_entity", language, name=pick(language, "商机", "opportunities")),
        step="done",
        action="/crm/opportunity/import/1",
        running=True,
        percent=62,
        progress_text=pick(language, "62,000 / 100,000 行 · 还要约 3 秒", "62,000 of 100,000 rows"),
        counts=(
            s.ImportCount(pick(language, "新增", "Added"), "61,987"),
            s.ImportCount(pick(language, "无法导入", "Failed"), "13", "bad"),
        ),
    )


def sign_in(language: str) -> s.SignInScreen:
    return s.SignInScreen(
        workspace=pick(language, "重檐仪器", "Chongyan"),
        action="/sign-in",
        problems=(s.Problem(pick(language, "账号或密码不对", "Account or password is wrong")),),
        languages=(
            s.Tab("zh", "简体中文", "?language=zh", active=language == "zh"),
            s.Tab("en", "English", "?language=en", active=language == "en"),
        ),
        demo=(
            s.DemoAccount(
                "su",
                "x",
                pick(language, "苏映川", "Su Ying"),
                pick(language, "销售代表", "Sales representative"),
            ),
            s.DemoAccount(
                "chen", "x", pick(language, "陈砚秋", "Chen Yan"), pick(language, "销售经理", "Sales manager")
            ),
        ),
    )


def problem(language: str) -> s.ProblemScreen:
    return s.ProblemScreen(
        404,
        say("problem_404", language),
        say("problem_text_404", language),
        (s.Action("home", say("go_home", language), "/", kind="primary"),),
        (s.Detail("V-204 views/opportunity.yaml:18:13"),),
        "7f3a-91c0",
    )


def designer(language: str) -> s.DesignerScreen:
    def field(id_: str, zh: str, en: str, type_: str, icon: str, **more: object) -> s.DesignerField:
        return s.DesignerField(id_, pick(language, zh, en), type_, type_, icon, f"?field={id_}", **more)  # type: ignore[arg-type]

    palette = (
        s.PaletteGroup(
            pick(language, "基础", "Basic"),
            tuple(
                s.PaletteType(id_, pick(language, zh, en), icon)
                for id_, zh, en, icon in (
                    ("text", "单行文本", "Text", "cursor-text"),
                    ("long_text", "多行文本", "Long text", "align-left"),
                    ("decimal", "数字", "Number", "number"),
                    ("money", "金额", "Money", "currency-yuan"),
                    ("percent", "百分比", "Percent", "percentage"),
                    ("date", "日期", "Date", "calendar"),
                    ("choice", "单选", "Choice", "circle-dot"),
                    ("choices", "多选", "Choices", "checkbox"),
                )
            ),
        ),
        s.PaletteGroup(
            pick(language, "人与组织", "People"),
            (
                s.PaletteType("member", pick(language, "成员", "Member"), "user"),
                s.PaletteType("phone", pick(language, "电话", "Phone"), "phone"),
            ),
        ),
    )
    properties = s.FormSection(
        "common",
        "",
        (
            s.FormField("label_zh", "text", pick(language, "名称", "Label (Chinese)"), "小计", required=True),
            s.FormField("label_en", "text", pick(language, "英文名称", "Label (English)"), "Subtotal"),
            s.FormField(
                "formula",
                "expression",
                say("formula", language),
                "ROUND(quantity * price * (1 - discount), 2)",
                check="/design/crm/opportunity/check",
                purpose="formula",
                about="subtotal",
            ),
            s.FormField("required", "boolean", say("required", language), "true"),
        ),
        1,
    )
    return s.DesignerScreen(
        app="crm",
        title=pick(language, "商机 · 新建与编辑", "Opportunity · create and edit"),
        action="/crm/design/opportunity",
        sections=(
            s.DesignerSection(
                "basics",
                pick(language, "基本信息", "Basics"),
                2,
                (
                    field("name", "商机名称", "Name", "text", "cursor-text", required=True),
                    field("account", "客户", "Account", "link", "link", required=True, changed=True),
                    field("owner", "负责人", "Owner", "member", "user"),
                    field("close_on", "预计成交", "Close date", "date", "calendar"),
                    field(
                        "lines",
                        "产品明细",
                        "Product lines",
                        "table",
                        "table",
                        width=2,
                        selected=True,
                        columns=tuple(
                            pick(language, zh, en)
                            for zh, en in (("产品", "Product"), ("数量", "Quantity"), ("小计", "Subtotal"))
                        ),
                    ),
                    field(
                        "amount",
                        "金额",
                        "Amount",
                        "money",
                        "currency-yuan",
                        computed=True,
                        sample="SUM(lines.subtotal)",
                    ),
                ),
                href="?section=basics",
            ),
            s.DesignerSection("more", pick(language, "补充说明", "More"), 1, ()),
        ),
        palette=palette,
        entities=(
            s.DesignerEntity("opportunity", pick(language, "商机", "Opportunity"), "#", "target", True),
            s.DesignerEntity("account", pick(language, "客户", "Account"), "#", "building"),
        ),
        tabs=(
            s.Tab("forms", pick(language, "表单", "Forms"), "#", active=True),
            s.Tab("flows", pick(language, "流程", "Flows"), "#"),
        ),
        draft=count("draft_changes", language, 7),
        unplaced=(field("old_number", "旧编号", "Old number", "text", "cursor-text"),),
        properties=(properties,),
        properties_title=pick(language, "小计", "Subtotal"),
        properties_code="lines.subtotal",
        properties_form=(("operation", "set_field"), ("field", "lines")),
        used_by=(s.Link(pick(language, "报表「销售管线」", "Report “Pipeline”"), "#", icon="report"),),
        actions=(
            s.Action("preview", say("preview", language), "#", icon="device-mobile"),
            s.Action("publish", say("publish", language), "/crm/publish", kind="seal"),
        ),
        can_undo=True,
        app_piece=s.Piece(pick(language, "客户关系", "CRM"), colour="azure", note="building-store"),
        file_path="entities/opportunity.yaml",
        file_text="fields:\n  name: {type: text}\n",
    )


def publish(language: str) -> s.PublishScreen:
    line, group = s.PlanLine, s.PlanGroup
    field = pick(language, "字段", "Field")
    return s.PublishScreen(
        title=say("publish_title", language, app=pick(language, "客户关系", "CRM"), n=7),
        action="/crm/publish",
        plan="abc",
        back_href="/crm/design/opportunity",
        groups=(
            group(
                "added",
                say("plan_added", language),
                (
                    line(
                        pick(language, "折扣上限", "Discount limit"),
                        field,
                        pick(language, "（商机 › 产品明细），默认 10%", "(product lines), default 10%"),
                        pick(language, "142 条商机的 611 行会填上默认值", "611 rows get the default"),
                    ),
                ),
            ),
            group(
                "changed",
                say("plan_changed", language),
                (
                    line(
                        pick(language, "预计成交", "Close date"),
                        field,
                        pick(language, "变为必填", "becomes required"),
                        pick(language, "9 条旧记录为空，照常可看", "9 records are empty and stay readable"),
                    ),
                ),
            ),
            group(
                "access",
                say("plan_access", language),
                (
                    line(
                        pick(language, "销售助理", "Sales assistant"),
                        "",
                        pick(language, "（4 人）可以看到商机的 金额", "(4 people) will see the amount"),
                        pick(language, "之前不可见", "Not visible before"),
                    ),
                ),
            ),
            group(
                "removed",
                say("plan_removed", language),
                (
                    line(
                        pick(language, "旧编号", "Old number"),
                        field,
                        pick(language, "不再显示", "is no longer shown"),
                        pick(language, "142 个值保留 90 天，可以恢复", "142 values are kept for 90 days"),
                    ),
                ),
            ),
        ),
        notices=(
            s.Notice(
                pick(
                    language,
                    "3 条记录会不符合新规则：预计成交早于创建日期。",
                    "3 records will not meet the new rule.",
                ),
                "warn",
            ),
        ),
        assurances=(say("plan_undo", language), say("plan_time", language)),
        acknowledge=pick(
            language,
            "我已看过，销售助理可以看到金额",
            "I have seen that sales assistants will see the amount",
        ),
        files=(
            s.FileChange(
                "entities/opportunity.yaml",
                (
                    ("@", "@ -1,3 +1,4 @@"),
                    (" ", " fields:"),
                    ("-", "  a: {type: text}"),
                    ("+", "  a: {type: text, required: true}"),
                ),
            ),
        ),
    )


def templates(language: str) -> s.TemplatesScreen:
    pictures = (
        (
            "crm",
            "客户关系",
            "CRM",
            "线索到回款：管线、报价、合同、目标。",
            "Leads to receipts: pipeline, quotes, contracts.",
            "board",
        ),
        (
            "leave",
            "请假与加班",
            "Leave and overtime",
            "申请、两级审批、余额。",
            "Request, two-level approval, balances.",
            "flow",
        ),
        (
            "desk",
            "服务台",
            "Service desk",
            "工单、服务级别、上门、满意度。",
            "Tickets, service levels, visits.",
            "list",
        ),
        (
            "buy",
            "采购",
            "Purchasing",
            "申请、比价、下单、收货、付款。",
            "Request, compare, order, receive, pay.",
            "form",
        ),
        ("stock", "库存", "Stock", "库位、盘点、批次、最低库存。", "Locations, counts, batches.", "chart"),
        (
            "project",
            "项目",
            "Projects",
            "计划、里程碑、工时、成本。",
            "Plan, milestones, hours, cost.",
            "timeline",
        ),
    )
    return s.TemplatesScreen(
        title=say("templates", language),
        count="6",
        tabs=(
            s.Tab("all", say("all", language), "#", "6", active=True),
            s.Tab("sales", pick(language, "销售", "Sales"), "#", "2"),
        ),
        updates=(
            s.TemplateUpdate(
                pick(language, "客户关系 2.4", "CRM 2.4"),
                pick(
                    language,
                    "12 处改动，其中 3 处碰到你改过的内容。",
                    "12 items changed. 3 of them touch what you adapted.",
                ),
                (
                    (
                        "added",
                        pick(
                            language, "回款可以分摊到多个合同", "Receipts can be split over several contracts"
                        ),
                    ),
                    (
                        "conflict",
                        pick(
                            language,
                            "报价审批：你加了法务，更新加了财务",
                            "Quote approval: you added legal, the update adds finance",
                        ),
                    ),
                ),
                (s.Action("diff", pick(language, "看看改了什么", "See what changes"), "#", kind="primary"),),
            ),
        ),
        cards=tuple(
            s.TemplateCard(
                id_,
                pick(language, zh, en),
                pick(language, text_zh, text_en),
                picture,
                (pick(language, "14 张表", "14 tables"), pick(language, "6 个流程", "6 flows")),
                say("installed", language, version="2.3") if at == 0 else "",
                ()
                if at == 0
                else (s.Action(f"install-{id_}", say("install", language), f"/templates/{id_}", "post"),),
            )
            for at, (id_, zh, en, text_zh, text_en, picture) in enumerate(pictures)
        ),
        search_action="/templates",
        upload_action="/templates/upload",
    )


def apps(language: str) -> s.AppsScreen:
    frame = shell(language)
    return s.AppsScreen(
        title=say("apps", language),
        apps=tuple(
            s.AppCard(
                app.label,
                app.href,
                app.icon,
                app.colour,
                pick(language, "客户、商机、报价与回款", "Accounts, deals, quotes and receipts")
                if at == 0
                else "",
                tuple(
                    s.Link(entry.label, entry.href, entry.count, entry.icon)
                    for entry in app.entries
                    if entry.href
                ),
            )
            for at, app in enumerate(frame.apps)
        ),
        search_action="/search",
    )


def search(language: str) -> s.AppsScreen:
    found = tuple(
        s.Link(row.cells[0].text, row.href, pick(language, "商机", "Opportunity"), "target")
        for row in rows(language)[:4]
    )
    return s.AppsScreen(say("search_results", language, q="VX"), (), found, None, "VX", "/search")


def settings(language: str) -> s.SettingsScreen:
    password = s.FormScreen(
        key="profile/password",
        title="",
        action="/profile/password",
        sections=(
            s.FormSection(
                "p",
                "",
                (s.FormField("name", "text", say("your_name", language), person(language, 0).text),),
                1,
            ),
        ),
        save_label=say("save", language),
        cancel_href="/",
    )
    tokens = s.Table(
        (
            s.Column("name", pick(language, "名称", "Name")),
            s.Column("used", pick(language, "最近使用", "Last used"), "datetime"),
        ),
        (
            s.Row(
                "1", (text(pick(language, "同步脚本", "Sync script")), text("2026-11-20 09:12", "datetime"))
            ),
        ),
    )
    return s.SettingsScreen(
        title=say("profile", language),
        sections=(
            s.SettingsSection("name", say("your_name", language), form=password),
            s.SettingsSection(
                "tokens",
                pick(language, "访问令牌", "Access tokens"),
                table=tokens,
                secret="dg_7Hk2…q9",
                row_actions=(
                    (
                        s.Action(
                            "revoke-1", say("remove", language), "/profile/tokens/1", "post", kind="quiet"
                        ),
                    ),
                ),
            ),
        ),
        tabs=(s.Tab("profile", say("profile", language), "#", active=True),),
    )


SAMPLES: dict[str, tuple[Callable[[str], s.Screen], str]] = {
    "list": (list_screen, ""),
    "list_empty": (empty_list, ""),
    "kanban": (kanban, ""),
    "record": (record, ""),
    "record_approval": (record_in_approval, ""),
    "form": (form, ""),
    "inbox": (inbox, "inbox"),
    "inbox_empty": (empty_inbox, "inbox"),
    "dashboard": (dashboard, "home"),
    "report": (report, ""),
    "export_choice": (export_choice, ""),
    "export_running": (export_running, ""),
    "import_upload": (import_upload, ""),
    "import_map": (import_map, ""),
    "import_running": (import_running, ""),
    "sign_in": (sign_in, ""),
    "problem": (problem, ""),
    "designer": (designer, ""),
    "rules": (rules, ""),
    "places": (places, ""),
    "places_measure": (places_measure, ""),
    "rule_preview": (rule_preview, "rule-preview"),
    "publish": (publish, ""),
    "templates": (templates, "templates"),
    "apps": (apps, "apps"),
    "search": (search, "apps"),
    "settings": (settings, "me"),
    "calendar": (sample_calendar.calendar, ""),
    "people": (sample_access.directory, "admin"),
    "why": (sample_access.why, ""),
    "access": (sample_access.access, ""),
    "audit": (sample_access.audit, "admin"),
    "revert": (sample_access.revert, ""),
    "entry": (sample_access.entry, ""),
    "bin": (sample_changes.recycle_bin, ""),
    "history": (lambda language: sample_changes.history(language, events(language)), ""),
    "merge": (sample_changes.merge, ""),
    "numbering": (sample_changes.numbering, ""),
    "work_running": (sample_changes.work_running, ""),
    "work_refused": (sample_changes.work_refused, ""),
    "merge_search": (sample_changes.merge_search, ""),
}
"""Name → the screen in a language, and the place that is marked in the frame."""
