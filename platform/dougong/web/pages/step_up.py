"""Proving once more who one is, for what concerns the account itself: a sign-in of a short while ago is asked for."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select
from werkzeug.wrappers import Response

from dougong.diagnostics import Diagnostic, Refusal
from dougong.people import devices, limits, passkeys, second_factor, sessions, totp
from dougong.people.messages import refuse as refuse_person
from dougong.people.second_factor import Ways
from dougong.people.sessions import Session
from dougong.people.sign_in import confirm_password
from dougong.screens.addresses import with_query
from dougong.screens.shape import Link, PasskeyUse, Problem, SignInScreen
from dougong.screens.texts import text
from dougong.storage.system import USER
from dougong.web.catalogue import refuse
from dougong.web.exchange import Exchange
from dougong.web.pages import entering
from dougong.web.pages.frame import first, form_data, go
from dougong.web.pages.passkeys import checked, site
from dougong.web.problems import message_of
from dougong.web.security import local_path

ADDRESS = "/profile/confirm"


def session_of(exchange: Exchange) -> Session:
    """The session of a person at the screen; programs with a token may not change how somebody signs in."""
    identity = exchange.identity
    if identity is None or identity.session is None:
        raise refuse("forbidden", "W450")
    return identity.session


def unless_fresh(exchange: Exchange, back: str) -> Response | None:
    """Where to go first when the person has not proved who they are for a while."""
    if session_of(exchange).is_fresh:
        return None
    return exchange.redirect(with_query(ADDRESS, [("next", back)]))


def page(exchange: Exchange) -> Response:
    """GET /profile/confirm."""
    return _page(exchange, exchange.parameters.get("next", ""))


def _page(
    exchange: Exchange, following: str, problems: Sequence[Diagnostic] = (), status: int = 200
) -> Response:
    language, actor = exchange.language, exchange.actor
    with exchange.runtime.database.reading() as connection:
        ways = second_factor.ways(connection, actor.id)
        password = _asks_password(connection, actor.id, ways)
    use = PasskeyUse(f"{ADDRESS}/passkey", ADDRESS, text("passkey_use", language))
    screen = SignInScreen(
        workspace=text("workspace", language),
        action=ADDRESS,
        mode="confirm",
        login=actor.login,
        next=local_path(following, "/profile"),
        problems=tuple(Problem(message_of(each, language), code=each.code) for each in problems),
        notice="" if problems else text("confirm_first", language),
        links=(Link(text("cancel", language), local_path(following, "/profile")),),
        asks_password=password,
        asks_code=password and ways.totp,
        passkey=use if ways.passkey else None,
    )
    return exchange.page(screen, status)


def _asks_password(connection: Connection, user_id: int, ways: Ways) -> bool:
    """A password is enough where no second factor is set up; with an authenticator its code is asked for too."""
    kept = connection.execute(select(USER.c.password_hash).where(USER.c.id == user_id)).scalar_one()
    return kept is not None and (ways.totp or not ways.passkey)


def begin_passkey(exchange: Exchange) -> Response:
    """POST /profile/confirm/passkey: what the browser asks the person's passkeys for."""
    session_of(exchange)
    with exchange.runtime.database.writing() as connection:
        asked = passkeys.begin_for(connection, exchange.actor.id, site(exchange))
    return exchange.json(asked)


def confirm(exchange: Exchange) -> Response:
    """POST /profile/confirm: back to where the person was, with a new secret for the session."""
    data = form_data(exchange)
    following, session = local_path(first(data, "next"), "/profile"), session_of(exchange)
    try:
        method = _prove(exchange, data)
    except Refusal as refusal:
        return _page(exchange, following, refusal.problems, 429 if refusal.kind == "too_many" else 422)
    with exchange.runtime.database.writing() as connection:
        begun = sessions.prove_again(connection, session, method)
    response = go(exchange, following, text("confirmed_again", exchange.language))
    entering.give_session(exchange, response, begun)
    return response


def _prove(exchange: Exchange, data: dict[str, list[str]]) -> str:
    """Look at what was sent; the answer is the method by which the person proved it."""
    database, user_id = exchange.runtime.database, exchange.actor.id
    visitor = entering.visitor(exchange)
    if data.get("credential"):
        with database.writing() as connection:
            if not checked(exchange, data)(connection, user_id):
                raise refuse_person("invalid", "wrong_passkey")
        return sessions.PASSKEY
    with database.reading() as connection:
        ways = second_factor.ways(connection, user_id)
        if not _asks_password(connection, user_id, ways):
            raise refuse_person("invalid", "wrong_passkey")
        known = devices.is_known(connection, user_id, visitor.device)
    rules = exchange.runtime.settings.sign_in_rules
    confirm_password(database, user_id, (data.get("password") or [""])[0], visitor, rules)
    if not ways.totp:
        return sessions.PASSWORD
    tries = limits.of_code("totp", user_id, visitor.device if known else "")
    with database.writing() as connection:
        limits.take(connection, tries)
    with database.writing() as connection:
        if totp.check(connection, user_id, first(data, "code"), exchange.runtime.keys):
            limits.give_back(connection, tries)
            return sessions.TOTP
    raise refuse_person("invalid", "wrong_code")
