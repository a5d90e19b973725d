"""The dates in serial numbers and the periods of their counts, and reading a number back into what it was made of."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from dougong.model.field import Field

_TOKEN = re.compile("yyyy|YYYY|yy|MM|dd|ww")
_FIXED: Mapping[str, str] = {"never": "", "day": "yMdYw", "week": "Yw", "month": "yM", "year": "y"}
"""The letters of dates that are the same for the whole of a period."""


def period_name(reset: str, day: date) -> str:
    """The name of the period that a day lies in; the empty text where the count never restarts."""
    if reset == "week":
        year, week, _ = day.isocalendar()
        return f"{year:04d}-W{week:02d}"
    return day.isoformat()[: {"day": 10, "month": 7, "year": 4}.get(reset, 0)]


@lru_cache(maxsize=512)
def date_text(form: str, day: date) -> str:
    """A day in the form that a date part asks for."""
    forms = _forms(day)
    return _TOKEN.sub(lambda found: forms[found.group()], form)


def _forms(day: date) -> dict[str, str]:
    iso_year, week, _ = day.isocalendar()
    return {
        "yyyy": f"{day.year:04d}",
        "yy": f"{day.year % 100:02d}",
        "MM": f"{day.month:02d}",
        "dd": f"{day.day:02d}",
        "YYYY": f"{iso_year:04d}",
        "ww": f"{week:02d}",
    }


@dataclass(frozen=True, slots=True)
class Series:
    """The numbers that one count goes through: those of a field in the period of a day, with the same texts in their field parts.

    A text is None where any may stand, because it is not what the count goes by.
    """

    field: Field
    day: date
    texts: tuple[str | None, ...]

    @property
    def prefix(self) -> str:
        """What all numbers of the series begin with."""
        known, waiting = [], iter(self.texts)
        for part in self.field.parts:
            if part.kind == "constant":
                known.append(part.value)
            elif part.kind == "date" and self._is_fixed(part.value):
                known.append(date_text(part.value, self.day))
            elif part.kind == "field" and (text := next(waiting)) is not None:
                known.append(text)
            else:
                break
        return "".join(known)

    @property
    def is_plain(self) -> bool:
        """Whether nothing but the count differs between its numbers, so that a longer number is a later one."""
        dates = [part.value for part in self.field.parts if part.kind == "date"]
        return None not in self.texts and all(self._is_fixed(form) for form in dates)

    def _is_fixed(self, form: str) -> bool:
        return all(token[0] in _FIXED[self.field.reset] for token in _TOKEN.findall(form))

    def count_of(self, number: str) -> int | None:
        """The count of a number of this series, None for any other text."""
        expression, tokens = _expression(self.field, self.texts)
        found = re.fullmatch(expression, number, re.ASCII | re.DOTALL)
        if found is None:
            return None
        dated = [(token, found[f"date{place}"]) for place, token in enumerate(tokens)]
        if not self._same_period(dated):
            return None
        digits = found["count"]
        is_grown = len(digits) > next(int(part.value) for part in self.field.parts if part.kind == "count")
        return None if is_grown and digits[0] == "0" else int(digits)

    def _same_period(self, dated: Sequence[tuple[str, str]]) -> bool:
        if self.field.reset == "never":
            return True
        forms = _forms(self.day)
        if any(forms[token] != text for token, text in dated if token[0] in _FIXED[self.field.reset]):
            return False
        written = {token: int(text) for token, text in dated}
        if self.field.reset != "week" or "ww" in written:
            return True
        year = written["yyyy"] if "yyyy" in written else self.day.year // 100 * 100 + written["yy"]
        try:
            day = date(year, written["MM"], written["dd"])
        except ValueError:
            return False
        return period_name("week", day) == period_name("week", self.day)


def _expression(field: Field, texts: Sequence[str | None]) -> tuple[str, list[str]]:
    """A pattern for the numbers of a field, made of escaped constants alone, and the date tokens that its numbered groups hold."""
    written: list[str] = []
    tokens: list[str] = []
    waiting = iter(texts)
    for part in field.parts:
        if part.kind == "count":
            written.append(f"(?P<count>[0-9]{{{int(part.value)},18}})")
        elif part.kind == "date":
            for piece in re.split(f"({_TOKEN.pattern})", part.value):
                is_token = _TOKEN.fullmatch(piece) is not None
                group = f"(?P<date{len(tokens)}>[0-9]{{{len(piece)}}})"
                written.append(group if is_token else re.escape(piece))
                tokens += [piece] if is_token else []
        elif part.kind == "field":
            text = next(waiting)
            written.append(".*" if text is None else re.escape(text))
        else:
            written.append(re.escape(part.value))
    return "".join(written), tokens
