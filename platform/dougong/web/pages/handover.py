"""Handing over at the screen, for administrators."""

from __future__ import annotations

from collections.abc import Sequence

from werkzeug.wrappers import Response

from dougong.diagnostics import Diagnostic, Refusal
from dougong.people import accounts
from dougong.people.directory import names_of
from dougong.records.call import Call
from dougong.records.handover import Wish, belongings, last_handover
from dougong.screens.handover import handover_screen
from dougong.screens.shape import SettingsScreen
from dougong.web.exchange import Exchange
from dougong.web.handing_over import order_handover, order_taking_back
from dougong.web.pages.frame import first, form_data, number, show
from dougong.web.pages.organisation import chosen_id, told
from dougong.web.pages.work import work_path
from dougong.web.routes import Route, page


def handover_page(exchange: Exchange, identifier: str) -> Response:
    """GET /people/{id}/handover: what there is, and to whom it may go."""
    with exchange.reading() as call:
        return show(exchange, call, _screen(call, number(identifier)))


def _screen(call: Call, user_id: int, to: str = "", problems: Sequence[Diagnostic] = ()) -> SettingsScreen:
    account = accounts.get(call.connection, user_id)
    names = names_of(call.connection, {chosen_id({"to": to}, "to") or 0})
    may_take_back = last_handover(call, user_id) is not None
    shown = told(problems, call.language)
    return handover_screen(call, account, belongings(call, user_id), names, to, shown, may_take_back)


def hand_over(exchange: Exchange, identifier: str) -> Response:
    """POST /people/{id}/handover: order it, and go to where it is looked at."""
    user_id, data = number(identifier), form_data(exchange)
    to = first(data, "to")
    wish = Wish(
        chosen_id({"to": to}, "to") or 0,
        tuple(each for each in data.get("fields", []) if each),
        tuple(each for each in data.get("parts", []) if each),
        (data.get("disables") or [""])[-1] == "true",
    )
    try:
        with exchange.writing() as call:
            accounts.get(call.connection, user_id)
            return exchange.redirect(work_path(order_handover(call, user_id, wish)))
    except Refusal as refusal:
        if refusal.kind != "invalid":
            raise
        with exchange.reading() as call:
            return show(exchange, call, _screen(call, user_id, to, refusal.problems), 422)


def take_back(exchange: Exchange, identifier: str) -> Response:
    """POST /people/{id}/handover/undo: take the last one back."""
    with exchange.writing() as call:
        accounts.get(call.connection, number(identifier))
        return exchange.redirect(work_path(order_taking_back(call, number(identifier))))


ROUTES: tuple[Route, ...] = (
    page("GET", "/people/<identifier>/handover", handover_page, access="admin"),
    page("POST", "/people/<identifier>/handover", hand_over, access="admin"),
    page("POST", "/people/<identifier>/handover/undo", take_back, access="admin"),
)
