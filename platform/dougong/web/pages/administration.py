"""For administrators: people, versions and going back, templates."""

from __future__ import annotations

from functools import cache

from werkzeug.wrappers import Response

from dougong.compiler import check_sources
from dougong.definitions import bundled
from dougong.definitions.load import load_app
from dougong.diagnostics import Refusal
from dougong.model.app import App
from dougong.people import accounts
from dougong.screens.administration import people_screen, templates_screen, versions_screen
from dougong.screens.navigation import home_of
from dougong.screens.texts import text
from dougong.storage import ledger
from dougong.storage.apply import apply_in
from dougong.storage.plan import plan as plan_app
from dougong.storage.rollback import plan_rollback
from dougong.web.catalogue import refuse
from dougong.web.exchange import Exchange
from dougong.web.pages.frame import first, form_data, go, number, show


def people(exchange: Exchange) -> Response:
    """GET /people."""
    with exchange.reading() as call:
        return show(exchange, call, people_screen(call, accounts.list_accounts(call.connection)))


def versions(exchange: Exchange) -> Response:
    """GET /versions."""
    with exchange.reading() as call:
        found = {app: ledger.versions(call.connection, app)[:20] for app in call.release.apps}
        names = {each.id: each.name for each in accounts.list_accounts(call.connection)}
        return show(exchange, call, versions_screen(call, found, names))


def rollback(exchange: Exchange, app: str) -> Response:
    """POST /versions/{app}/rollback: back to an earlier version, as a new version."""
    wanted = number(first(form_data(exchange), "to"))
    with exchange.writing() as call:
        if app not in call.release.apps:
            raise refuse("missing", "W404")
        plan = plan_rollback(exchange.runtime.releases, call.connection, app, wanted)
        apply_in(
            plan,
            call.connection,
            actor_id=call.actor.id,
            allow_loss=True,
            afterwards=exchange.runtime.afterwards,
        )
    return go(exchange, "/versions", text("rolled_back", exchange.language, version=wanted))


@cache
def bundled_apps() -> tuple[App, ...]:
    """The apps that come with the platform, compiled once; one that builds on others is offered when those are there."""
    found: list[App] = []
    for name in bundled.names():
        outcome = check_sources(
            load_app(bundled.folder(name)).sources, {each.id: each for each in found}, name
        )
        if isinstance(outcome, App):
            found.append(outcome)
    return tuple(found)


def templates(exchange: Exchange) -> Response:
    """GET /templates."""
    with exchange.reading() as call:
        q = exchange.parameters.get("q", "").strip()[:100]
        return show(exchange, call, templates_screen(call, bundled_apps(), q))


def install(exchange: Exchange, app: str) -> Response:
    """POST /templates/{app}/install."""
    found = next((each for each in bundled_apps() if each.id == app), None)
    if found is None:
        raise refuse("missing", "W404")
    with exchange.writing() as call:
        if app in call.release.apps:
            raise refuse("conflict", "W432", name=app)
        outcome = check_sources(found.sources, call.release.recorded, app)
        if not isinstance(outcome, App):
            raise Refusal("invalid", outcome)
        plan = plan_app(None, outcome, call.connection)
        apply_in(plan, call.connection, actor_id=call.actor.id, afterwards=exchange.runtime.afterwards)
    with exchange.reading() as call:
        label = call.release.app(app).label.get(call.language)
        return go(
            exchange,
            home_of(call, call.release.app(app)) or "/",
            text("installed_done", call.language, label=label),
        )
