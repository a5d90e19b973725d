"""The calendar of the company in the database: days that differ from the week. Every release knows it as one text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from dougong.model.calendar import written
from dougong.storage.system import CALENDAR_DAY, STATE


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day on which the company works or rests whatever day of the week it is, and why."""

    day: date
    worked: bool
    name: str = ""


def calendar_of(connection: Connection) -> str:
    """The calendar as expressions take it."""
    rows = connection.execute(select(CALENDAR_DAY.c.day, CALENDAR_DAY.c.worked))
    return written({row.day: row.worked for row in rows})


def days_of(connection: Connection, year: int | None = None) -> list[CalendarDay]:
    """The days of a year, or all of them, in order."""
    columns = (CALENDAR_DAY.c.day, CALENDAR_DAY.c.worked, CALENDAR_DAY.c.name)
    wanted = select(*columns).order_by(CALENDAR_DAY.c.day)
    if year is not None:
        wanted = wanted.where(_within(year))
    return [CalendarDay(row.day, row.worked, row.name) for row in connection.execute(wanted)]


def put(connection: Connection, days: Iterable[CalendarDay]) -> int:
    """Enter days, in place of what was said about each of them before; how many. Running servers follow."""
    entered = {each.day: each for each in days}
    if not entered:
        return 0
    for day in entered:
        connection.execute(delete(CALENDAR_DAY).where(CALENDAR_DAY.c.day == day))
    rows = [{"day": each.day, "worked": each.worked, "name": each.name} for each in entered.values()]
    connection.execute(insert(CALENDAR_DAY), rows)
    _publish(connection)
    return len(entered)


def remove_between(connection: Connection, first: date, last: date) -> int:
    """Take out what is said about the days from one to another; how many there were."""
    found = connection.execute(delete(CALENDAR_DAY).where(CALENDAR_DAY.c.day.between(first, last))).rowcount
    if found:
        _publish(connection)
    return found


def _within(year: int) -> Any:
    return CALENDAR_DAY.c.day.between(date(year, 1, 1), date(year, 12, 31))


def _publish(connection: Connection) -> None:
    """A calendar goes with a release, so that no request sees two of them."""
    connection.execute(update(STATE).values(generation=STATE.c.generation + 1))
