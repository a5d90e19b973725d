"""A database with the platform's tables, and short ways to publish and to fill."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import insert, select

from dougong.diagnostics import Diagnostic
from dougong.storage import fill, ids, ledger
from dougong.storage.apply import apply
from dougong.storage.database import Database
from dougong.storage.drift import verify
from dougong.storage.install import install
from dougong.storage.ledger import Version
from dougong.storage.mends import NONE, Wishes
from dougong.storage.plan import Plan, plan
from dougong.storage.release import Release, releases_of
from dougong.storage.rollback import plan_rollback
from tests.storage.factory import build, compile_app


class World:
    """One installed database."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.releases = releases_of(database, compile_app)

    def plan(self, description: Mapping[str, Any], wishes: Wishes = NONE) -> Plan:
        new = build(description)
        with self.database.reading() as connection:
            return plan(
                self.releases.recorded(connection, new.id),
                new,
                connection,
                compile_app=self.releases.compile,
                wishes=wishes,
            )

    def publish(self, description: Mapping[str, Any], **options: Any) -> Version:
        return apply(self.plan(description), self.database, **options)

    def roll_back(self, app: str = "shop", number: int | None = None, **options: Any) -> Version:
        with self.database.reading() as connection:
            planned = plan_rollback(self.releases, connection, app, number)
        return apply(planned, self.database, **options)

    def verify(self) -> list[Diagnostic]:
        with self.database.reading() as connection:
            return verify(connection)

    @property
    def release(self) -> Release:
        return self.releases.current()

    def add(self, key: str, *rows: Mapping[str, Any]) -> list[int]:
        """Insert records as the verbs would, and return their ids."""
        table = self.release.table(key)
        now = datetime.now(UTC)
        system = {"created_at": now, "updated_at": now, "version": 1, "created_by": 1, "updated_by": 1}
        with self.database.writing() as connection:
            given = list(ids.allocate(connection, table.name, len(rows)))
            for record_id, row in zip(given, rows, strict=True):
                base = {"id": record_id} if "parent_id" in table.c else {"id": record_id, **system}
                connection.execute(insert(table), [{**base, **row}])
        return given

    def link(self, key: str, field: str, source: int, targets: Sequence[int]) -> None:
        """Link a record to others through a field of type links."""
        rows = [{"source_id": source, "target_id": each, "position": at} for at, each in enumerate(targets)]
        with self.database.writing() as connection:
            if rows:
                connection.execute(insert(self.release.links(key, field)), rows)

    def linked(self, key: str, field: str, source: int) -> tuple[int, ...]:
        """The records that a record is linked to, in order."""
        table = self.release.links(key, field)
        wanted = select(table.c.target_id).where(table.c.source_id == source).order_by(table.c.position)
        with self.database.reading() as connection:
            return tuple(connection.execute(wanted).scalars())

    def reindex(self, app: str = "shop") -> None:
        """Make the search indexes anew: `add` is no verb and leaves them alone."""
        with self.database.writing() as connection:
            version = ledger.present(connection, app)
            assert version is not None
            for spec in version.tables.tables:
                records = version.tables.table(spec.entity)
                if spec.kind == "search" and records is not None:
                    fill.search(connection, spec, records)

    def rows(self, key: str) -> list[dict[str, Any]]:
        """All records of an entity by field id, in the order of their ids."""
        table = self.release.table(key)
        with self.database.reading() as connection:
            found = connection.execute(table.select().order_by(table.c.id))
            return [{column.key: row._mapping[column] for column in table.c} for row in found]


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    database = Database(database_url)
    install(database)
    yield World(database)
    database.dispose()
