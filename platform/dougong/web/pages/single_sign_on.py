"""Signing in by a provider of single sign-on: out to it, back from it, and linking it to the own account."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import TypeVar

from werkzeug.wrappers import Response

from dougong.diagnostics import Refusal
from dougong.outbound import OutboundError
from dougong.people import oidc, oidc_accounts, sessions
from dougong.people.messages import refuse
from dougong.people.oidc import Journey
from dougong.people.oidc_directory import Directory, Untrusted, directory
from dougong.people.oidc_providers import Provider
from dougong.people.sign_in import enter as begin_entered
from dougong.records.call import Call
from dougong.screens.shape import SettingsSection
from dougong.screens.sign_on import sign_on_section
from dougong.screens.texts import text
from dougong.web.exchange import Exchange
from dougong.web.logs import logger
from dougong.web.other_doors import PROVIDER_COOKIE
from dougong.web.pages import entering
from dougong.web.pages.frame import go
from dougong.web.pages.sign_in import sign_in_page
from dougong.web.security import local_path, random_token

JOURNEY_SECONDS = 600
"""How long one may be away at the provider."""
_LONGEST_KEPT = 1500
"""Bytes that fit into a cookie; a longer way leads to the first page."""

T = TypeVar("T")


def begin(exchange: Exchange, provider: str) -> Response:
    """GET /sign-in/with/{provider}: to the provider, with a secret in a cookie that only this browser has."""
    following = local_path(exchange.parameters.get("next", ""))
    return _depart(exchange, provider, "", following)


def begin_linking(exchange: Exchange, provider: str) -> Response:
    """GET /profile/sign-on/{provider}: the same for who links a provider; the token in the address shows that it was meant."""
    sent = exchange.parameters.get("token", "").encode("utf-8", "replace")
    if not hmac.compare_digest(sent, linking_token(exchange.csrf, provider).encode()):
        raise refuse("forbidden", "sign_on_state")
    return _depart(exchange, provider, exchange.csrf, "/profile")


def linking_token(csrf: str, provider: str) -> str:
    """What stands in the address that begins to link a provider: nobody else can make it, and it is good for nothing else."""
    return hmac.digest(csrf.encode(), f"link\x1f{provider}".encode(), "sha256").hex()


def _depart(exchange: Exchange, identifier: str, bound: str, following: str) -> Response:
    known = _directory(exchange)
    provider = known.provider(identifier)
    journey = Journey(provider, random_token(), _back(exchange, provider), bound)
    try:
        address = _believed(exchange, provider, lambda: oidc.address_of(known, journey, exchange.language))
    except Refusal as refusal:
        return _refused(exchange, refusal, bound)
    response = Response("", 303, {"Location": address})
    place = following if len(following.encode()) <= _LONGEST_KEPT else "/"
    kept = "\x1f".join((journey.secret, "link" if bound else "", place)).encode().hex()
    _set_cookie(exchange, response, _cookie(exchange, provider), kept, JOURNEY_SECONDS)
    return response


def back(exchange: Exchange, provider: str) -> Response:
    """GET /sign-in/with/{provider}/back: who came back signs in, or has the provider linked."""
    known = _directory(exchange)
    chosen = known.provider(provider)
    secret, links, following = _kept(exchange, chosen)
    if links:
        exchange.authenticate()
    bound = exchange.csrf if links else ""
    if not secret or (links and not bound):
        return _refused(exchange, refuse("forbidden", "sign_on_state"), bound)
    journey = Journey(chosen, secret, _back(exchange, chosen), bound)
    try:
        person = _believed(
            exchange, chosen, lambda: oidc.person_of(known, journey, dict(exchange.parameters))
        )
        response = _link(exchange, chosen, person) if links else _enter(exchange, chosen, person, following)
    except Refusal as refusal:
        logger().warning("single sign-on refused", provider=chosen.id, code=refusal.problems[0].code)
        response = _refused(exchange, refusal, bound)
    _set_cookie(exchange, response, _cookie(exchange, chosen), "", 0)
    return response


def leave(exchange: Exchange, provider: str) -> Response:
    """GET /sign-out/with/{provider}: to the page of the provider that ends its own session."""
    known = _directory(exchange)
    chosen = known.provider(provider)
    place = ""
    with suppress(Refusal):
        home = f"{exchange.runtime.settings.public_url}/sign-in"
        place = _believed(exchange, chosen, lambda: oidc.leaving_address(known, chosen, home))
    response = Response("", 303, {"Location": place or "/sign-in"})
    _set_cookie(exchange, response, PROVIDER_COOKIE, "", 0)
    return response


def unlink(exchange: Exchange, provider: str) -> Response:
    """POST /profile/sign-on/{provider}/unlink."""
    chosen = _directory(exchange).provider(provider)
    with exchange.writing() as call:
        if not oidc_accounts.unlink(call.connection, exchange.actor.id, chosen.issuer):
            raise refuse("missing", "sign_on_unknown")
    return go(exchange, "/profile", text("sign_on_unlinked", exchange.language))


def own_sign_on(exchange: Exchange, call: Call) -> tuple[SettingsSection, ...]:
    """The part of one's own page about single sign-on, where there is any."""
    providers = exchange.runtime.settings.sign_on
    if not providers:
        return ()
    linked = oidc_accounts.linked(call.connection, call.actor.id)
    addresses = {
        each.id: f"/profile/sign-on/{each.id}?token={linking_token(exchange.csrf, each.id)}"
        for each in providers
    }
    return (sign_on_section(call, providers, linked, addresses),)


def _enter(exchange: Exchange, provider: Provider, person: oidc.Person, following: str) -> Response:
    settings = exchange.runtime.settings
    with exchange.runtime.database.writing() as connection:
        user_id = oidc_accounts.account_for(
            connection, provider, person, settings.timezone, exchange.language
        )
        visitor, rules = entering.visitor(exchange), settings.sign_in_rules
        entered = begin_entered(connection, user_id, visitor, False, sessions.PROVIDER, rules)
    response = entering.enter(exchange, entered, following, {})
    _set_cookie(exchange, response, PROVIDER_COOKIE, provider.id, None)
    return response


def _link(exchange: Exchange, provider: Provider, person: oidc.Person) -> Response:
    with exchange.writing() as call:
        oidc_accounts.link(call.connection, exchange.actor.id, person, provider)
    return go(
        exchange,
        "/profile",
        text("sign_on_linked", exchange.language, name=provider.label(exchange.language)),
    )


def _refused(exchange: Exchange, refusal: Refusal, bound: str) -> Response:
    """What went wrong, where the person came from."""
    if bound:
        raise refusal
    status = {"forbidden": 403, "conflict": 409, "unavailable": 503, "missing": 404}.get(refusal.kind, 422)
    return sign_in_page(exchange, "", refusal.problems, status=status)


def _believed(exchange: Exchange, provider: Provider, step: Callable[[], T]) -> T:
    """The outcome of a step, with what only the log should tell of a failure."""
    name = provider.label(exchange.language)
    try:
        return step()
    except Untrusted as error:
        logger().warning("single sign-on is not to be trusted", provider=provider.id, reason=str(error))
        raise refuse("forbidden", "sign_on_untrusted", name=name) from error
    except OutboundError as error:
        logger().warning("single sign-on is not available", provider=provider.id, reason=str(error))
        raise refuse("unavailable", "sign_on_unavailable", name=name) from error


def _directory(exchange: Exchange) -> Directory:
    settings = exchange.runtime.settings
    return directory(settings.sign_on, settings.outgoing_hosts)


def _back(exchange: Exchange, provider: Provider) -> str:
    return f"{exchange.runtime.settings.public_url}/sign-in/with/{provider.id}/back"


def _cookie(exchange: Exchange, provider: Provider) -> str:
    prefix = "__Host-" if exchange.runtime.settings.secure else ""
    return f"{prefix}dg_sign_on_{provider.id}"


def _kept(exchange: Exchange, provider: Provider) -> tuple[str, bool, str]:
    """The secret, whether an account is to be linked, and where to go; empty when the browser has never begun."""
    try:
        kept = bytes.fromhex(exchange.request.cookies.get(_cookie(exchange, provider), "")).decode()
        secret, links, following = kept.split("\x1f")
    except ValueError:
        return "", False, ""
    return secret, links == "link", following


def _set_cookie(exchange: Exchange, response: Response, name: str, value: str, seconds: int | None) -> None:
    expires = datetime.fromtimestamp(0, UTC) if seconds == 0 else None
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        expires=expires,
        path="/",
        httponly=True,
        samesite="Lax",
        secure=exchange.runtime.settings.secure,
    )
