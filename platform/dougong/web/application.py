"""The Flask application: every route of the table, one way through for all of them, one shape for what goes wrong."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import sqlalchemy
import structlog
from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.middleware.proxy_fix import ProxyFix

from dougong.diagnostics import Diagnostic, Refusal
from dougong.people.origin import NOWHERE, come_from
from dougong.web.answers import failure
from dougong.web.catalogue import finding, refuse
from dougong.web.exchange import Exchange
from dougong.web.gate import check_apps, next_step
from dougong.web.handing import WholeResponse
from dougong.web.identity import arriving
from dougong.web.logs import logger, request_id
from dougong.web.negotiation import wants_page
from dougong.web.parameters import is_part
from dougong.web.repeating import answered
from dougong.web.routes import Route
from dougong.web.runtime import Runtime
from dougong.web.security import host_is_allowed, protect
from dougong.web.table import ROUTES

FORM_PARTS = 20_000
HTTP_KINDS = {
    400: "malformed",
    404: "missing",
    405: "method",
    406: "unacceptable",
    413: "too_large",
    415: "unsupported",
    416: "range",
    429: "too_many",
}


def create_app(runtime: Runtime) -> Flask:
    """The WSGI application of one runtime."""
    app = Flask("dougong", static_folder=None)
    app.response_class = WholeResponse
    app.config.update(
        MAX_CONTENT_LENGTH=runtime.settings.max_body,
        MAX_FORM_PARTS=FORM_PARTS,
        MAX_FORM_MEMORY_SIZE=runtime.settings.max_body,
    )
    app.url_map.strict_slashes = True
    app.url_map.merge_slashes = False
    for route in ROUTES:
        app.add_url_rule(route.rule, route.endpoint, _view(runtime, route), methods=[route.method])
    app.before_request(lambda: _begin(runtime))
    app.after_request(lambda response: _end(runtime, response))
    app.teardown_request(lambda error: come_from(NOWHERE))
    app.register_error_handler(Exception, lambda error: _failed(runtime, error))
    if runtime.settings.proxies:
        trusted = runtime.settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=trusted, x_proto=trusted, x_host=trusted)  # type: ignore[method-assign]
    return app


def _view(runtime: Runtime, route: Route) -> Callable[..., Any]:
    def view(**values: str) -> Any:
        exchange = Exchange(runtime, request, route, g.request_id)
        g.exchange = exchange
        try:
            if route.access != "public" or (route.changes and route.guarded):
                exchange.authenticate()
            step = next_step(runtime.settings, exchange.identity)
            if step and not route.first and route.access != "public":
                return _sent_there(exchange, step)
            if not all(map(is_part, values.values())):
                raise refuse("missing", "W404")
            if route.access != "public":
                check_apps(exchange.identity, route.rule, values.get("app"))
            if route.parameters is not None:
                _ = exchange.parameters
            return answered(exchange, lambda: route.view(exchange, **values))
        finally:
            exchange.close()

    return view


def _sent_there(exchange: Exchange, step: str) -> Any:
    """People are sent to what they have to do first; anything else is refused until then."""
    if exchange.route.changes or not wants_page(exchange.request):
        raise refuse("forbidden", "W453", step=step)
    return exchange.redirect(step)


def _begin(runtime: Runtime) -> None:
    g.request_id = request_id(request.headers.get("X-Request-ID"))
    g.started = time.perf_counter()
    g.exchange = None
    rule = request.url_rule.rule if request.url_rule is not None else ""
    come_from(arriving(request, rule, g.request_id))
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)
    if not host_is_allowed(request.headers.get("Host", ""), runtime.settings.hosts):
        raise refuse("misdirected", "W407", hint="DOUGONG_HOSTS", name=request.headers.get("Host", "")[:100])


def _end(runtime: Runtime, response: Response) -> Response:
    protect(response.headers, runtime.settings.secure, runtime.settings.frames)
    response.headers["X-Request-ID"] = g.request_id
    rule = request.url_rule.rule if request.url_rule is not None else "(none)"
    seconds = time.perf_counter() - g.started
    runtime.metrics.answered(
        request.method if request.url_rule else "OTHER", rule, response.status_code, seconds
    )
    if not rule.startswith(("/static", "/healthz", "/readyz", "/metrics")):
        person = g.exchange.identity.actor if g.exchange is not None and g.exchange.identity else None
        actor = (person.seen_by or person.id) if person is not None else None
        logger().info(
            "request",
            method=request.method,
            route=rule,
            status=response.status_code,
            milliseconds=round(seconds * 1000, 1),
            actor=actor,
            address=request.remote_addr,
        )
    return response


def _failed(runtime: Runtime, error: Exception) -> Any:
    exchange = g.get("exchange") or Exchange(runtime, request, _NOWHERE, g.request_id)
    if isinstance(error, Refusal):
        return failure(exchange, error.kind, error.problems)
    if isinstance(error, HTTPException):
        return _http_failure(exchange, error)
    kind, problem = _what_broke(error)
    logger().error("failure", kind=kind, exc_info=error)
    return failure(exchange, kind, [problem])


_NOWHERE = Route("GET", "", lambda exchange: Response(), access="public", parameters=None)


def _http_failure(exchange: Exchange, error: HTTPException) -> Any:
    status = error.code or 500
    if 300 <= status < 400:
        return error.get_response()
    kind = HTTP_KINDS.get(status, "malformed" if status < 500 else "broken")
    if isinstance(error, RequestEntityTooLarge):
        return failure(exchange, kind, [finding("W302", limit=exchange.runtime.settings.max_body)])
    code = {404: "W404", 405: "W405"}.get(status)
    problems = [finding(code, method=request.method)] if code else []
    response = failure(exchange, kind, problems)
    allowed = getattr(error, "valid_methods", None)
    if status == 405 and allowed:
        response.headers["Allow"] = ", ".join(sorted(allowed))
    return response


def _what_broke(error: Exception) -> tuple[str, Diagnostic]:
    """A failure that is nobody's fault who asks: only its kind leaves the house."""
    if isinstance(error, sqlalchemy.exc.OperationalError):
        words = str(error.orig).lower()
        if "full" in words or "no space" in words:
            return "full", finding("W503")
        return "unavailable", finding("W502")
    if isinstance(error, sqlalchemy.exc.TimeoutError):
        return "unavailable", finding("W502")
    if isinstance(error, OSError) and error.errno == 28:
        return "full", finding("W503")
    return "broken", finding("W501")
