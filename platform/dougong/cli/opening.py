"""What most commands begin with: the settings, the database, an entity, somebody to act as."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import Connection, select

from dougong import assembly
from dougong.cli.console import Console
from dougong.cli.opened import OPENED
from dougong.diagnostics import Diagnostic, Refusal, nearest
from dougong.people.actor import SYSTEM, Actor, load_actor
from dougong.records.call import Call
from dougong.storage.database import Database
from dougong.storage.release import Release
from dougong.storage.system import USER
from dougong.web.settings import Settings, read_settings


def settings_of(options: argparse.Namespace) -> Settings:
    """The settings of this process, the command line's over the environment's."""
    return read_settings(database=getattr(options, "database", None))


def database_of(options: argparse.Namespace, create: bool = False) -> Database:
    """The database that is meant; `create` makes the platform's tables where there are none."""
    database = assembly.open_database(settings_of(options).database, create=create)
    OPENED.append(database)
    return database


@contextmanager
def calling(
    database: Database,
    settings: Settings,
    console: Console,
    login: str | None = None,
    door: str = "cli",
    write: bool = False,
) -> Iterator[Call]:
    """A call in one transaction, as the platform itself or as the account that was named."""
    opened = database.writing() if write else database.reading()
    with opened as connection:
        release = assembly.releases(database).pinned(connection)
        actor = acting_as(connection, login)
        zone = actor.timezone if login else settings.timezone
        yield Call(release, connection, actor, door, datetime.now(UTC), console.language, zone)


def acting_as(connection: Connection, login: str | None) -> Actor:
    """The actor of an account, or the platform itself."""
    return SYSTEM if login is None else load_actor(connection, user_id_of(connection, login))


def user_id_of(connection: Connection, login: str) -> int:
    """The id of an account; refused with the nearest login when there is none."""
    logins = {row.login: row.id for row in connection.execute(select(USER.c.login, USER.c.id))}
    if login not in logins:
        message = f"there is no account '{login}'"
        raise Refusal(
            "missing",
            [Diagnostic("C101", message, hint=nearest(login, logins), parameters=(("login", login),))],
        )
    found: int = logins[login]
    return found


def entity_key_of(release: Release, text: str) -> str:
    """The key of an installed entity; refused with the nearest one when there is none."""
    keys = [
        entity.key for app in release.apps.values() for entity in app.entities.values() if not entity.parent
    ]
    if text not in keys:
        raise Refusal(
            "missing", [Diagnostic("C102", f"there is no entity '{text}'", hint=nearest(text, keys))]
        )
    return text


def app_id_of(release: Release, text: str) -> str:
    """The id of an installed app; refused with the nearest one when there is none."""
    if text not in release.apps:
        hint = nearest(text, release.apps)
        raise Refusal("missing", [Diagnostic("C103", f"there is no app '{text}' installed", hint=hint)])
    return text
