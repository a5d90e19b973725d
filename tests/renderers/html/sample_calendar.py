"""The sample of the company's calendar."""

from __future__ import annotations

from calendar import Calendar
from datetime import date

from dougong.screens import shape as s
from tests.renderers.html.sample_parts import pick, text

RESTS = {date(2026, 10, day) for day in range(1, 8)} | {date(2026, 1, 1), date(2026, 1, 2)}
WORKS = {date(2026, 10, 10), date(2026, 1, 4)}


def calendar(language: str) -> s.CalendarScreen:
    """A year with two holidays."""
    weekdays = tuple(zip("一二三四五六日", "一二三四五六日", strict=True))
    days = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    listed = s.Table(
        (s.Column("day", pick(language, "日期", "Day")), s.Column("name", pick(language, "名称", "Name"))),
        (s.Row("1", (text("2026-10-10"), text(pick(language, "国庆节", "National Day")))),),
    )
    remove = s.Action("remove", pick(language, "移除", "Remove"), "/calendar/remove", "post", "x", "quiet")
    return s.CalendarScreen(
        title=pick(language, "公司日历", "Company calendar"),
        year="2026",
        previous_href="/calendar?year=2025",
        next_href="/calendar?year=2027",
        weekdays=weekdays if language == "zh" else tuple((each[:2], each) for each in days),
        months=tuple(_month(month, language) for month in range(1, 13)),
        summary=(("rest", pick(language, "假日 9 天", "9 days off")),),
        sections=(s.SettingsSection("days", "2026", table=listed, row_actions=((remove,),)),),
        actions=(
            s.Action("china", pick(language, "录入法定节假日", "Enter holidays"), "/calendar/china", "post"),
        ),
    )


def _month(month: int, language: str) -> s.CalendarMonth:
    weeks = tuple(
        tuple(_cell(day) if day.month == month else None for day in week)
        for week in Calendar().monthdatescalendar(2026, month)
    )
    return s.CalendarMonth(f"{month:02d}", weeks, pick(language, "21 个工作日", "21 working days"))


def _cell(day: date) -> s.CalendarDayCell:
    kind = "rest" if day in RESTS else "work" if day in WORKS else "weekend" if day.isoweekday() > 5 else ""
    href = f"/calendar?day={day.isoformat()}#enter"
    return s.CalendarDayCell(day.day, kind, day.isoformat(), href, day == date(2026, 11, 23))
