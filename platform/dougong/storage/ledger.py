"""The ledger of every app: each applied version with its sources, its tables and a hash that covers the one before it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, insert, select, update

from dougong.storage import schema
from dougong.storage.problems import refusal
from dougong.storage.schema import Schema
from dougong.storage.system import APP, STATE, VERSION


@dataclass(frozen=True, slots=True)
class Version:
    """One applied version of an app. `number` counts from 1; `version` is what the app calls itself."""

    app: str
    number: int
    version: str
    at: datetime
    actor_id: int | None
    note: str
    sources: Mapping[str, str]
    template: Mapping[str, Any] | None
    tables: Schema
    operations: tuple[str, ...]
    hash: str
    previous_hash: str


@dataclass(frozen=True, slots=True)
class Definition:
    """What an installed app is compiled from, without its tables, which are ten times as large."""

    app: str
    number: int
    sources: Mapping[str, str]
    hash: str


def definitions(connection: Connection) -> dict[str, Definition]:
    """What the present version of every installed app is compiled from, by id."""
    wanted = (
        select(VERSION.c.app, VERSION.c.number, VERSION.c.sources, VERSION.c.hash)
        .join(APP, (APP.c.app == VERSION.c.app) & (APP.c.number == VERSION.c.number))
        .where(APP.c.removed_at.is_(None))
        .order_by(APP.c.app)
    )
    return {row.app: Definition(*row) for row in connection.execute(wanted)}


def installed(connection: Connection) -> dict[str, int]:
    """The installed apps with the number of their present version."""
    rows = connection.execute(
        select(APP.c.app, APP.c.number).where(APP.c.removed_at.is_(None)).order_by(APP.c.app)
    )
    return {row.app: row.number for row in rows}


def present(connection: Connection, app: str) -> Version | None:
    """The present version of an app, or nothing when it was never installed."""
    newest = select(VERSION).where(VERSION.c.app == app).order_by(VERSION.c.number.desc()).limit(1)
    row = connection.execute(newest).first()
    return _version(row) if row else None


def version(connection: Connection, app: str, number: int) -> Version:
    """One version of an app; Refusal when there is none."""
    row = connection.execute(select(VERSION).where(VERSION.c.app == app, VERSION.c.number == number)).first()
    if row is None:
        raise refusal("missing", "P120", app=app, number=number)
    return _version(row)


def versions(connection: Connection, app: str) -> list[Version]:
    """All versions of an app, newest first."""
    rows = connection.execute(select(VERSION).where(VERSION.c.app == app).order_by(VERSION.c.number.desc()))
    return [_version(row) for row in rows]


def generation(connection: Connection) -> int:
    """The number that grows with every applied version of any app."""
    number: int = connection.execute(select(STATE.c.generation)).scalar_one()
    return number


def state(connection: Connection, app: str) -> str:
    """The state that a plan for an app is made against; any later apply changes it."""
    newest = present(connection, app)
    return digest({"generation": generation(connection), "hash": newest.hash if newest else ""})


def record(
    connection: Connection,
    *,
    app: str,
    version: str,
    sources: Mapping[str, str],
    template: Mapping[str, Any] | None,
    tables: Schema,
    operations: list[str],
    actor_id: int | None,
    note: str,
    at: datetime,
) -> Version:
    """Add a version to the ledger and raise the generation."""
    before = present(connection, app)
    number = before.number + 1 if before else 1
    row: dict[str, Any] = {
        "app": app,
        "number": number,
        "version": version,
        "at": at,
        "actor_id": actor_id,
        "note": note,
        "sources": dict(sources),
        "template": template,
        "tables": schema.to_json(tables),
        "operations": operations,
        "previous_hash": before.hash if before else "",
    }
    row["hash"] = hash_of(row)
    connection.execute(insert(VERSION), [row])
    if before is None:
        connection.execute(insert(APP), [{"app": app, "number": number, "installed_at": at}])
    else:
        connection.execute(update(APP).where(APP.c.app == app).values(number=number, removed_at=None))
    connection.execute(update(STATE).values(generation=STATE.c.generation + 1))
    return _from(row)


def hash_of(row: Mapping[str, Any]) -> str:
    """The hash of a version: everything that is recorded of it, with the hash of the version before."""
    at: datetime = row["at"]
    covered = {name: value for name, value in row.items() if name not in {"hash", "at"}}
    return digest({**covered, "at": at.isoformat()})


def digest(value: object) -> str:
    """The SHA-256 of a JSON value, whatever the order of its keys."""
    return hashlib.sha256(msgspec.json.encode(value, order="deterministic")).hexdigest()


def _version(row: Row[Any]) -> Version:
    return _from(row._asdict())


def _from(row: Mapping[str, Any]) -> Version:
    return Version(
        **{
            **row,
            "tables": schema.from_json(row["tables"]),
            "operations": tuple(row["operations"]),
        }
    )
