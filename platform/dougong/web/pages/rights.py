"""Why somebody may or may not do something."""

from __future__ import annotations

from werkzeug.wrappers import Response

from dougong.diagnostics import Refusal
from dougong.screens.shape import Problem
from dougong.screens.why import why_screen
from dougong.web.asking_why import PARAMETERS, answered
from dougong.web.exchange import Exchange
from dougong.web.pages.frame import show
from dougong.web.problems import STATUSES, message_of


def why_page(exchange: Exchange) -> Response:
    """GET /why: a question and its answer; without an entity, the question alone."""
    given = {name: exchange.parameters.get(name, "").strip() for name in PARAMETERS}
    with exchange.reading() as call:
        if not given["entity"]:
            return show(exchange, call, why_screen(call, given, None))
        try:
            answer = answered(call, given)
        except Refusal as refusal:
            problems = tuple(Problem(message_of(each, call.language), each.path) for each in refusal.problems)
            status = STATUSES.get(refusal.kind, 422)
            return show(exchange, call, why_screen(call, given, None, problems), status)
        return show(exchange, call, why_screen(call, given, answer))
