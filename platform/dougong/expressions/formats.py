"""TEXT: numbers and dates written by a pattern, as spreadsheets do it."""

from __future__ import annotations

import re
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


def _number(value: Decimal, pattern: str) -> str | None:
    found = _NUMBER.fullmatch(pattern)
    if found is None:
        return None
    fraction = found["fraction"] or ""
    if len(fraction) > values.MAX_DECIMALS or len(found["whole"]) > 30:
        return None
    shown = values.rounded(value.scaleb(2, values.EXACT) if found["percent"] else value, len(fraction))
    if shown is None:
        return None
    digits = format(shown.copy_abs(), f".{len(fraction)}f")
    whole, _, decimals = digits.partition(".")
    whole = f"{int(whole):,}" if "," in found["whole"] else whole.zfill(found["whole"].count("0"))
    needed = fraction.rstrip("#")
    while len(decimals) > len(needed) and decimals.endswith("0"):
        decimals = decimals[:-1]
    sign = "-" if shown < 0 else ""
    return (
        f"{sign}{found['before']}{whole}{'.' if decimals else ''}{decimals}{found['percent']}{found['after']}"
    )


def _date(value: date, pattern: str) -> str:
    """`M` is the month, `m` behind an hour or before seconds the minute: `HH:mm`, `yyyy-mm-dd` and `yyyy-MM-dd` all work."""
    parts = _DATE_PARTS.findall(pattern)
    timed = any(part in ("HH", "hh", "H", "h") for part in parts)
    return "".join(_date_part(value, part, timed) for part in parts)


def _date_part(value: date, part: str, timed: bool) -> str:
    moment = value if isinstance(value, datetime) else datetime.combine(value, time())
    found = {
        "yyyy": f"{value.year:04}",
        "YYYY": f"{value.year:04}",
        "yy": f"{value.year % 100:02}",
        "MM": f"{value.month:02}",
        "mm": f"{moment.minute:02}" if timed else f"{value.month:02}",
        "M": str(value.month),
        "dd": f"{value.day:02}",
        "DD": f"{value.day:02}",
        "d": str(value.day),
        "HH": f"{moment.hour:02}",
        "hh": f"{moment.hour:02}",
        "H": str(moment.hour),
        "h": str(moment.hour),
        "ss": f"{moment.second:02}",
    }
    return found.get(part, part)
