"""One app in a database: its versions published, its data read, and compared with an app that is installed anew."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from sqlalchemy import func, select, text

from dougong import assembly
from dougong.people.actor import SYSTEM
from dougong.policy.access import access
from dougong.storage import catalogue, ledger, tables
from dougong.storage.apply import apply
from dougong.storage.database import Database
from dougong.storage.mends import Wish
from dougong.storage.operations import RenameTable
from dougong.storage.operations.standing import Standing
from dougong.storage.plan import Plan, plan
from dougong.storage.release import releases_of
from dougong.storage.rollback import plan_rollback
from dougong.storage.schema import Schema
from dougong.storage.system import HISTORY
from tests.storage.conftest import World
from tests.storage.pairs.parts import Definition
from tests.storage.pairs.sources import compiled

Rows = dict[str, list[dict[str, Any]]]
_ACTIONS = ("read", "create", "update", "delete")


class PairWorld(World):
    """One app among others in a database."""

    def __init__(self, database: Database, app: str = "") -> None:
        self.database = database
        self.app = app
        self.releases = releases_of(database)

    def plan_version(self, version: Definition, aside: Collection[str] = ()) -> Plan:
        """The plan that leads to a version; of some fields what does not fit is kept aside."""
        new = compiled(version)
        with self.database.reading() as connection:
            recorded = self.releases.recorded(connection, new.id)
            return plan(recorded, new, connection, wishes={each: Wish("aside") for each in aside})

    def do(self, planned: Plan) -> None:
        """Apply a plan as the product does, formulas and numbers included."""
        apply(planned, self.database, allow_loss=True, afterwards=assembly.after_apply)

    def publish_version(self, version: Definition) -> None:
        """Make a version the present one."""
        self.do(self.plan_version(version))

    def return_to(self, number: int) -> None:
        """Roll back, or forward, to a recorded version."""
        self.do(self.plan_return(number))

    def plan_return(self, number: int) -> Plan:
        """The plan that rolls back, or forward, to a recorded version."""
        with self.database.reading() as connection:
            return plan_rollback(self.releases, connection, self.app, number)

    # -------------------------------------------------------------- data
    def data(self) -> Rows:
        """Every value of the app, but for search indexes."""
        found: Rows = {}
        with self.database.reading() as connection:
            for spec in self.schema(self.app).tables:
                if spec.kind == "search":
                    continue
                table = tables.table(spec)
                rows = connection.execute(table.select().order_by(*table.primary_key.columns))
                found[spec.key] = [dict(zip(table.c.keys(), row, strict=True)) for row in rows]
        return found

    def schema(self, app: str) -> Schema:
        """What is recorded of the tables of an app."""
        with self.database.reading() as connection:
            version = ledger.present(connection, app)
        assert version is not None
        return version.tables

    def compare_untouched(self, data: Rows) -> None:
        """All rows that were there are there with all their values, whatever came after them."""
        found = self.data()
        for key, rows in data.items():
            assert [row for row in found[key] if row in rows] == rows, key

    def history(self) -> Counter[str]:
        """The number of entries in the history of each entity."""
        counted = select(HISTORY.c.entity, func.count()).where(HISTORY.c.app == self.app)
        with self.database.reading() as connection:
            found = connection.execute(counted.group_by(HISTORY.c.entity))
            return Counter({row.entity: row[1] for row in found})

    def compare_history(self, planned: Plan, before: Counter[str]) -> None:
        """No entry is lost, and those of an entity that has another name now follow it."""
        after = self.history()
        assert after.total() >= before.total()
        for step in planned.steps:
            operation = step.operation
            if isinstance(operation, RenameTable | Standing) and operation.table.kind == "entity":
                former = operation.before.key if operation.before else ""
                if operation.table.key != former and before[former]:
                    assert after[operation.table.key] >= before[former], former

    # -------------------------------------------------------------- beside a fresh installation
    def compare_installation(self, version: Definition) -> None:
        """Tables, columns, indexes, constraints and rights are those that an app gets that begins with this version."""
        fresh = f"q{self.app[1:]}"
        self.publish_version(replace(version, app=fresh))
        assert self._shape(self.app) == self._shape(fresh)
        assert self._rights(self.app) == self._rights(fresh)

    def _shape(self, app: str) -> dict[str, Any]:
        """Tables, columns, indexes and foreign keys of an app in the database, without generated names and what is kept aside."""
        schema = self.schema(app)
        with self.database.reading() as connection:
            actual = catalogue.read(connection)
            found = connection.execute(text(_INDEXES[self.database.dialect]))
            indexes = {str(row[0]): row[1] for row in found}
        kept = {stone.name for stone in schema.tombstones}
        own = {each.name for each in schema.tables if each.name in actual.tables}

        def plain(name: str) -> str:
            return name.replace(f"{app}__", "app__")

        return {
            "tables": {
                plain(name): {
                    column: kind for column, kind in actual.tables[name].items() if column not in kept
                }
                for name in own
            },
            "indexes": Counter(
                (plain(each.table), each.columns, each.unique, each.partial, _condition(indexes[name] or ""))
                for name, each in actual.indexes.items()
                if each.table in own
            ),
            "references": {
                (plain(table), column, plain(target), rule)
                for table, column, target, rule in actual.references
                if table in own
            },
        }

    def _rights(self, app: str) -> dict[tuple[str, str, str], Any]:
        """What each role of an app may do with each entity: whether, which rows, which fields not."""
        release = self.release
        found: dict[tuple[str, str, str], Any] = {}
        for role in release.apps[app].roles:
            actor = replace(SYSTEM, id=1, is_admin=False, lifted=False, roles=frozenset({(app, role)}))
            for entity in release.apps[app].entities.values():
                for action in () if entity.parent else _ACTIONS:
                    may = access(release, actor, entity.key, action)
                    rows = None if may.rows is None else sorted(each.text for each in may.rows)
                    found[role, entity.id, action] = (may.allowed, rows, may.hidden, may.locked)
        return found


_INDEXES = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'index'",
    "postgresql": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()",
}


def _condition(statement: str) -> str:
    """What an index says after its table: columns, expressions, and which rows it is for."""
    return re.sub(r'["\s]', "", statement[statement.find("(") :])
