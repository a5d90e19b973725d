"""The release: all installed apps with their tables, immutable and swapped whole when a new generation is applied."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection, Table, text

from dougong.compiler import check_sources
from dougong.diagnostics import Diagnostic, Refusal
from dougong.model.app import App
from dougong.model.entity import Entity, Inverse
from dougong.storage import ledger
from dougong.storage.database import Database
from dougong.storage.problems import problem
from dougong.storage.tables import Tables, tables_of

Compile = Callable[[Mapping[str, str], Mapping[str, App]], "App | list[Diagnostic]"]


@dataclass(frozen=True, slots=True)
class Release:
    """What every request of one generation sees."""

    apps: Mapping[str, App]
    tables: Tables
    generation: int
    recorded: Mapping[str, App] = field(default_factory=dict, compare=False, repr=False)
    """The apps as each was compiled alone; `apps` also know which other apps link to them."""
    cache: dict[object, object] = field(default_factory=dict, compare=False, repr=False)
    """Room for what others compile once per release, such as rights; it goes with the release."""

    def app(self, app_id: str) -> App:
        """An installed app; KeyError when there is none."""
        return self.apps[app_id]

    def entity(self, key: str) -> Entity:
        """An entity, or the rows of a sub-table, by its key; KeyError when there is none."""
        app, _, name = key.partition(".")
        return self.apps[app].entities[name]

    def table(self, key: str) -> Table:
        """The table of an entity or of the rows of a sub-table."""
        return self.tables.of(key)

    def links(self, key: str, field_id: str) -> Table:
        """The pairs of a field of type links: columns source_id, target_id, position."""
        return self.tables.links(key, field_id)

    def search(self, key: str) -> Table | None:
        """The full-text index of an entity, or nothing."""
        return self.tables.search(key)


def release_of(apps: Mapping[str, App], generation: int = 0) -> Release:
    """A release of some apps, in which every entity also knows the links that other apps have to it."""
    return Release(_with_foreign_inverses(apps), tables_of(apps.values()), generation, dict(apps))


def _with_foreign_inverses(apps: Mapping[str, App]) -> dict[str, App]:
    extra: dict[tuple[str, str], dict[str, Inverse]] = {}
    for app in apps.values():
        for entity in app.entities.values():
            for each in entity.fields.values():
                link = each.target
                if link and link.app in apps and link.app != app.id and link.inverse:
                    many = each.type == "links"
                    inverse = Inverse(link.inverse, link.inverse_label, app.id, entity.id, each.id, many)
                    extra.setdefault((link.app, link.entity), {}).setdefault(link.inverse, inverse)
    linked = dict(apps)
    for (app_id, entity_id), inverses in extra.items():
        app = linked[app_id]
        target = app.entities.get(entity_id)
        if target is not None:
            known = replace(target, inverses={**inverses, **target.inverses})
            linked[app_id] = replace(app, entities={**app.entities, entity_id: known})
    return linked


class Releases:
    """The releases of one database in this process: loads what is new, keeps the newest."""

    def __init__(self, database: Database, compile_app: Compile | None = None) -> None:
        self.database = database
        self.compile: Compile = compile_app or check_sources
        self._newest: Release | None = None
        self._lock = threading.Lock()
        self._compiled: dict[str, App] = {}

    def current(self) -> Release:
        """The release of the newest generation."""
        with self.database.reading() as connection:
            return self.pinned(connection)

    def pinned(self, connection: Connection) -> Release:
        """The release whose tables this transaction sees; call it first in a transaction.

        The state is read under a lock that an apply waits for, so the tables cannot change before the transaction ends.
        """
        if connection.dialect.name == "postgresql":
            connection.execute(text("LOCK TABLE dg_state IN ACCESS SHARE MODE"))
        generation = ledger.generation(connection)
        newest = self._newest
        if newest is not None and newest.generation == generation:
            return newest
        with self._lock:
            newest = self._newest
            if newest is not None and newest.generation == generation:
                return newest
            loaded = self._load(connection, generation)
            if newest is None or newest.generation < generation:
                self._newest = loaded
            return loaded

    def recorded(self, connection: Connection, app_id: str) -> App | None:
        """The present version of one app as it was recorded, or nothing."""
        return self.pinned(connection).recorded.get(app_id)

    def _load(self, connection: Connection, generation: int) -> Release:
        versions = {
            app: ledger.version(connection, app, number)
            for app, number in ledger.installed(connection).items()
        }
        apps: dict[str, App] = {}
        for app_id, version in versions.items():
            known = self._compiled.get(version.hash)
            if known is not None:
                apps[app_id] = known
        pending = [version for app_id, version in versions.items() if app_id not in apps]
        while pending:
            compiled = [(version, self.compile(version.sources, apps)) for version in pending]
            done = [(version, app) for version, app in compiled if isinstance(app, App)]
            if not done:
                raise _broken(compiled)
            for version, app in done:
                apps[version.app] = self._compiled[version.hash] = app
            pending = [version for version, app in compiled if not isinstance(app, App)]
        return release_of(apps, generation)


def _broken(compiled: list[tuple[ledger.Version, App | list[Diagnostic]]]) -> Refusal:
    problems: list[Diagnostic] = []
    for version, found in compiled:
        problems.append(problem("P105", app=version.app, number=version.number))
        problems += found if isinstance(found, list) else []
    return Refusal("unavailable", problems)


_releases: weakref.WeakKeyDictionary[Database, Releases] = weakref.WeakKeyDictionary()
_registering = threading.Lock()


def releases_of(database: Database, compile_app: Compile | None = None) -> Releases:
    """The releases of a database in this process; `compile_app` counts for the first call only."""
    with _registering:
        found = _releases.get(database)
        if found is None:
            found = _releases[database] = Releases(database, compile_app)
        return found


def current(database: Database) -> Release:
    """The release of the newest generation of a database."""
    return releases_of(database).current()


def pinned(database: Database, connection: Connection) -> Release:
    """The release that a transaction sees and keeps; call it first in the transaction."""
    return releases_of(database).pinned(connection)
