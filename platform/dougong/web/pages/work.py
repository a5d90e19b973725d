"""Long work at the screen: how far it is, how it ended, and stopping it; whoever comes back later finds it again."""

from __future__ import annotations

from werkzeug.wrappers import Response

from dougong.jobs import cancel
from dougong.screens.work import work_list, work_screen
from dougong.web.exchange import Exchange
from dougong.web.pages.frame import number, show
from dougong.web.working import ordered_by, state_of


def work_page(exchange: Exchange) -> Response:
    """GET /jobs: what I had done in the background."""
    with exchange.reading() as call:
        return show(exchange, call, work_list(call, [each.seen for each in ordered_by(call)]))


def one(exchange: Exchange, identifier: str) -> Response:
    """GET /jobs/{id}: how far it is, or how it ended."""
    with exchange.reading() as call:
        return show(exchange, call, work_screen(call, state_of(call, number(identifier)).seen))


def stop(exchange: Exchange, identifier: str) -> Response:
    """POST /jobs/{id}/cancel: stop it; it changes nothing then, but for what was prepared out of sight."""
    with exchange.writing() as call:
        state = state_of(call, number(identifier))
        cancel(call.connection, state.id)
    return exchange.redirect(work_path(state.id))


def work_path(identifier: int) -> str:
    """Where work is looked at."""
    return f"/jobs/{identifier}"
