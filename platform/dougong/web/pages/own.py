"""One's own security page: what one signs in with, the password, and where one is signed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from werkzeug.wrappers import Response

from dougong.diagnostics import Diagnostic, Refusal
from dougong.people import accounts, address_changes, recovery, second_factor, sessions
from dougong.people.messages import refuse as people_refusal
from dougong.people.sign_in import confirm_password
from dougong.screens.security import Security, security_screen
from dougong.screens.shape import Problem, SignInScreen
from dougong.screens.texts import text
from dougong.web.catalogue import finding, refuse
from dougong.web.exchange import Exchange
from dougong.web.gate import NEW_PASSWORD, is_asked_of
from dougong.web.pages import entering, step_up
from dougong.web.pages.frame import first, form_data, go, number, show
from dougong.web.pages.own_address import own_email
from dougong.web.pages.single_sign_on import own_sign_on
from dougong.web.problems import message_of


def profile(exchange: Exchange) -> Response:
    """GET /profile."""
    return _page(exchange)


def _page(exchange: Exchange, problems: Sequence[Diagnostic] = (), status: int = 200) -> Response:
    settings = exchange.runtime.settings
    current = exchange.identity.session.id if exchange.identity and exchange.identity.session else 0
    with exchange.reading() as call:
        shown = [Problem(message_of(each, call.language), each.path, code=each.code) for each in problems]
        about = Security(
            sessions.list_sessions(call.connection, call.actor.id, settings.lifetimes),
            current,
            second_factor.factors(call.connection, call.actor.id),
            recovery.left(call.connection, call.actor.id),
            is_asked_of(settings, call.actor),
        )
        more = (*own_email(exchange, call, shown), *own_sign_on(exchange, call))
        return show(exchange, call, security_screen(call, about, shown, more), status)


def password(exchange: Exchange) -> Response:
    """POST /profile/password: a new password ends every other session."""
    step_up.session_of(exchange)
    try:
        return _changed(exchange, "/profile")
    except Refusal as refusal:
        problems = [
            replace(each, path="new") if each.path == "password" else each for each in refusal.problems
        ]
        return _page(exchange, problems, status=429 if refusal.kind == "too_many" else 422)


def _changed(exchange: Exchange, back: str) -> Response:
    """Change the password as a form asks for it; the session goes on under a new secret."""
    data, session = form_data(exchange), step_up.session_of(exchange)
    old, new, again = ((data.get(name) or [""])[0] for name in ("old", "new", "again"))
    rules, visitor = exchange.runtime.settings.sign_in_rules, entering.visitor(exchange)
    confirm_password(exchange.runtime.database, exchange.actor.id, old, visitor, rules)
    if new != again:
        raise Refusal("invalid", [finding("W430", "again")])
    if new == old:
        raise Refusal("invalid", [finding("W452", "new")])
    with exchange.runtime.database.writing() as connection:
        accounts.set_password(connection, exchange.actor.id, new, session.id, rules.passwords)
        entering.changed(exchange, connection, "password.change", "password_changed")
        begun = sessions.prove_again(connection, session)
    response = go(exchange, back, text("password_changed", exchange.language))
    entering.give_session(exchange, response, begun)
    return response


def new_password_page(exchange: Exchange) -> Response:
    """GET /profile/new-password: for who signed in with a password that somebody else chose."""
    return _new_password(exchange)


def _new_password(exchange: Exchange, problems: Sequence[Diagnostic] = (), status: int = 200) -> Response:
    language = exchange.language
    screen = SignInScreen(
        workspace=text("workspace", language),
        action=NEW_PASSWORD,
        mode="password",
        login=exchange.actor.login,
        problems=tuple(Problem(message_of(each, language), each.path, code=each.code) for each in problems),
        notice="" if problems else text("must_change_password", language),
    )
    return exchange.page(screen, status)


def choose_password(exchange: Exchange) -> Response:
    """POST /profile/new-password."""
    step_up.session_of(exchange)
    try:
        return _changed(exchange, "/")
    except Refusal as refusal:
        return _new_password(exchange, refusal.problems, 429 if refusal.kind == "too_many" else 422)


def email(exchange: Exchange) -> Response:
    """POST /profile/email: a link to a new address, for who knows the password; until it is used nothing changes."""
    data = form_data(exchange)
    wanted, settings = first(data, "email"), exchange.runtime.settings
    try:
        if not settings.sends_links:
            raise people_refusal("conflict", "no_mail", "email")
        entered, visitor = (data.get("current") or [""])[0], entering.visitor(exchange)
        confirm_password(
            exchange.runtime.database, exchange.actor.id, entered, visitor, settings.sign_in_rules
        )
        with exchange.runtime.database.writing() as connection:
            address_changes.ask(connection, exchange.actor.id, wanted, settings.reset_minutes)
    except Refusal as refusal:
        problems = [
            replace(each, path="current") if each.path == "old" else each for each in refusal.problems
        ]
        return _page(exchange, problems, status=429 if refusal.kind == "too_many" else 422)
    return go(exchange, "/profile", text("email_sent", exchange.language, email=wanted))


def end_session(exchange: Exchange, identifier: str) -> Response:
    """POST /profile/sessions/{id}/end: sign another device out."""
    with exchange.runtime.database.writing() as connection:
        if not sessions.revoke(connection, exchange.actor.id, number(identifier)):
            raise refuse("missing", "W404")
    return go(exchange, "/profile", text("session_ended", exchange.language))


def end_others(exchange: Exchange) -> Response:
    """POST /profile/sessions/end: sign all other devices out."""
    session = step_up.session_of(exchange)
    with exchange.runtime.database.writing() as connection:
        count = sessions.revoke_all(connection, exchange.actor.id, but=session.id)
    return go(exchange, "/profile", text("others_ended", exchange.language, count=count))
