"""Delegations at the screen: one's own, and everybody's for administrators."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from werkzeug.wrappers import Response

from dougong.diagnostics import Diagnostic, Refusal
from dougong.people.delegation import delegate, delegations, end_delegation
from dougong.people.directory import PeopleQuery, find_people, names_of
from dougong.records.call import Call
from dougong.screens.delegations import ALL, OWN, delegations_screen
from dougong.screens.shape import SettingsScreen
from dougong.screens.texts import text
from dougong.web.catalogue import finding
from dougong.web.exchange import Exchange
from dougong.web.pages.frame import go, number, show
from dougong.web.pages.organisation import NOTHING, Problems, changed, chosen_id, entered_in, told
from dougong.web.routes import Route, page

FIELDS = ("user", "delegate", "scope", "starts_at", "ends_at", "reason")
SHOWN = 20


def own(exchange: Exchange) -> Response:
    """GET /profile/delegations."""
    with exchange.reading() as call:
        return show(exchange, call, _screen(call, True, _begun(call)))


def everybody(exchange: Exchange) -> Response:
    """GET /delegations; `user` begins one for somebody."""
    with exchange.reading() as call:
        begun = {**_begun(call), "user": exchange.parameters.get("user", "")[:18]}
        return show(exchange, call, _screen(call, False, begun))


def _begun(call: Call) -> dict[str, str]:
    """From the beginning of today until the end of the day in a week."""
    today = call.at.astimezone(ZoneInfo(call.timezone)).date()
    begin, end = datetime.combine(today, time()), datetime.combine(today + timedelta(days=7), time(23, 59))
    return {"starts_at": begin.strftime("%Y-%m-%dT%H:%M"), "ends_at": end.strftime("%Y-%m-%dT%H:%M")}


def _screen(
    call: Call, is_own: bool, entered: Mapping[str, str] = NOTHING, problems: Problems = ()
) -> SettingsScreen:
    found = delegations(call.connection, call.actor.id if is_own else None)
    chosen = {chosen_id(entered, name) or 0 for name in ("user", "delegate")}
    shown = told(problems, call.language)
    return delegations_screen(call, found, is_own, names_of(call.connection, chosen), entered, shown)


def people(exchange: Exchange) -> Response:
    """GET /profile/delegations/people?q=: colleagues to choose from."""
    words = exchange.parameters.get("q", "").strip()[:200]
    with exchange.reading() as call:
        found = find_people(call.connection, PeopleQuery(q=words, kind="member", limit=SHOWN))
        results = [
            {"id": str(each.account.id), "label": each.account.name, "note": each.account.login}
            for each in found.people
            if each.account.id != call.actor.id and call.actor.kind == "member"
        ]
    return exchange.json({"results": results, "more": found.count > SHOWN})


def add_own(exchange: Exchange) -> Response:
    """POST /profile/delegations."""
    return _add(exchange, True)


def add(exchange: Exchange) -> Response:
    """POST /delegations."""
    return _add(exchange, False)


def _add(exchange: Exchange, is_own: bool) -> Response:
    entered = entered_in(exchange, *FIELDS)

    def change(call: Call) -> str:
        user = call.actor.id if is_own else chosen_id(entered, "user") or 0
        begin, end = (_moment(call, entered, name) for name in ("starts_at", "ends_at"))
        delegate(
            call,
            user,
            chosen_id(entered, "delegate") or 0,
            begin,
            end,
            scope=entered.get("scope", ""),
            reason=entered.get("reason", ""),
        )
        return OWN if is_own else ALL

    def again(call: Call, given: Mapping[str, str], problems: Problems) -> SettingsScreen:
        return _screen(call, is_own, given, problems)

    return changed(exchange, change, "delegation_added", again, entered)


def _moment(call: Call, entered: Mapping[str, str], name: str) -> datetime:
    """A local time as a form sends it, in the time zone of whoever sends it."""
    try:
        found = datetime.fromisoformat(entered.get(name, "").replace(" ", "T"))
        if not 1900 <= found.year <= 2199:
            raise ValueError(name)
    except ValueError as error:
        expected = "2026-10-01 09:00"
        problem: Diagnostic = finding("W313", name, name=name, expected=expected)
        raise Refusal("invalid", [problem]) from error
    return found if found.tzinfo is not None else found.replace(tzinfo=ZoneInfo(call.timezone))


def end_own(exchange: Exchange, identifier: str) -> Response:
    """POST /profile/delegations/{id}/end."""
    return _end(exchange, identifier, OWN)


def end(exchange: Exchange, identifier: str) -> Response:
    """POST /delegations/{id}/end."""
    return _end(exchange, identifier, ALL)


def _end(exchange: Exchange, identifier: str, path: str) -> Response:
    with exchange.writing() as call:
        end_delegation(call, number(identifier))
    return go(exchange, path, text("delegation_ended", exchange.language))


ROUTES: tuple[Route, ...] = (
    page("GET", "/profile/delegations", own),
    page("POST", "/profile/delegations", add_own),
    page("GET", "/profile/delegations/people", people),
    page("POST", "/profile/delegations/<identifier>/end", end_own),
    page("GET", "/delegations", everybody, access="admin"),
    page("POST", "/delegations", add, access="admin"),
    page("POST", "/delegations/<identifier>/end", end, access="admin"),
)
