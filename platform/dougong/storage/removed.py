"""What removals and conversions left behind, and its end: after the days of retention, when somebody asks for it.

The recorded schemas of the past cannot change, so an app whose leftovers are purged gets a version more, with the same definitions.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, delete

from dougong.storage import counting, ddl, ledger
from dougong.storage.apply import lock_state
from dougong.storage.database import Database
from dougong.storage.ledger import Version
from dougong.storage.operations import execute
from dougong.storage.schema import Schema, TableSpec, Tombstone
from dougong.storage.system import SEQUENCE


@dataclass(frozen=True, slots=True)
class Leftover:
    """A removed table, or removed or former values of a field: since when, and how many rows or values it still holds."""

    app: str
    what: str
    kind: str
    since: datetime
    count: int
    tombstone: Tombstone


def leftovers(connection: Connection, before: datetime | None = None) -> list[Leftover]:
    """Everything that is kept of removed things and former values, or only what has been since before a moment."""
    found: list[Leftover] = []
    for app, number in ledger.installed(connection).items():
        version = ledger.version(connection, app, number)
        for stone in version.tables.tombstones:
            since = ledger.version(connection, app, stone.removed_in).at if stone.removed_in else version.at
            if (before is None or since < before) and not _is_needed(version.tables, stone):
                found.append(_leftover(connection, version.tables, stone, since))
    return found


def purge(
    database: Database, days: int, *, dry_run: bool = False, now: datetime | None = None
) -> list[Leftover]:
    """Drop for good what was removed or converted longer ago than some days; a dry run only tells.

    Versions from before can be returned to as ever, but find nothing of what was dropped.
    """
    moment = now or datetime.now(UTC)
    before = moment - timedelta(days=days)
    if dry_run:
        with database.reading() as connection:
            return leftovers(connection, before)
    with database.writing() as connection:
        lock_state(connection)
        found = leftovers(connection, before)
        for app in dict.fromkeys(each.app for each in found):
            _purge_app(connection, app, [each for each in found if each.app == app], moment)
    return found


def _is_needed(schema: Schema, stone: Tombstone) -> bool:
    """Whether rows or links that are kept longer still belong to a removed table."""
    if stone.column is not None or stone.table.kind != "entity":
        return False
    key = stone.table.key
    return any(
        other is not stone
        and other.column is None
        and other.table.kind in {"rows", "links"}
        and other.removed_in > stone.removed_in
        and key in {other.table.entity, other.table.target}
        for other in schema.tombstones
    )


def _leftover(connection: Connection, schema: Schema, stone: Tombstone, since: datetime) -> Leftover:
    if stone.column is None:
        count = counting.rows_of(connection, stone.name)
        return Leftover(schema.app, stone.table.key, "table", since, count, stone)
    owner = _owner(schema, stone)
    name = f"{stone.table.key}.{stone.column.field}"
    count = counting.filled(connection, replace(owner, columns=()), replace(stone.column, name=stone.name))
    return Leftover(schema.app, name, "former" if stone.of else "field", since, count, stone)


def _owner(schema: Schema, stone: Tombstone) -> TableSpec:
    """The table that a kept column stands in, which may itself have been removed."""
    live = schema.table_of(stone.table.uid)
    if live is not None:
        return live
    buried = next(
        each for each in schema.tombstones if each.column is None and each.table.uid == stone.table.uid
    )
    return replace(stone.table, name=buried.name)


# ------------------------------------------------------------------ dropping
_ORDER = {"links": 0, "rows": 1, "entity": 2}


def _purge_app(connection: Connection, app: str, found: list[Leftover], now: datetime) -> Version:
    version = ledger.present(connection, app)
    assert version is not None
    schema = version.tables
    gone = [each.tombstone for each in found]
    tables = sorted((each for each in gone if each.column is None), key=lambda each: _ORDER[each.table.kind])
    dropped = {each.table.uid for each in tables}
    for stone in gone:
        if stone.column is not None and stone.table.uid not in dropped:
            owner = _owner(schema, stone)
            execute(connection, [ddl.drop_column(connection.dialect, owner.name, stone.name)])
    for stone in tables:
        execute(connection, ddl.drop_table(connection.dialect, stone.table, stone.name))
        connection.execute(delete(SEQUENCE).where(SEQUENCE.c.name == f"id:{stone.name}"))
    kept = tuple(
        each
        for each in schema.tombstones
        if each not in gone and (each.column is None or each.table.uid not in dropped)
    )
    return ledger.record(
        connection,
        app=app,
        version=version.version,
        sources=version.sources,
        template=version.template,
        tables=replace(schema, tombstones=kept),
        operations=[f"purge {each.what}" for each in found],
        actor_id=None,
        note="",
        at=now,
    )
