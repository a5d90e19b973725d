"""Periods of time: the next one, the one before, how they are called, and how records of one are selected."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from dougong.expressions.functions.dates import add_days, add_months
from dougong.fieldtypes.days import shown_day
from dougong.reports.words import say

MONTHS = {"month": 1, "quarter": 3, "year": 12}
DAYS = {"day": 1, "week": 7}
MOST_FILLED = 400
"""Gaps are filled up to so many periods; a longer row is shown as it is."""
MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def first_day(day: date, grain: str) -> date:
    """The first day of the period that a day lies in; weeks begin on Monday."""
    if grain == "week":
        return add_days(day, -day.weekday()) or day
    if grain == "month":
        return day.replace(day=1)
    if grain == "quarter":
        return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    return day.replace(month=1, day=1) if grain == "year" else day


def moved(start: date, grain: str, count: int) -> date | None:
    """The first day of the period so many later, or nothing outside the calendar."""
    return add_days(start, DAYS[grain] * count) if grain in DAYS else add_months(start, MONTHS[grain] * count)


def between(first: date, last: date, grain: str) -> Iterator[date]:
    """The first days of all periods from one to another."""
    here: date | None = first
    while here is not None and here <= last:
        yield here
        here = moved(here, grain, 1)


def filled(known: list[date], grain: str) -> list[date]:
    """All periods from the earliest to the latest, as long as they are not too many."""
    if not known:
        return []
    days = []
    for day in between(min(known), max(known), grain):
        days.append(day)
        if len(days) > MOST_FILLED:
            return sorted(known)
    return days


def period_text(start: date, grain: str, language: str) -> str:
    """What a period is called."""
    if grain == "day":
        return shown_day(start, language)
    if grain == "week":
        year, number, _ = start.isocalendar()
        return say("week", language, year=year, number=number)
    number = (start.month + 2) // 3 if grain == "quarter" else start.month
    return say(grain, language, year=start.year, number=number, name=MONTH_NAMES[start.month - 1])


def period_filter(path: str, start: date, grain: str) -> str:
    """An expression for the days of one period."""
    after = moved(start, grain, 1)
    lower = f"{path} >= '{start.isoformat()}'"
    return lower if after is None else f"{lower} AND {path} < '{after.isoformat()}'"
