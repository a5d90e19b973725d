"""The page of the company's calendar: a year with its holidays and make-up days, and what keeps it."""

from __future__ import annotations

from calendar import Calendar
from collections.abc import Mapping, Sequence
from datetime import date

from dougong.fieldtypes.days import shown_day
from dougong.model.calendar import WorkingDays
from dougong.people.audit import AuditEntry
from dougong.records.call import Call
from dougong.records.company_days import LONGEST_NAME
from dougong.records.day import today_of
from dougong.screens.addresses import with_query
from dougong.screens.shape import (
    Action,
    CalendarDayCell,
    CalendarMonth,
    CalendarScreen,
    Choice,
    Column,
    Confirm,
    FormField,
    FormScreen,
    FormSection,
    Notice,
    Problem,
    Row,
    SettingsSection,
    Shown,
    Table,
)
from dougong.screens.showing import moment
from dougong.screens.texts import counted, text
from dougong.storage.company_calendar import CalendarDay

PATH = "/calendar"
FIRST_YEAR, LAST_YEAR = 1900, 2199
WEEKDAYS = {
    "zh": tuple((each, f"星期{each}") for each in "一二三四五六日"),
    "en": (
        ("Mo", "Monday"),
        ("Tu", "Tuesday"),
        ("We", "Wednesday"),
        ("Th", "Thursday"),
        ("Fr", "Friday"),
        ("Sa", "Saturday"),
        ("Su", "Sunday"),
    ),
}
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
Entered = Mapping[str, str]


def calendar_screen(
    call: Call,
    year: int,
    days: Sequence[CalendarDay],
    working: WorkingDays,
    changes: Sequence[AuditEntry],
    entered: Entered | None = None,
    problems: Sequence[Problem] = (),
    notices: Sequence[Notice] = (),
) -> CalendarScreen:
    """A year of the calendar; `entered` is what stands in the form that enters days."""
    language = call.language
    known = {each.day: each for each in days}
    given = entered if entered is not None else {"first": "", "last": "", "kind": "rest", "name": ""}
    sections = [_form(call, year, given, problems)]
    if days:
        sections.append(_listed(call, year, days))
    if changes:
        sections.append(_changes(call, changes))
    return CalendarScreen(
        title=text("calendar_title", language),
        year=str(year),
        previous_href=_year_path(year - 1) if year > FIRST_YEAR else "",
        next_href=_year_path(year + 1) if year < LAST_YEAR else "",
        weekdays=WEEKDAYS["zh" if language == "zh" else "en"],
        months=tuple(_month(call, year, month, known, working) for month in range(1, 13)),
        summary=_summary(year, days, working, language),
        sections=tuple(sections),
        actions=_actions(call, year, days),
        notices=tuple(notices),
    )


def _year_path(year: int) -> str:
    return with_query(PATH, [("year", str(year))])


def _month(
    call: Call, year: int, month: int, known: Mapping[date, CalendarDay], working: WorkingDays
) -> CalendarMonth:
    language, today = call.language, today_of(call)
    weeks = tuple(
        tuple(_cell(call, day, known.get(day), today) if day.month == month else None for day in week)
        for week in Calendar().monthdatescalendar(year, month)
    )
    first = date(year, month, 1)
    after = date(year + month // 12, month % 12 + 1, 1)
    count = working.between(first.toordinal(), after.toordinal() - 1)
    label = f"{month}月" if language == "zh" else MONTHS[month - 1]
    return CalendarMonth(label, weeks, counted("calendar_worked", count, language))


def _cell(call: Call, day: date, said: CalendarDay | None, today: date) -> CalendarDayCell:
    language = call.language
    is_weekend = day.isoweekday() > 5
    differs = said is not None and said.worked == is_weekend
    kind = ("work" if is_weekend else "rest") if differs else "weekend" if is_weekend else ""
    words = [shown_day(day, language)]
    if kind in ("work", "rest"):
        words.append(text(f"calendar_{kind}", language))
    if said is not None and said.name:
        words.append(said.name)
    href = with_query(PATH, [("year", str(day.year)), ("day", day.isoformat())])
    return CalendarDayCell(day.day, kind, " · ".join(words), f"{href}#enter", day == today)


def _summary(
    year: int, days: Sequence[CalendarDay], working: WorkingDays, language: str
) -> tuple[tuple[str, str], ...]:
    rests = sum(not each.worked and each.day.isoweekday() < 6 for each in days)
    works = sum(each.worked and each.day.isoweekday() > 5 for each in days)
    all_ = working.between(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal())
    named = (("rest", rests), ("work", works), ("all", all_))
    return tuple((name, counted(f"calendar_sum_{name}", count, language)) for name, count in named)


def _actions(call: Call, year: int, days: Sequence[CalendarDay]) -> tuple[Action, ...]:
    language, fields = call.language, (("year", str(year)),)
    china = Action(
        "china",
        text("calendar_china", language, year=year),
        f"{PATH}/china",
        "post",
        "download",
        fields=fields,
        help=text("calendar_china_help", language),
    )
    if not days:
        return (china,)
    confirm = Confirm(
        text("calendar_clear_title", language, year=year),
        text("calendar_clear_text", language),
        text("calendar_clear", language),
    )
    clear = Action(
        "clear",
        text("calendar_clear", language),
        f"{PATH}/remove",
        "post",
        "trash",
        "danger",
        (*fields, ("first", f"{year}-01-01"), ("last", f"{year}-12-31")),
        confirm,
    )
    return (clear, china)


def _form(call: Call, year: int, given: Entered, problems: Sequence[Problem]) -> SettingsSection:
    language = call.language

    def said(name: str) -> tuple[str, ...]:
        return tuple(each.text for each in problems if each.field == name)

    kinds = tuple(Choice(each, text(f"calendar_{each}", language)) for each in ("rest", "work"))
    fields = (
        FormField(
            "first",
            "date",
            text("calendar_first", language),
            given["first"],
            None,
            True,
            problems=said("first"),
        ),
        FormField("last", "date", text("calendar_last", language), given["last"], problems=said("last")),
        FormField(
            "kind",
            "choice",
            text("calendar_kind", language),
            given["kind"],
            None,
            True,
            options=kinds,
            problems=said("kind"),
        ),
        FormField(
            "name",
            "text",
            text("calendar_name", language),
            given["name"],
            max_length=LONGEST_NAME,
            problems=said("name"),
        ),
    )
    form = FormScreen(
        key=f"calendar:{language}",
        title="",
        action=f"{PATH}/days",
        sections=(FormSection("days", "", fields, 2),),
        save_label=text("calendar_save", language),
        cancel_href="",
        hidden=(("year", str(year)),),
        problems=tuple(problems),
    )
    return SettingsSection(
        "enter", text("calendar_enter", language), text("calendar_enter_text", language), form
    )


def _listed(call: Call, year: int, days: Sequence[CalendarDay]) -> SettingsSection:
    language = call.language
    heads = (("day", "date"), ("kind", "text"), ("name", "text"))
    columns = tuple(Column(name, text(f"calendar_{name}", language), kind) for name, kind in heads)
    weekdays = WEEKDAYS["zh" if language == "zh" else "en"]
    rows = tuple(
        Row(
            each.day.isoformat(),
            (
                Shown(f"{shown_day(each.day, language)} {weekdays[each.day.isoweekday() - 1][1]}"),
                Shown(text("calendar_work" if each.worked else "calendar_rest", language)),
                Shown(each.name),
            ),
        )
        for each in days
    )
    removing = tuple(
        (
            Action(
                "remove",
                text("calendar_remove", language),
                f"{PATH}/remove",
                "post",
                "x",
                "quiet",
                (("year", str(year)), ("first", each.day.isoformat()), ("last", each.day.isoformat())),
            ),
        )
        for each in days
    )
    label = text("calendar_days", language, year=year)
    return SettingsSection("days", label, table=Table(columns, rows), row_actions=removing)


def _changes(call: Call, changes: Sequence[AuditEntry]) -> SettingsSection:
    language = call.language
    heads = (("changed_at", "datetime"), ("changed_by", "text"), ("changed_what", "text"))
    columns = tuple(Column(name, text(f"calendar_{name}", language), kind) for name, kind in heads)
    rows = tuple(
        Row(
            str(place),
            (
                Shown(moment(each.at, call)),
                Shown(each.actor or text("calendar_by_platform", language)),
                Shown(_change(each, language)),
            ),
        )
        for place, each in enumerate(changes)
    )
    return SettingsSection("changes", text("calendar_changes", language), table=Table(columns, rows))


def _change(entry: AuditEntry, language: str) -> str:
    name = "calendar_entered" if entry.action == "calendar.enter" else "calendar_taken_out"
    first, last = (shown_day(date.fromisoformat(entry.details[each]), language) for each in ("first", "last"))
    span = first if first == last else f"{first} – {last}"
    return f"{counted(name, entry.details['days'], language)} · {span}"
