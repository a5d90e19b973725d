"""Who sends a request: the person of a session cookie, or the owner of a bearer token within its scopes."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from sqlalchemy import Connection
from werkzeug.wrappers import Request

from dougong.people import sessions, tokens
from dougong.people.actor import Actor
from dougong.people.sessions import Session
from dougong.people.tokens import Token
from dougong.storage.database import Database
from dougong.web.catalogue import refuse
from dougong.web.settings import Settings


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks, and by what: exactly one of `session` and `token` is there."""

    actor: Actor
    session: Session | None = None
    token: Token | None = None

    @property
    def is_token(self) -> bool:
        """Whether a program asks with a token; then no form token is needed, as no browser sends it by itself."""
        return self.token is not None

    @property
    def csrf(self) -> str:
        """The form token of the session."""
        return self.session.csrf if self.session is not None else ""

    def csrf_fits(self, sent: str) -> bool:
        """Whether a form token belongs to the session."""
        return bool(sent) and hmac.compare_digest(self.csrf.encode(), sent.encode("utf-8", "replace"))


def cookie_name(settings: Settings) -> str:
    """The name of the session cookie; with the prefix browsers protect it from other hosts and from plain HTTP."""
    return "__Host-dg_session" if settings.secure else "dg_session"


def identify(connection: Connection, request: Request, settings: Settings) -> Identity | None:
    """Who asks, or nothing; a token that is not valid is refused even where nobody need sign in."""
    header = request.headers.get("Authorization", "")
    if header:
        scheme, _, text = header.partition(" ")
        found = tokens.authenticate(connection, text.strip()) if scheme.lower() == "bearer" else None
        if found is None:
            raise refuse("unauthorised", "W408")
        return Identity(found[1], token=found[0])
    secret = request.cookies.get(cookie_name(settings), "")
    resumed = sessions.resume(connection, secret)
    return Identity(resumed[1], session=resumed[0]) if resumed is not None else None


def note_use(database: Database, identity: Identity) -> None:
    """Note now and then that a session or token is in use, which keeps a session open."""
    if identity.session is not None and sessions.needs_touch(identity.session):
        with database.writing() as connection:
            sessions.touch(connection, identity.session.id)
    elif identity.token is not None and tokens.needs_touch(identity.token):
        with database.writing() as connection:
            tokens.touch(connection, identity.token.id)
