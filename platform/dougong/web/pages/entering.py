"""What is common to all ways of signing in: where somebody comes from, the cookies they get, and where they go then."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection
from werkzeug.wrappers import Response

from dougong.people import security_letters
from dougong.people.audit import noted
from dougong.people.devices import KEPT
from dougong.people.sessions import Begun
from dougong.people.sign_in import Entered, Visitor
from dougong.screens.addresses import with_query
from dougong.web.exchange import Exchange
from dougong.web.identity import cookie_name
from dougong.web.pages import drafts
from dougong.web.security import local_path

DEVICE_COOKIE = "dg_device"
STEP_COOKIE = "dg_sign_in"


def visitor(exchange: Exchange) -> Visitor:
    """Where a request comes from, as far as signing in asks for it."""
    request, settings = exchange.request, exchange.runtime.settings
    return Visitor(
        address=request.remote_addr or "",
        agent=request.headers.get("User-Agent", ""),
        session=request.cookies.get(cookie_name(settings), ""),
        device=request.cookies.get(cookie_name(settings, DEVICE_COOKIE), ""),
    )


def changed(exchange: Exchange, connection: Connection, action: str, letter: str) -> None:
    """Write down that people changed how they sign in, and tell them so by mail where that is set up."""
    user_id = exchange.actor.id
    noted(connection, action, f"user:{user_id}", actor_id=user_id)
    if exchange.runtime.settings.smtp_url:
        security_letters.tell(connection, user_id, letter)


def secret_of(exchange: Exchange) -> str:
    """What the sign-in that waits for its second step in this browser is known by."""
    return exchange.request.cookies.get(cookie_name(exchange.runtime.settings, STEP_COOKIE), "")


def enter(exchange: Exchange, entered: Entered, following: str, carried: Mapping[str, list[str]]) -> Response:
    """Let somebody in: to where they wanted to go, with what they had entered in a form there."""
    path = local_path(following)
    if carried and drafts.RESUMABLE.match(path):
        with exchange.runtime.database.writing() as connection:
            name = drafts.keep(connection, entered.begun.user_id, path, carried)
        path = with_query(path, [("draft", name)])
    response = exchange.redirect(path)
    give_session(exchange, response, entered.begun)
    give(exchange, response, DEVICE_COOKIE, entered.device, KEPT)
    take(exchange, response, STEP_COOKIE)
    return response


def give_session(exchange: Exchange, response: Response, begun: Begun) -> None:
    """Give the browser the secret of a session; for as long as it lasts where the person stays signed in."""
    life = begun.expires_at - datetime.now(UTC) if begun.remembered else None
    give(exchange, response, "dg_session", begun.secret, life)


def give(exchange: Exchange, response: Response, name: str, value: str, life: timedelta | None) -> None:
    """Give the browser a secret that no script reads and no other site makes it send with a change."""
    settings = exchange.runtime.settings
    response.set_cookie(
        cookie_name(settings, name),
        value,
        path="/",
        max_age=life,
        httponly=True,
        samesite="Lax",
        secure=settings.secure,
    )


def take(exchange: Exchange, response: Response, name: str) -> None:
    """Take a secret away from the browser."""
    settings = exchange.runtime.settings
    named = cookie_name(settings, name)
    if named in exchange.request.cookies:
        response.delete_cookie(named, path="/", httponly=True, samesite="Lax", secure=settings.secure)
