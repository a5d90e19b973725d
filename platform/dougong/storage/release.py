"""The release: all installed apps with their tables, immutable and swapped whole when a new generation is applied."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection, Table

from dougong.compiler import check_sources
from dougong.definitions.collection import collection_paused, settle
from dougong.diagnostics import Diagnostic
from dougong.model.app import App
from dougong.model.calendar import PLAIN
from dougong.model.entity import Entity, Inverse
from dougong.storage import ledger
from dougong.storage.company_calendar import calendar_of
from dougong.storage.database import READING, WRITING, Database
from dougong.storage.dependants import Compile
from dougong.storage.problems import problem
from dougong.storage.statements import Rows, Step, forget_prepared, run_script
from dougong.storage.tables import Tables, tables_of


@dataclass(frozen=True, slots=True)
class Release:
    """What every request of one generation sees."""

    apps: Mapping[str, App]
    tables: Tables
    generation: int
    recorded: Mapping[str, App] = field(default_factory=dict, compare=False, repr=False)
    """The apps as each was compiled alone; `apps` also know which other apps link to them."""
    broken: Mapping[str, tuple[Diagnostic, ...]] = field(default_factory=dict, compare=False, repr=False)
    """Installed apps whose recorded version does not compile any more, with the reasons; they are not among `apps`."""
    calendar: str = PLAIN
    """The calendar of the company, as `model.calendar` writes it."""
    cache: dict[object, object] = field(default_factory=dict, compare=False, repr=False)
    """Room for what others compile once per release, such as rights; it goes with the release."""

    def room(self, name: str, most: int = 20_000) -> dict[object, Any]:
        """A part of the cache for entries that differ from person to person; when it is full it is emptied, never grown."""
        found = self.cache.setdefault(name, {})
        assert isinstance(found, dict)
        if len(found) >= most:
            found.clear()
        return found

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


_PIN = {
    "sqlite": ("SELECT generation FROM dg_state",),
    "postgresql": ("LOCK TABLE dg_state IN ACCESS SHARE MODE", "SELECT generation FROM dg_state"),
}


@dataclass(frozen=True, slots=True)
class _Kept:
    signature: tuple[object, ...]
    app: App


_LARGE = 5_000
"""From so many fields on, looking through a release again and again costs requests more than settling it once."""
_registering = threading.Lock()
_SEEN = "dougong generation"
"""Under this a pooled connection notes the generation whose tables its prepared statements were made for."""


class Releases:
    """The releases of one database in this process: loads what is new, keeps the newest."""

    def __init__(self, database: Database, compile_app: Compile | None = None) -> None:
        self.database = database
        self.compile: Compile = compile_app or check_sources
        self._newest: Release | None = None
        self._lock = threading.Lock()
        self._kept: dict[str, _Kept] = {}

    def current(self) -> Release:
        """The release of the newest generation."""
        with self.reading() as (_, release):
            return release

    @contextmanager
    def reading(self, on: Connection | None = None) -> Iterator[tuple[Connection, Release]]:
        """A reading transaction of the database with the release that it sees, begun on a connection where one is given."""
        with self.database.begun(READING, _PIN[self.database.dialect], on) as (connection, rows, _):
            yield connection, self._of(connection, rows[0][0])

    @contextmanager
    def asking(self, step: Step | None) -> Iterator[tuple[Connection, Release, Rows]]:
        """A reading transaction with the release that it sees and the answer to a statement about the platform's own tables."""
        with self.database.begun(READING, _PIN[self.database.dialect], step=step) as (
            connection,
            rows,
            answer,
        ):
            yield connection, self._of(connection, rows[0][0]), answer

    @contextmanager
    def writing(self, on: Connection | None = None) -> Iterator[tuple[Connection, Release]]:
        """A writing transaction of the database with the release that it sees; it ends like `Database.writing` does."""
        pin = _PIN[self.database.dialect]
        with self.database.begun(WRITING, pin, on) as (connection, rows, _), connection.begin():
            yield connection, self._of(connection, rows[0][0])

    def pinned(self, connection: Connection) -> Release:
        """The release whose tables this transaction sees; call it first in a transaction.

        The state is read under a lock that an apply waits for, so the tables cannot change before the transaction ends.
        """
        return self._of(connection, run_script(connection, *_PIN[connection.dialect.name])[0][0])

    def _of(self, connection: Connection, generation: int) -> Release:
        if connection.info.get(_SEEN) != generation:
            forget_prepared(connection, generation)
            connection.info[_SEEN] = generation
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
        with collection_paused():  # until all is settled: everything would be looked through twice
            return self._compiled(connection, generation)

    def _compiled(self, connection: Connection, generation: int) -> Release:
        versions = ledger.definitions(connection)
        apps: dict[str, App] = {}
        pending = list(versions.values())
        found: list[tuple[ledger.Definition, App | list[Diagnostic]]] = []
        while pending:
            found = [(version, self._app(version, versions, apps)) for version in pending]
            done = {version.app: app for version, app in found if isinstance(app, App)}
            apps |= done
            pending = [version for version in pending if version.app not in done]
            if not done:
                break
        self._kept = {app_id: _Kept(_signature(app, versions, apps), app) for app_id, app in apps.items()}
        broken = {version.app: _findings(version, app) for version, app in found if isinstance(app, list)}
        if _size(apps) > _LARGE:
            settle()
        return replace(release_of(apps, generation), broken=broken, calendar=calendar_of(connection))

    def _app(
        self, version: ledger.Definition, versions: Mapping[str, ledger.Definition], apps: Mapping[str, App]
    ) -> App | list[Diagnostic]:
        """The app of a version, compiled again only when it or an app that it builds on has changed."""
        kept = self._kept.get(version.app)
        if kept is not None and kept.signature == _signature(kept.app, versions, apps):
            return kept.app
        return self.compile(version.sources, apps)


def _size(apps: Mapping[str, App]) -> int:
    """How many fields the apps have."""
    return sum(len(entity.fields) for app in apps.values() for entity in app.entities.values())


def _signature(
    app: App, versions: Mapping[str, ledger.Definition], apps: Mapping[str, App]
) -> tuple[object, ...]:
    """What a compiled app depends on: its own version, and all of that for every app it builds on."""
    required = tuple(_signature(apps[each], versions, apps) for each in app.requires if each in apps)
    return (versions[app.id].hash, *required)


def _findings(version: ledger.Definition, found: list[Diagnostic]) -> tuple[Diagnostic, ...]:
    return (problem("P105", version.app, app=version.app, number=version.number), *found)


def releases_of(database: Database, compile_app: Compile | None = None) -> Releases:
    """The releases of a database in this process; `compile_app` counts for the first call only."""
    with _registering:
        found = database.companions.get(Releases)
        if not isinstance(found, Releases):
            found = database.companions[Releases] = Releases(database, compile_app)
        return found


def current(database: Database) -> Release:
    """The release of the newest generation of a database."""
    return releases_of(database).current()


def pinned(database: Database, connection: Connection) -> Release:
    """The release that a transaction sees and keeps; call it first in the transaction."""
    return releases_of(database).pinned(connection)
