"""The company's calendar as administrators keep it: days entered, taken out, brought in as announced, and what follows from it."""

from __future__ import annotations

from calendar import isleap
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from datetime import date, timedelta

from dougong.compiler.dependencies import Formula
from dougong.expressions.support import surroundings
from dougong.people import audit
from dougong.records.call import Call
from dougong.records.dependents import dependents_of
from dougong.records.messages import refuse
from dougong.records.rebuild import rebuild
from dougong.storage import company_calendar
from dougong.storage.company_calendar import CalendarDay
from dougong.storage.release import Release

SUBJECT = "calendar"
MOST = 10_000
LONGEST_NAME = 100


def enter_days(call: Call, days: Iterable[CalendarDay]) -> int:
    """Enter days in place of what was said about each of them before; how many."""
    _refuse_others(call)
    wanted = list(days)
    if len(wanted) > MOST:
        refuse("too_large", call.language, "too_many", "days", limit=MOST)
    count = company_calendar.put(call.connection, wanted)
    if count:
        first, last = min(each.day for each in wanted), max(each.day for each in wanted)
        _note(call, "calendar.enter", count, first, last)
    return count


def take_out(call: Call, first: date, last: date) -> int:
    """Take out what is said about the days from one to another; how many there were."""
    _refuse_others(call)
    count = company_calendar.remove_between(call.connection, first, last)
    if count:
        _note(call, "calendar.remove", count, first, last)
    return count


def announced(year: int, language: str) -> list[CalendarDay]:
    """The holidays and make-up days that China's State Council announced for a year, as far as the package knows them."""
    from chinese_calendar import (  # a table of twenty years, read when asked for
        Holiday,
        get_holiday_detail,
        is_workday,
    )

    called = {"": ""} | {each.value: each.chinese if language == "zh" else each.value for each in Holiday}
    days = (date(year, 1, 1) + timedelta(days=each) for each in range(365 + isleap(year)))
    try:
        return [
            CalendarDay(day, is_workday(day), called[get_holiday_detail(day)[1] or ""])
            for day in days
            if is_workday(day) != (day.isoweekday() < 6)
        ]
    except NotImplementedError:
        refuse("invalid", language, "calendar_unknown", "year", year=year)


def recompute(calling: Callable[[], AbstractContextManager[Call]]) -> int:
    """Compute the stored formulas again that go by the calendar, and those that follow; how many values became others."""
    with calling() as call:
        wanted = formulas_by_calendar(call.release)
    return rebuild(calling, wanted).wrong.total() if wanted else 0


def formulas_by_calendar(release: Release) -> list[Formula]:
    """The formulas of every entity of which some go by the calendar: one may follow another of the same record or its rows."""
    known = [formula for levels in dependents_of(release).levels.values() for formula in levels]
    owners = {_owner(each) for each in known if _goes_by_calendar(release, each)}
    return [each for each in known if _owner(each) in owners]


def _owner(formula: Formula) -> str:
    return formula[0].partition("/")[0]


def _goes_by_calendar(release: Release, formula: Formula) -> bool:
    key, name = formula
    expression = release.entity(key).fields[name].formula
    return expression is not None and "calendar" in surroundings(expression.tree)


def _refuse_others(call: Call) -> None:
    if not call.actor.is_admin:
        refuse("forbidden", call.language, "admin_only")


def _note(call: Call, action: str, count: int, first: date, last: date) -> None:
    words = {"days": count, "first": first.isoformat(), "last": last.isoformat()}
    audit.note(call.connection, call.actor, call.door, call.at, action, SUBJECT, **words)
