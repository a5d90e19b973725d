"""Passkeys at the screen: what a browser is asked for, signing in with one alone, and looking at what it sends back."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from sqlalchemy import Connection
from werkzeug.wrappers import Response

from dougong.diagnostics import Refusal
from dougong.people import limits, passkeys, second_step, sessions
from dougong.people.messages import refuse as refuse_person
from dougong.people.passkeys import Site
from dougong.people.sign_in import enter as begin_entered
from dougong.web.catalogue import refuse
from dougong.web.exchange import Exchange
from dougong.web.pages import entering
from dougong.web.pages.frame import first, form_data
from dougong.web.pages.sign_in import carried_of, refused
from dougong.web.security import comes_from_here

FREE_TRIES = 100
"""How often the door may be asked for a challenge from one address in a quarter of an hour."""


def site(exchange: Exchange) -> Site:
    """This server as passkeys know it: by the host that the browser sees, which was checked against the allowed ones."""
    host = exchange.request.host
    name = urlsplit(f"//{host}").hostname or ""
    return Site(name, (f"https://{host}", f"http://{host}"))


def begin(exchange: Exchange) -> Response:
    """POST /sign-in/passkey/begin: what the browser asks its passkeys for, whoever's they are."""
    if not comes_from_here(exchange.request, exchange.runtime.settings.secure):
        raise refuse("forbidden", "W406")
    tries = limits.of_address("challenge", exchange.request.remote_addr or "", FREE_TRIES)
    with exchange.runtime.database.writing() as connection:
        limits.take(connection, tries)
        asked = passkeys.begin_alone(connection, site(exchange))
    return exchange.json(asked)


def begin_second(exchange: Exchange) -> Response:
    """POST /sign-in/second/passkey: what the browser asks the passkeys of the person for who is signing in."""
    if not comes_from_here(exchange.request, exchange.runtime.settings.secure):
        raise refuse("forbidden", "W406")
    tries = limits.of_address("challenge", exchange.request.remote_addr or "", FREE_TRIES)
    with exchange.runtime.database.writing() as connection:
        limits.take(connection, tries)
        found = second_step.waiting(connection, entering.secret_of(exchange))
        if found is None or found[0].user_id is None:
            raise refuse_person("unauthorised", "sign_in_over")
        asked = passkeys.begin_for(connection, found[0].user_id, site(exchange))
    return exchange.json(asked)


def checked(exchange: Exchange, data: dict[str, list[str]]) -> Callable[[Connection, int], bool]:
    """Whether what a browser sent is signed by a passkey of a person, as a question for inside a transaction."""
    ticket, credential, here = first(data, "ticket"), first(data, "credential"), site(exchange)

    def check(connection: Connection, user_id: int) -> bool:
        return passkeys.use(connection, ticket, credential, here, user_id) == user_id

    return check


def enter(exchange: Exchange) -> Response:
    """POST /sign-in/passkey: sign in with a passkey that has looked at who uses it; no password, no second step."""
    if not comes_from_here(exchange.request, exchange.runtime.settings.secure):
        raise refuse("forbidden", "W406")
    data = form_data(exchange)
    rules = exchange.runtime.settings.sign_in_rules
    visitor = entering.visitor(exchange)
    tries = limits.of_address("passkey", visitor.address)
    try:
        with exchange.runtime.database.writing() as connection:
            limits.take(connection, tries)
        with exchange.runtime.database.writing() as connection:
            user_id = passkeys.use(
                connection, first(data, "ticket"), first(data, "credential"), site(exchange)
            )
            if user_id is None:
                raise refuse_person("unauthorised", "wrong_passkey")
            limits.give_back(connection, tries)
            remembered = bool(data.get("remember"))
            entered = begin_entered(connection, user_id, visitor, remembered, sessions.PASSKEY_ONLY, rules)
    except Refusal as refusal:
        return refused(exchange, refusal, data)
    return entering.enter(exchange, entered, first(data, "next"), carried_of(data))
