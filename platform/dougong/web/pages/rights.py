"""Why somebody may or may not do something, and who can see a record."""

from __future__ import annotations

from werkzeug.wrappers import Response

from dougong.diagnostics import Refusal
from dougong.records.read import read
from dougong.records.who_can import who_can
from dougong.screens.seeing import access_screen
from dougong.screens.shape import Problem
from dougong.screens.why import why_screen
from dougong.web.asking_why import PARAMETERS, answered, wanted_of
from dougong.web.exchange import Exchange
from dougong.web.pages.frame import entity_key, number, show
from dougong.web.problems import STATUSES, message_of


def access_page(exchange: Exchange, app: str, entity: str, identifier: str) -> Response:
    """GET …/{id}/access: who can see the record, page by page."""
    wanted = wanted_of(exchange.parameters)
    with exchange.reading() as call:
        key, which = entity_key(call, app, entity), number(identifier)
        found = who_can(call, key, which)
        return show(
            exchange, call, access_screen(call, read(call, key, which), found, found.people(), wanted)
        )


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
