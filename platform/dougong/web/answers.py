"""Refusals as answers: a page for people, problem details for programs, sign-in for those who have to sign in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import msgspec
from werkzeug.wrappers import Response

from dougong.diagnostics import Diagnostic
from dougong.policy.offers import readable_entities
from dougong.records.call import Call
from dougong.screens.problem import problem_screen
from dougong.screens.shape import Action, ProblemScreen
from dougong.screens.texts import text
from dougong.screens.why import why_path
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
        asked = _why(exchange, call, kind)
        screen = replace(screen, actions=(*screen.actions, asked)) if asked is not None else screen
        return show(exchange, call, screen, screen.status)


def _why(exchange: Exchange, call: Call, kind: str) -> Action | None:
    """The way from a refusal to its explanation, the same for a record that may not be seen as for one that is not there."""
    parts: Mapping[str, str] = getattr(exchange.request, "view_args", None) or {}
    key = f"{parts.get('app', '')}.{parts.get('entity', '')}"
    if kind not in ("forbidden", "missing") or key not in _readable(call, parts.get("app", "")):
        return None
    record = parts.get("identifier", "")
    known = record if record.isascii() and record.isdigit() and len(record) <= 18 else ""
    if kind == "missing" and not known:
        return None
    action = next((each for word, each in _ACTIONS if exchange.route.rule.endswith(word)), "read")
    return Action(
        "why",
        text("why_link", call.language),
        why_path("", action, key, known),
        icon="help-circle",
        kind="quiet",
    )


def _readable(call: Call, app: str) -> set[str]:
    known = app in call.release.apps
    return {each.key for each in readable_entities(call.release, call.actor, app)} if known else set()


_ACTIONS = (
    ("/new", "create"),
    ("/edit", "update"),
    ("/move", "update"),
    ("/change", "update"),
    ("/change/save", "update"),
    ("/delete", "delete"),
    ("/restore", "delete"),
    ("/purge", "purge"),
    ("/reveal", "reveal"),
    ("/import", "import"),
    ("/export", "export"),
    ("/export/new", "export"),
)
"""What an address of the screens is for, by how it ends; any other is for looking."""
