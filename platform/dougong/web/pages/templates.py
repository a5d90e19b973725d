"""The template centre: apps that come with the platform, and packed apps that come from elsewhere or go there."""

from __future__ import annotations

import io
from functools import cache
from typing import cast

from flask import send_file
from werkzeug.wrappers import Response

from dougong.compiler import check_sources
from dougong.definitions import bundled
from dougong.definitions.load import load_app
from dougong.model.app import App
from dougong.records.call import Call
from dougong.screens.navigation import home_of
from dougong.screens.template_centre import templates_screen
from dougong.screens.texts import text
from dougong.storage.apply import apply_in
from dougong.storage.packages import (
    Package,
    package_of,
    plan_install,
    plan_upgrade,
    read_package,
    write_package,
)
from dougong.storage.plan import Plan
from dougong.web.catalogue import refuse
from dougong.web.changing import is_long, order_upgrade
from dougong.web.exchange import Exchange
from dougong.web.pages.frame import go, show
from dougong.web.pages.work import work_path


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


def centre(exchange: Exchange) -> Response:
    """GET /templates."""
    with exchange.reading() as call:
        q = exchange.parameters.get("q", "").strip()[:100]
        return show(exchange, call, templates_screen(call, bundled_apps(), q))


def install(exchange: Exchange, app: str) -> Response:
    """POST /templates/{app}/install: install an app that comes with the platform."""
    found = next((each for each in bundled_apps() if each.id == app), None)
    if found is None:
        raise refuse("missing", "W404")
    with exchange.writing() as call:
        package = package_of(found)
        _apply(exchange, call, plan_install(package, call.release.recorded, call.connection), package)
    return _done(exchange, app, "installed_done")


def package(exchange: Exchange, app: str) -> Response:
    """GET /templates/{app}/package: an installed app as one file."""
    with exchange.reading() as call:
        if app not in call.release.recorded:
            raise refuse("missing", "W404")
        packed = package_of(call.release.recorded[app])
    content = io.BytesIO()
    write_package(packed, content)
    content.seek(0)
    name = f"{packed.app}-{packed.version}.zip"
    return send_file(content, mimetype="application/zip", as_attachment=True, download_name=name)


def upload(exchange: Exchange) -> Response:
    """POST /templates/upload: install a packed app, or upgrade the installed one, local changes kept; loses no data."""
    file = exchange.request.files.get("file")
    if file is None or not file.filename:
        raise refuse("invalid", "W312", "file", name="file")
    found = read_package(cast(io.BytesIO, file.stream))
    with exchange.writing() as call:
        installed = call.release.recorded
        if found.app not in installed:
            plan, kept, words = plan_install(found, installed, call.connection), 0, "installed_done"
        else:
            upgrade = plan_upgrade(found, installed, call.connection)
            plan, kept = upgrade.plan, sum(len(each) for each in upgrade.conflicts.values())
            words = "upgraded_kept" if kept else "upgraded_done"
            if is_long(plan):
                return exchange.redirect(work_path(order_upgrade(call, plan, found)))
        _apply(exchange, call, plan, found)
    return _done(exchange, found.app, words, kept)


def _apply(exchange: Exchange, call: Call, plan: Plan, package: Package) -> None:
    note = f"template {package.version}"
    apply_in(plan, call.connection, actor_id=call.actor.id, note=note, afterwards=exchange.runtime.afterwards)


def _done(exchange: Exchange, app_id: str, words: str, kept: int = 0) -> Response:
    with exchange.reading() as call:
        app = call.release.app(app_id)
        message = text(words, call.language, label=app.label.get(call.language), count=kept)
        return go(exchange, home_of(call, app) or "/", message)
