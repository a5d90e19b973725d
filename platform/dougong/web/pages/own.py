"""One's own page: change the password, end sessions, make and revoke tokens."""

from __future__ import annotations

from collections.abc import Sequence

from werkzeug.wrappers import Response

from dougong.diagnostics import Diagnostic, Refusal
from dougong.people import accounts, address_changes, limits, passwords, sessions, tokens
from dougong.people.actor import SCOPES
from dougong.people.messages import refuse as people_refusal
from dougong.screens.profile import profile_screen
from dougong.screens.shape import Problem
from dougong.screens.texts import text
from dougong.storage.system import USER
from dougong.web.catalogue import finding, refuse
from dougong.web.exchange import Exchange
from dougong.web.pages.frame import first, form_data, go, number, show
from dougong.web.pages.own_address import own_email
from dougong.web.pages.single_sign_on import own_sign_on
from dougong.web.problems import message_of


def profile(exchange: Exchange) -> Response:
    """GET /profile."""
    return _page(exchange)


def _page(
    exchange: Exchange, problems: Sequence[Diagnostic] = (), made: str = "", status: int = 200
) -> Response:
    current = exchange.identity.session.id if exchange.identity and exchange.identity.session else 0
    with exchange.reading() as call:
        shown = [Problem(message_of(each, call.language), each.path, code=each.code) for each in problems]
        mine, issued = (
            sessions.list_sessions(call.connection, call.actor.id),
            tokens.list_tokens(call.connection, call.actor.id),
        )
        more = (*own_email(exchange, call, shown), *own_sign_on(exchange, call))
        return show(exchange, call, profile_screen(call, mine, issued, current, shown, made, more), status)


def password(exchange: Exchange) -> Response:
    """POST /profile/password: a new password ends every other session."""
    data = form_data(exchange)
    old, new, again = ((data.get(name) or [""])[0] for name in ("old", "new", "again"))
    actor, address = exchange.actor, exchange.request.remote_addr or ""
    try:
        _check_old(exchange, old, address)
        if new != again:
            raise Refusal("invalid", [finding("W430", "again")])
        current = exchange.identity.session.id if exchange.identity and exchange.identity.session else None
        with exchange.runtime.database.writing() as connection:
            accounts.set_password(connection, actor.id, new, keep_session=current)
    except Refusal as refusal:
        problems = [
            Diagnostic(
                each.code,
                each.message,
                "new" if each.path == "password" else each.path,
                parameters=each.parameters,
            )
            for each in refusal.problems
        ]
        return _page(exchange, problems, status=429 if refusal.kind == "too_many" else 422)
    return go(exchange, "/profile", text("password_changed", exchange.language))


def email(exchange: Exchange) -> Response:
    """POST /profile/email: a link to a new address, for who knows the password; until it is used nothing changes."""
    data = form_data(exchange)
    wanted, settings = first(data, "email"), exchange.runtime.settings
    try:
        if not settings.sends_links:
            raise people_refusal("conflict", "no_mail", "email")
        _check_old(exchange, (data.get("current") or [""])[0], exchange.request.remote_addr or "")
        with exchange.runtime.database.writing() as connection:
            address_changes.ask(connection, exchange.actor.id, wanted, settings.reset_minutes)
    except Refusal as refusal:
        problems = [
            Diagnostic(
                each.code,
                each.message,
                "current" if each.path == "old" else each.path,
                parameters=each.parameters,
            )
            for each in refusal.problems
        ]
        return _page(exchange, problems, status=429 if refusal.kind == "too_many" else 422)
    return go(exchange, "/profile", text("email_sent", exchange.language, email=wanted))


def _check_old(exchange: Exchange, old: str, address: str) -> None:
    """Guessing the old password is slowed down like guessing at the door."""
    actor, database = exchange.actor, exchange.runtime.database
    with database.reading() as connection:
        limits.check(connection, actor.login, address)
        kept = connection.execute(USER.select().where(USER.c.id == actor.id)).one().password_hash
    if not passwords.matches(kept, old):
        with database.writing() as connection:
            limits.record_failure(connection, actor.login, address)
        raise Refusal("invalid", [finding("W431", "old")])


def end_session(exchange: Exchange, identifier: str) -> Response:
    """POST /profile/sessions/{id}/end: sign another device out."""
    with exchange.runtime.database.writing() as connection:
        if not sessions.revoke(connection, exchange.actor.id, number(identifier)):
            raise refuse("missing", "W404")
    return go(exchange, "/profile", text("session_ended", exchange.language))


def add_token(exchange: Exchange) -> Response:
    """POST /profile/tokens: a new token, shown once."""
    data = form_data(exchange)
    scope = first(data, "scope")
    if scope not in SCOPES:
        raise refuse("malformed", "W206", "scope", name="scope", allowed=", ".join(SCOPES))
    with exchange.runtime.database.writing() as connection:
        made = tokens.issue(connection, exchange.actor.id, scopes=[scope], name=first(data, "name"))
    return _page(exchange, made=made)


def revoke_token(exchange: Exchange, identifier: str) -> Response:
    """POST /profile/tokens/{id}/revoke."""
    with exchange.runtime.database.writing() as connection:
        if not tokens.revoke(connection, number(identifier), exchange.actor.id):
            raise refuse("missing", "W404")
    return go(exchange, "/profile", text("token_revoked", exchange.language))
