"""Working time: weekdays by day, never after the limit, ascending where several follow each other."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from dougong.demo.moments import Clock

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 22, 16, 40, tzinfo=UTC)  # a Monday, 00:40 in Shanghai
CLOCK = Clock(NOW, ZONE)
moments = st.timedeltas(timedelta(0), timedelta(days=690)).map(lambda ago: NOW - ago)
reaches = st.tuples(st.floats(0, 5), st.floats(5, 60))


@given(st.integers(), st.dates(date(2025, 1, 1), date(2026, 11, 20)), reaches)
def test_days_are_weekdays_not_after_the_limit(seed: int, base: date, reach: tuple[float, float]) -> None:
    day = CLOCK.day(Random(seed), base, reach, CLOCK.today)
    assert day.weekday() < 5
    assert day <= CLOCK.today
    assert base - timedelta(days=2) <= day <= base + timedelta(days=63)


@given(st.integers(), moments, reaches)
def test_times_lie_between_the_base_and_the_limit(
    seed: int, base: datetime, reach: tuple[float, float]
) -> None:
    found = CLOCK.time(Random(seed), base, reach, NOW)
    assert base <= found <= NOW


@given(st.integers(), moments)
def test_times_without_a_limit_are_at_work(seed: int, base: datetime) -> None:
    found = CLOCK.time(Random(seed), base, (1, 30), None).astimezone(ZONE)
    assert found.weekday() < 5
    assert 9 <= found.hour < 18


@given(st.integers(), moments, st.floats(0, 90), st.integers(0, 6))
def test_moments_in_between_ascend_and_end_where_they_should(
    seed: int, start: datetime, days: float, count: int
) -> None:
    end = min(start + timedelta(days=days), NOW)
    found = CLOCK.between(Random(seed), start, end, count)
    assert len(found) == count
    assert all(one <= other for one, other in pairwise([start, *found]))
    assert not found or found[-1] == end


def test_today_is_that_of_the_people() -> None:
    assert CLOCK.today == date(2026, 11, 23)
