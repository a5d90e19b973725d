"""The head, columns and rows of the sample list."""

from __future__ import annotations

from dougong.screens import shape as s
from dougong.screens.words import count, say
from tests.renderers.html.sample_parts import person, pick, stage, text

DEALS = (
    (
        "青禾岭三期产线视觉检测",
        "Line 3 vision inspection",
        "青禾岭精密机械",
        "Marrowfield Optics",
        "negotiation",
        "1,063,101",
        "12-05",
        0,
        "2 小时前",
        "合同条款复核",
        "Review contract terms",
    ),
    (
        "澜汐实验室冻存系统更新",
        "Cryo storage refresh",
        "澜汐生物科技",
        "Tidemoor Bio",
        "proposal",
        "468,500",
        "12-18",
        1,
        "今天 09:12",
        "寄送样机",
        "Ship the demo unit",
    ),
    (
        "北屿储能柜热管理方案",
        "Battery cabinet cooling",
        "北屿储能",
        "Northholm Storage",
        "proposal",
        "2,140,000",
        "12-26",
        0,
        "昨天",
        "方案评审会",
        "Solution review",
    ),
    (
        "云栈城北分拨中心称重改造",
        "Weighing upgrade, north hub",
        "云栈物流",
        "Skyladder Freight",
        "qualified",
        "735,000",
        "01-15",
        2,
        "昨天",
        "现场勘测",
        "Site survey",
    ),
    (
        "鹿鸣湾冷链温度监测",
        "Cold chain temperature watch",
        "鹿鸣湾食品",
        "Deercall Foods",
        "negotiation",
        "389,200",
        "11-20",
        4,
        "11-18",
        "催签补充协议",
        "Chase the amendment",
    ),
    (
        "霁蓝机翼蒙皮厚度检测",
        "Wing skin thickness testing",
        "霁蓝航空部件",
        "Cleargale Aero Parts",
        "qualified",
        "3,260,000",
        "03-31",
        0,
        "11-17",
        "等待立项批复",
        "Wait for approval",
    ),
    (
        "木棠家居全屋定制排产",
        "Made-to-order scheduling",
        "木棠家居",
        "Begonia Home",
        "new",
        "198,000",
        "02-10",
        6,
        "11-17",
        "首次拜访",
        "First visit",
    ),
    (
        "沧浪二水厂在线水质",
        "Plant 2 online water quality",
        "沧浪水务",
        "Mossbank Water",
        "proposal",
        "912,000",
        "12-30",
        5,
        "11-15",
        "技术答疑",
        "Technical Q&A",
    ),
    (
        "星垣晶圆搬运洁净度监控",
        "Wafer transport cleanliness",
        "星垣半导体",
        "Starvale Chips",
        "negotiation",
        "4,875,000",
        "12-12",
        1,
        "11-14",
        "价格谈判第 2 轮",
        "Price talks, round 2",
    ),
    (
        "瀚沐手术导航校准台",
        "Surgical navigation bench",
        "瀚沐医疗器械",
        "Hanmoor Medical",
        "qualified",
        "1,560,000",
        "02-28",
        3,
        "11-14",
        "临床试用排期",
        "Schedule clinical trial",
    ),
    (
        "织云经编车间能耗分析",
        "Warp knitting energy audit",
        "织云纺织",
        "Loomcloud Textiles",
        "new",
        "156,800",
        "03-08",
        2,
        "11-13",
        "电话回访",
        "Call back",
    ),
    (
        "琅玕激光光斑分析仪 12 台",
        "Beam profilers, 12 units",
        "琅玕光电",
        "Lumengate Photonics",
        "proposal",
        "1,044,000",
        "12-22",
        4,
        "11-12",
        "报价已发，待回复",
        "Quote sent, no reply",
    ),
    (
        "麦垛粮仓温湿度传感网",
        "Granary sensor network",
        "麦垛农业",
        "Haycroft Farms",
        "qualified",
        "287,500",
        "01-20",
        6,
        "11-11",
        "确认点位图",
        "Confirm the site plan",
    ),
    (
        "栎川连接器尺寸全检",
        "Connector full inspection",
        "栎川电子",
        "Oakstream Electronics",
        "negotiation",
        "668,000",
        "11-28",
        5,
        "11-10",
        "等待法务盖章",
        "Wait for legal seal",
    ),
    (
        "渡口数据机房巡检机器人",
        "Server room patrol robots",
        "渡口数据",
        "Ferrypoint Data",
        "new",
        "520,000",
        "04-01",
        3,
        "11-08",
        "需求调研",
        "Discovery",
    ),
    (
        "拾光里景区客流与安防一体化平台（含一期改造与三年运维服务）",
        "Visitor flow and security platform with a first rebuild and three years of care",
        "拾光里文旅",
        "Lanternlane Parks",
        "qualified",
        "1,190,000",
        "01-31",
        1,
        "11-06",
        "安排演示",
        "Arrange the demo",
    ),
    (
        "松间协作机器人末端力控",
        "Cobot end-effector force control",
        "松间智造",
        "Pinefold Robotics",
        "proposal",
        "346,000",
        "12-19",
        0,
        "11-05",
        "样件测试报告",
        "Sample test report",
    ),
)


def columns(language: str) -> tuple[s.Column, ...]:
    yuan = pick(language, "元", "CNY")
    return (
        s.Column("name", pick(language, "商机", "Opportunity"), "text", sort_href="?sort=name", role="title"),
        s.Column("account", pick(language, "客户", "Account"), "link", role="subtitle"),
        s.Column("stage", pick(language, "阶段", "Stage"), "stage", sort_href="?sort=stage", role="stage"),
        s.Column(
            "amount", pick(language, "金额", "Amount"), "money", "end", yuan, "?sort=amount", role="figure"
        ),
        s.Column(
            "close_on", pick(language, "预计成交", "Close date"), "date", sort_href="?sort=close", role="date"
        ),
        s.Column("owner", pick(language, "负责人", "Owner"), "member", role="person"),
        s.Column(
            "touched",
            pick(language, "最近跟进", "Last touch"),
            "datetime",
            sort_href="?sort=t",
            sorted="desc",
        ),
        s.Column("next", pick(language, "下一步", "Next step"), "text"),
    )


def rows(language: str) -> tuple[s.Row, ...]:
    built = []
    for at, (zh, en, company_zh, company_en, key, amount, date, who, touched, step_zh, step_en) in enumerate(
        DEALS
    ):
        company = pick(language, company_zh, company_en)
        late = date == "11-20"
        built.append(
            s.Row(
                str(at + 1),
                (
                    text(pick(language, zh, en)),
                    s.Shown(company, "link", (s.Piece(company, href=f"/crm/account/{at}"),)),
                    s.Shown(stage(language, key).text, "stage", (stage(language, key),)),
                    text(amount, "money"),
                    s.Shown(
                        date,
                        "date",
                        tone="bad" if late else "",
                        note=count("overdue_days", language, 2) if late else "",
                    ),
                    s.Shown(person(language, who).text, "member", (person(language, who),)),
                    text(pick(language, touched, touched if "-" in touched else "Nov 20")),
                    text(pick(language, step_zh, step_en)),
                ),
                f"/crm/opportunity/{at + 1}",
                3,
            )
        )
    return tuple(built)


def head(language: str, kind: str = "grid", filtered: bool = True) -> s.ListHead:
    is_, in_ = pick(language, "是", "is"), pick(language, "属于", "in")
    chips = (
        s.FilterChip(pick(language, "结果", "Outcome"), is_, pick(language, "进行中", "open"), "?1"),
        s.FilterChip(
            pick(language, "负责人", "Owner"), in_, pick(language, "我和我的下属", "me and my team"), "?2"
        ),
        s.FilterChip(
            pick(language, "预计成交", "Close date"),
            pick(language, "不晚于", "by"),
            pick(language, "明年 4 月", "next April"),
            "?3",
        ),
    )
    return s.ListHead(
        title=pick(language, "商机", "Opportunities"),
        count=say("records_total", language, n=142 if filtered else 0),
        filter=s.Filter(
            "/crm/opportunity",
            "stage.outcome IS EMPTY AND owner IN MY_SUBORDINATES()" if filtered else "",
            chips if filtered else (),
            (("view", "open"),),
            (
                s.FilterField(
                    "name",
                    pick(language, "商机", "Name"),
                    (("contains", pick(language, "包含", "contains")), ("is", is_)),
                ),
                s.FilterField(
                    "stage",
                    pick(language, "阶段", "Stage"),
                    (("is", is_),),
                    "choice",
                    (("new", stage(language, "new").text), ("won", stage(language, "won").text)),
                ),
            ),
            clear_href="/crm/opportunity" if filtered else "",
        ),
        views=(
            s.Tab(
                "open", pick(language, "进行中", "Open"), "?view=open", "96" if filtered else "0", active=True
            ),
            s.Tab("mine", pick(language, "我的商机", "Mine"), "?view=mine", "23" if filtered else "0"),
            s.Tab(
                "quarter",
                pick(language, "本季度成交", "Closing this quarter"),
                "?view=quarter",
                "31" if filtered else "0",
            ),
            s.Tab(
                "stalled",
                pick(language, "停滞超过 14 天", "Stalled over 14 days"),
                "?view=stalled",
                "8" if filtered else "0",
            ),
        ),
        kinds=(
            s.Tab("grid", say("grid", language), "?kind=grid", icon="table", active=kind == "grid"),
            s.Tab(
                "kanban",
                say("kanban", language),
                "?kind=kanban",
                icon="layout-kanban",
                active=kind == "kanban",
            ),
        ),
        sort_label=pick(language, "最近跟进", "Last touch"),
        sorts=(
            s.SortChoice(pick(language, "最近跟进", "Last touch"), "?sort=-touched", True, True),
            s.SortChoice(pick(language, "金额", "Amount"), "?sort=-amount"),
        ),
        columns=(
            s.ColumnChoice("name", pick(language, "商机", "Opportunity"), True),
            s.ColumnChoice("number", pick(language, "编号", "Number"), False),
        ),
        columns_action="/crm/opportunity/columns",
        saving=s.ViewMenu(
            pick(language, "本周要跟进的大单", "Big ones to follow up"),
            is_changed=filtered,
            note=pick(language, "仅自己可见", "Only me"),
            save_action="/crm/opportunity/views",
            save_fields=(("filter", "amount > 1"),),
            sharing=(s.Choice("*", pick(language, "所有人", "Everybody")),),
            actions=(
                s.Action("edit", pick(language, "编辑视图…", "Edit the view …"), "/crm/opportunity/views/1"),
                s.Action(
                    "duplicate",
                    pick(language, "复制一份", "Duplicate"),
                    "/crm/opportunity/views/1/duplicate",
                    "post",
                    "copy",
                ),
            ),
        ),
        actions=(
            s.Action("import", say("import", language), "/crm/opportunity/import", icon="file-import"),
            s.Action(
                "new",
                say("create_entity", language, name=pick(language, "商机", "opportunity")),
                "/crm/opportunity/new",
                icon="plus",
                kind="primary",
                shortcut="",
            ),
        ),
        menu=(
            s.Action("export", say("export", language), "/crm/opportunity/export", icon="download"),
            s.Action("design", say("design", language), "/crm/design/opportunity", icon="pencil"),
        ),
    )
