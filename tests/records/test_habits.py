"""Columns written in the habits of many countries: what they are read as equals what was written, or a person is asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dougong.fieldtypes import TYPES
from dougong.fieldtypes.base import Habits, Invalid
from dougong.model.field import Field
from dougong.model.text import Text
from dougong.records.habits import Found, find_habits
from dougong.records.mapping import Column
from dougong.records.reading import Line

LABEL = Text.of({"zh": "列", "en": "Column"})
FULL_WIDTH = str.maketrans("0123456789.,-%", "０１２３４５６７８９．，－％")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def other_marks(text: str, group: str, mark: str) -> str:
    return text.translate({ord(","): group, ord("."): mark})


def in_wan(number: Decimal) -> str:
    return f"{number / 10_000}万"


NUMBERS: dict[str, Callable[[Decimal], str]] = {
    "plain": str,
    "grouped": lambda number: f"{number:,.2f}",
    "german": lambda number: other_marks(f"{number:,.2f}", ".", ","),
    "french": lambda number: other_marks(f"{number:,.2f}", "\u202f", ","),
    "blank": lambda number: other_marks(f"{number:,.2f}", "\u00a0", ","),
    "swiss": lambda number: other_marks(f"{number:,.2f}", "’", "."),
    "accounting": lambda number: f"({-number:,.2f})" if number < 0 else f"{number:,.2f}",
    "minus behind": lambda number: f"{-number:,.2f}-" if number < 0 else f"{number:,.2f}",
    "full width": lambda number: f"{number:,.2f}".translate(FULL_WIDTH),
    "wan": in_wan,
    "indian comma, German": lambda number: other_marks(f"{number:.2f}", "", ","),
}
MONEY: dict[str, Callable[[Decimal], str]] = {
    "yen": lambda number: f"￥{number:,.2f}",
    "yen sign": lambda number: f"¥ {number:,.2f}",
    "accounting": lambda number: f"¥({-number:,.2f})" if number < 0 else f"¥{number:,.2f}",
    "yuan": lambda number: f"{number:,.2f}元",
    "code": lambda number: f"CNY {number:,.2f}",
    "euro": lambda number: other_marks(f"{number:,.2f}", ".", ",") + " €",
}
DAYS: dict[str, Callable[[date], str]] = {
    "iso": str,
    "slashes": lambda day: f"{day.year}/{day.month}/{day.day}",
    "Chinese": lambda day: f"{day.year}年{day.month}月{day.day}日",
    "American": lambda day: f"{day.month}/{day.day}/{day.year}",
    "British": lambda day: f"{day.day:02}/{day.month:02}/{day.year}",
    "German": lambda day: f"{day.day}.{day.month}.{day.year}",
    "American, short": lambda day: f"{day.month}/{day.day}/{day.year % 100:02}",
    "British, short": lambda day: f"{day.day:02}/{day.month:02}/{day.year % 100:02}",
    "Chinese, short": lambda day: f"{day.year % 100:02}-{day.month:02}-{day.day:02}",
    "spreadsheet": lambda day: f"{day.day}-{MONTHS[day.month - 1]}-{day.year % 100:02}",
    "digits": lambda day: f"{day:%Y%m%d}",
}


def read_back(kind: str, cells: Sequence[Any]) -> tuple[list[Any], Found]:
    """What a column is read as, without anybody having said anything about it."""
    field = Field("column", kind, LABEL, decimals=2)
    column = Column(0, "Column", "", "column", field)
    lines = [Line(number, [cell]) for number, cell in enumerate(cells, 2)]
    found = find_habits([column], lines)[0]
    values: list[Any] = []
    for cell in cells:
        try:
            values.append(TYPES[kind].parse(cell, field, found.habits.over(Habits())))
        except Invalid as error:
            values.append(error.problem.code)
    return values, found


def is_refused(value: Any) -> bool:
    return isinstance(value, str)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.decimals(-(10**9), 10**9, places=2), min_size=1, max_size=12))
@pytest.mark.parametrize(
    ("kind", "habit"), [*(("decimal", each) for each in NUMBERS), *(("money", each) for each in MONEY)]
)
def test_numbers_are_what_was_written_or_somebody_is_asked(
    kind: str, habit: str, numbers: list[Decimal]
) -> None:
    write = {"decimal": NUMBERS, "money": MONEY}[kind][habit]
    values, found = read_back(kind, [write(number) for number in numbers])
    for value, number in zip(values, numbers, strict=True):
        assert value == number or found.unsure or is_refused(value), (habit, write(number), value)
    if any(abs(number) >= 1000 and number % 1 for number in numbers) and not found.unsure:
        assert values == numbers, habit


@settings(max_examples=60, deadline=None)
@given(st.lists(st.dates(date(1970, 1, 1), date(2068, 12, 31)), min_size=1, max_size=12))
@pytest.mark.parametrize("habit", DAYS)
def test_days_are_what_was_written_or_somebody_is_asked(habit: str, days: list[date]) -> None:
    values, found = read_back("date", [DAYS[habit](day) for day in days])
    for value, day in zip(values, days, strict=True):
        assert value == day or found.unsure or is_refused(value), (habit, DAYS[habit](day), value)
    if habit not in ("American", "British", "American, short", "British, short", "Chinese, short"):
        assert values == days


@settings(max_examples=60, deadline=None)
@given(st.lists(st.dates(date(1970, 1, 1), date(2068, 12, 31)), min_size=1, max_size=12))
@pytest.mark.parametrize("habit", ["American", "British"])
def test_one_day_above_twelve_decides_for_the_whole_column(habit: str, days: list[date]) -> None:
    days.append(date(2026, 3, 25))
    values, found = read_back("date", [DAYS[habit](day) for day in days])
    assert (values, found.unsure) == (days, False)


@given(st.lists(st.dates(date(1927, 6, 1), date(2068, 12, 31)), min_size=1, max_size=12))
def test_numbers_of_days_are_asked_about(days: list[date]) -> None:
    cells = [float((day - date(1899, 12, 30)) / timedelta(days=1)) for day in days]
    values, found = read_back("date", cells)
    assert (values, found.unsure) == (days, True)
