"""The calendar of the company, a year at a glance."""

from __future__ import annotations

from dataclasses import dataclass

from dougong.screens.shape.parts import Action, Notice
from dougong.screens.shape.settings import SettingsSection


@dataclass(frozen=True, slots=True)
class CalendarDayCell:
    """A day: `kind` is "" (worked), weekend, rest (a holiday) or work (a weekend that is worked); `text` is said of it."""

    number: int
    kind: str
    text: str
    href: str
    is_today: bool = False


@dataclass(frozen=True, slots=True)
class CalendarMonth:
    """A month by weeks of seven places from Monday on; None where a place lies in another month. `note` counts working days."""

    label: str
    weeks: tuple[tuple[CalendarDayCell | None, ...], ...]
    note: str


@dataclass(frozen=True, slots=True)
class CalendarScreen:
    """A year with what differs from the week marked, and below it forms and lists to keep it."""

    title: str
    year: str
    previous_href: str
    next_href: str
    weekdays: tuple[tuple[str, str], ...]
    """From Monday on: short and whole."""
    months: tuple[CalendarMonth, ...]
    summary: tuple[tuple[str, str], ...]
    """Kinds of days with how many the year has."""
    sections: tuple[SettingsSection, ...]
    actions: tuple[Action, ...] = ()
    notices: tuple[Notice, ...] = ()
