"""Finds out how the columns of a file write dates and numbers, from what only one way of writing allows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dougong.fieldtypes.base import Habits
from dougong.fieldtypes.texts import narrow
from dougong.records.import_options import ColumnHabits, DateOrder, DecimalMark
from dougong.records.mapping import Column
from dougong.records.reading import Line

DATES = frozenset({"date", "datetime"})
EVERY = "*"
"""In place of a header, habits that hold for all columns."""
NUMBERS = frozenset({"integer", "decimal", "money", "percent"})
_SHORT_DATE = re.compile(r"([0-9]{1,2})([-/])([0-9]{1,2})\2([0-9]{2}(?:[0-9]{2})?)(?![0-9])")
_SERIAL = re.compile(r"[1-9][0-9]{4}(?:\.[0-9]+)?")
_EARLIEST_SERIAL, _LATEST_SERIAL = 10_000, 80_000
"""Days from 1927 to 2119: other numbers of five digits are more likely something else."""
_ORDERS: tuple[DateOrder, ...] = ("mdy", "dmy", "ymd")
_FIGURE = re.compile("[0-9][0-9.,'’ \u00a0\u202f\u2009]*")
_GROUPED = re.compile(r"[0-9]{1,3}([.,])[0-9]{3}")


UNKNOWN = ColumnHabits()


@dataclass(frozen=True, slots=True)
class Found:
    """What was found out about one column. `unsure` says that another reading is as likely: a person should look at it."""

    habits: ColumnHabits = UNKNOWN
    unsure: bool = False


def find_habits(columns: Sequence[Column], lines: Iterable[Line]) -> dict[int, Found]:
    """The habits of every column of dates or numbers; a column that proves nothing follows what the others prove."""
    judges = {column.index: _judge(column) for column in columns}
    watched = {index: judge for index, judge in judges.items() if judge is not None}
    for line in lines if watched else ():
        for index, judge in watched.items():
            cell = line.cells[index] if index < len(line.cells) else None
            if cell is not None and cell != "":
                judge.see(cell)
    orders = {judge.order for judge in watched.values() if isinstance(judge, _Days)} - {""}
    marks = {judge.mark for judge in watched.values() if isinstance(judge, _Figures)} - {""}
    order = orders.pop() if len(orders) == 1 else ""
    mark = marks.pop() if len(marks) == 1 else ""
    return {index: judge.verdict(order, mark) for index, judge in watched.items()}


def habits_of(
    columns: Sequence[Column], found: Mapping[int, Found], given: Mapping[str, ColumnHabits], base: Habits
) -> dict[int, Habits]:
    """The habits by which each column is read: what is given (for it, or for all) before what was found before what is usual."""
    usual = Found()
    common = given.get(EVERY, usual.habits)
    return {
        column.index: given.get(column.header, common).over(found.get(column.index, usual).habits.over(base))
        for column in columns
    }


class _Days:
    """Watches a column of dates."""

    def __init__(self) -> None:
        self._possible = set(_ORDERS)
        self._short = self._other = self._serial = 0

    def see(self, cell: Any) -> None:
        """Take in one cell."""
        if isinstance(cell, float):
            self._serial += _EARLIEST_SERIAL <= cell <= _LATEST_SERIAL
            return
        text = narrow(cell).strip() if isinstance(cell, str) else ""
        found = _SHORT_DATE.match(text)
        if found is not None:
            self._short += 1
            self._possible &= _orders(found[1], found[3], found[4])
        elif _SERIAL.fullmatch(text) and _EARLIEST_SERIAL <= float(text) <= _LATEST_SERIAL:
            self._serial += 1
        else:
            self._other += 1

    @property
    def order(self) -> DateOrder:
        """The only order in which every date of the column is one, if there is only one."""
        return next(iter(self._possible)) if self._short and len(self._possible) == 1 else ""

    def verdict(self, order: str, mark: str) -> Found:
        """What the column shows, or follows."""
        chosen = self.order
        if not chosen and self._short and order in self._possible:
            chosen = order
        unsure = bool(self._serial) or (bool(self._short) and not chosen)
        return Found(ColumnHabits(date_order=chosen, serial_dates="1900" if self._serial else ""), unsure)


def _orders(first: str, second: str, third: str) -> set[DateOrder]:
    one, two, three = int(first), int(second), int(third)
    found: set[DateOrder] = set()
    if 1 <= one <= 12 and 1 <= two <= 31:
        found.add("mdy")
    if 1 <= two <= 12 and 1 <= one <= 31:
        found.add("dmy")
    if len(third) == len(first) == 2 and 1 <= two <= 12 and 1 <= three <= 31:
        found.add("ymd")
    return found


class _Figures:
    """Watches a column of numbers."""

    def __init__(self, is_percent: bool) -> None:
        self._is_percent = is_percent
        self._commas = self._points = self._either = self._fractions = 0

    def see(self, cell: Any) -> None:
        """Take in one cell."""
        if not isinstance(cell, str):
            return
        text = narrow(cell)
        figure = _FIGURE.search(text)
        if figure is None:
            return
        self._fractions += "%" not in text and figure[0].startswith("0")
        written = figure[0].strip(" .,'’\u00a0\u202f\u2009")
        mark = _decimal_mark(written)
        if mark == ",":
            self._commas += 1
        elif mark == ".":
            self._points += 1
        elif mark == "?":
            self._either += 1

    @property
    def mark(self) -> DecimalMark:
        """The decimal mark that the column proves."""
        if bool(self._commas) == bool(self._points):
            return ""
        return "," if self._commas else "."

    def verdict(self, order: str, mark: str) -> Found:
        """What the column shows, or follows."""
        chosen = self.mark
        proven = bool(chosen) or bool(self._commas and self._points)
        if not proven and mark in (",", "."):
            chosen = mark  # type: ignore[assignment]
        mixed = bool(self._commas and self._points)
        unsure = mixed or (bool(self._either) and not chosen)
        if self._is_percent and self._fractions:
            unsure = True
        return Found(ColumnHabits(decimal_mark=chosen), unsure)


def _decimal_mark(figure: str) -> str:
    """The mark that the figure proves, "?" where a single group could be thousands or decimals, nothing without any mark."""
    comma, point = figure.rfind(","), figure.rfind(".")
    if comma < 0 and point < 0:
        return ""
    if comma >= 0 and point >= 0:
        return "," if comma > point else "."
    sign = "," if comma >= 0 else "."
    if figure.count(sign) > 1:
        return "." if sign == "," else ","
    return "?" if _GROUPED.fullmatch(figure) else sign


Judge = _Days | _Figures


def _judge(column: Column) -> Judge | None:
    kind = column.field.type if column.field is not None else ""
    if kind in DATES:
        return _Days()
    return _Figures(kind == "percent") if kind in NUMBERS else None
