"""The calendar of the company: which days are worked. Weekends rest, holidays rest too, make-up days are worked."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

WEEKEND = frozenset({6, 7})
"""Saturday and Sunday, as ISO counts the days of a week from Monday."""


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """Days by their ordinal: `rests` would be worked by the week they lie in, `works` would be free; both sorted."""

    rests: tuple[int, ...]
    works: tuple[int, ...]

    def upto(self, ordinal: int) -> int:
        """How many working days there are from the first day of the calendar up to this one."""
        weeks, left = divmod(ordinal, 7)  # ordinal 1 is a Monday
        regular = weeks * 5 + min(left, 5)
        return regular - bisect_right(self.rests, ordinal) + bisect_right(self.works, ordinal)

    def between(self, first: int, last: int) -> int:
        """How many working days there are from one day to another, both included; negative when the last lies before."""
        if last < first:
            return -self.between(last, first)
        return self.upto(last) - self.upto(first - 1)

    def moved(self, ordinal: int, count: int) -> int | None:
        """The working day so many of them after (or before) a day; None outside the years 1 to 9999."""
        if not count:
            return ordinal
        low, high = 1, date.max.toordinal()
        wanted = self.upto(ordinal if count > 0 else ordinal - 1) + count + (0 if count > 0 else 1)
        if wanted < 1 or wanted > self.upto(high):
            return None
        while low < high:
            middle = (low + high) // 2
            if self.upto(middle) >= wanted:
                high = middle
            else:
                low = middle + 1
        return low


def written(days: Mapping[date, bool]) -> str:
    """The days that differ from the week, as one text; True is worked."""
    rests = [day.isoformat() for day, worked in sorted(days.items()) if not worked]
    works = [day.isoformat() for day, worked in sorted(days.items()) if worked]
    return f"{','.join(rests)}|{','.join(works)}"


@lru_cache(maxsize=64)
def working_days(text: str) -> WorkingDays:
    """The calendar of such a text. Days that say what the week says already make no difference."""
    rests, works = ([date.fromisoformat(day) for day in part.split(",") if day] for part in text.split("|"))
    return WorkingDays(
        tuple(day.toordinal() for day in rests if day.isoweekday() not in WEEKEND),
        tuple(day.toordinal() for day in works if day.isoweekday() in WEEKEND),
    )


PLAIN = written({})
"""Monday to Friday."""
