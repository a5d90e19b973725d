"""The bundled apps installed together, with and without their demonstrations, on both engines."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from dougong import assembly
from dougong.compiler.folders import compile_folders
from dougong.definitions import bundled
from dougong.demo.fill import Filled, fill
from dougong.model.app import App
from dougong.people.accounts import list_accounts
from dougong.people.actor import SYSTEM, Actor, load_actor
from dougong.records.call import Call
from dougong.storage.apply import apply
from dougong.storage.database import Database
from dougong.storage.plan import plan
from dougong.storage.release import Release
from tests.servers.databases import DIALECTS, Databases

AS_OF = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)
APPS = bundled.names()


@dataclass(slots=True)
class Installed:
    """A database with the bundled apps, and what their demonstrations made where there are any."""

    database: Database
    release: Release
    filled: dict[str, Filled]

    def people(self, connection: Any) -> dict[str, Actor]:
        return {each.login: load_actor(connection, each.id) for each in list_accounts(connection)}

    def call(self, connection: Any, actor: Actor = SYSTEM, language: str = "en") -> Call:
        return Call(self.release, connection, actor, "api", AS_OF, language, "Asia/Shanghai")


def compiled(app_id: str) -> App:
    [app] = compile_folders([bundled.folder(app_id)])
    return app


def install_apps(url: str) -> Installed:
    database = assembly.open_database(url)
    for app_id in APPS:
        with database.reading() as connection:
            made = plan(None, compiled(app_id), connection)
        apply(made, database)
    return Installed(database, assembly.releases(database).current(), {})


def fill_all(installed: Installed) -> Installed:
    for app_id in APPS:
        installed.filled[app_id] = fill(
            installed.database, installed.release, app_id, AS_OF, lambda: "quiet-harbour-42"
        )
    return installed


@pytest.fixture(scope="session")
def empty_template(databases: Databases) -> dict[str, str]:
    found = {}
    for dialect in DIALECTS:
        found[dialect] = databases.fresh(dialect)
        install_apps(found[dialect]).database.dispose()
    return found


@pytest.fixture(params=DIALECTS)
def empty(
    request: pytest.FixtureRequest, databases: Databases, empty_template: dict[str, str]
) -> Iterator[Installed]:
    """The bundled apps without a single record."""
    url = databases.copy_of(empty_template[request.param])
    database = assembly.open_database(url)
    yield Installed(database, assembly.releases(database).current(), {})
    database.dispose()
    databases.drop(url)


@pytest.fixture(scope="module", params=DIALECTS)
def shown(request: pytest.FixtureRequest, databases: Databases) -> Iterator[Installed]:
    """The bundled apps with their demonstrations; only read from."""
    with databases.database(request.param) as url:
        installed = fill_all(install_apps(url))
        yield installed
        installed.database.dispose()
