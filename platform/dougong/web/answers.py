"""Refusals as answers: a page for people, problem details for programs, sign-in for those who have to sign in."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from werkzeug.wrappers import Response

from dougong.diagnostics import Diagnostic
from dougong.screens.problem import problem_screen
from dougong.screens.shape import ProblemScreen
from dougong.web.exchange import Exchange
from dougong.web.logs import logger
from dougong.web.negotiation import wants_page
from dougong.web.problems import STATUSES, message_of, problem_document, title_of

WITHIN = frozenset({"missing", "forbidden", "conflict", "stale", "invalid", "malformed", "method"})
"""Refusals that leave everything else at work: their page stands in the frame of who is signed in."""


def failure(exchange: Exchange, kind: str, problems: Sequence[Diagnostic]) -> Response:
    """The answer to a request that was refused or failed."""
    if not wants_page(exchange.request):
        return problem_answer(exchange, kind, problems)
    if kind == "unauthorised" and exchange.identity is None:
        from dougong.web.pages.sign_in import ask_to_sign_in

        return ask_to_sign_in(exchange)
    return problem_page(exchange, kind, problems)


def problem_answer(exchange: Exchange, kind: str, problems: Sequence[Diagnostic]) -> Response:
    """The problem document (RFC 9457)."""
    document = problem_document(kind, problems, exchange.language, exchange.request_id)
    response = Response(
        msgspec.json.encode(document), document["status"], content_type="application/problem+json"
    )
    if kind == "unauthorised":
        response.headers["WWW-Authenticate"] = 'Bearer realm="dougong"'
    if kind in ("too_many", "unavailable"):
        response.headers["Retry-After"] = "30"
    return response


def problem_page(exchange: Exchange, kind: str, problems: Sequence[Diagnostic]) -> Response:
    """The error page; when even that cannot be drawn, a line of text."""
    language = exchange.language
    status, title = STATUSES.get(kind, 500), title_of(kind, language)
    messages = [message_of(problem, language) for problem in problems]
    screen = problem_screen(status, title, problems, language, exchange.request_id, messages)
    try:
        response = _page(exchange, kind, screen)
    except Exception:  # noqa: BLE001  # the page itself may be what is broken; it is logged
        logger().exception("problem page failed")
        response = Response(
            f"{title}\n{exchange.request_id}\n", status, content_type="text/plain; charset=utf-8"
        )
    if kind in ("too_many", "unavailable"):
        response.headers["Retry-After"] = "30"
    return response


def _page(exchange: Exchange, kind: str, screen: ProblemScreen) -> Response:
    if exchange.identity is None or kind not in WITHIN:
        return exchange.page(screen, screen.status)
    from dougong.web.pages.frame import show

    with exchange.reading() as call:
        return show(exchange, call, screen, screen.status)
