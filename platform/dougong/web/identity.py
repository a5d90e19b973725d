"""Who sends a request: the person of a session cookie, or the owner of a bearer token within its scopes."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from werkzeug.wrappers import Request

from dougong.people import sessions, tokens
from dougong.people.actor import Actor
from dougong.people.origin import Origin, origin
from dougong.people.sessions import Lifetimes, Session
from dougong.people.tokens import Token
from dougong.storage.database import Database
from dougong.storage.statements import Rows, Step
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


def arriving(request: Request, rule: str, request_id: str) -> Origin:
    """Where a request comes from, as long as nobody knows who sends it."""
    return Origin(
        door="api" if request.path.startswith("/api/") else "screen",
        address=request.remote_addr or "",
        agent=request.headers.get("User-Agent", ""),
        route=f"{request.method} {rule}".strip(),
        request_id=request_id,
    )


def identified(identity: Identity, door: str) -> Origin:
    """Where a request comes from when it is known who sends it."""
    if identity.token is not None:
        means = f"token:{identity.token.id}"
    else:
        means = f"session:{identity.session.id}" if identity.session is not None else ""
    came = origin()
    by = identity.actor.seen_by or identity.actor.id
    return Origin(by, door, came.address, came.agent, means, came.route, came.request_id)


def cookie_name(settings: Settings, name: str = "dg_session") -> str:
    """The name of the session cookie, or of another secret one; with the prefix browsers protect it from other hosts and from
    plain HTTP."""
    return f"__Host-{name}" if settings.secure else name


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a request brings along to say who asks."""

    text: str
    is_token: bool
    lifetimes: Lifetimes

    def question(self, dialect: str) -> Step | None:
        """The statement that finds out who that is; nothing for what can be nobody."""
        if self.is_token:
            return tokens.question(dialect, self.text)
        return sessions.question(dialect, self.text, self.lifetimes)

    def identity(self, rows: Rows) -> Identity | None:
        """Who asks, from the rows that the statement gave; a token that is not valid is refused even where nobody need sign in."""
        if self.is_token:
            found = tokens.answer(rows)
            if found is None:
                raise refuse("unauthorised", "W408")
            return Identity(found[1], token=found[0])
        resumed = sessions.answer(rows)
        return Identity(resumed[1], session=resumed[0]) if resumed is not None else None


def credentials_of(request: Request, settings: Settings) -> Credentials:
    """The token or the session of a request; empty ones when it brings neither."""
    header = request.headers.get("Authorization", "")
    if header:
        scheme, _, text = header.partition(" ")
        text = text.strip() if scheme.lower() == "bearer" else ""
        return Credentials(text, is_token=True, lifetimes=settings.lifetimes)
    text = request.cookies.get(cookie_name(settings), "")
    return Credentials(text, is_token=False, lifetimes=settings.lifetimes)


def note_use(database: Database, identity: Identity) -> None:
    """Note now and then that a session or token is in use, which keeps a session open."""
    if identity.session is not None and sessions.needs_touch(identity.session):
        with database.writing() as connection:
            sessions.touch(connection, identity.session.id)
    elif identity.token is not None and tokens.needs_touch(identity.token):
        with database.writing() as connection:
            tokens.touch(connection, identity.token.id)
