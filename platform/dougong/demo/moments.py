"""Days and times at which people work: on weekdays, by day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Clock:
    """The present of the generated rows, the time zone of the people in them and the hours at which they work."""

    now: datetime
    zone: ZoneInfo
    opens: int = 9
    closes: int = 18

    @property
    def today(self) -> date:
        """The calendar day of the present."""
        return self.now.astimezone(self.zone).date()

    def start_of(self, moment: date | datetime) -> datetime:
        """An instant as it is; of a day the hour at which work begins."""
        if isinstance(moment, datetime):
            return moment.astimezone(self.zone)
        return datetime.combine(moment, time(self.opens), self.zone)

    def day(
        self, chance: Random, base: date | datetime, reach: tuple[float, float], latest: date | None
    ) -> date:
        """A weekday some days after (or, with negative numbers, before) another day, not after the latest one."""
        first = base.astimezone(self.zone).date() if isinstance(base, datetime) else base
        low, high = _shortened(reach, None if latest is None else (latest - first).days)
        found = first + timedelta(days=round(chance.uniform(low, high)))
        return _weekday(found, latest)

    def time(
        self, chance: Random, base: date | datetime, reach: tuple[float, float], latest: datetime | None
    ) -> datetime:
        """A moment at work some days after another one, not after the latest one, and after the other one if reach is positive."""
        start = self.start_of(base)
        limit = None if latest is None else latest.astimezone(self.zone)
        room = None if limit is None else (limit - start).total_seconds() / 86400
        low, high = _shortened(reach, room)
        found = start + timedelta(days=chance.uniform(low, high))
        day = _weekday(found.date(), None if limit is None else limit.date())
        minute = chance.randrange(self.opens * 60, self.closes * 60)
        found = datetime.combine(day, time(minute // 60, minute % 60, chance.randrange(60)), self.zone)
        if limit is not None and found > limit:
            found = self._before(chance, limit)
        if reach[0] >= 0 and found <= start:
            room = 90.0 if limit is None else max(0.0, min(90.0, (limit - start).total_seconds() / 60))
            found = start + timedelta(minutes=room * chance.uniform(0.1, 1))
        return found.astimezone(UTC)

    def _before(self, chance: Random, limit: datetime) -> datetime:
        """A moment at work on the last working day that had begun before the limit."""
        day = limit.date()
        if limit <= datetime.combine(day, time(self.opens), self.zone):
            day -= timedelta(days=1)
        while day.weekday() >= _SATURDAY:
            day -= timedelta(days=1)
        opens, closes = (datetime.combine(day, time(hour), self.zone) for hour in (self.opens, self.closes))
        return opens + (min(closes, limit) - opens) * chance.random()

    def between(self, chance: Random, start: datetime, end: datetime, count: int) -> list[datetime]:
        """Ascending moments after `start`, of which the last one lies at `end` or on its day."""
        if count == 0:
            return []
        length = end - start
        wished = [
            start + length * share for share in sorted(chance.uniform(0.08, 0.92) for _ in range(count - 1))
        ]
        found = [self.time(chance, moment, (0, 0), end) for moment in wished]
        if [start, *found, end] != sorted({start, *found, end}):
            found = wished
        return [*found, end]


def _shortened(reach: tuple[float, float], room: float | None) -> tuple[float, float]:
    low, high = reach
    if room is None or high <= room:
        return low, high
    return min(low, room), room


def _weekday(day: date, latest: date | None) -> date:
    """The day itself, or the Monday after a weekend; the Friday before where Monday is too late."""
    excess = day.weekday() - _SATURDAY
    if excess < 0:
        return day
    monday = day + timedelta(days=2 - excess)
    return monday if latest is None or monday <= latest else day - timedelta(days=excess + 1)
