"""An app that is installed in a database of its own, and short ways to call it as one of its people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from dougong.compiler import check_sources
from dougong.expressions.sqlite import SQLITE_FUNCTIONS
from dougong.model.app import App
from dougong.people import accounts
from dougong.people.actor import Actor, load_actor
from dougong.records.call import Call
from dougong.storage.apply import apply
from dougong.storage.database import Database
from dougong.storage.install import install
from dougong.storage.plan import plan
from dougong.storage.release import Release, releases_of

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
"""When everything happens, unless a call says otherwise."""


class Installed:
    """One installed database with its people by login; `root` may do everything."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.release: Release = releases_of(database).current()
        with database.reading() as connection:
            self.people: dict[str, Actor] = {
                account.login: load_actor(connection, account.id)
                for account in accounts.list_accounts(connection)
            }

    def id_of(self, login: str) -> int:
        return self.people[login].id

    @contextmanager
    def writing(self, login: str = "root", **options: Any) -> Iterator[Call]:
        with self.database.writing() as connection:
            yield self._call(connection, login, **options)

    @contextmanager
    def reading(self, login: str = "root", **options: Any) -> Iterator[Call]:
        with self.database.reading() as connection:
            yield self._call(connection, login, **options)

    def _call(self, connection: Any, login: str, **options: Any) -> Call:
        made = Call(self.release, connection, self.people[login], "api", AT, "en", "Asia/Shanghai")
        return replace(made, **options)


def compiled(sources: Mapping[str, str]) -> App:
    """The app of some sources, which must be without findings."""
    app = check_sources(sources, {})
    assert isinstance(app, App), "\n".join(str(each) for each in app)
    return app


def open_database(url: str) -> Database:
    """A database whose SQLite knows the functions of expressions."""
    return Database(url, SQLITE_FUNCTIONS)


def publish(database: Database, sources: Mapping[str, str]) -> None:
    """Installs the platform, one app, and `root`, who administers it."""
    install(database)
    app = compiled(sources)
    with database.reading() as connection:
        made = plan(None, app, connection)
    apply(made, database)
    with database.writing() as connection:
        accounts.add(connection, "root", name="Root", is_admin=True, language="en")
