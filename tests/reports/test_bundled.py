"""Every report and dashboard of every bundled app runs, in both languages, for an administrator and for every role."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from dougong.compiler import check_sources
from dougong.definitions import bundled
from dougong.diagnostics import Refusal
from dougong.expressions.sqlite import SQLITE_FUNCTIONS
from dougong.model.app import App
from dougong.people.actor import Actor
from dougong.records.call import Call
from dougong.reports import dashboard, run
from dougong.storage.apply import apply
from dougong.storage.database import Database
from dougong.storage.install import install
from dougong.storage.plan import plan
from dougong.storage.release import releases_of

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def published(name: str, url: str) -> Database:
    folder = bundled.folder(name)
    files = [path for path in sorted(folder.rglob("*")) if path.suffix in {".yaml", ".json"}]
    app = check_sources({path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in files}, {})
    assert isinstance(app, App), app
    database = Database(url, SQLITE_FUNCTIONS)
    install(database)
    with database.reading() as connection:
        first = plan(None, app, connection)
    apply(first, database)
    return database


@pytest.mark.parametrize("name", bundled.names())
def test_reports_and_dashboards_run(name: str, database_url: str) -> None:
    database = published(name, database_url)
    release = releases_of(database).current()
    app = release.app(name)
    actors = [Actor(1, "root", "Root", is_admin=True)]
    actors += [Actor(1, role, role, roles=frozenset({(name, role)})) for role in app.roles]
    with database.reading() as connection:
        for actor in actors:
            call = Call(release, connection, actor, "screen", AT, "en", "Asia/Shanghai")
            for report in app.reports:
                assert report_problems(call, name, report) in (SEEN if actor.is_admin else (*SEEN, MISSING))
            for each in app.dashboards:
                shown = dashboard_problems(replace(call, language="zh"), name, each)
                assert shown == SEEN[0] or not actor.is_admin
    database.dispose()


SEEN: tuple[tuple[str, ...], ...] = ((),)
MISSING = ("missing",)


def report_problems(call: Call, app: str, report: str) -> tuple[str, ...]:
    try:
        figures = run(call, app, report)
    except Refusal as refusal:
        return (refusal.kind,)
    assert figures.count == 0
    assert figures.lines == () or not any(column.kind == "dimension" for column in figures.columns)
    return ()


def dashboard_problems(call: Call, app: str, name: str) -> tuple[str, ...]:
    try:
        found = dashboard(call, app, name)
    except Refusal as refusal:
        return (refusal.kind,)
    return tuple(card.problem for card in found.cards if card.problem)
