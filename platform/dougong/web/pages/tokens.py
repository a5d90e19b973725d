"""One's own tokens at the screen: made and revoked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from werkzeug.wrappers import Response

from dougong.diagnostics import Diagnostic, Refusal
from dougong.people import tokens
from dougong.people.actor import SCOPES
from dougong.people.messages import refuse as refuse_person
from dougong.screens.shape import Problem
from dougong.screens.texts import text
from dougong.screens.tokens import TokenEntry, tokens_screen
from dougong.web.catalogue import refuse
from dougong.web.exchange import Exchange
from dougong.web.pages.frame import first, form_data, go, number, show
from dougong.web.pages.step_up import session_of, unless_fresh
from dougong.web.problems import message_of

OWN = "/profile/tokens"
USUAL_DAYS = 90


def own(exchange: Exchange) -> Response:
    """GET /profile/tokens."""
    days = min(USUAL_DAYS, exchange.runtime.settings.token_days)
    return _page(exchange, TokenEntry(expires=_day_in(exchange, days)))


def _page(
    exchange: Exchange,
    entry: TokenEntry,
    problems: Sequence[Diagnostic] = (),
    made: str = "",
    status: int = 200,
) -> Response:
    last = _day_in(exchange, exchange.runtime.settings.token_days)
    with exchange.reading() as call:
        shown = [Problem(message_of(each, call.language), each.path, code=each.code) for each in problems]
        issued = tokens.list_tokens(call.connection, call.actor.id)
        return show(exchange, call, tokens_screen(call, issued, entry, last, shown, made), status)


def _day_in(exchange: Exchange, days: int) -> str:
    """The day that comes after so many days where the person is."""
    return (datetime.now(ZoneInfo(exchange.timezone)).date() + timedelta(days=days)).isoformat()


def add(exchange: Exchange) -> Response:
    """POST /profile/tokens: a new token, shown once."""
    session_of(exchange)
    data = form_data(exchange)
    entry = TokenEntry(
        first(data, "name"),
        first(data, "scope"),
        tuple(name for name in data.get("apps", ()) if name),
        first(data, "expires"),
    )
    stale = unless_fresh(exchange, OWN)
    if stale is not None:
        return stale
    try:
        made = _issued(exchange, entry)
    except Refusal as refusal:
        if refusal.kind not in ("invalid", "malformed"):
            raise
        problems = [_at_the_input(each) for each in refusal.problems]
        return _page(exchange, entry, problems, status=422)
    return _page(exchange, TokenEntry(expires=entry.expires), made=made)


def _issued(exchange: Exchange, entry: TokenEntry) -> str:
    settings = exchange.runtime.settings
    if entry.scope not in SCOPES:
        raise refuse("malformed", "W206", "scope", name="scope", allowed=", ".join(SCOPES))
    if not entry.name:
        raise refuse_person("invalid", "token_name", "name")
    with exchange.writing() as call:
        for app in entry.apps:
            if app not in call.release.apps:
                raise refuse("invalid", "W416", "apps", name=app[:60])
        return tokens.issue(
            call.connection,
            call.actor.id,
            scopes=[entry.scope],
            name=entry.name,
            expires_at=_end_of_day(entry.expires, exchange.timezone),
            apps=entry.apps or None,
            longest=timedelta(days=settings.token_days),
        )


def _end_of_day(day: str, timezone: str) -> datetime:
    try:
        last = datetime.combine(date.fromisoformat(day), time.max, ZoneInfo(timezone))
        return last.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise refuse_person("invalid", "expiry", "expires_at") from error


def _at_the_input(problem: Diagnostic) -> Diagnostic:
    """A problem at the input of the form that it is about."""
    path = {"expires_at": "expires", "scopes": "scope"}.get(problem.path, problem.path)
    return Diagnostic(problem.code, problem.message, path, parameters=problem.parameters)


def revoke(exchange: Exchange, identifier: str) -> Response:
    """POST /profile/tokens/{id}/revoke."""
    with exchange.runtime.database.writing() as connection:
        if not tokens.revoke(connection, number(identifier), exchange.actor.id):
            raise refuse("missing", "W404")
    return go(exchange, OWN, text("token_revoked", exchange.language))
