"""The first page, the list of apps, the search over everything, and how a person likes the screens."""

from __future__ import annotations

from typing import Any

from werkzeug.wrappers import Response

from dougong.model.text import LANGUAGES
from dougong.people import accounts
from dougong.policy.offers import readable_entities
from dougong.records.call import Call
from dougong.records.query import Query, list_records
from dougong.screens.addresses import record_path
from dougong.screens.navigation import apps_screen, home_of, open_apps
from dougong.screens.shape import AppsScreen, Empty, Link
from dougong.screens.texts import text
from dougong.web.catalogue import refuse
from dougong.web.exchange import DENSITIES, THEMES, Exchange
from dougong.web.pages.frame import first, form_data, show
from dougong.web.security import local_path

YEAR = 365 * 24 * 3600
FOUND_PER_ENTITY = 5
FOUND = 30


def home(exchange: Exchange) -> Response:
    """GET /: the first place of the only app, else the apps."""
    with exchange.reading() as call:
        apps = open_apps(call)
        if len(apps) == 1 and (path := home_of(call, apps[0])):
            return exchange.redirect(path)
        return show(exchange, call, apps_screen(call))


def apps(exchange: Exchange) -> Response:
    """GET /apps: every app the reader may open."""
    with exchange.reading() as call:
        return show(exchange, call, apps_screen(call))


def app(exchange: Exchange, app: str) -> Response:
    """GET /{app}: the first place of the app that the reader may open."""
    with exchange.reading() as call:
        found = next((each for each in open_apps(call) if each.id == app), None)
        path = home_of(call, found) if found is not None else ""
        if not path:
            raise refuse("missing", "W404")
        return exchange.redirect(path)


def search(exchange: Exchange) -> Response:
    """GET /search: records of all apps by what is searched in them; a script gets JSON, a browser a page."""
    words = exchange.parameters.get("q", "").strip()[:200]
    with exchange.reading() as call:
        found = _found(call, words) if words else []
        if (
            exchange.request.accept_mimetypes.best_match(("text/html", "application/json"))
            == "application/json"
        ):
            return exchange.json({"results": found})
        links = tuple(Link(each["label"], each["href"], each["group"], each["icon"]) for each in found)
        empty = None if links else Empty(text("search_nothing", call.language, q=words), drawing=False)
        title = text("search_results", call.language, q=words)
        return show(exchange, call, AppsScreen(title, (), links, empty, words, "/search"))


def _found(call: Call, words: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for app in open_apps(call):
        for entity in readable_entities(call.release, call.actor, app.id):
            if not entity.search or len(found) >= FOUND:
                continue
            page = list_records(call, entity.key, Query(q=words, limit=FOUND_PER_ENTITY))
            group = entity.plural.get(call.language)
            found += [
                {
                    "label": each.title,
                    "href": record_path(entity.key, each.id),
                    "group": group,
                    "icon": entity.icon,
                    "note": "",
                }
                for each in page.rows
            ]
    return found[:FOUND]


def preferences(exchange: Exchange) -> Response:
    """POST /preferences: theme, density and width of the menu, kept in the browser."""
    data = form_data(exchange)
    response = exchange.redirect(local_path(first(data, "next")))
    for name, allowed in (("theme", THEMES), ("density", DENSITIES), ("menu", ("wide", "narrow"))):
        value = first(data, name)
        if value in allowed:
            _remember(exchange, response, f"dg_{name}", value)
    return response


def language(exchange: Exchange) -> Response:
    """POST /preferences/language: the language of this person from now on."""
    data = form_data(exchange)
    wanted = first(data, "language")
    if wanted not in LANGUAGES:
        raise refuse("malformed", "W206", "language", name="language", allowed=", ".join(LANGUAGES))
    if exchange.identity is not None and not exchange.identity.is_token:
        with exchange.runtime.database.writing() as connection:
            accounts.change(connection, exchange.actor.id, language=wanted)
    response = exchange.redirect(local_path(first(data, "next")))
    _remember(exchange, response, "dg_language", wanted)
    return response


def _remember(exchange: Exchange, response: Response, name: str, value: str) -> None:
    secure = exchange.runtime.settings.secure
    response.set_cookie(name, value, max_age=YEAR, path="/", httponly=True, samesite="Lax", secure=secure)
