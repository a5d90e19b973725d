"""Setting up and taking away one's own second factors: the authenticator, passkeys, recovery codes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import segno
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from dougong.diagnostics import Diagnostic, Refusal
from dougong.people import devices, limits, passkeys, recovery, second_factor, sessions, totp
from dougong.people.messages import refuse as refuse_person
from dougong.people.second_factor import PASSKEY
from dougong.screens.security import (
    authenticator_screen,
    passkey_screen,
    recovery_screen,
    rename_screen,
)
from dougong.screens.shape import Problem
from dougong.screens.texts import text
from dougong.web.catalogue import refuse
from dougong.web.exchange import Exchange
from dougong.web.gate import is_asked_of
from dougong.web.pages import entering
from dougong.web.pages.frame import first, form_data, go, number, show
from dougong.web.pages.passkeys import site
from dougong.web.pages.step_up import session_of, unless_fresh
from dougong.web.problems import message_of

SECURITY = "/profile"
AUTHENTICATOR = "/profile/authenticator"
ADD_PASSKEY = "/profile/passkeys/new"
ISSUER = "dougong"


def begin_authenticator(exchange: Exchange) -> Response:
    """POST /profile/authenticator/begin: a secret for a new authenticator, active once a code of it was right."""
    stale = unless_fresh(exchange, SECURITY)
    if stale is not None:
        return stale
    with exchange.runtime.database.writing() as connection:
        if second_factor.ways(connection, exchange.actor.id).totp:
            raise refuse_person("conflict", "factor_known")
        totp.begin(connection, exchange.actor.id, exchange.runtime.keys)
    return exchange.redirect(AUTHENTICATOR)


def authenticator(exchange: Exchange) -> Response:
    """GET /profile/authenticator: what to scan, and where the first code goes."""
    stale = unless_fresh(exchange, SECURITY)
    return stale if stale is not None else _authenticator(exchange)


def _authenticator(exchange: Exchange, problems: Sequence[Diagnostic] = (), status: int = 200) -> Response:
    with exchange.reading() as call:
        secret = totp.waiting(call.connection, call.actor.id, exchange.runtime.keys)
        if secret is None:
            return exchange.redirect(SECURITY)
        address = totp.address(secret, call.actor.login, ISSUER)
        picture = segno.make(address, error="m").svg_data_uri(scale=5, border=4, light="#fff")
        shown = [Problem(message_of(each, call.language), "code", code=each.code) for each in problems]
        return show(exchange, call, authenticator_screen(call, picture, secret, shown), status)


def confirm_authenticator(exchange: Exchange) -> Response:
    """POST /profile/authenticator: the first code; the session counts as one with two factors from here on."""
    stale = unless_fresh(exchange, SECURITY)
    if stale is not None:
        return stale
    runtime, user_id = exchange.runtime, exchange.actor.id
    code = first(form_data(exchange), "code")
    tries = limits.of_code("totp", user_id, _device(exchange))
    try:
        with runtime.database.writing() as connection:
            limits.take(connection, tries)
        made = _codes_if_none(exchange)
        with runtime.database.writing() as connection:
            if not totp.confirm(connection, user_id, code, runtime.keys):
                raise refuse_person("invalid", "wrong_code")
            limits.give_back(connection, tries)
            if made:
                recovery.keep(connection, user_id, made)
            entering.changed(exchange, connection, "factor.add", "factor_added")
            begun = sessions.prove_again(connection, session_of(exchange), sessions.TOTP)
    except Refusal as refusal:
        if refusal.kind not in ("invalid", "too_many"):
            raise
        return _authenticator(exchange, refusal.problems, 429 if refusal.kind == "too_many" else 422)
    response = _done(exchange, made, text("totp_on", exchange.language))
    entering.give_session(exchange, response, begun)
    return response


def _device(exchange: Exchange) -> str:
    """What names the browser for the limits, where the person has signed in before."""
    secret = entering.visitor(exchange).device
    with exchange.runtime.database.reading() as connection:
        return secret if devices.is_known(connection, exchange.actor.id, secret) else ""


def _codes_if_none(exchange: Exchange) -> tuple[recovery.Made, ...]:
    """Recovery codes for a first factor, made before the transaction as that takes a while."""
    with exchange.runtime.database.reading() as connection:
        if recovery.left(connection, exchange.actor.id):
            return ()
    return recovery.make(exchange.runtime.settings.password_rules)


def _done(exchange: Exchange, made: Sequence[recovery.Made], said: str) -> Response:
    """The new recovery codes, or the security page again."""
    if not made:
        return go(exchange, SECURITY, said)
    with exchange.reading() as call:
        return show(exchange, call, recovery_screen(call, [each.code for each in made], said))


def remove_authenticator(exchange: Exchange) -> Response:
    """POST /profile/authenticator/remove."""
    return _removed(exchange, lambda connection: totp.remove(connection, exchange.actor.id))


def _removed(exchange: Exchange, remove: Callable[[Connection], bool]) -> Response:
    stale = unless_fresh(exchange, SECURITY)
    if stale is not None:
        return stale
    with exchange.runtime.database.writing() as connection:
        if not remove(connection):
            raise refuse("missing", "W404")
        asked = is_asked_of(exchange.runtime.settings, exchange.actor)
        if asked and not second_factor.has_any(connection, exchange.actor.id):
            raise refuse_person("conflict", "factor_last")
        second_factor.settle(connection, exchange.actor.id)
        entering.changed(exchange, connection, "factor.remove", "factor_removed")
    return go(exchange, SECURITY, text("factor_removed", exchange.language))


def renew_codes(exchange: Exchange) -> Response:
    """POST /profile/recovery-codes: new recovery codes, shown this once; those before are void."""
    stale = unless_fresh(exchange, SECURITY)
    if stale is not None:
        return stale
    made = recovery.make(exchange.runtime.settings.password_rules)
    with exchange.runtime.database.writing() as connection:
        if not second_factor.has_any(connection, exchange.actor.id):
            raise refuse("missing", "W404")
        recovery.keep(connection, exchange.actor.id, made)
        entering.changed(exchange, connection, "factor.codes", "codes_renewed")
    return _done(exchange, made, "")


def new_passkey(exchange: Exchange) -> Response:
    """GET /profile/passkeys/new."""
    stale = unless_fresh(exchange, ADD_PASSKEY)
    return stale if stale is not None else _passkey_page(exchange)


def _passkey_page(exchange: Exchange, problems: Sequence[Diagnostic] = (), status: int = 200) -> Response:
    with exchange.reading() as call:
        shown = [Problem(message_of(each, call.language), code=each.code) for each in problems]
        return show(exchange, call, passkey_screen(call, shown), status)


def begin_passkey(exchange: Exchange) -> Response:
    """POST /profile/passkeys/begin: what the browser is asked for to make a passkey."""
    if not session_of(exchange).is_fresh:
        raise refuse("forbidden", "W451")
    with exchange.runtime.database.writing() as connection:
        asked = passkeys.begin_adding(connection, exchange.actor.id, site(exchange))
    return exchange.json(asked)


def add_passkey(exchange: Exchange) -> Response:
    """POST /profile/passkeys: keep the passkey that the browser made."""
    stale = unless_fresh(exchange, ADD_PASSKEY)
    if stale is not None:
        return stale
    data, user_id = form_data(exchange), exchange.actor.id
    try:
        made = _codes_if_none(exchange)
        with exchange.runtime.database.writing() as connection:
            passkeys.add(
                connection,
                user_id,
                first(data, "ticket"),
                first(data, "credential"),
                first(data, "name"),
                site(exchange),
            )
            if made:
                recovery.keep(connection, user_id, made)
            entering.changed(exchange, connection, "factor.add", "factor_added")
            begun = sessions.prove_again(connection, session_of(exchange), sessions.PASSKEY)
    except Refusal as refusal:
        if refusal.kind != "invalid":
            raise
        return _passkey_page(exchange, refusal.problems, 422)
    response = _done(exchange, made, text("passkey_added", exchange.language))
    entering.give_session(exchange, response, begun)
    return response


def passkey(exchange: Exchange, identifier: str) -> Response:
    """GET /profile/passkeys/{id}: giving it another name."""
    with exchange.reading() as call:
        found = _own_passkey(call.connection, call.actor.id, number(identifier))
        return show(exchange, call, rename_screen(call, found))


def _own_passkey(connection: Connection, user_id: int, identifier: int) -> second_factor.Factor:
    for each in second_factor.factors(connection, user_id):
        if each.id == identifier and each.kind == PASSKEY:
            return each
    raise refuse("missing", "W404")


def rename_passkey(exchange: Exchange, identifier: str) -> Response:
    """POST /profile/passkeys/{id}: another name."""
    name = first(form_data(exchange), "name")
    with exchange.runtime.database.writing() as connection:
        if not passkeys.rename(connection, exchange.actor.id, number(identifier), name):
            raise refuse("missing", "W404")
    return go(exchange, SECURITY, text("renamed", exchange.language))


def remove_passkey(exchange: Exchange, identifier: str) -> Response:
    """POST /profile/passkeys/{id}/remove."""
    factor = number(identifier)
    return _removed(exchange, lambda connection: passkeys.remove(connection, exchange.actor.id, factor))
