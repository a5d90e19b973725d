"""The company's calendar over HTTP, for administrators: the days that differ from the week."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from werkzeug.wrappers import Response

from dougong.records.call import Call
from dougong.records.company_days import LONGEST_NAME, MOST, announced, enter_days, take_out
from dougong.storage.company_calendar import CalendarDay, days_of
from dougong.web.bodies import an_object
from dougong.web.calendar_work import order_recomputing
from dougong.web.catalogue import refuse
from dougong.web.exchange import Exchange
from dougong.web.once import Answer, change_once
from dougong.web.parameters import whole_number

KINDS = {"rest": False, "work": True}


def read(exchange: Exchange) -> Response:
    """GET /calendar: the days that differ from the week, of a year or of all."""
    year = whole_number(exchange.parameters, "year", 0, 1, 9999)
    with exchange.reading() as call:
        data = [_document(each) for each in days_of(call.connection, year or None)]
    return exchange.json({"data": data})


def enter(exchange: Exchange) -> Response:
    """PUT /calendar: enter days, in place of what was said about each of them."""
    given = exchange.an_object("days")
    days = _days(given.get("days"))
    return _change(exchange, lambda call: ("entered", enter_days(call, days)), given)


def china(exchange: Exchange) -> Response:
    """POST /calendar/china: a year as the State Council announced it."""
    given = exchange.an_object("year")
    year = given.get("year")
    if isinstance(year, bool) or not isinstance(year, int) or not 1 <= year <= 9999:
        raise refuse("malformed", "W313", "year", name="year", expected="a year")
    return _change(
        exchange, lambda call: ("entered", enter_days(call, announced(year, call.language))), given
    )


def remove(exchange: Exchange) -> Response:
    """DELETE /calendar: the days from `first` to `last` follow the week again."""
    begin, end = (_day(exchange.parameters.get(name), name) for name in ("first", "last"))
    return _change(exchange, lambda call: ("removed", take_out(call, begin, end)), None)


def _change(exchange: Exchange, done: Callable[[Call], tuple[str, int]], body: Any) -> Response:
    """A change of the calendar, and the work that computes again what goes by it."""

    def change(call: Call) -> Answer:
        name, count = done(call)
        job = order_recomputing(call) if count else 0
        headers = {"Location": f"/api/v1/jobs/{job}"} if job else {}
        return Answer(200, {name: count, "job": str(job) if job else None}, headers)

    return change_once(exchange, change, body)


def _document(day: CalendarDay) -> dict[str, str]:
    return {"day": day.day.isoformat(), "kind": "work" if day.worked else "rest", "name": day.name}


def _days(given: Any) -> list[CalendarDay]:
    if not isinstance(given, list):
        raise refuse("malformed", "W313", "days", name="days", expected="a list")
    if len(given) > MOST:
        raise refuse("too_large", "W418", "days", limit=MOST)
    return [_one(each, f"days/{place}") for place, each in enumerate(given)]


def _one(given: Any, path: str) -> CalendarDay:
    each = an_object(given, ("day", "kind", "name"))
    kind, name = each.get("kind"), each.get("name", "")
    if not isinstance(kind, str) or kind not in KINDS:
        raise refuse("malformed", "W206", f"{path}/kind", name="kind", allowed="rest, work")
    if not isinstance(name, str) or len(name) > LONGEST_NAME or "\x00" in name:
        expected = f"a text of at most {LONGEST_NAME} characters"
        raise refuse("malformed", "W313", f"{path}/name", name="name", expected=expected)
    return CalendarDay(_day(each.get("day"), f"{path}/day"), KINDS[kind], name)


def _day(given: Any, path: str) -> date:
    try:
        if isinstance(given, str) and len(given) == 10:
            return date.fromisoformat(given)
    except ValueError:
        pass
    raise refuse("malformed", "W313", path, name=path.rpartition("/")[2], expected="a day such as 2026-10-01")
