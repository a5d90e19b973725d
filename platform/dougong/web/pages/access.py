"""For administrators: who is signed in and with which tokens; ending sessions, revoking tokens, resetting second factors."""

from __future__ import annotations

from werkzeug.wrappers import Response

from dougong.people import accounts, directory, second_factor, security_letters, sessions, signed_in, tokens
from dougong.screens.texts import text
from dougong.screens.tokens import access_screen, person_screen
from dougong.web.catalogue import refuse
from dougong.web.exchange import Exchange
from dougong.web.pages.frame import go, number, show
from dougong.web.pages.step_up import unless_fresh


def overview(exchange: Exchange) -> Response:
    """GET /tokens: who is signed in, and everybody's tokens."""
    with exchange.reading() as call:
        people = signed_in.signed_in(call.connection, exchange.runtime.settings.lifetimes)
        issued = tokens.list_tokens(call.connection)
        owners = directory.names_of(call.connection, {each.user_id for each in issued})
        return show(exchange, call, access_screen(call, people, issued, owners))


def revoke_token(exchange: Exchange, identifier: str) -> Response:
    """POST /tokens/{id}/revoke: an administrator revokes whoever's token."""
    with exchange.runtime.database.writing() as connection:
        if not tokens.revoke(connection, number(identifier)):
            raise refuse("missing", "W404")
    return go(exchange, "/tokens", text("token_revoked", exchange.language))


def person(exchange: Exchange, identifier: str) -> Response:
    """GET /people/{id}/security: how one person signs in."""
    user_id = number(identifier)
    with exchange.reading() as call:
        screen = person_screen(
            call,
            accounts.get(call.connection, user_id),
            sessions.list_sessions(call.connection, user_id, exchange.runtime.settings.lifetimes),
            second_factor.factors(call.connection, user_id),
            tokens.list_tokens(call.connection, user_id),
        )
        return show(exchange, call, screen)


def end_session(exchange: Exchange, identifier: str, entry: str) -> Response:
    """POST /people/{id}/sessions/{entry}/end."""
    with exchange.writing() as call:
        if not signed_in.end_session(call, number(identifier), number(entry)):
            raise refuse("missing", "W404")
    return go(exchange, f"/people/{identifier}/security", text("session_ended", exchange.language))


def sign_out(exchange: Exchange, identifier: str) -> Response:
    """POST /people/{id}/sessions/end: sign somebody out everywhere."""
    with exchange.writing() as call:
        count = signed_in.sign_out(call, number(identifier))
    said = text("others_ended", exchange.language, count=count)
    return go(exchange, f"/people/{identifier}/security", said)


def reset_factors(exchange: Exchange, identifier: str) -> Response:
    """POST /people/{id}/factors/reset: for who has lost all of them; the person is told by mail where that is set up."""
    back = f"/people/{number(identifier)}/security"
    stale = unless_fresh(exchange, back)
    if stale is not None:
        return stale
    with exchange.writing() as call:
        if not signed_in.reset_factors(call, number(identifier)):
            raise refuse("missing", "W404")
        if exchange.runtime.settings.smtp_url:
            security_letters.tell(call.connection, number(identifier), "factors_reset")
    return go(exchange, back, text("factors_were_reset", exchange.language))
