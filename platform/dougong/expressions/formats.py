"""TEXT: numbers and dates written by a pattern, as spreadsheets do it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from dougong.expressions import values
from dougong.expressions.context import zone

_NUMBER = re.compile(
    r"(?P<before>[^0#]*)(?P<whole>#,##0|#|0+)(?:\.(?P<fraction>[0#]+))?(?P<percent>%?)(?P<after>[^0#]*)"
)
_DATE_PARTS = re.compile("yyyy|YYYY|yy|MM|mm|M|dd|DD|d|HH|hh|H|h|ss|.", re.DOTALL)


def formatted(value: Any, pattern: str, timezone: str) -> str | None:
    """The value by the pattern; texts and options stay as they are, an unusable pattern gives nothing."""
    if isinstance(value, Decimal):
        return _number(value, pattern)
    if isinstance(value, datetime):
        return _date(value.astimezone(zone(timezone)), pattern)
    if isinstance(value, date):
        return _date(value, pattern)
    return value if isinstance(value, str) else None


@dataclass(frozen=True, slots=True)
class NumberPattern:
    """What stands around the digits, how many of them there are at least, and how many decimals at least and at most."""

    before: str
    after: str
    percent: str
    grouped: bool
    digits: int
    least: int
    most: int


def number_pattern(pattern: str) -> NumberPattern | None:
    """The parts of a pattern like `#,##0.00`; None when it is no such pattern."""
    found = _NUMBER.fullmatch(pattern)
    if found is None:
        return None
    fraction, whole = found["fraction"] or "", found["whole"]
    if len(fraction) > values.MAX_DECIMALS or len(whole) > 30:
        return None
    least = len(fraction.rstrip("#"))
    return NumberPattern(
        found["before"],
        found["after"],
        found["percent"],
        "," in whole,
        whole.count("0"),
        least,
        len(fraction),
    )


def _number(value: Decimal, pattern: str) -> str | None:
    parts = number_pattern(pattern)
    if parts is None:
        return None
    shown = values.rounded(value.scaleb(2, values.EXACT) if parts.percent else value, parts.most)
    if shown is None:
        return None
    whole, _, decimals = format(shown.copy_abs(), f".{parts.most}f").partition(".")
    whole = f"{int(whole):,}" if parts.grouped else whole.zfill(parts.digits)
    decimals = decimals[: parts.least] + decimals[parts.least :].rstrip("0")
    sign = "-" if shown < 0 else ""
    point = "." if decimals else ""
    return f"{sign}{parts.before}{whole}{point}{decimals}{parts.percent}{parts.after}"


_CANONICAL = {"YYYY": "yyyy", "DD": "dd", "hh": "HH", "h": "H"}
_WORDS = frozenset({"yyyy", "yy", "MM", "mm", "M", "dd", "d", "HH", "H", "ss"})


def date_parts(pattern: str) -> Iterator[tuple[str, bool]]:
    """The words of a pattern, each in one spelling, and what stands between them (False).

    `M` is the month, `mm` the minute where hours are shown: `HH:mm`, `yyyy-mm-dd` and `yyyy-MM-dd` all work.
    """
    parts = [_CANONICAL.get(part, part) for part in _DATE_PARTS.findall(pattern)]
    timed = "HH" in parts or "H" in parts
    for part in parts:
        yield ("MM" if part == "mm" and not timed else part), part in _WORDS


def _date(value: date, pattern: str) -> str:
    moment = value if isinstance(value, datetime) else datetime.combine(value, time())
    said = {
        "yyyy": f"{value.year:04}",
        "yy": f"{value.year % 100:02}",
        "MM": f"{value.month:02}",
        "M": str(value.month),
        "dd": f"{value.day:02}",
        "d": str(value.day),
        "HH": f"{moment.hour:02}",
        "H": str(moment.hour),
        "mm": f"{moment.minute:02}",
        "ss": f"{moment.second:02}",
    }
    return "".join(said[part] if is_word else part for part, is_word in date_parts(pattern))
