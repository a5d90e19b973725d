"""The company's calendar at the screen, for administrators."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from werkzeug.wrappers import Response

from dougong.diagnostics import Diagnostic, Refusal
from dougong.model.calendar import working_days
from dougong.people import audit
from dougong.records.call import Call
from dougong.records.company_days import LONGEST_NAME, SUBJECT, announced, enter_days, take_out
from dougong.records.day import today_of
from dougong.records.messages import problem
from dougong.screens.addresses import with_query
from dougong.screens.calendar import FIRST_YEAR, LAST_YEAR, PATH, Entered, calendar_screen
from dougong.screens.shape import CalendarScreen, Notice, Problem
from dougong.screens.texts import counted, text
from dougong.storage.company_calendar import CalendarDay, calendar_of, days_of
from dougong.web.calendar_work import order_recomputing
from dougong.web.catalogue import finding
from dougong.web.exchange import Exchange
from dougong.web.pages.frame import first, form_data, go, show
from dougong.web.problems import message_of

LONGEST_SPAN = 366
CHANGES = 10


def calendar(exchange: Exchange) -> Response:
    """GET /calendar: a year; `day` begins the form that enters days."""
    given = exchange.parameters
    with exchange.reading() as call:
        year = year_of(given.get("year", ""), today_of(call).year)
        day = given.get("day", "")
        entered = _began(call, year, day) if day else None
        return show(exchange, call, _screen(call, year, entered))


def year_of(text_: str, otherwise: int) -> int:
    """A year that the page can show."""
    is_year = text_.isascii() and text_.isdigit() and len(text_) == 4
    return int(text_) if is_year and FIRST_YEAR <= int(text_) <= LAST_YEAR else otherwise


def _began(call: Call, year: int, day: str) -> Entered:
    known = {each.day.isoformat(): each for each in days_of(call.connection, year)}
    said = known.get(day)
    try:
        is_weekend = date.fromisoformat(day).isoweekday() > 5
    except ValueError:
        return {"first": "", "last": "", "kind": "rest", "name": ""}
    worked = said.worked if said is not None else is_weekend
    name = said.name if said is not None else ""
    return {"first": day, "last": "", "kind": "work" if worked else "rest", "name": name}


def _screen(
    call: Call,
    year: int,
    entered: Entered | None = None,
    problems: Sequence[Diagnostic] = (),
    notices: Sequence[Notice] = (),
) -> CalendarScreen:
    told = [Problem(message_of(each, call.language), each.path, code=each.code) for each in problems]
    working = working_days(calendar_of(call.connection))
    changes = audit.entries(call.connection, SUBJECT, CHANGES)
    days = days_of(call.connection, year)
    return calendar_screen(call, year, days, working, changes, entered, told, notices)


def enter(exchange: Exchange) -> Response:
    """POST /calendar/days: enter a day, or every day from one to another."""
    data = form_data(exchange)
    entered = {name: first(data, name) for name in ("first", "last", "kind", "name")}
    try:
        days = _days(exchange, entered)
        with exchange.writing() as call:
            count = enter_days(call, days)
            job = order_recomputing(call)
    except Refusal as refusal:
        if refusal.kind != "invalid":
            raise
        with exchange.reading() as call:
            year = year_of(first(data, "year"), today_of(call).year)
            return show(exchange, call, _screen(call, year, entered, refusal.problems), 422)
    return _done(exchange, days[0].day.year, counted("calendar_entered", count, exchange.language), job)


def _days(exchange: Exchange, entered: Entered) -> list[CalendarDay]:
    begin = _day(entered["first"], "first")
    end = _day(entered["last"], "last") if entered["last"] else begin
    if end < begin:
        raise Refusal("invalid", [problem(exchange.language, "calendar_order", "last")])
    if (end - begin).days >= LONGEST_SPAN:
        raise Refusal("invalid", [problem(exchange.language, "too_many", "last", limit=LONGEST_SPAN)])
    if entered["kind"] not in ("rest", "work"):
        raise Refusal("invalid", [finding("W206", "kind", name="kind", allowed="rest, work")])
    if len(entered["name"]) > LONGEST_NAME:
        raise Refusal("invalid", [finding("W203", "name", name="name", limit=LONGEST_NAME)])
    worked = entered["kind"] == "work"
    return [
        CalendarDay(begin + timedelta(days=each), worked, entered["name"])
        for each in range((end - begin).days + 1)
    ]


def _day(written: str, name: str) -> date:
    try:
        found = date.fromisoformat(written)
    except ValueError:
        found = None
    if found is None or not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise Refusal("invalid", [finding("W313", name, name=name, expected="2026-10-01")])
    return found


def china(exchange: Exchange) -> Response:
    """POST /calendar/china: a year as the State Council announced it, in place of what was said about those days."""
    data = form_data(exchange)
    with exchange.reading() as call:
        year = year_of(first(data, "year"), today_of(call).year)
    try:
        days = announced(year, exchange.language)
        with exchange.writing() as call:
            count = enter_days(call, days)
            job = order_recomputing(call)
    except Refusal as refusal:
        if refusal.kind != "invalid":
            raise
        with exchange.reading() as call:
            told = [Notice(message_of(each, call.language), "bad") for each in refusal.problems]
            return show(exchange, call, _screen(call, year, notices=told), 422)
    return _done(exchange, year, counted("calendar_entered", count, exchange.language), job)


def remove(exchange: Exchange) -> Response:
    """POST /calendar/remove: the days from one to another follow the week again."""
    data = form_data(exchange)
    begin, end = _day(first(data, "first"), "first"), _day(first(data, "last"), "last")
    with exchange.writing() as call:
        count = take_out(call, begin, end)
        job = order_recomputing(call) if count else 0
    return _done(exchange, begin.year, counted("calendar_taken_out", count, exchange.language), job)


def _done(exchange: Exchange, year: int, said: str, job: int) -> Response:
    more = text("calendar_recomputing", exchange.language) if job else ""
    words = f"{said}{text('sentence_gap', exchange.language)}{more}" if more else said
    return go(exchange, with_query(PATH, [("year", str(year))]), words)
