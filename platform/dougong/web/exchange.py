"""One request under way: who asks, what was sent, the transactions a view opens, and the answers it may give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property, partial
from typing import Any

import msgspec
from sqlalchemy import Connection
from werkzeug.wrappers import Request, Response

from dougong.diagnostics import Refusal
from dougong.people.actor import Actor, renewed
from dougong.people.origin import come_from
from dougong.records.call import Call
from dougong.screens.shape import Notice, RequestInfo, Screen, Shell
from dougong.storage.database import is_crossed
from dougong.storage.release import Release
from dougong.storage.statements import Rows, Step
from dougong.web import bodies
from dougong.web.catalogue import refuse
from dougong.web.identity import Identity, credentials_of, identified, note_use
from dougong.web.negotiation import language_of
from dougong.web.parameters import names, strict
from dougong.web.routes import Route
from dougong.web.runtime import Runtime
from dougong.web.security import comes_from_here
from dougong.web.viewing import looking, refuse_beyond_looking

THEMES = ("auto", "light", "dark")
DENSITIES = ("comfortable", "compact")


@dataclass(frozen=True, slots=True)
class _Kept:
    """The connection over which it was found out who asks, and the reading transaction that was begun for it, if one was."""

    stack: ExitStack
    connection: Connection
    release: Release | None = None


def _answer(step: Step, connection: Connection) -> Rows:
    statement, values = step
    return statement.rows(connection, values)


class Exchange:
    """What a view works with. Transactions are opened by the view and end with its `with` block; a refusal rolls back."""

    def __init__(self, runtime: Runtime, request: Request, route: Route, request_id: str) -> None:
        self.runtime = runtime
        self.request = request
        self.route = route
        self.request_id = request_id
        self.identity: Identity | None = None
        self._identified = False
        self._kept: _Kept | None = None
        self._closed = False
        self.crossed = False
        """Whether a transaction of this request was ended because it and others waited for each other."""
        self.has_committed = False
        """Whether a transaction of this request has changed something for good."""

    # -- who asks ---------------------------------------------------------------------------------------------------

    def authenticate(self) -> None:
        """Find out who asks, and check that a change was meant; refused when it may not be.

        Where nothing is changed, the first `reading` goes on in the transaction that this begins. Where something is, no transaction
        waits for what is still to be sent; those that follow use the same connection one after the other.
        """
        with ExitStack() as stack:
            credentials = credentials_of(self.request, self.runtime.settings)
            step = credentials.question(self.runtime.database.dialect)
            release = None
            if not self.route.changes:
                connection, release, rows = stack.enter_context(self.runtime.releases.asking(step))
            elif step is not None:
                connection, rows = stack.enter_context(self.runtime.database.asked(partial(_answer, step)))
            else:
                self._identify(credentials.identity([]))
                return
            rows = rows if step is None else renewed(connection, step, rows)
            self._identify(credentials.identity(rows))
            self._kept = _Kept(stack.pop_all(), connection, release)

    def close(self) -> None:
        """End a transaction that nobody went on with, and note that the session or token is in use."""
        self._closed = True
        self._end_kept()
        if self.identity is not None:
            note_use(self.runtime.database, self.identity)

    def _end_kept(self) -> None:
        kept, self._kept = self._kept, None
        if kept is not None:
            kept.stack.close()

    @contextmanager
    def _lent(self) -> Iterator[Connection | None]:
        """The connection over which it was found out who asks, unless something else is under way on it."""
        kept, self._kept = self._kept, None
        try:
            yield kept.connection if kept is not None else None
        finally:
            self._kept = kept
            if self._closed:
                self._end_kept()

    def _identify(self, identity: Identity | None) -> None:
        self.identity = looking(self.runtime.database, identity, self.route)
        self._identified = True
        if self.identity is not None:
            come_from(identified(self.identity, self.door))
        self._check_access()

    def _check_access(self) -> None:
        identity, route = self.identity, self.route
        if (
            route.changes
            and route.guarded
            and not (identity and identity.is_token)
            and not comes_from_here(self.request, self.runtime.settings.secure)
        ):
            raise refuse("forbidden", "W406")
        if route.access == "public":
            return
        if identity is None:
            raise refuse("unauthorised", "W401")
        if not identity.actor.has_scope(route.scope):
            raise refuse("forbidden", "W409", hint=f"needed: {route.scope}")
        if route.changes and route.guarded and not identity.is_token and not self._form_token_fits(identity):
            raise refuse("forbidden", "W403")
        refuse_beyond_looking(identity, route)
        if route.access == "admin" and not identity.actor.is_admin:
            raise refuse("forbidden", "W411")

    def _form_token_fits(self, identity: Identity) -> bool:
        sent = self.request.headers.get("X-CSRF-Token") or ""
        if not sent and self.request.mimetype in ("application/x-www-form-urlencoded", "multipart/form-data"):
            sent = self.request.form.get("csrf_token", "")
        return identity.csrf_fits(sent)

    @property
    def actor(self) -> Actor:
        """Who asks; only for routes that are not public."""
        if self.identity is None:
            raise refuse("unauthorised", "W401")
        return self.identity.actor

    # -- transactions -----------------------------------------------------------------------------------------------

    @contextmanager
    def reading(self) -> Iterator[Call]:
        """A consistent view of the data for the one who asks, on the definitions that belong to it."""
        if not self._identified:
            self.authenticate()
        kept = self._kept
        if kept is not None and kept.release is not None:
            self._kept = None
            with kept.stack:
                yield self._call(kept.connection, kept.release)
            return
        with self._lent() as on, self.runtime.releases.reading(on) as (connection, release):
            yield self._call(connection, release)

    @contextmanager
    def reading_apart(self) -> Iterator[Call]:
        """The same over a connection of its own, for a thread that reads on while the answer is sent."""
        with self.runtime.releases.reading() as (connection, release):
            yield self._call(connection, release)

    @contextmanager
    def writing(self) -> Iterator[Call]:
        """One transaction: it commits when the block ends and rolls back when it raises."""
        if not self._identified:
            self.authenticate()
        if self.actor.seen_by is not None:
            raise refuse("forbidden", "W460")
        if self._kept is not None and self._kept.release is not None:
            self._end_kept()
        try:
            with self._lent() as on, self.runtime.releases.writing(on) as (connection, release):
                yield self._call(connection, release)
        except Refusal as refusal:
            self.crossed = is_crossed(refusal)
            raise
        self.has_committed = True

    def _call(self, connection: Connection, release: Release) -> Call:
        """The first argument of every verb, for this request."""
        self.runtime.metrics.serving(release.generation)
        return Call(
            release,
            connection,
            self.actor,
            self.door,
            datetime.now(UTC),
            self.language,
            self.timezone,
            confirmed=self._confirmed(),
        )

    def _confirmed(self) -> frozenset[str]:
        """The warnings that a request confirms, where its route knows of any."""
        if "confirm" not in (self.route.parameters or ()):
            return frozenset()
        return frozenset(each for each in names(self.parameters, "confirm") if each.isalnum())

    @property
    def door(self) -> str:
        """The door that the history names: api for programs, screen for people."""
        return (
            "api"
            if self.route.rule.startswith("/api/") and (not self.identity or self.identity.is_token)
            else "screen"
        )

    # -- what was sent ----------------------------------------------------------------------------------------------

    @cached_property
    def parameters(self) -> Mapping[str, str]:
        """The query parameters: checked strictly where the route names those it knows."""
        if self.route.parameters is not None:
            return strict(self.request.args, self.route.parameters)
        return {
            name: value
            for name, value in self.request.args.items()
            if "\x00" not in value and len(value) <= 10_000
        }

    @cached_property
    def sent(self) -> Any:
        """The JSON value of the body."""
        return bodies.json_body(self.request, self.runtime.settings.max_json)

    def an_object(self, *allowed: str) -> Mapping[str, Any]:
        """The JSON object of the body, with only the allowed keys when some are named."""
        return bodies.an_object(self.sent, allowed or None)

    # -- how it is answered -----------------------------------------------------------------------------------------

    @cached_property
    def language(self) -> str:
        """The language of the answer: the person's, the browser's or the default. A program that names none is answered in
        English, as the command line answers where the environment names none."""
        chosen = self.request.cookies.get("dg_language", "") if "HTTP_COOKIE" in self.request.environ else ""
        if self.request.path.startswith("/api/"):
            return language_of(self.request, chosen, "en")
        if not chosen and self.identity is not None:
            chosen = self.identity.actor.language
        return language_of(self.request, chosen, self.runtime.settings.language)

    @property
    def timezone(self) -> str:
        """The person's time zone, else the company's."""
        return (self.identity.actor.timezone if self.identity else "") or self.runtime.settings.timezone

    @property
    def csrf(self) -> str:
        """The form token of this session, empty without one."""
        return self.identity.csrf if self.identity else ""

    @property
    def page_info(self) -> RequestInfo:
        """What pages know about the request."""
        theme = self.request.cookies.get("dg_theme", "auto")
        density = self.request.cookies.get("dg_density", "comfortable")
        scripted = self.request.headers.get("HX-Request") and not self.request.headers.get("HX-Boosted")
        return RequestInfo(
            language=self.language,
            theme=theme if theme in THEMES else "auto",
            density=density if density in DENSITIES else "comfortable",
            csrf=self.csrf,
            path=self.request.full_path.rstrip("?"),
            fragment=self.request.headers.get("HX-Target", "") if scripted else "",
            request_id=self.request_id,
            frames=frozenset(self.runtime.settings.frames),
        )

    def page(
        self, screen: Screen, status: int = 200, shell: Shell | None = None, messages: tuple[Notice, ...] = ()
    ) -> Response:
        """A screen as HTML."""
        info = replace(self.page_info, shell=shell, messages=messages)
        body = self.runtime.renderers.pages.render(screen, info)
        response = Response(body, status, content_type="text/html; charset=utf-8")
        response.headers["Vary"] = "Cookie, Accept-Language, HX-Request"
        return response

    def json(self, document: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
        """A document as JSON; one that is read must not be larger than the settings allow."""
        body = msgspec.json.encode(document)
        limit = self.runtime.settings.max_answer
        if len(body) > limit and not self.route.changes:
            hint = "ask for fewer records (limit) or fields (fields)"
            raise refuse("too_large", "W433", hint=hint, limit=limit)
        response = Response(body, status, content_type="application/json")
        response.headers.update(headers or {})
        return response

    def redirect(self, path: str) -> Response:
        """See other: the answer to a form that was taken."""
        if self.request.headers.get("HX-Request"):
            return Response("", 204, {"HX-Redirect": path})
        return Response("", 303, {"Location": path})
