"""For who has forgotten the password: the form that asks for a mail, and one answer whoever is meant."""

from __future__ import annotations

from werkzeug.wrappers import Response

from dougong.people import resets
from dougong.screens.shape import EntryField, EntryScreen, Link
from dougong.screens.texts import text
from dougong.web.catalogue import refuse
from dougong.web.exchange import Exchange
from dougong.web.pages.frame import first, form_data
from dougong.web.pages.languages import language_tabs, switched
from dougong.web.security import comes_from_here


def page(exchange: Exchange) -> Response:
    """GET /forgotten."""
    language = exchange.language
    if not exchange.runtime.settings.sends_links:
        return exchange.page(_told(exchange, "forgotten_no_mail"))
    who = EntryField("who", text("forgotten_who", language), fills="username")
    screen = EntryScreen(
        text("forgotten_title", language),
        text("forgotten_text", language),
        "/forgotten",
        text("forgotten_submit", language),
        (who,),
        languages=language_tabs(exchange, "/forgotten"),
        links=_back(exchange),
    )
    return switched(exchange) or exchange.page(screen)


def ask(exchange: Exchange) -> Response:
    """POST /forgotten: the same answer, after the same work, whether anybody is meant or not."""
    if not comes_from_here(exchange.request, exchange.runtime.settings.secure):
        raise refuse("forbidden", "W406")
    if not exchange.runtime.settings.sends_links:
        return exchange.page(_told(exchange, "forgotten_no_mail"))
    who = first(form_data(exchange), "who")
    with exchange.runtime.database.writing() as connection:
        resets.ask(connection, who, exchange.request.remote_addr or "")
    return exchange.page(_told(exchange, "forgotten_sent"))


def _told(exchange: Exchange, key: str) -> EntryScreen:
    language = exchange.language
    return EntryScreen(
        text("forgotten_title", language),
        text(key, language),
        languages=language_tabs(exchange, "/forgotten"),
        links=_back(exchange),
    )


def _back(exchange: Exchange) -> tuple[Link, ...]:
    return (Link(text("sign_in_page", exchange.language), "/sign-in"),)
