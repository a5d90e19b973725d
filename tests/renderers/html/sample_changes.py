"""Believable samples of what can be taken back: the recycle bin, the history of a record, and merging."""

from __future__ import annotations

from dougong.screens import shape as s
from tests.renderers.html.sample_parts import person, pick, text


def crumbs(language: str) -> tuple[s.Link, ...]:
    return (s.Link(pick(language, "客户", "Accounts"), "/crm/account", icon="building"),)


def recycle_bin(language: str) -> s.BinScreen:
    path = "/crm/account/bin"
    purge = pick(language, "彻底删除", "Delete for good")
    return s.BinScreen(
        title=pick(language, "回收站", "Recycle bin"),
        crumbs=crumbs(language),
        text=pick(
            language,
            "删除的记录在这里保留 90 天。",
            "Deleted records stay here for 90 days.",
        ),
        table=s.Table(
            (
                s.Column("title", pick(language, "客户", "Account"), "text", role="title"),
                s.Column("at", pick(language, "删除时间", "Deleted at"), "datetime", role="date"),
                s.Column("by", pick(language, "删除人", "Deleted by"), "member", role="person"),
            ),
            tuple(
                s.Row(
                    str(number),
                    (
                        text(pick(language, chinese, english)),
                        text(f"2026-11-{20 - number} 09:3{number}", "datetime"),
                        s.Shown(person(language, number).text, "member", (person(language, number),)),
                    ),
                )
                for number, (chinese, english) in enumerate(
                    (
                        ("青禾岭精密机械", "Marrowfield"),
                        ("双桅水务", "Twinmast Water"),
                        ("石臼仓储", "Mortar Storage"),
                    )
                )
            ),
        ),
        search_href=path,
        chosen=(
            s.Action(
                "restore", pick(language, "恢复", "Restore"), f"{path}/restore", "post", "rotate", "primary"
            ),
            s.Action(
                "purge",
                purge,
                f"{path}/purge",
                "post",
                "trash",
                "danger",
                confirm=s.Confirm(
                    pick(language, "彻底删除所选记录？", "Delete the selected records for good?"),
                    pick(language, "之后无法恢复。", "Nothing can bring them back."),
                    purge,
                ),
            ),
        ),
        more_href=f"{path}?page=2",
    )


def numbering(language: str) -> s.NumberingScreen:
    title = pick(language, "重新编号「编号」", "Number again: Number")
    again = pick(language, "重新编号", "Number again")
    said = pick(
        language,
        "全部记录（包括回收站中的）按创建时间从头编号，旧编号留在历史里。",
        "All records, those in the recycle bin too, are numbered in the order of creation.",
    )
    question = s.Confirm(
        pick(language, "给 264 条记录换编号？", "Give 264 records another number?"), said, again
    )
    path = "/crm/account/renumber/number"
    return s.NumberingScreen(
        title=title,
        crumbs=crumbs(language),
        text=said,
        counts=pick(
            language, "318 条记录，264 条的编号会改变", "318 records, of which 264 get another number"
        ),
        back=s.Action("back", pick(language, "取消", "Cancel"), "/crm/account"),
        action=s.Action("renumber", again, path, "post", "list-numbers", "primary", confirm=question),
        table=s.Table(
            (
                s.Column("record", pick(language, "记录", "Record")),
                s.Column("before", pick(language, "现在的编号", "Number now"), "serial"),
                s.Column("after", pick(language, "新编号", "New number"), "serial"),
            ),
            tuple(
                s.Row(
                    str(place),
                    (
                        s.Shown(f"#{place}", href=f"/crm/account/{place}"),
                        s.Shown(f"K-{place + 40:04}"),
                        s.Shown(f"K-{place:04}"),
                    ),
                )
                for place in range(1, 6)
            ),
        ),
        table_note=pick(language, "前 5 条", "The first 5"),
    )


def history(language: str, events: tuple[s.Event, ...]) -> s.HistoryScreen:
    return s.HistoryScreen(
        title=pick(language, "历史", "History"),
        crumbs=(
            *crumbs(language),
            s.Link(pick(language, "青禾岭精密机械", "Marrowfield"), "/crm/account/1"),
        ),
        timeline=s.Timeline(events, more_href="?cursor=40"),
        newest_href="/crm/account/1/history",
    )


def merge(language: str) -> s.MergeScreen:
    first, second = (
        pick(language, "青禾岭精密机械", "Marrowfield"),
        pick(language, "青禾岭机械", "Marrowfield Ltd"),
    )
    industry = pick(language, "行业", "Industry")
    return s.MergeScreen(
        title=pick(language, "合并", "Merge"),
        crumbs=(*crumbs(language), s.Link(first, "/crm/account/1")),
        action=s.Action(
            "merge", pick(language, "合并", "Merge"), "/crm/account/1/merge", "post", "arrows-join", "primary"
        ),
        back=s.Action("back", pick(language, "取消", "Cancel"), "/crm/account/1", kind="quiet"),
        records=(
            s.MergeRecord("1", first, "/crm/account/1", 4, "2026-03-02", True),
            s.MergeRecord("7", second, "/crm/account/7", 1, "2026-11-18"),
        ),
        rows=(
            s.MergeRow(
                "name",
                pick(language, "名称", "Name"),
                (s.MergeChoice("1", text(first), True), s.MergeChoice("7", text(second))),
            ),
            s.MergeRow(
                "phone",
                pick(language, "电话", "Phone"),
                (s.MergeChoice("1", s.Shown()), s.MergeChoice("7", text("021 5550 1234", "phone"), True)),
                s.MergeChoice("both", s.Shown()),
            ),
        ),
        same=(industry, pick(language, "负责人", "Owner")),
    )


def merge_search(language: str) -> s.MergeScreen:
    full = merge(language)
    return s.MergeScreen(
        title=full.title,
        crumbs=full.crumbs,
        action=full.action,
        back=full.back,
        candidates=(
            s.Candidate(full.records[1].title, "?with=7", pick(language, "电话相同", "the same phone")),
        ),
        search_href="/crm/account/1/merge",
    )


def work_running(language: str) -> s.WorkScreen:
    zh = language == "zh"
    return s.WorkScreen(
        "发布「销售」的修改" if zh else "Publish changes to Sales",
        "正在进行" if zh else "Under way",
        "/design/crm",
        "提交于 2026-09-18 09:24" if zh else "Ordered at 2026-09-18 09:24",
        running=True,
        percent=37,
        progress_text="客户 · 规模：37,000 / 100,000" if zh else "Accounts · Size: 37,000 of 100,000",
        assurance="可以关闭此页面，任务会继续。" if zh else "You may close this page, the work goes on.",
        status_href="/jobs/17",
        actions=(s.Action("cancel", "停止" if zh else "Stop", "/jobs/17/cancel", "post"),),
    )


def work_refused(language: str) -> s.WorkScreen:
    zh = language == "zh"
    return s.WorkScreen(
        "发布「销售」的修改" if zh else "Publish changes to Sales",
        "未能执行，数据没有变化" if zh else "Refused, nothing was changed",
        "/design/crm",
        "提交于 2026-09-18 09:24" if zh else "Ordered at 2026-09-18 09:24",
        notices=(
            s.Notice("计划生成之后已有其他人发布" if zh else "Somebody else has published since", "bad"),
        ),
        actions=(s.Action("back", "返回" if zh else "Back", "/design/crm", kind="primary"),),
    )
