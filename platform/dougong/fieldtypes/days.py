"""How people write days and times of day, and how they are shown."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

from dougong.fieldtypes.base import Habits, Invalid
from dougong.fieldtypes.messages import shown
from dougong.fieldtypes.texts import narrow

EXAMPLE_DAY = "2026-03-01"
EXAMPLE_INSTANT = "2026-03-01T14:30:00+08:00"
FIRST, LAST = date(1000, 1, 1), date(9999, 12, 31)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NUMBER_OF_MONTH = {name.casefold(): number for number, name in enumerate(MONTHS, 1)}
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_YEAR_FIRST = re.compile(
    r"([0-9]{4})(?:"
    r"(?P<mark>[-/.])([0-9]{1,2})(?P=mark)([0-9]{1,2})"
    r"| ?年 ?([0-9]{1,2}) ?月 ?([0-9]{1,2}) ?[日号]?"
    r"|([0-9]{2})([0-9]{2}))"
)
_CHINESE_SHORT = re.compile(r"([0-9]{2}) ?年 ?([0-9]{1,2}) ?月 ?([0-9]{1,2}) ?[日号]?")
_YEAR_LAST = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4})")
_SHORT_YEAR = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{1,2})")
_SERIAL = re.compile(r"[0-9]{1,7}(?:\.[0-9]{1,10})?")
_LAST_SERIAL = 2_958_465
_EPOCHS = {"1900": datetime(1899, 12, 30), "1904": datetime(1904, 1, 1)}  # noqa: DTZ001  # spreadsheets know no zones
_PIVOT = 69
"""Years of two digits from here on are of the twentieth century, as most programs have it."""
_MONTH_NAMED = re.compile(
    r"(?:([0-9]{1,2})[- ])?([A-Za-z]{3,9})\.?(?:[- ]([0-9]{1,2}))?,?[- ]([0-9]{4}|[0-9]{2})"
)
_TIME = re.compile(
    r"(?P<before>上午|下午|中午|晚上|凌晨)? ?(?P<hour>[0-9]{1,2})"
    r"(?:(?P<whole>[时点]整?(?![0-9]))|[:时点](?P<minute>[0-9]{1,2})"
    r"(?:[:分](?P<second>[0-9]{1,2})(?:[.,](?P<fraction>[0-9]{1,9}))?秒?)?分?)?"
    r" ?(?P<after>[aApP]\.?[mM]\.?)? ?(?P<zone>[zZ]|UTC|GMT|[+-][0-9]{2}:?[0-9]{2})?"
)
_SPLIT = re.compile(r"(?<=[0-9日号])(?:[T ]+|(?<=[日号])|(?=上午|下午|中午|晚上|凌晨))(?=[0-9上下中晚凌])")


def day_of(written: str, year: int, month: int, day: int) -> date:
    """Return the day; raise Invalid when the calendar has none such, or it lies outside the years 1000 to 9999."""
    try:
        found = date(year, month, day)
    except ValueError:
        raise Invalid("no_such_day", value=shown(written)) from None
    if found < FIRST:
        raise Invalid("too_early", minimum=FIRST.isoformat())
    return found


def is_iso(text: str) -> bool:
    """Say whether a text has the form `2026-03-01`."""
    return _ISO.fullmatch(text) is not None


def iso_day(text: str) -> date:
    """Return the day of `2026-03-01`; raise Invalid for any other form."""
    found = _ISO.fullmatch(text)
    if found is None:
        raise Invalid("not_a_date", value=shown(text), example=EXAMPLE_DAY)
    return day_of(text, int(found[1]), int(found[2]), int(found[3]))


def written_day(written: str, habits: Habits) -> date:
    """Return the day that a person wrote in one of the usual forms; raise Invalid when it is none, or ambiguous."""
    text = narrow(written).strip()
    found = _YEAR_FIRST.fullmatch(text)
    if found:
        month = found[3] or found[5] or found[7]
        return day_of(written, int(found[1]), int(month), int(found[4] or found[6] or found[8]))
    found = _CHINESE_SHORT.fullmatch(text)
    if found:
        return day_of(written, _full_year(found[1]), int(found[2]), int(found[3]))
    found = _YEAR_LAST.fullmatch(text)
    if found:
        return _year_last(written, found, habits)
    found = _SHORT_YEAR.fullmatch(text)
    if found:
        return _short_year(written, found, habits)
    found = _MONTH_NAMED.fullmatch(text)
    if found and bool(found[1]) != bool(found[3]):
        name = found[2].casefold()
        month_number = _NUMBER_OF_MONTH.get(name[:3])
        if month_number and _is_month_name(name, month_number):
            return day_of(written, _full_year(found[4]), month_number, int(found[1] or found[3]))
    raise Invalid("not_a_date", value=shown(written), example=EXAMPLE_DAY)


_LONG_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)


def _is_month_name(name: str, number: int) -> bool:
    return len(name) == 3 or name == _LONG_MONTHS[number - 1] or name == "sept"


def _year_last(written: str, found: "re.Match[str]", habits: Habits) -> date:
    first, second, year = int(found[1]), int(found[3]), int(found[4])
    if found[2] == "." or habits.date_order == "dmy":
        return day_of(written, year, second, first)
    if habits.date_order == "mdy":
        return day_of(written, year, first, second)
    if first > 12 >= second:
        return day_of(written, year, second, first)
    if second > 12 >= first or first == second:
        return day_of(written, year, first, second)
    raise Invalid("ambiguous_date", value=shown(written), example=f"{year:04d}-{first:02d}-{second:02d}")


def _short_year(written: str, found: "re.Match[str]", habits: Habits) -> date:
    """A year of two digits leaves three readings open, so that only habits tell; dots stand for day, month, year."""
    order = "dmy" if found[2] == "." and not habits.date_order else habits.date_order
    parts = dict(zip(order or "dmy", (found[1], found[3], found[4]), strict=True))
    if not order and 2 in (len(found[1]), len(found[4])):
        raise Invalid("ambiguous_date", value=shown(written), example=EXAMPLE_DAY)
    if len(parts["y"]) != 2:
        raise Invalid("not_a_date", value=shown(written), example=EXAMPLE_DAY)
    return day_of(written, _full_year(parts["y"]), int(parts["m"]), int(parts["d"]))


def _full_year(year: str) -> int:
    """A year of four digits as it is, one of two in the century that most programs take it for."""
    number = int(year)
    return number if len(year) == 4 else number + (1900 if number >= _PIVOT else 2000)


def serial_moment(value: object, habits: Habits) -> datetime | None:
    """Return the local moment that a number of days means in a spreadsheet; None for everything else, or without that habit."""
    if not habits.serial_dates or isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    text = narrow(value).strip() if isinstance(value, str) else format(value, ".15g")
    if not _SERIAL.fullmatch(text) or float(text) > _LAST_SERIAL:
        return None
    days = float(text)
    if habits.serial_dates == "1900" and days < 60:
        days += 1  # the 29 February 1900, which never was, is day 60
    moment = _EPOCHS[habits.serial_dates] + timedelta(days=days)
    return (moment + timedelta(milliseconds=500)).replace(microsecond=0)


def split_time(written: str) -> tuple[str, str]:
    """Return the part that is the day and the part that is the time of day (possibly empty)."""
    parts = _SPLIT.split(narrow(written).strip(), maxsplit=1)
    return (
        (parts[0], parts[1])
        if len(parts) == 2 and _TIME.fullmatch(parts[1])
        else (narrow(written).strip(), "")
    )


def written_time(text: str, written: str) -> tuple[time, tzinfo | None]:
    """Return the time of day and, when it was written, the offset from UTC; raise Invalid."""
    found = _TIME.fullmatch(text)
    problem = Invalid("not_a_datetime", value=shown(written), example="2026-03-01 14:30")
    told = found is not None and (found["minute"] or found["whole"] or found["before"] or found["after"])
    if found is None or not told:
        raise problem
    hour = _full_hour(
        int(found["hour"]), found["before"] or "", (found["after"] or "").replace(".", "").casefold()
    )
    microsecond = int((found["fraction"] or "0")[:6].ljust(6, "0"))
    try:
        clock = time(hour, int(found["minute"] or 0), int(found["second"] or 0), microsecond)
        return clock, _offset(found["zone"] or "")
    except ValueError:
        raise problem from None


def _full_hour(hour: int, before: str, after: str) -> int:
    if not before and not after:
        return hour
    if hour > 12 and before in ("下午", "晚上"):
        return hour
    if not 0 <= hour <= 12 or (after and hour == 0):
        return 24
    if before in ("下午", "晚上") or after == "pm":
        return hour if hour == 12 else hour + 12
    return hour if before == "中午" else hour % 12


def _offset(zone: str) -> tzinfo | None:
    if not zone:
        return None
    if zone[0] not in "+-":
        return UTC
    digits = zone[1:].replace(":", "")
    hours, minutes = int(digits[:2]), int(digits[2:])
    if hours > 14 or minutes > 59:
        raise ValueError(zone)
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if zone[0] == "-" else offset)


def shown_day(day: date, language: str) -> str:
    """Return a day as a person reads it: `2026-12-05`, in English `Dec 5, 2026`."""
    return f"{MONTHS[day.month - 1]} {day.day}, {day.year}" if language == "en" else day.isoformat()


def shown_moment(moment: datetime, language: str, zone: tzinfo) -> str:
    """Return a moment as a person in a time zone reads it, to the minute."""
    local = moment.astimezone(zone)
    return f"{shown_day(local.date(), language)} {local:%H:%M}"
