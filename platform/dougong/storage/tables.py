"""Schema → SQLAlchemy tables, through which everything is read and written.

Columns are reached by field id (`table.c.amount`); foreign keys and indexes are the business of `ddl` alone. That system columns are
filled is ensured by the verbs and looked after by `drift`: as constraints, SQLite could not take them back when a sub-table becomes an
entity of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from sqlalchemy import BigInteger, Column, Integer, MetaData, Table

from dougong.model.app import App
from dougong.storage import kinds
from dougong.storage.desired import specifications
from dougong.storage.schema import TableSpec
from dougong.storage.tokens import Tokens
from dougong.storage.types import Instant

RowId = BigInteger().with_variant(Integer, "sqlite")
"""SQLite keeps a row under its id only when the column is an INTEGER PRIMARY KEY."""


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables of some apps, found by the keys of the model; each is made when it is first asked for."""

    apps: Mapping[str, App]
    _made: dict[str, Table | None] = field(default_factory=dict)

    def of(self, entity_key: str) -> Table:
        """The table of an entity or of the rows of a sub-table (`crm.opportunity/lines`); KeyError when there is none."""
        return self._found(entity_key)

    def links(self, entity_key: str, field_id: str) -> Table:
        """The pairs of a field of type links: columns source_id, target_id, position."""
        return self._found(f"{entity_key}#{field_id}")

    def search(self, entity_key: str) -> Table | None:
        """The full-text index of an entity (columns id, tokens), or nothing when it is not searched."""
        return self._table(f"{entity_key}#search")

    def every(self) -> Iterator[tuple[str, Table]]:
        """All tables with their keys."""
        for app in self.apps.values():
            for entity in app.entities.values():
                for spec in specifications(app, entity):
                    yield spec.key, self._found(spec.key)

    def _found(self, key: str) -> Table:
        table = self._table(key)
        if table is None:
            raise KeyError(key)
        return table

    def _table(self, key: str) -> Table | None:
        try:
            return self._made[key]
        except KeyError:
            return self._make(key)

    def _make(self, key: str) -> Table | None:
        """Make all tables of the entity that the key is about; of two threads that do so at a time the first one's hold."""
        entity_key, _, _ = key.partition("#")
        app_id, _, entity_id = entity_key.partition(".")
        app = self.apps[app_id]
        for spec in specifications(app, app.entities[entity_id]):
            self._made.setdefault(spec.key, table(spec))
        return self._made.setdefault(key, None)


def tables_of(apps: App | Iterable[App]) -> Tables:
    """The tables of one app or of several together."""
    each_app = [apps] if isinstance(apps, App) else list(apps)
    return Tables({app.id: app for app in each_app})


def table(spec: TableSpec) -> Table:
    """The SQLAlchemy table of one specification."""
    return Table(spec.name, MetaData(), *_columns(spec), quote=True)


def _columns(spec: TableSpec) -> list[Column[object]]:
    if spec.kind == "links":
        return [
            Column("source_id", BigInteger, primary_key=True, autoincrement=False),
            Column("target_id", BigInteger, primary_key=True, autoincrement=False),
            Column("position", BigInteger, nullable=False),
        ]
    if spec.kind == "search":
        return [
            Column("rowid", RowId, key="id", primary_key=True, autoincrement=False),
            Column("tokens", Tokens),
        ]
    fields: list[Column[object]] = [
        Column(each.name, kinds.type_of(each.kind), key=each.field, quote=True) for each in spec.columns
    ]
    return [
        Column("id", RowId, primary_key=True, autoincrement=False),
        *_before(spec),
        *fields,
        *_after(spec),
    ]


def _before(spec: TableSpec) -> list[Column[object]]:
    if spec.kind != "rows":
        return []
    return [Column("parent_id", BigInteger), Column("position", BigInteger)]


def _after(spec: TableSpec) -> list[Column[object]]:
    if spec.kind == "rows":
        return []
    return [
        Column("created_at", Instant),
        Column("created_by", BigInteger),
        Column("updated_at", Instant),
        Column("updated_by", BigInteger),
        Column("version", BigInteger),
        Column("deleted_at", Instant),
    ]
